/* A tax number: any bytes give one, or none; what is sent to the ERP is made of it alone, and is read back
 * as the same. The first two bytes are the country. */
#include "fuzz.h"

#include <string.h>

#include "base/text.h"
#include "model/filler.h"
#include "model/tax_id.h"

#define UNTOUCHED 0x5A

/* Spellings must end, be plain characters, hold the number and nothing of the memory before. */
static void check_spellings(const struct tax_id *t)
{
    char list[TAX_ID_SPELLINGS][TAX_ID_SIZE], pattern[TAX_ID_PATTERN];
    memset(list, UNTOUCHED, sizeof list);
    memset(pattern, UNTOUCHED, sizeof pattern);
    size_t count = tax_id_spellings(t, list);
    MUST(count <= TAX_ID_SPELLINGS);
    MUST((count > 0) == (t->number[0] != '\0'));
    for (size_t i = 0; i < count; i++) {
        MUST(memchr(list[i], '\0', TAX_ID_SIZE) != NULL);
        MUST(strspn(list[i], "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -") == strlen(list[i]));
        MUST(tax_id_same(t, list[i]));
        for (size_t k = 0; k < i; k++)
            MUST(strcmp(list[i], list[k]) != 0);
    }
    tax_id_pattern(t, pattern);
    MUST(memchr(pattern, '\0', sizeof pattern) != NULL);
    MUST(strlen(pattern) == (count ? 2 * strlen(t->number) + 1 : 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tax_id t;
    char country[3] = "", digits[NIP_DIGITS + 1];
    size_t n = size < 2 ? size : 2;
    memcpy(country, data, n);
    char *text = fuzz_text(data + n, size - n);
    memset(&t, UNTOUCHED, sizeof t);
    tax_id_read(text, country, &t);
    MUST(memchr(t.number, '\0', sizeof t.number) != NULL);
    MUST(strspn(t.number, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(t.number));
    MUST((t.kind == TAX_ID_POLISH || t.kind == TAX_ID_FOREIGN) == (t.number[0] != '\0'));
    MUST(t.kind != TAX_ID_POLISH || strlen(t.number) == NIP_DIGITS);
    MUST(t.number[0] == '\0' || t.said);
    MUST(tax_id_same(&t, text) == (t.number[0] != '\0'));
    MUST(tax_id_nip(text, digits) || digits[0] == '\0');
    check_spellings(&t);
    char *at = strchr(text, '@');
    MUST(at || filler_email(text));
    if (at && filler_text(text) && !filler_email(text)) /* such as "b@ra.k" */
        MUST(at > text);
    free(text);
    return 0;
}
