/* zip.h – zstd for bodies on the wire, bounded. */
#ifndef ENDPOINT_BASE_ZIP_H
#define ENDPOINT_BASE_ZIP_H

#include "base/buf.h"
#include "base/error.h"

/* Append the compressed form of bytes to b. */
enum status zip_pack(struct buf *b, const void *bytes, size_t length, struct error *e);

/* Append the plain form to b. STATUS_FULL: it would exceed b's maximum (a bomb); STATUS_INVALID:
 * not zstd, or it ends early. */
enum status zip_unpack(struct buf *b, const void *bytes, size_t length, struct error *e);

#endif
