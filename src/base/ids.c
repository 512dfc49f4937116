#include "base/ids.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define ID_TURNS 8

static const char hex[] = "0123456789abcdefABCDEF";

const char *id_grouped(const char *id)
{
    enum { GROUP = 4, LONG = 16 };
    static char turns[ID_TURNS][100];
    static int turn;
    size_t length = strlen(id), used = 0;
    turn = (turn + 1) % ID_TURNS;
    char *text = turns[turn];
    bool plain = length >= LONG && length <= 64 && strspn(id, hex) == length;
    for (size_t i = 0; i < length && used + 2 < sizeof turns[0]; i++) {
        if (plain && i && i % GROUP == 0)
            text[used++] = '-';
        text[used++] = id[i];
    }
    text[used] = '\0';
    return text;
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

const char *id_plain(const char *typed)
{
    static char turns[ID_TURNS][200];
    static int turn;
    size_t used = 0;
    bool all = true; /* hex and what stands between */
    turn = (turn + 1) % ID_TURNS;
    char *text = turns[turn];
    for (const char *c = typed; *c; c++)
        all &= strchr(hex, *c) != NULL || *c == '-' || *c == ' ';
    for (const char *c = typed; *c && used + 1 < sizeof turns[0]; c++)
        if (*c != ' ' && !(all && *c == '-'))
            text[used++] = all ? (char)tolower((unsigned char)*c) : *c;
    text[used] = '\0';
    return text;
}
