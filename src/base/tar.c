#include "base/tar.h"

#include <string.h>

#include "base/text.h"

#define BLOCK 512

/* Offsets and widths in the header: POSIX.1-2017, pax, "ustar Interchange Format". */
enum {
    NAME = 0,
    MODE = 100,
    UID = 108,
    GID = 116,
    SIZE = 124,
    MTIME = 136,
    SUM = 148,
    TYPE = 156,
    MAGIC = 257,
    PREFIX = 345, /* a "/" between it and the name is implied */
    PREFIX_END = 500
};

static void pad(struct buf *b, size_t length)
{
    static const char zeros[BLOCK];
    if (length % BLOCK)
        buf_add(b, zeros, BLOCK - length % BLOCK);
}

enum status tar_add(struct buf *b, const char *folder, const char *name, const void *bytes,
                    size_t length, int64_t mtime_s, struct error *e)
{
    char header[BLOCK] = {0};
    unsigned sum = 0;
    size_t in = folder ? strlen(folder) : 0;
    if (strlen(name) >= MODE || in >= PREFIX_END - PREFIX || length > 077777777777ULL ||
        mtime_s < 0)
        return error_set(e, STATUS_INVALID, "tar_name", "%s does not fit into an archive", name);
    memcpy(header + NAME, name, strlen(name));
    memcpy(header + PREFIX, folder ? folder : "", in);
    memcpy(header + MODE, "0000600", 7);
    memcpy(header + UID, "0000000", 7);
    memcpy(header + GID, "0000000", 7);
    text_format(header + SIZE, 12, "%011llo", (unsigned long long)length);
    text_format(header + MTIME, 12, "%011llo", (unsigned long long)mtime_s);
    memset(header + SUM, ' ', 8); /* the checksum counts its own field as blanks */
    header[TYPE] = '0';
    memcpy(header + MAGIC, "ustar\00000", 8);
    for (size_t i = 0; i < BLOCK; i++)
        sum += (unsigned char)header[i];
    text_format(header + SUM, 7, "%06o", sum);
    buf_add(b, header, BLOCK);
    buf_add(b, bytes, length);
    pad(b, length);
    return b->failed ? error_set(e, STATUS_FULL, "tar_size",
                                 "the archive would be larger than %zu bytes", b->maximum)
                     : STATUS_OK;
}

void tar_end(struct buf *b)
{
    static const char zeros[2 * BLOCK];
    buf_add(b, zeros, sizeof zeros);
}
