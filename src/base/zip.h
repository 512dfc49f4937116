/* zip.h – zstd for bodies on the wire, bounded. */
#ifndef ENDPOINT_BASE_ZIP_H
#define ENDPOINT_BASE_ZIP_H

#include "base/buf.h"
#include "base/error.h"

/* Append the compressed form of bytes to b. */
enum status zip_pack(struct buf *b, const void *bytes, size_t length, struct error *e);

/* The same piece by piece, for what is never whole in memory. Its window is small, and so is what it takes. */
struct zip;
struct zip *zip_open(void);
void zip_close(struct zip *z); /* NULL is fine */
/* Begin anew; zip_add appends to b as it comes, zip_end what is left. What failed is told by zip_end: STATUS_FULL when b's
 * maximum was passed. */
void zip_begin(struct zip *z, struct buf *b);
void zip_add(struct zip *z, const void *bytes, size_t length);
enum status zip_end(struct zip *z, struct error *e);

/* Append the plain form to b. STATUS_FULL: it would exceed b's maximum (a bomb); STATUS_INVALID:
 * not zstd, or it ends early. */
enum status zip_unpack(struct buf *b, const void *bytes, size_t length, struct error *e);

#endif
