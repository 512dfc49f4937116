/* epp.h – reads EDI++ (.epp) files in the form that Subiekt GT's "Komunikacja" writes and accepts.
 *
 * Strict: code page 1250, CRLF, texts in quotes, numbers bare, four decimals in an amount, the
 * field counts of the format, an empty line at the end. Every fault is reported with its line and
 * field. Source: InsERT, "Komunikacja – Struktura danych EDI++" (1.05 to 1.11).
 */
#ifndef ENDPOINT_SANDBOX_COMPANY_EPP_H
#define ENDPOINT_SANDBOX_COMPANY_EPP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sandbox/sql/lex.h"

#define EPP_FILE_MAX      (8 << 20)
#define EPP_DOCUMENTS_MAX 1000
#define EPP_LINES_MAX     10000 /* of one document */
#define EPP_FAULTS_MAX    50    /* more are only counted */

enum { EPP_INFO = 24, EPP_HEADER = 62, EPP_LINE = 22, EPP_CONTRACTOR = 30 }; /* fields */

struct epp_value {
    bool given;       /* not empty between its commas */
    const char *text; /* UTF-8; a date as "2026-01-31 00:00:00.000"; "" when not given */
    size_t length;
    int64_t number; /* amounts in ten-thousandths; bytes, logicals and counts plain; 0 not given */
};

struct epp_record {
    struct epp_value *fields; /* see epp_at */
    size_t count;
    int line; /* in the file */
    struct epp_record *next;
};

struct epp_document {
    struct epp_record *header, *lines;
    size_t line_count;
    struct epp_document *next;
};

struct epp_file {
    struct epp_record *info;
    struct epp_document *documents;
    size_t document_count;
    struct epp_record *contractors; /* of the section KONTRAHENCI */
};

#endif
