#include "base/zip.h"

#include <zstd.h>

#define LEVEL          3
#define WINDOW_LOG_MAX 23 /* 8 MiB: what RFC 8878 asks decoders of HTTP content to support */

enum status zip_pack(struct buf *b, const void *bytes, size_t length, struct error *e)
{
    size_t bound = ZSTD_compressBound(length);
    char *room = buf_reserve(b, bound);
    if (!room)
        return error_set(e, STATUS_FULL, "zip_size", "the compressed data would be too large");
    size_t made = ZSTD_compress(room, bound, bytes, length, LEVEL);
    if (ZSTD_isError(made))
        return error_set(e, STATUS_INTERNAL, "zip_pack", "zstd failed: %s",
                         ZSTD_getErrorName(made));
    buf_commit(b, made);
    return STATUS_OK;
}

enum status zip_unpack(struct buf *b, const void *bytes, size_t length, struct error *e)
{
    ZSTD_DCtx *ctx = ZSTD_createDCtx();
    ZSTD_inBuffer in = {bytes, length, 0};
    enum status status = STATUS_OK;
    size_t left = 1;
    if (!ctx)
        return error_set(e, STATUS_INTERNAL, "zip_unpack", "zstd has no memory");
    ZSTD_DCtx_setParameter(ctx, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
    while (status == STATUS_OK && left != 0) {
        char chunk[16384];
        ZSTD_outBuffer out = {chunk, sizeof chunk, 0};
        left = ZSTD_decompressStream(ctx, &out, &in);
        if (ZSTD_isError(left)) {
            status = error_set(e, STATUS_INVALID, "zip_damaged", "the zstd data is damaged: %s",
                               ZSTD_getErrorName(left));
            break;
        }
        buf_add(b, chunk, out.pos);
        if (b->failed)
            status = error_set(e, STATUS_FULL, "zip_size",
                               "the data unpacks to more than %zu bytes", b->maximum);
        else if (left != 0 && in.pos == in.size && out.pos < out.size)
            status = error_set(e, STATUS_INVALID, "zip_short", "the zstd data ends early");
    }
    if (status == STATUS_OK && in.pos != in.size)
        status = error_set(e, STATUS_INVALID, "zip_trailing", "there is data after the zstd frame");
    ZSTD_freeDCtx(ctx);
    return status;
}
