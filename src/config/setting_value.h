/* setting_value.h – is a text a value of a setting, and a path that of one? */
#ifndef ENDPOINT_CONFIG_SETTING_VALUE_H
#define ENDPOINT_CONFIG_SETTING_VALUE_H

#include "config/config.h"

#define SETTING_EXPECTED 300

/* Is text a value for s? expected (may be NULL) says what one is, as a said text (base/said.h). */
bool setting_accepts(const struct setting *s, const char *text, char expected[SETTING_EXPECTED]);

/* "Did you mean": the setting nearest to a mistyped path, or NULL. */
const char *setting_nearest(const char *path);

#endif
