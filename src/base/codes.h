/* codes.h – ONE table of all codes that people see: errors, checks, faults of orders and journal
 * entries. Each has a meaning, a cause and a remedy, none of them empty. `endpointctl explain` and
 * doc/codes.md print it; tests/codes.py checks that the sources and the table agree.
 */
#ifndef ENDPOINT_BASE_CODES_H
#define ENDPOINT_BASE_CODES_H

#include <stdbool.h>
#include <stddef.h>

enum code_kind { CODE_ERROR, CODE_CHECK, CODE_ORDER, CODE_EVENT };

/* Texts are English, for i18n_text. */
struct code {
    const char *code;
    enum code_kind kind;
    const char *text, *cause, *remedy;
};

/* The stable word of a kind: "error", "check", "order", "event". */
const char *code_kind_word(enum code_kind kind);

/* All codes, one part of the program after the other. NULL: index is beyond the last one. */
const struct code *codes_at(size_t index);

/* NULL: no such code. */
const struct code *codes_find(const char *code);

/* The code that a mistyped word most likely means; NULL: none is close enough. */
const struct code *codes_nearest(const char *word);

/* What to do about a code, in the reader's language, if there is no better remedy. Never empty: for
 * foreign codes, such as a panel's own, it says where to look. */
const char *codes_remedy(const char *code);
/* The same as it is marked (base/said.h). */
const char *codes_remedy_said(const char *code);

/* The table as the page doc/codes.md, in English. */
struct buf;
void codes_print(struct buf *b);

#endif
