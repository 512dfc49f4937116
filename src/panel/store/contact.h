/* contact.h – is an endpoint still there? Judged by when it was last heard.
 *
 * An endpoint sends its status once a minute and keeps a long poll open, so it is heard at least every
 * CONTACT_EVERY_MS. After two of these it is silent (grey), after CONTACT_GONE_MS it is gone (red). Time in
 * which the panel itself did not listen does not count.
 */
#ifndef ENDPOINT_PANEL_STORE_CONTACT_H
#define ENDPOINT_PANEL_STORE_CONTACT_H

#include <jansson.h>
#include <stdint.h>

#include "panel/store/store.h"

#define CONTACT_EVERY_MS  60000
#define CONTACT_SILENT_MS (2 * CONTACT_EVERY_MS + 5000)
#define CONTACT_GONE_MS   (5 * CONTACT_EVERY_MS)

enum contact_state { CONTACT_OK, CONTACT_NEVER, CONTACT_SILENT, CONTACT_GONE, CONTACT_UNKNOWN };

/* Record that the panel listens. Call it every few seconds. */
enum status contact_tick(struct store *s, int64_t now_ms, struct error *e);
/* Write into the journals who is gone since the last call, and who is back. */
void contact_watch(struct store *s, int64_t now_ms);

/* Add "contact" {state, age_s, text, remedy} to an endpoint's row ("last_seen", "revoked"). */
enum contact_state contact_add(struct store *s, json_t *row, int64_t now_ms);
/* "ok", "never", "silent", "gone", "unknown" */
const char *contact_word(enum contact_state state);

#endif
