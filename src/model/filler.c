#include "model/filler.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

#define WORD_MAX 32

/* Without blanks, signs and accents, in lower case. */
static const char *const words[] = {
    "brak",
    "brakdanych",
    "brakfirmy",
    "braknipu",
    "nie",
    "niedotyczy",
    "niema",
    "niemam",
    "nieposiadam",
    "bezfirmy",
    "beznip",
    "nd",
    "na",
    "nic",
    "none",
    "nil",
    "null",
    "no",
    "nan",
    "undefined",
    "empty",
    "unknown",
    "nocompany",
    "notapplicable",
    "osoba",
    "osobaprywatna",
    "osobafizyczna",
    "prywatny",
    "prywatna",
    "prywatnie",
    "prywatne",
    "klientprywatny",
    "klientindywidualny",
    "indywidualny",
    "klientdetaliczny",
    "detal",
    "detaliczny",
    "konsument",
    "private",
    "privateperson",
    "individual",
    "person",
    "retail",
    "keine",
    "privat",
    "privatperson",
    "x",
    "xx",
    "xxx",
};

/* Parts before the @ that belong to nobody. */
static const char *const mailboxes[] = {
    "brak",      "brakmaila", "brakemail", "brakemaila", "niema", "niepodano", "none", "noemail",
    "nomail",    "noreply",   "noreplay",  "nobody",     "na",    "nd",        "null", "unknown",
    "anonymous", "anonim",    "x",         "xx",         "xxx",   "test",      "mail", "email"};

/* The letters and digits of a text, to compare with the words; false: it is longer than any of
 * them. */
static bool squeeze(const char *text, size_t length, char target[WORD_MAX])
{
    size_t made = 0;
    for (size_t i = 0, used = 1; i < length; i += used) {
        int32_t point = text_decode(text + i, length - i, &used);
        if (point < 0)
            used = 1;
        bool ascii = (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') ||
                     (point >= 'A' && point <= 'Z');
        bool other = point >= 0xC0 && !(point >= 0x2000 && point < 0x2C00);
        if (!ascii && !other)
            continue;
        if (made + 5 > WORD_MAX)
            return false;
        if (point >= 'A' && point <= 'Z')
            point += 32;
        made += text_encode(target + made, (uint32_t)point);
    }
    target[made] = '\0';
    return true;
}

static bool one_of(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(word, list[i]))
            return true;
    return false;
}

bool filler_text(const char *text)
{
    char word[WORD_MAX];
    return squeeze(text, strlen(text), word) && (!*word || one_of(word, words, COUNT_OF(words)));
}

bool filler_email(const char *text)
{
    char word[WORD_MAX];
    const char *at = strchr(text, '@');
    if (!at || at == text || strchr(at + 1, '@') || text[strcspn(text, " \t\r\n,;")])
        return true;
    const char *dot = strchr(at, '.');
    if (!dot || dot == at + 1 || !dot[1])
        return true;
    return squeeze(text, (size_t)(at - text), word) &&
           (!*word || one_of(word, mailboxes, COUNT_OF(mailboxes)));
}
