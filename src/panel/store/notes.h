/* notes.h – what the panel itself reports about an endpoint, in that endpoint's journal. */
#ifndef ENDPOINT_PANEL_STORE_NOTES_H
#define ENDPOINT_PANEL_STORE_NOTES_H

#include <stdint.h>

#include "panel/store/store.h"

enum status notes_add(struct store *s, const char *endpoint, const char *level, const char *code,
                      const char *text, int64_t now_ms, struct error *e);

#endif
