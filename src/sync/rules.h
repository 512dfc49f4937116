/* rules.h – applies a scenario's options to the ERP's records, between the reader and the merge.
 *
 * A record that the scenario does not want counts as missing: one that is no longer wanted is
 * deleted in the shop. Warehouses that are added up become one record. Without options that change
 * anything, records pass through untouched and uncopied. config/options.c lists the options.
 */
#ifndef ENDPOINT_SYNC_RULES_H
#define ENDPOINT_SYNC_RULES_H

#include <jansson.h>
#include <stdbool.h>

#include "model/record.h"
#include "sync/flow.h"

struct rules;

/* options: of the scenario, validated, borrowed. source: borrowed, in key order. STATUS_INVALID:
 * the options contradict each other. */
enum status rules_open(const struct stream_def *stream, const json_t *options,
                       const struct flow_source *source, struct rules **r, struct error *e);
void rules_close(struct rules *r);

/* Like flow_source's next. STATUS_INVALID (rules_column): an option needs a column that the mapping
 * does not have. */
enum status rules_next(void *rules, const struct record **record, struct error *e);

/* Records that were left out because the shop could not identify them (options.match). */
uint64_t rules_unmatched(const struct rules *r);

/* Do these options use more than the stream's own fields? Then the reader must also read the
 * mapping's filter columns. */
bool rules_need_filters(const struct stream_def *stream, const json_t *options);

/* The custom fields that these options use, by the names that the ERP's administrator gave them;
 * NULL: none. The options own them. */
#define RULES_FIELDS 2
void rules_fields(const json_t *options, const char *fields[RULES_FIELDS]);

/* Do these options want kits counted from their parts? */
bool rules_count_kits(const json_t *options);

#endif
