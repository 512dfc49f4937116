/* tax_id.h – buyers' tax numbers: the spellings that people and programs use, and the one spelling
 * that is compared.
 *
 * The same reading serves both sides, the shop and the ERP. Blanks and dashes of every kind, dots,
 * invisible characters, a word in front ("NIP:", "VAT ID") and the case of letters do not count;
 * neither does "PL" before ten digits.
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
    TAX_ID_NONE,    /* nothing, or not a possible tax number: a dash, a word, zeros, a PESEL */
    TAX_ID_POLISH,  /* a NIP: ten digits, the check digit right */
    TAX_ID_FOREIGN, /* of another country: letters and digits, in capitals */
    TAX_ID_WRONG,   /* intended as a NIP, but wrong */
};

struct tax_id {
    enum tax_id_kind kind;
    bool said;                /* there was some text, whatever it is */
    bool personal;            /* it is a PESEL, a person's number: must not be shown */
    char number[TAX_ID_SIZE]; /* POLISH and FOREIGN only; else "" */
    char country[3];          /* the country if there is no prefix: ISO, in capitals */
};

/* text: UTF-8, NULL is "". country: two letters (ISO) of the buyer's country; anything else is PL. */
void tax_id_read(const char *text, const char *country, struct tax_id *t);

/* Is `text`, from the ERP, this number? */
bool tax_id_same(const struct tax_id *t, const char *text);

/* The spellings in which programs keep the number; returns how many, 0 without a number. Each one,
 * read again, gives the same number. */
size_t tax_id_spellings(const struct tax_id *t, char list[TAX_ID_SPELLINGS][TAX_ID_SIZE]);

/* A pattern for LIKE that matches the number with anything between its characters; "" without a
 * number. It matches other texts, too: check what it finds with tax_id_same. */
void tax_id_pattern(const struct tax_id *t, char pattern[TAX_ID_PATTERN]);

/* The ten digits of a NIP in any spelling. False for anything else; digits is then "". */
bool tax_id_nip(const char *text, char digits[NIP_DIGITS + 1]);

#endif
