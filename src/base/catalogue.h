/* catalogue.h – a catalogue of translations as GNU msgfmt writes it (gettext manual, "The Format of GNU MO Files").
 *
 * It is read here and not by gettext(3), which wants a locale of the system for it, and since glibc 2.41 another one than
 * C.UTF-8: a server that has no Polish locale would speak English only. Plural forms and texts with <inttypes.h> formats
 * are not used (po/texts.c has the latter as %lld).
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

/* Read a file of at most 8 MiB. False: there is none, or it is not in order. Free it in either case. */
bool catalogue_load(struct catalogue *c, const char *path);
void catalogue_free(struct catalogue *c);

/* The index-th text, of `count`, sorted by strcmp; the one of "" is the catalogue's header. They live as long as the
 * catalogue. NULL: the file is not in order there. */
const char *catalogue_original(const struct catalogue *c, uint32_t index);
const char *catalogue_translation(const struct catalogue *c, uint32_t index);

/* The translation of a text; NULL: there is none. */
const char *catalogue_find(const struct catalogue *c, const char *original);

#endif
