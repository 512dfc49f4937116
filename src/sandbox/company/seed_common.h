/* seed_common.h – shared by the companies' seeds. */
#ifndef ENDPOINT_SANDBOX_COMPANY_SEED_COMMON_H
#define ENDPOINT_SANDBOX_COMPANY_SEED_COMMON_H

#include "sandbox/company/seed.h"

const struct company *seed_company_find(const char *name);

const struct company *seed_company_at(size_t index); /* NULL after the last */

void seed_prepare(struct filler *f, const char *sql, sqlite3_stmt **s);

void seed_exec(struct filler *f, const char *sql);

void seed_run(struct filler *f, sqlite3_stmt *s);

void seed_text(sqlite3_stmt *s, int i, const char *value); /* NULL binds NULL */

/* A number below n. SplitMix64: small, and the same everywhere. */
uint64_t seed_below(struct filler *f, uint64_t n);

const char *seed_pick(struct filler *f, const char *const *list, size_t count);

/* Name of product number `index`: at most `width` characters. Some names have full width, every
 * Polish letter, quotes and cp1250's odd characters. */
void seed_product_name(struct filler *f, uint64_t index, uint64_t id, size_t width, char *target,
                       size_t size);

/* EAN-13 with its check digit, in GS1's Polish range. */
void seed_ean13(uint64_t number, char target[16]);

/* NIP with its check digit; with dashes when asked. */
void seed_nip(struct filler *f, int dashes, char target[20]);

#endif
