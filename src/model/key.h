/* key.h – a record's key: one or two parts, in an order that memcmp knows.
 *
 * The merge needs both sides in one order. A key is therefore kept as bytes whose memcmp order is
 * the order in which the mapping's SELECT sorts: integers by value, texts by their bytes (the mapping
 * sorts texts with a binary collation). Form of a part: 'i' and 8 bytes big-endian with the sign bit
 * turned; or 't', the bytes of the text, and a zero byte. So the bytes tell themselves how to print.
 */
#ifndef ENDPOINT_MODEL_KEY_H
#define ENDPOINT_MODEL_KEY_H

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
 * "100123/1". False for bytes that are no key. */
bool key_print(struct buf *b, const uint8_t *bytes, size_t length);

/* <0, 0, >0 */
int key_compare(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length);

#endif
