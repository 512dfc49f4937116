/* scan.h – where in a configuration text a setting's value stands, so that it can be changed in place. */
#ifndef ENDPOINT_CONFIG_SCAN_H
#define ENDPOINT_CONFIG_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct scan_place {
    bool found;
    size_t value_start, value_end;     /* of the value alone */
    size_t setting_start, setting_end; /* from the name to its terminator */
    bool group_found;
    size_t group_end; /* where the group's closing brace stands */
};

/* Look for group.name in text (well-formed libconfig, as config_load has read it). The last one of
 * several wins. Depth and length are bounded; false when the text is not what libconfig takes. */
bool scan_find(const char *text, size_t length, const char *group, const char *name,
               struct scan_place *place);

/* The line on which a text or a comment begins that is never ended; 0: there is none. (libconfig reads
 * over a last text without its closing quote as if it were not there.) */
size_t scan_unended(const char *text, size_t length);

/* The line of an @include, which libconfig would follow to any file; 0: there is none. text ends with NUL. */
size_t scan_include(const char *text);

#endif
