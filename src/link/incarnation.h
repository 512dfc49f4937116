/* incarnation.h – which start of this endpoint we are.
 *
 * Two machines with copies of one state directory have the same id and key. The panel tells them
 * apart by the number that it gives to each start of endpointd; STATE/incarnation.json remembers
 * the last one. A copy of the directory also has this number; that is how a copy, or an older state
 * from a backup, is noticed.
 */
#ifndef ENDPOINT_LINK_INCARNATION_H
#define ENDPOINT_LINK_INCARNATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypto.h"
#include "base/error.h"

struct incarnation {
    char endpoint_id[128];      /* whose file it is: another identity starts over */
    char life[CRYPTO_ID_TEXT];  /* random, of this start of endpointd; not read from the file */
    char place[CRYPTO_ID_TEXT]; /* hash of machine, boot and directory; likewise */
    char host[128];             /* likewise */
    int64_t last;               /* our newest number; 0: none */
    bool held; /* it was held as a copy, or replaced: only a person lets it go on */
};

/* Read what the file says about this endpoint, and fill in who we are now. A missing or damaged
 * file says nothing. */
void incarnation_begin(const char *state_dir, const char *endpoint_id, struct incarnation *i);
/* Save it durably, before the number is used. */
enum status incarnation_save(const char *state_dir, const struct incarnation *i, struct error *e);
#endif
