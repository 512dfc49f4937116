/* catalogue.h – a catalogue of translations as GNU msgfmt writes it (gettext manual, "The Format of GNU MO Files").
 *
 * We read it ourselves and not with gettext(3), which needs a locale of the system, and since glibc
 * 2.41 one other than C.UTF-8: a server without a Polish locale would show only English. Plural
 * forms and texts with <inttypes.h> formats are not used (po/texts.c has the latter as %lld).
 */
#ifndef ENDPOINT_BASE_CATALOGUE_H
#define ENDPOINT_BASE_CATALOGUE_H

#include <stdbool.h>

#include "base/buf.h"

struct catalogue {
    struct buf bytes;
    bool swapped; /* written by a machine of the other byte order */
    uint32_t count, originals, translations;
};

/* Read a file of at most 8 MiB. False: there is none, or it is damaged. Free it in either case. */
bool catalogue_load(struct catalogue *c, const char *path);
void catalogue_free(struct catalogue *c);

/* The index-th text, of `count`, sorted by strcmp; the translation of "" is the catalogue's header.
 * They live as long as the catalogue. NULL: the file is damaged there. */
const char *catalogue_original(const struct catalogue *c, uint32_t index);
const char *catalogue_translation(const struct catalogue *c, uint32_t index);

/* The translation of a text; NULL: there is none. */
const char *catalogue_find(const struct catalogue *c, const char *original);

#endif
