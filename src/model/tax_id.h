/* tax_id.h – tax numbers of buyers: as people and programs spell them, and the one spelling that is compared.
 *
 * One reading serves both sides, what a shop says and what the ERP has. Blanks and dashes of every kind,
 * dots, invisible characters, a word before it ("NIP:", "VAT ID") and the case of letters do not count;
 * "PL" before ten digits does not either.
 */
#ifndef ENDPOINT_MODEL_TAX_ID_H
#define ENDPOINT_MODEL_TAX_ID_H

#include <stdbool.h>
#include <stddef.h>

#define TAX_ID_SIZE      48                    /* of a number, with its end */
#define TAX_ID_PATTERN   (2 * TAX_ID_SIZE + 2) /* of a pattern for LIKE */
#define TAX_ID_SPELLINGS 9
#define NIP_DIGITS       10

enum tax_id_kind {
    TAX_ID_NONE,    /* nothing, or what cannot be a tax number: a dash, a word, zeros, a PESEL */
    TAX_ID_POLISH,  /* a NIP: ten digits, the check digit right */
    TAX_ID_FOREIGN, /* of another country: letters and digits, in capitals */
    TAX_ID_WRONG,   /* meant to be a NIP, but wrong */
};

struct tax_id {
    enum tax_id_kind kind;
    bool said;                /* something was there, whatever it is */
    bool personal;            /* it is a PESEL, the number of a person: not to be shown */
    char number[TAX_ID_SIZE]; /* POLISH and FOREIGN only; else "" */
    char country[3];          /* whose numbers are meant when it has no prefix: ISO, in capitals */
};

/* text: UTF-8, NULL is "". country: two letters (ISO) of the buyer's country; anything else is PL. */
void tax_id_read(const char *text, const char *country, struct tax_id *t);

/* Is `text`, as the ERP has it, this number? */
bool tax_id_same(const struct tax_id *t, const char *text);

/* The ways in which programs keep the number; returns how many, 0 without a number. Each one, read
 * again, is the same number. */
size_t tax_id_spellings(const struct tax_id *t, char list[TAX_ID_SPELLINGS][TAX_ID_SIZE]);

/* A pattern for LIKE that fits the number with anything between its characters; "" without a number.
 * It fits more than that: tax_id_same judges what is found. */
void tax_id_pattern(const struct tax_id *t, char pattern[TAX_ID_PATTERN]);

/* The ten digits of a NIP in any spelling. False for anything else; digits is then "". */
bool tax_id_nip(const char *text, char digits[NIP_DIGITS + 1]);

#endif
