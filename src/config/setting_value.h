/* setting_value.h – is a text a value of a setting, and a path that of one? */
#ifndef ENDPOINT_CONFIG_SETTING_VALUE_H
#define ENDPOINT_CONFIG_SETTING_VALUE_H

#include "config/config.h"

/* Is text a value for s? If not, *expected (may be NULL, 200 bytes) says what is expected. */
bool setting_accepts(const struct setting *s, const char *text, char expected[200]);

/* "Did you mean": the setting nearest to a mistyped path, or NULL. */
const char *setting_nearest(const char *path);

#endif
