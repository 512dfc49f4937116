/* judge.h – is it all right? One judgment for every place that shows it.
 *
 * endpointd judges its status before it gives it away ("result" in it), and endpointctl, the screens, the metrics
 * and the panel ask these same functions, so that none of them is green where another is red. What is judged is
 * the answer to {"do":"status"} (doc/contracts.md), its plugins, and rows of `orders`.
 *
 *   FAIL  it does not work, or an order waits for a person
 *   WARN  it works, and a person should look; or it is not set up yet
 *   WAIT  nobody knows yet
 *   OK    it was seen to work; never only because nothing was said
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
/* Orders of a plugin that wait for a person: rejected (but for those that nothing is to be done
 * about: cancelled in the shop, or only too old) and in doubt. */
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
