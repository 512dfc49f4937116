#include "panel/store/order_form.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/decimal.h"

enum form {
    FORM_TEXT,
    FORM_ID,
    FORM_DECIMAL,
    FORM_TIME,
    FORM_FLAG,
    FORM_REVISION,
    FORM_CURRENCY,
    FORM_STATE
};

struct member {
    const char *name;
    enum form form;
    bool required; /* neither absent nor null, and no empty text */
    size_t bytes;  /* of a text, at most */
};

static const struct member order_members[] = {
    {"id", FORM_ID, true, ORDER_FORM_ID},      {"number", FORM_TEXT, true, 100},
    {"revision", FORM_REVISION, true, 0},      {"placed_at", FORM_TIME, true, 0},
    {"confirmed_at", FORM_TIME, false, 0},     {"source", FORM_TEXT, false, 100},
    {"currency", FORM_CURRENCY, true, 0},      {"total_gross", FORM_DECIMAL, true, 0},
    {"exchange_rate", FORM_DECIMAL, false, 0}, {"paid", FORM_DECIMAL, false, 0},
    {"payment_method", FORM_TEXT, false, 200}, {"cash_on_delivery", FORM_FLAG, false, 0},
    {"cancelled", FORM_FLAG, false, 0},        {"note", FORM_TEXT, false, 10000},
};
static const struct member buyer_members[] = {
    {"name", FORM_TEXT, false, 500},
    {"company", FORM_TEXT, false, 500},
    {"email", FORM_TEXT, false, 320},
    {"phone", FORM_TEXT, false, 100},
};
static const struct member invoice_members[] = {
    {"wanted", FORM_FLAG, false, 0},    {"company", FORM_TEXT, false, 500},
    {"tax_id", FORM_TEXT, false, 50},   {"name", FORM_TEXT, false, 500},
    {"street", FORM_TEXT, false, 500},  {"city", FORM_TEXT, false, 500},
    {"postcode", FORM_TEXT, false, 50}, {"country", FORM_TEXT, false, 100},
};
static const struct member delivery_members[] = {
    {"method", FORM_TEXT, false, 200},  {"price_gross", FORM_DECIMAL, false, 0},
    {"name", FORM_TEXT, false, 500},    {"street", FORM_TEXT, false, 500},
    {"city", FORM_TEXT, false, 500},    {"postcode", FORM_TEXT, false, 50},
    {"country", FORM_TEXT, false, 100}, {"point_id", FORM_TEXT, false, 100},
    {"company", FORM_TEXT, false, 500}, {"phone", FORM_TEXT, false, 100},
};
static const struct member line_members[] = {
    {"id", FORM_TEXT, false, 200},       {"sku", FORM_TEXT, false, 200},
    {"ean", FORM_TEXT, false, 50},       {"name", FORM_TEXT, false, 1000},
    {"quantity", FORM_DECIMAL, true, 0}, {"price_gross", FORM_DECIMAL, true, 0},
    {"vat_rate", FORM_TEXT, false, 20},  {"discount_percent", FORM_DECIMAL, false, 0},
};
static const struct member outcome_members[] = {
    {"state", FORM_STATE, true, 0},        {"at", FORM_TIME, true, 0},
    {"document", FORM_TEXT, false, 500},   {"reason", FORM_TEXT, false, 8000},
    {"remedy", FORM_TEXT, false, 8000},    {"correlation", FORM_TEXT, false, 200},
    {"revision", FORM_REVISION, false, 0}, {"handed_over", FORM_FLAG, false, 0},
};

static void fault(json_t *faults, const char *where, const char *name, const json_t *value,
                  const char *expected)
{
    char text[400], shown[80];
    char *dumped = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    text_copy(shown, sizeof shown, dumped ? dumped : "missing");
    free(dumped);
    text_format(text, sizeof text, "%s%s is %s, expected %s", where, name, shown, expected);
    json_array_append_new(faults, json_string(text));
}

static bool currency_ok(const json_t *value)
{
    const char *text = json_string_value(value);
    return text && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3 && !text[3];
}

static bool state_ok(const json_t *value)
{
    const char *text = json_string_value(value);
    return text_equal(text, "done") || text_equal(text, "rejected") ||
           text_equal(text, "in-doubt") || text_equal(text, "waiting");
}

static bool decimal_ok(const json_t *value)
{
    const char *text = json_string_value(value);
    struct decimal d;
    return text && decimal_parse(text, strlen(text), &d, NULL) == STATUS_OK;
}

static bool time_ok(const json_t *value)
{
    const char *text = json_string_value(value);
    int64_t ms;
    return text && clock_parse(text, &ms);
}

static bool flag_ok(const json_t *value)
{
    return json_is_boolean(value);
}

