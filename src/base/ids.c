#include "base/ids.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

static const char hex[] = "0123456789abcdefABCDEF";

const char *id_grouped(char target[ID_TEXT], const char *id)
{
    enum { GROUP = 4, LONG = 16 };
    size_t length = strlen(id), used = 0;
    bool plain = length >= LONG && length <= 64 && strspn(id, hex) == length;
    for (size_t i = 0; i < length && used + 2 < ID_TEXT; i++) {
        if (plain && i && i % GROUP == 0)
            target[used++] = '-';
        target[used++] = id[i];
    }
    target[used] = '\0';
    return target;
}

bool id_meant(const char *typed, const char *id)
{
    size_t same = 0;
    for (; *typed; typed++) {
        if (*typed == ' ' || (*typed == '-' && id[same] != '-'))
            continue;
        if (tolower((unsigned char)*typed) != tolower((unsigned char)id[same]))
            return false;
        same++;
    }
    return same >= ID_LEAST || (same > 0 && !id[same]);
}

const char *id_plain(char target[ID_TEXT], const char *typed)
{
    size_t used = 0;
    bool all = true; /* hex and what stands between */
    for (const char *c = typed; *c; c++)
        all &= strchr(hex, *c) != NULL || *c == '-' || *c == ' ';
    for (const char *c = typed; *c && used + 1 < ID_TEXT; c++)
        if (*c != ' ' && !(all && *c == '-'))
            target[used++] = all ? (char)tolower((unsigned char)*c) : *c;
    target[used] = '\0';
    return target;
}
