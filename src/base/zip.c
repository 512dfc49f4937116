#include "base/zip.h"

#include <stdlib.h>
#include <zstd.h>

#include "base/memory.h"

#define LEVEL          3
#define PIECES_LOG     18 /* a window of 256 KiB */
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

struct zip {
    ZSTD_CCtx *ctx;
    struct buf *to;
    size_t failure; /* of ZSTD; 0: none */
};

struct zip *zip_open(void)
{
    struct zip *z = mem_alloc(sizeof *z);
    z->ctx = ZSTD_createCCtx();
    if (!z->ctx) /* as mem_alloc does it */
        abort();
    ZSTD_CCtx_setParameter(z->ctx, ZSTD_c_compressionLevel, LEVEL);
    ZSTD_CCtx_setParameter(z->ctx, ZSTD_c_windowLog, PIECES_LOG);
    return z;
}

void zip_close(struct zip *z)
{
    if (!z)
        return;
    ZSTD_freeCCtx(z->ctx);
    free(z);
}

void zip_begin(struct zip *z, struct buf *b)
{
    ZSTD_CCtx_reset(z->ctx, ZSTD_reset_session_only);
    z->to = b;
    z->failure = 0;
}

static void drive(struct zip *z, const void *bytes, size_t length, ZSTD_EndDirective how)
{
    ZSTD_inBuffer in = {bytes, length, 0};
    size_t left = 1;
    while (!z->failure && !z->to->failed && (in.pos < in.size || (how == ZSTD_e_end && left))) {
        char chunk[16384];
        ZSTD_outBuffer out = {chunk, sizeof chunk, 0};
        left = ZSTD_compressStream2(z->ctx, &out, &in, how);
        if (ZSTD_isError(left))
            z->failure = left;
        else
            buf_add(z->to, chunk, out.pos);
    }
}

void zip_add(struct zip *z, const void *bytes, size_t length)
{
    drive(z, bytes, length, ZSTD_e_continue);
}

enum status zip_end(struct zip *z, struct error *e)
{
    drive(z, NULL, 0, ZSTD_e_end);
    if (z->failure)
        return error_set(e, STATUS_INTERNAL, "zip_pack", "zstd failed: %s",
                         ZSTD_getErrorName(z->failure));
    if (z->to->failed)
        return error_set(e, STATUS_FULL, "zip_size", "the compressed data would be too large");
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
