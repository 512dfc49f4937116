/* What a careless program may answer instead of JSON, and every way of reading it. */
#include "fuzz.h"

#include "base/text.h"
#include "channel/loose.h"

static void read_value(const json_t *object, const char *name, int depth);

static void walk(json_t *object, int depth)
{
    const char *key;
    json_t *value;
    json_object_foreach (object, key, value)
        read_value(object, key, depth);
}

static void read_value(const json_t *object, const char *name, int depth)
{
    struct decimal d;
    int64_t n;
    const char *text = loose_text(object, name);
    MUST(text != NULL && text_is_utf8(text, strlen(text)));
    MUST(!json_is_number(json_object_get(object, name)));
    if (loose_integer(object, name, &n))
        MUST(loose_decimal(object, name, &d) && d.scale == 0);
    if (loose_decimal(object, name, &d)) {
        char printed[DECIMAL_TEXT];
        struct decimal again;
        decimal_print(&d, printed);
        MUST(decimal_parse(printed, strlen(printed), &again, NULL) == STATUS_OK);
        MUST(decimal_compare(&d, &again) == 0);
    }
    loose_flag(object, name);
    json_t *list = loose_list(object, name);
    MUST(json_is_array(list));
    size_t i;
    json_t *item;
    if (depth < 8)
        json_array_foreach (list, i, item)
            walk(item, depth + 1);
    json_decref(list);
    if (depth < 8)
        walk(loose_object(object, name), depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0};
    json_t *json = loose_parse((const char *)data, size, &e);
    MUST(json || (e.status == STATUS_INVALID && e.text[0]));
    if (json)
        walk(json, 0);
    json_decref(json);
    return 0;
}
