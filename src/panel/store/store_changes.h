/* store_changes.h – what endpoints send: rows of streams, and their journal. */
#ifndef ENDPOINT_PANEL_STORE_STORE_CHANGES_H
#define ENDPOINT_PANEL_STORE_STORE_CHANGES_H

#include "panel/store/store.h"

/* Is it a stream that endpoints send ("stock" …)? */
bool store_stream_known(const char *name);

/* Store a batch of changes: NDJSON of seq first..last. *acked: what the plugin has now.
 * STATUS_EXISTS: a hole. STATUS_INVALID: a bad row, *bad (0: none in particular); nothing was stored.
 * STATUS_NOT_FOUND: not a plugin of this endpoint. */
enum status store_changes(struct store *s, const char *endpoint, const char *plugin, uint64_t first,
                          uint64_t last, const char *lines, size_t length, uint64_t *acked,
                          uint64_t *bad, struct error *e);

enum status store_journal(struct store *s, const char *endpoint, const char *lines, size_t length,
                          struct error *e);

#endif
