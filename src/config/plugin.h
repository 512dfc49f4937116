/* plugin.h – a plugin's scenario: is it well-formed?
 *
 * The form is the panel protocol's: {"id","kind","name","enabled","scenario_version","channel",
 * "schedule","options"}; plugins from endpoint.conf are converted to it.
 */
#ifndef ENDPOINT_CONFIG_PLUGIN_H
#define ENDPOINT_CONFIG_PLUGIN_H

#include <jansson.h>

#include "base/error.h"

/* STATUS_INVALID names the member, its value and what is expected. */
enum status plugin_validate(const json_t *plugin, struct error *e);

#endif
