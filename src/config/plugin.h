/* plugin.h – a plugin's scenario: is it well-formed, and when does it run next?
 *
 * The form is the panel protocol's: {"id","kind","name","enabled","scenario_version","channel",
 * "schedule","options"}; plugins of endpoint.conf are brought into it.
 */
#ifndef ENDPOINT_CONFIG_PLUGIN_H
#define ENDPOINT_CONFIG_PLUGIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Types of channels that plugins may name, NULL after the last: "panel". The room channel/ has each of them. */
const char *plugin_channel_at(size_t index);

/* STATUS_INVALID names the member, its value and what is expected. */
enum status plugin_validate(const json_t *plugin, struct error *e);

/* When does it run next? every: an interval counted from the start of the last run, which was since_ms ago
 * (< 0: it never ran; how long ago is measured, not computed from the time of day, which may be set); hours and
 * weekdays (1 Monday … 7 Sunday) in the machine's local time narrow it. False when only a person starts it
 * ("manual"). */
bool schedule_next(const json_t *schedule, int64_t since_ms, int64_t now_ms, int64_t *next_ms);

/* The interval, in ms; 0: only a person starts it. */
int64_t schedule_every(const json_t *schedule);

#endif
