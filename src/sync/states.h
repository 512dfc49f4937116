/* states.h – what became of orders' documents: sits between the ERP's reader and the rules.
 *
 * The ERP knows an order only by its marker, in hidden columns ("_…") of the stream order-states.
 * This module replaces it by the order's id, which the shop knows; documents of other orders are
 * left out.
 */
#ifndef ENDPOINT_SYNC_STATES_H
#define ENDPOINT_SYNC_STATES_H

#include "sync/flow.h"

struct states;

/* source and options are borrowed; options.state_map names the states for the shop. */
enum status states_open(const char *state_dir, const struct flow_source *source,
                        const json_t *options, struct states **s, struct error *e);
void states_close(struct states *s);

/* As reader_next; `s` is a struct states. */
enum status states_next(void *s, const struct record **record, struct error *e);

#endif
