#include "base/catalogue.h"

#include <stdio.h>
#include <string.h>

#define CATALOGUE_MAX (8 << 20)
#define ENTRIES_MAX   20000
#define HEADER        28 /* bytes: magic, revision, number, two tables, size and place of a hash table */

static uint32_t number_at(const struct catalogue *c, size_t offset)
{
    uint32_t value = 0;
    if (offset + sizeof value <= c->bytes.length)
        memcpy(&value, c->bytes.data + offset, sizeof value);
    return c->swapped ? __builtin_bswap32(value) : value;
}

static bool read_all(struct buf *b, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    char chunk[16384];
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, file)) > 0 && !b->failed;)
        buf_add(b, chunk, got);
    bool whole = !ferror(file) && !b->failed;
    fclose(file);
    return whole;
}

bool catalogue_load(struct catalogue *c, const char *path)
{
    enum { MAGIC = 0x950412de };
    *c = (struct catalogue){0};
    buf_init(&c->bytes, CATALOGUE_MAX);
    if (!read_all(&c->bytes, path) || c->bytes.length < HEADER)
        return false;
    c->swapped = number_at(c, 0) == __builtin_bswap32(MAGIC);
    if (number_at(c, 0) != MAGIC)
        return false;
    c->count = number_at(c, 8);
    c->originals = number_at(c, 12);
    c->translations = number_at(c, 16);
    return c->count <= ENTRIES_MAX;
}

void catalogue_free(struct catalogue *c)
{
    buf_free(&c->bytes);
    *c = (struct catalogue){0};
}

/* A table has the length and the offset of each text. */
static const char *text_at(const struct catalogue *c, uint32_t table, uint32_t index)
{
    size_t length = number_at(c, (size_t)table + 8 * (size_t)index),
           offset = number_at(c, (size_t)table + 8 * (size_t)index + 4);
    if (index >= c->count || offset >= c->bytes.length || length >= c->bytes.length - offset ||
        c->bytes.data[offset + length] != '\0')
        return NULL;
    return (const char *)c->bytes.data + offset;
}

const char *catalogue_original(const struct catalogue *c, uint32_t index)
{
    return text_at(c, c->originals, index);
}

const char *catalogue_translation(const struct catalogue *c, uint32_t index)
{
    return text_at(c, c->translations, index);
}

const char *catalogue_find(const struct catalogue *c, const char *original)
{
    uint32_t low = 0, high = c->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const char *here = catalogue_original(c, middle);
        if (!here)
            return NULL;
        int order = strcmp(original, here);
        if (order == 0)
            return catalogue_translation(c, middle);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
