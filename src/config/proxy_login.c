#include "config/proxy_login.h"

#include <stdlib.h>
#include <string.h>

/* The host part, up to a path. */
static const char *authority(const char *address, size_t *length)
{
    const char *s = strstr(address, "://");
    s = s ? s + 3 : address;
    *length = strcspn(s, "/?#");
    return s;
}

bool proxy_login_in(const char *address)
{
    size_t length;
    const char *s = authority(address, &length);
    return memchr(s, '@', length) != NULL;
}

static int hex(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static void add_decoded(struct buf *b, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        int high = text[i] == '%' && i + 2 < length ? hex(text[i + 1]) : -1;
        int low = high >= 0 ? hex(text[i + 2]) : -1;
        if (low < 0 || high * 16 + low == 0) {
            buf_add_byte(b, (unsigned char)text[i]);
        } else {
            buf_add_byte(b, (unsigned char)(high * 16 + low));
            i += 2;
        }
    }
}

void proxy_login_split(const char *address, struct buf *bare, struct buf *user,
                       struct buf *password)
{
    size_t length;
    const char *s = authority(address, &length), *at = memrchr(s, '@', length);
    buf_add(bare, address, (size_t)(s - address));
    if (at) {
        size_t login = (size_t)(at - s);
        const char *colon = memchr(s, ':', login);
        size_t name = colon ? (size_t)(colon - s) : login;
        add_decoded(user, s, name);
        if (colon)
            add_decoded(password, colon + 1, login - name - 1);
        s = at + 1;
    }
    buf_add_text(bare, s);
}
