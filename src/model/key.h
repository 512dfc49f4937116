/* key.h – a record's key: one or two parts, in an order that memcmp gives.
 *
 * The merge needs both sides in the same order. A key is therefore kept as bytes whose memcmp order
 * equals the order of the mapping's SELECT: integers by value, texts by their bytes (the mapping
 * sorts texts with a binary collation). The form of a part is 'i' and 8 bytes big-endian with the
 * sign bit flipped; or 't', the bytes of the text, and a zero byte. So the bytes alone say how to
 * print them.
 */
#ifndef ENDPOINT_MODEL_KEY_H
#define ENDPOINT_MODEL_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define KEY_MAXIMUM 512 /* bytes of a whole key */

struct key {
    uint8_t bytes[KEY_MAXIMUM];
    size_t length;
};

void key_clear(struct key *k);
enum status key_add_integer(struct key *k, int64_t value, struct error *e);
/* STATUS_INVALID for a text with a NUL byte or too long for a key. */
enum status key_add_text(struct key *k, const char *text, size_t length, struct error *e);

/* As people and the panel see it: parts joined with '/', '%' and '/' inside a text as %25 and %2F:
 * "100123/1". False: the bytes are not a key. */
bool key_print(struct buf *b, const uint8_t *bytes, size_t length);

/* The key that key_print printed this way. The text does not show whether a part was a number or a
 * text: bit i of `texts` says that part i is a text. False: the text cannot be such a key, or has
 * more than KEY_PARTS parts. */
#define KEY_PARTS 4
bool key_parse(const char *text, unsigned texts, struct key *k);

/* Make k stand for a row whose own key cannot be made, by a hash of the bad value. It is not a real
 * key: key_print refuses it, and no snapshot contains it. */
void key_stand_in(struct key *k, const void *bytes, size_t length);

/* <0, 0, >0 */
int key_compare(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length);

#endif
