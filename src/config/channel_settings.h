/* channel_settings.h – the settings of each type of channel, for channel_types.c: one file a shop. */
#ifndef ENDPOINT_CONFIG_CHANNEL_SETTINGS_H
#define ENDPOINT_CONFIG_CHANNEL_SETTINGS_H

#include "config/options.h"

/* Ended by a row without a name. */
extern const struct option_def channel_settings_baselinker[];
extern const struct option_def channel_settings_file[];
extern const struct option_def channel_settings_prestashop[];
extern const struct option_def channel_settings_woocommerce[];

#endif
