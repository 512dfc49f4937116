/* scan.h – finds a setting's value in a configuration text, so that it can be changed in place. */
#ifndef ENDPOINT_CONFIG_SCAN_H
#define ENDPOINT_CONFIG_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct scan_place {
    bool found;
    size_t value_start, value_end;     /* of the value alone */
    size_t setting_start, setting_end; /* from the name to its terminator */
    bool group_found;
    size_t group_end; /* position of the group's closing brace */
};

/* Find group.name in text (well-formed libconfig, already read by config_load). Of several the last
 * one wins. Depth and length are bounded; false: libconfig would not accept the text. */
bool scan_find(const char *text, size_t length, const char *group, const char *name,
               struct scan_place *place);

/* The line of an unterminated string or comment, or 0. (libconfig ignores a last string without its
 * closing quote.) */
size_t scan_unended(const char *text, size_t length);

/* The line of an @include, or 0: libconfig would follow it to any file. text ends with NUL. */
size_t scan_include(const char *text);

#endif
