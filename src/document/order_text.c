#include "document/order_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cp1250.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"

#define NOTES_MAX 200
#define CLEAN_MAX 20000

void order_text_note(json_t *notes, const char *format, ...)
{
    char said[900];
    va_list args;
    if (json_array_size(notes) >= NOTES_MAX)
        return;
    va_start(args, format);
    said_vformat(said, sizeof said, NULL, 0, format, args);
    va_end(args);
    json_array_append_new(notes, said_to_json(said));
}

struct cleaning {
    struct buf *b;
    uint32_t last; /* the last code point added; 0: none, or a blank at the start */
    bool unicode, replaced, broken;
};

static void add_point(struct cleaning *c, uint32_t point)
{
    char utf8[4];
    if (point == ' ' && (c->last == ' ' || c->last == 0))
        return;
    buf_add(c->b, utf8, text_encode(utf8, point));
    c->last = point;
}

/* A combining mark changes the letter before it, which is at the end of the buffer. */
static void add_mark(struct cleaning *c, uint32_t mark)
{
    uint32_t whole = cp1250_compose(c->last, mark);
    char utf8[4];
    if (!whole && c->unicode) {
        add_point(c, mark);
        return;
    }
    if (!whole) {
        c->replaced = true;
        return;
    }
    c->b->length--; /* the letter was ASCII */
    buf_add(c->b, utf8, text_encode(utf8, whole));
    c->last = whole;
}

static void clean_point(struct cleaning *c, uint32_t point)
{
    const char *substitute;
    if (point < 0x20 || point == 0x7f || (point >= 0x80 && point < 0xA0)) {
        c->broken |= c->last != 0 && point != 0x0d;
        add_point(c, ' ');
    } else if (point == 0xA0) {
        add_point(c, ' ');
    } else if (c->unicode ? point != 0xFFFD && !(point >= 0x300 && point < 0x370)
                          : cp1250_byte(point) >= 0) {
        add_point(c, point);
    } else if (point >= 0x300 && point < 0x370) {
        add_mark(c, point);
    } else if ((substitute = cp1250_substitute(point)) != NULL) {
        c->replaced = true;
        for (; *substitute; substitute++)
            add_point(c, (unsigned char)*substitute);
    } else {
        c->replaced = true;
        add_point(c, '?');
    }
}

static void clean(struct cleaning *c, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0, used = 1; i < length; i += used) {
        int32_t point = text_decode(text + i, length - i, &used);
        clean_point(c, point < 0 ? 0xFFFD : (uint32_t)point);
    }
    while (c->b->length && c->b->data[c->b->length - 1] == ' ')
        c->b->data[--c->b->length] = '\0';
}

/* How many bytes of `text` to keep for `width` characters: all, or up to a blank in the last third. */
static size_t cut_at(const char *text, size_t length, int width)
{
    size_t bytes = 0, used, blank = 0;
    for (int i = 0; i < width && bytes < length; i++) {
        if (text[bytes] == ' ' && i >= width - width / 3)
            blank = bytes;
        int32_t point = text_decode(text + bytes, length - bytes, &used);
        if (point < 0)
            used = 1;
        if (point > 0xFFFF && ++i == width)
            break; /* it takes two, and there is room for only one */
        bytes += used;
    }
    if (bytes == length)
        return length;
    if (text[bytes] != ' ' && blank)
        bytes = blank;
    while (bytes && text[bytes - 1] == ' ')
        bytes--;
    return bytes;
}

bool order_text_fit(struct order_texts *t, const char *label, const char *text, int width,
                    bool keep, struct buf *b)
{
    struct buf cleaned;
    buf_init(&cleaned, CLEAN_MAX);
    struct cleaning c = {.b = &cleaned, .unicode = t->unicode};
    clean(&c, text);
    const char *ready = buf_text(&cleaned);
    size_t length = cut_at(ready, cleaned.length, width);
    bool cut = length < cleaned.length || cleaned.failed;
    if (c.replaced)
        order_text_note(t->notes,
                        "%s: characters that the ERP's code page lacks were replaced: \"%.100s\" "
                        "is \"%.100s\"",
                        label, text, ready);
    if (c.broken)
        order_text_note(t->notes, "%s: line breaks became blanks", label);
    if (cut) {
        order_text_note(t->notes, "%s: cut to %d characters: \"%.150s\"", label, width, ready);
        if (keep)
            buf_printf(&t->overflow, "%s%s: %s", t->overflow.length ? "; " : "", label, ready);
    }
    buf_add(b, ready, length);
    buf_free(&cleaned);
    return !cut && !c.replaced && !c.broken;
}

char *order_text_take(struct order_texts *t, const char *label, const char *text, int width)
{
    struct buf b;
    buf_init(&b, CLEAN_MAX);
    order_text_fit(t, label, text ? text : "", width, true, &b);
    return buf_take(&b);
}
