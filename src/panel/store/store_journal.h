/* store_journal.h – what endpoints reported, entry by entry. */
#ifndef ENDPOINT_PANEL_STORE_STORE_JOURNAL_H
#define ENDPOINT_PANEL_STORE_STORE_JOURNAL_H

#include <jansson.h>
#include <stdint.h>

#include "panel/store/store.h"

/* Keep entries, NDJSON as an endpoint sends them, all or none. An entry that is already here (same
 * id, same time) is left out. STATUS_INVALID (bad_row): a line is not an object. */
enum status store_journal(struct store *s, const char *endpoint, const char *lines, size_t length,
                          struct error *e);

/* The newest `limit` entries of an endpoint (NULL: of all), oldest first: an array of {"id","at","level",
 * "plugin","order","code","text","correlation"}; all but id may be null. */
enum status store_journal_list(struct store *s, const char *endpoint, int64_t limit,
                               json_t **entries, struct error *e);

#endif
