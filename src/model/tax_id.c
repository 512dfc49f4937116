#include "model/tax_id.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

#define LENGTH_MAX \
    (TAX_ID_SIZE - 4) /* characters taken: room for a prefix and the dashes of a NIP */
#define TYPO_MIN 7    /* with this many digits a wrong NIP is a typing error, not a filler */

/* Two letters that a foreign number may begin with: the EU's VAT prefixes (EU is the one-stop shop's, XI
 * Northern Ireland's), and countries that trade with Poland. */
static const char prefixes[] =
    "AT BE BG CY CZ DE DK EE EL ES EU FI FR GR HR HU IE IT LT LU LV MT NL PT RO "
    "SE SI SK XI AL BA BY CH CN GB GE IS KZ LI MD ME MK NO RS RU TR UA US ";

/* Words before a number. `first`: it may come first; the others only follow one of those. */
static const struct {
    const char *word;
    bool first;
} labels[] = {
    {"NIP", true},   {"NIPUE", true}, {"NIPEU", true}, {"VAT", true},     {"VATID", true},
    {"VATIN", true}, {"VATUE", true}, {"VATEU", true}, {"VATNO", true},   {"VATNR", true},
    {"TAX", true},   {"TAXID", true}, {"TAXNO", true}, {"TIN", true},     {"NUMER", true},
    {"NR", true},    {"UST", true},   {"USTID", true}, {"USTIDNR", true}, {"UID", true},
    {"UIDNR", true}, {"TVA", true},   {"MWST", true},  {"PARTITA", true}, {"CIF", true},
    {"NIF", true},   {"DIC", true},   {"IC", true},    {"ICDPH", true},   {"DPH", false},
    {"IVA", false},  {"ID", false},   {"IDNR", false}, {"NO", false},     {"NUMBER", false},
    {"REG", false},  {"UE", false},   {"EU", false},   {"N", true},       {"P", true},
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The capital letter or digit that a code point stands for; 0: none. */
static char plain(uint32_t point)
{
    if (point >= 0xFF10 && point <= 0xFF5A) /* of full width */
        point -= 0xFEE0;
    if (point >= 'a' && point <= 'z')
        point -= 32;
    if ((point >= '0' && point <= '9') || (point >= 'A' && point <= 'Z'))
        return (char)point;
    return point == 0x10C || point == 0x10D ? 'C' : 0; /* the one of "DIČ" */
}

/* Is it a letter of any script that `plain` does not know? Dashes, blanks and signs are not
 * letters. */
static bool other_letter(uint32_t point)
{
    return (point >= 0xC0 && point < 0x2000 && point != 0xD7 && point != 0xF7 &&
            !(point >= 0x2B0 && point < 0x370) && point != 0x1680 && point != 0x180E) ||
           (point >= 0x3040 && point < 0xFB00 && !(point >= 0xD800 && point < 0xF900));
}

/* A text split into words of letters and digits, which are stored one after another in `all`. */
struct words {
    char all[LENGTH_MAX + 1];
    size_t length;
    size_t starts[LENGTH_MAX + 1], count; /* where each begins */
    bool strange; /* it has letters that are in no tax number, or is too long */
};

static void take_apart(const char *text, struct words *w)
{
    size_t size = strlen(text);
    bool inside = false;
    *w = (struct words){.length = 0};
    for (size_t i = 0, used = 1; i < size; i += used) {
        int32_t point = text_decode(text + i, size - i, &used);
        char c = point < 0 ? 0 : plain((uint32_t)point);
        if (point < 0)
            used = 1;
        w->strange |= point > 0 && !c && other_letter((uint32_t)point);
        if (!c) {
            inside = false;
            continue;
        }
        if (w->length == LENGTH_MAX) {
            w->strange = true;
            return;
        }
        if (!inside)
            w->starts[w->count++] = w->length;
        inside = true;
        w->all[w->length++] = c;
    }
}

/* A label that is exactly this word. */
static bool is_label(const char *word, size_t length, bool first)
{
    for (size_t i = 0; i < COUNT_OF(labels); i++)
        if (strlen(labels[i].word) == length && memcmp(labels[i].word, word, length) == 0)
            return labels[i].first || !first;
    return false;
}

/* Where the number begins: after the labels before it, even if one is attached to it ("NIP525…"). */
static const char *skip_labels(const struct words *w)
{
    size_t i = 0;
    while (i + 1 < w->count &&
           is_label(w->all + w->starts[i], w->starts[i + 1] - w->starts[i], i == 0))
        i++;
    const char *at = w->all + (w->count ? w->starts[i] : 0);
    size_t letters = 0;
    while (at[letters] >= 'A' && at[letters] <= 'Z')
        letters++;
    for (size_t n = letters; n >= 3 && at[letters]; n--)
        if (is_label(at, n, true) && (n == letters || letters - n == 2))
            return at + n; /* "NIP525…", "VATPL525…" */
    return at;
}

static bool known_prefix(const char *at)
{
    char prefix[4] = {at[0], at[1], ' ', '\0'};
    return at[0] >= 'A' && at[1] >= 'A' && strstr(prefixes, prefix) != NULL;
}

/* ---- numbers of Poland ------------------------------------------------------------------------------
 */

static unsigned weigh(const char *digits, const char *weights)
{
    unsigned sum = 0;
    for (size_t i = 0; weights[i]; i++)
        sum += (unsigned)(weights[i] - '0') * (unsigned)(digits[i] - '0');
    return sum;
}

static bool one_digit_only(const char *digits)
{
    return strspn(digits, (char[]){digits[0], '\0'}) == strlen(digits);
}

/* Ten digits: the last is the weighted sum of the others modulo 11; no digit fits a remainder of
 * 10. */
static bool is_nip(const char *digits)
{
    return strlen(digits) == NIP_DIGITS &&
           weigh(digits, "657234567") % 11 == (unsigned)(digits[9] - '0') &&
           !one_digit_only(digits);
}

/* Eleven digits with a check digit at the end; the third and fourth are the month, plus 20, 40 …
 * for the century. */
static bool is_pesel(const char *digits)
{
    if (strlen(digits) != 11)
        return false;
    int month = 10 * ((digits[2] - '0') % 2) + digits[3] - '0';
    return month >= 1 && month <= 12 &&
           (10 - weigh(digits, "1379137913") % 10) % 10 == (unsigned)(digits[10] - '0');
}

static void read_polish(const char *at, size_t digits, struct tax_id *t)
{
    bool only_digits = digits == strlen(at);
    if (only_digits && is_nip(at)) {
        t->kind = TAX_ID_POLISH;
        text_copy(t->number, sizeof t->number, at);
    } else if (only_digits && is_pesel(at)) {
        t->personal = true;
    } else if (digits >= TYPO_MIN && !(only_digits && one_digit_only(at))) {
        t->kind = TAX_ID_WRONG;
    }
}

/* ---- reading ----------------------------------------------------------------------------------------
 */

void tax_id_read(const char *text, const char *country, struct tax_id *t)
{
    struct words w;
    size_t digits = 0;
    *t = (struct tax_id){.kind = TAX_ID_NONE};
    text = text ? text : "";
    t->said = text[strspn(text, " \t\r\n")] != '\0';
    if (!country || strlen(country) != 2 || !letter(country[0]) || !letter(country[1]))
        country = "PL";
    for (size_t i = 0; i < 2; i++)
        t->country[i] = plain((unsigned char)country[i]);
    take_apart(text, &w);
    const char *at = skip_labels(&w);
    bool prefixed = known_prefix(at), zeros = true;
    bool polish = memcmp(at, "PL", 2) == 0;
    at += polish ? 2 : 0;
    polish = polish || (!prefixed && text_equal(t->country, "PL"));
    for (const char *c = at; *c; c++) {
        digits += digit(*c);
        zeros &= !digit(*c) || *c == '0';
    }
    if (zeros) /* or no digit at all */
        return;
    if (polish)
        read_polish(at, digits, t);
    else if (!w.strange && digits >= (prefixed ? 2 : 4) &&
             (prefixed || strlen(at) <= LENGTH_MAX - 2)) {
        t->kind = TAX_ID_FOREIGN;
        text_copy(t->number, sizeof t->number, at);
    }
}

bool tax_id_nip(const char *text, char digits[NIP_DIGITS + 1])
{
    struct tax_id t;
    tax_id_read(text, "PL", &t);
    text_copy(digits, NIP_DIGITS + 1, t.kind == TAX_ID_POLISH ? t.number : "");
    return t.kind == TAX_ID_POLISH;
}

/* ---- comparing --------------------------------------------------------------------------------------
 */

/* The EU writes Greece's numbers with EL. */
static const char *prefix_of(const char *country)
{
    return text_equal(country, "GR") ? "EL" : country;
}

bool tax_id_same(const struct tax_id *t, const char *text)
{
    struct tax_id other;
    if (t->kind != TAX_ID_POLISH && t->kind != TAX_ID_FOREIGN)
        return false;
    tax_id_read(text, t->kind == TAX_ID_POLISH ? "PL" : t->country, &other);
    if (other.kind != t->kind)
        return false;
    if (text_equal(other.number, t->number))
        return true;
    const char *prefix = prefix_of(t->country);
    return t->kind == TAX_ID_FOREIGN && !known_prefix(t->number) &&
           text_starts(other.number, prefix) &&
           text_equal(other.number + strlen(prefix), t->number);
}

/* "PL", "PL " or nothing, and the ten digits in groups. The plain digits come first. */
static const struct {
    const char *prefix, *groups;
    char gap;
} spellings[TAX_ID_SPELLINGS] = {
    {"", "", 0},          {"PL", "", 0},     {"PL ", "", 0},
    {"", "3322", '-'},    {"", "3223", '-'}, {"PL", "3322", '-'},
    {"PL ", "3322", '-'}, {"", "3322", ' '}, {"", "3223", ' '},
};

size_t tax_id_spellings(const struct tax_id *t, char list[TAX_ID_SPELLINGS][TAX_ID_SIZE])
{
    if (!t->number[0])
        return 0;
    if (t->kind != TAX_ID_POLISH) {
        text_copy(list[0], TAX_ID_SIZE, t->number);
        text_format(list[1], TAX_ID_SIZE, "%s%s", prefix_of(t->country), t->number);
        return known_prefix(list[1]) && tax_id_same(t, list[1]) && !known_prefix(t->number) ? 2 : 1;
    }
    for (size_t i = 0; i < COUNT_OF(spellings); i++) {
        const char *group = spellings[i].groups, *digits = t->number;
        size_t n = strlen(spellings[i].prefix);
        text_copy(list[i], TAX_ID_SIZE, spellings[i].prefix);
        for (int left = *group - '0'; *digits; left--) {
            if (*group && left == 0) {
                list[i][n++] = spellings[i].gap;
                left = *++group - '0';
            }
            list[i][n++] = *digits++;
        }
        list[i][n] = '\0';
    }
    return COUNT_OF(spellings);
}

void tax_id_pattern(const struct tax_id *t, char pattern[TAX_ID_PATTERN])
{
    size_t n = 0;
    for (const char *c = t->number; *c; c++) {
        pattern[n++] = '%';
        pattern[n++] = *c;
    }
    if (n)
        pattern[n++] = '%';
    pattern[n] = '\0';
}
