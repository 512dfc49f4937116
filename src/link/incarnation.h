/* incarnation.h – which start of this endpoint we are.
 *
 * Two machines with copies of one state directory have the same id and key. The panel tells them apart by
 * the number that it gives to each start of endpointd; STATE/incarnation.json remembers the last one. A copy
 * of the directory remembers it, too, and that is how a copy, and an older state from a backup, are noticed.
 */
#ifndef ENDPOINT_LINK_INCARNATION_H
#define ENDPOINT_LINK_INCARNATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypto.h"
#include "base/error.h"

struct incarnation {
    char endpoint_id[128];      /* whose it is: another identity begins anew */
    char life[CRYPTO_ID_TEXT];  /* random, of this start of endpointd; not read from the file */
    char place[CRYPTO_ID_TEXT]; /* hash of machine, boot and directory; likewise */
    char host[128];             /* likewise */
    int64_t last;               /* the newest number that was ours; 0: none */
    bool held; /* it was held as a copy, or replaced: only a person lets it go on */
};

/* What the file says of this endpoint, and who we are now. A missing or damaged file says nothing. */
void incarnation_begin(const char *state_dir, const char *endpoint_id, struct incarnation *i);
/* Durable: before the number is used. */
enum status incarnation_save(const char *state_dir, const struct incarnation *i, struct error *e);
#endif