static bool revision_ok(const json_t *value)
{
    json_int_t n = json_integer_value(value); /* 0 if it is not an integer */
    return n >= 1 && n <= INT64_C(1000000000000);
}

/* What a text should be; NULL: it is. */
static const char *text_expectation(const struct member *m, const char *text)
{
    if (!text || (m->required && !*text))
        return m->required ? "a text that is not empty" : "a text";
    if (strlen(text) <= m->bytes)
        return NULL;
    return m->form == FORM_ID ? "at most 200 bytes" : "a shorter text";
}

/* What a value should be; NULL: it is. */
static const char *expectation(const struct member *m, const json_t *value)
{
    static const struct {
        bool (*ok)(const json_t *value);
        const char *expected;
    } forms[] = {
        [FORM_DECIMAL] = {decimal_ok, "an exact decimal as a text, like \"12.3400\""},
        [FORM_TIME] = {time_ok, "a time like \"2026-01-31T12:00:00Z\""},
        [FORM_FLAG] = {flag_ok, "true or false"},
        [FORM_REVISION] = {revision_ok, "a whole number, 1 or more"},
        [FORM_CURRENCY] = {currency_ok, "a currency like \"PLN\""},
        [FORM_STATE] = {state_ok, "done, rejected, in-doubt or waiting"},
    };
    if (m->form == FORM_TEXT || m->form == FORM_ID)
        return text_expectation(m, json_string_value(value));
    return forms[m->form].ok(value) ? NULL : forms[m->form].expected;
}

static void check_members(json_t *faults, const char *where, const json_t *object,
                          const struct member *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_object_get(object, members[i].name);
        if ((!value || json_is_null(value)) && !members[i].required)
            continue;
        const char *expected = expectation(&members[i], value);
        if (expected)
            fault(faults, where, members[i].name, value, expected);
    }
}

static void check_part(json_t *faults, const char *where, const json_t *order, const char *name,
                       bool required, const struct member *members, size_t count)
{
    char inner[80];
    const json_t *part = json_object_get(order, name);
    if (!required && (!part || json_is_null(part)))
        return;
    if (!json_is_object(part)) {
        fault(faults, where, name, part, "an object");
        return;
    }
    text_format(inner, sizeof inner, "%s%s.", where, name);
    check_members(faults, inner, part, members, count);
}

static void check_lines(json_t *faults, const char *where, const json_t *lines)
{
    char inner[80];
    size_t i;
    json_t *line;
    if (!json_is_array(lines) || !json_array_size(lines) ||
        json_array_size(lines) > ORDER_FORM_LINES) {
        json_t *count = json_integer((json_int_t)json_array_size(lines));
        if (json_is_array(lines))
            fault(faults, where, "the number of lines", count, "1 to 1000");
        else
            fault(faults, where, "lines", lines, "a list of 1 to 1000 lines");
        json_decref(count);
        return;
    }
    json_array_foreach (lines, i, line) {
        text_format(inner, sizeof inner, "%slines[%zu]", where, i);
        if (!json_is_object(line)) {
            fault(faults, inner, "", line, "an object");
            continue;
        }
        text_format(inner, sizeof inner, "%slines[%zu].", where, i);
        check_members(faults, inner, line, line_members, COUNT_OF(line_members));
    }
}

json_t *order_form_faults(const json_t *order, const char *where)
{
    json_t *faults = json_array();
    if (!json_is_object(order)) {
        fault(faults, where, "the order", order, "an object");
        return faults;
    }
    check_members(faults, where, order, order_members, COUNT_OF(order_members));
    check_part(faults, where, order, "buyer", true, buyer_members, COUNT_OF(buyer_members));
    check_part(faults, where, order, "invoice", false, invoice_members, COUNT_OF(invoice_members));
    check_part(faults, where, order, "delivery", false, delivery_members,
               COUNT_OF(delivery_members));
    check_lines(faults, where, json_object_get(order, "lines"));
    if (json_dumpb(order, NULL, 0, JSON_COMPACT) > ORDER_FORM_BYTES)
        fault(faults, where, "the order", NULL, "at most 1 MiB of JSON");
    return faults;
}

enum status order_form_check_outcome(const json_t *outcome, struct error *e)
{
    json_t *faults = json_array(), *text;
    size_t i;
    struct buf b;
    enum status status = STATUS_OK;
    check_members(faults, "", outcome, outcome_members, COUNT_OF(outcome_members));
    buf_init(&b, 8192);
    json_array_foreach (faults, i, text)
        buf_printf(&b, "%s%s", i ? "; " : "", json_string_value(text));
    if (b.length)
        status = error_set(e, STATUS_INVALID, "outcome_invalid", "%s", buf_text(&b));
    buf_free(&b);
    json_decref(faults);
    return status;
}
