/* judge.h – is everything all right? One judgment for every place that shows it.
 *
 * endpointd judges its status before it sends it (as "result"), and endpointctl, the screens, the
 * metrics and the panel call these same functions, so that none of them is green where another is
 * red. They judge the answer to {"do":"status"} (doc/contracts.md), its plugins, and rows of
 * `orders`.
 *
 *   FAIL  it does not work, or an order waits for a person
 *   WARN  it works, and a person should look; or it is not set up yet
 *   WAIT  nobody knows yet
 *   OK    it was seen to work; a missing report is never enough
 */
#ifndef ENDPOINT_CHECK_JUDGE_H
#define ENDPOINT_CHECK_JUDGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "check/check.h"

/* The worse of two; SKIPPED counts for nothing. */
enum check_result judge_worse(enum check_result a, enum check_result b);

/* An order ("state", "cancelled", "faults") of a list of orders. */
enum check_result judge_order(const json_t *order);
/* A plugin's orders that wait for a person: in doubt, and rejected (except those that need nobody:
 * cancelled in the shop, or just too old). */
int64_t judge_orders_open(const json_t *plugin);
enum check_result judge_plugin(const json_t *plugin);

/* Parts of a status. */
enum check_result judge_panel(const json_t *status);
enum check_result judge_erp(const json_t *status);
bool judge_registered(const json_t *status);
bool judge_erp_chosen(const json_t *status);
/* All of it: the worst of panel, ERP, checks and plugins. */
enum check_result judge_status(const json_t *status);
/* It is red only for orders that wait for a person: everything works. */
bool judge_only_orders(const json_t *status);

/* Put "result" into the status, its panel, its ERP and each of its plugins. */
void judge_mark(json_t *status);

#endif
