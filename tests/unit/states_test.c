/* sync/states: a document's marker becomes the order's id, whichever column it stands in and
 * whichever plugin took the order; the shop's words for states; documents of others are left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "os/dir.h"
#include "store/orders.h"
#include "sync/states.h"

struct document {
    int id;
    const char *document, *state, *invoice, *original, *remark;
};

struct house {
    char dir[64];
    char markers[3][ORDER_MARKER + 1];
};

struct table {
    const struct document *rows;
    size_t count, at;
    struct record record;
};

static void take_order(const char *dir, const char *plugin, const char *id,
                       char marker[ORDER_MARKER + 1])
{
    struct ledger *l;
    struct orders *o;
    struct error e = {0};
    struct order_entry n;
    enum order_stored what;
    order_marker(id, marker);
    struct order_arrival a = {.scope = "panel/a",
                              .id = id,
                              .marker = marker,
                              .number = "1",
                              .revision = 1,
                              .content = "{}",
                              .length = 2};
    assert_int_equal(ledger_open(dir, plugin, &l, &e), STATUS_OK);
    assert_int_equal(orders_open(l, &o, &e), STATUS_OK);
    assert_int_equal(ledger_begin(l, &e), STATUS_OK);
    assert_int_equal(orders_store(o, &a, 1000, &what, &n, &e), STATUS_OK);
    assert_int_equal(ledger_commit(l, &e), STATUS_OK);
    orders_close(o);
    ledger_close(l);
}

static int set_up(void **state)
{
    struct house *h = calloc(1, sizeof *h);
    text_copy(h->dir, sizeof h->dir, "/tmp/states-test-XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    take_order(h->dir, "shop", "zażółć/1", h->markers[0]);
    take_order(h->dir, "shop", "2", h->markers[1]);
    take_order(h->dir, "market", "3", h->markers[2]);
    *state = h;
    return 0;
}

static int tear_down(void **state)
{
    struct house *h = *state;
    dir_remove(h->dir, NULL);
    free(h);
    return 0;
}

static void put(struct record *r, const char *name, const char *text)
{
    assert_int_equal(
        record_set(r, (size_t)stream_field(r->stream, name), text, text ? strlen(text) : 0, NULL),
        STATUS_OK);
}

static void put_extra(struct record *r, const char *name, const char *text)
{
    r->extra_names[r->extra_count] = name;
    r->extra[r->extra_count] = (struct value){0};
    record_set_extra(r, r->extra_count++, text, text ? strlen(text) : 0, NULL);
}

static enum status next(void *user, const struct record **out, struct error *e)
{
    struct table *t = user;
    struct record *r = &t->record;
    if (t->at == t->count)
        return STATUS_END;
    const struct document *d = &t->rows[t->at++];
    record_reset(r);
    r->extra_count = 0;
    key_clear(&r->key);
    assert_int_equal(key_add_integer(&r->key, d->id, e), STATUS_OK);
    put(r, "document", d->document);
    put(r, "state", d->state);
    put(r, "invoice", d->invoice);
    put_extra(r, "_original", d->original);
    put_extra(r, "_remark", d->remark);
    *out = r;
    return STATUS_OK;
}

static void expect(const char *dir, const struct document *rows, size_t count, const char *options,
                   const char *wanted)
{
    struct table t = {.rows = rows, .count = count};
    struct error e = {0};
    struct states *s;
    struct buf all;
    const struct flow_source source = {next, &t};
    const struct record *r;
    json_t *o = json_parse(options, strlen(options), &e);
    record_init(&t.record, stream_find("order-states"));
    buf_init(&all, 1 << 16);
    assert_int_equal(states_open(dir, &source, o, &s, &e), STATUS_OK);
    enum status status;
    while ((status = states_next(s, &r, &e)) == STATUS_OK) {
        key_print(&all, r->key.bytes, r->key.length);
        buf_add_byte(&all, ' ');
        record_json(&all, r);
        buf_add_byte(&all, '\n');
    }
    assert_int_equal(status, STATUS_END);
    assert_string_equal(buf_text(&all), wanted);
    states_close(s);
    record_free(&t.record);
    buf_free(&all);
    json_decref(o);
}

static void markers_become_orders(void **state)
{
    struct house *h = *state;
    char longer[64], other[ORDER_MARKER + 1];
    text_format(longer, sizeof longer, "%s nr 7", h->markers[2]);
    order_marker("of somebody else", other);
    const struct document rows[] = {
        {1, "ZK 1", "open", NULL, h->markers[0], NULL},
        {2, "ZK 2", "realised", "FS 9", "their own number",
         h->markers[1]},                           /* in the other column */
        {3, "ZK 3", "partly", NULL, NULL, longer}, /* another plugin's, with text behind it */
        {4, "ZK 4", "open", NULL, other, other},
        {5, "ZK 5", "open", NULL, "EP", ""},
        {6, "ZK 6", "open", NULL, NULL, NULL},
        {7, "ZK 7", "other", NULL, other,
         h->markers[0]}, /* somebody wrote another's number into it */
    };
    expect(h->dir, rows, 7, "{}",
           "1 {\"external_id\":\"zażółć/1\",\"document\":\"ZK "
           "1\",\"state\":\"open\",\"invoice\":null}\n"
           "2 {\"external_id\":\"2\",\"document\":\"ZK 2\",\"state\":\"realised\",\"invoice\":\"FS "
           "9\"}\n"
           "3 {\"external_id\":\"3\",\"document\":\"ZK 3\",\"state\":\"partly\",\"invoice\":null}\n"
           "7 {\"external_id\":\"zażółć/1\",\"document\":\"ZK "
           "7\",\"state\":\"other\",\"invoice\":null}\n");
    expect(
        h->dir, rows, 3, "{\"state_map\":{\"realised\":\"wysłane\",\"open\":\"przyjęte\"}}",
        "1 {\"external_id\":\"zażółć/1\",\"document\":\"ZK "
        "1\",\"state\":\"przyjęte\",\"invoice\":null}\n"
        "2 {\"external_id\":\"2\",\"document\":\"ZK 2\",\"state\":\"wysłane\",\"invoice\":\"FS "
        "9\"}\n"
        "3 {\"external_id\":\"3\",\"document\":\"ZK 3\",\"state\":\"partly\",\"invoice\":null}\n");
}

static void without_orders_there_is_nothing_to_tell(void **state)
{
    struct house *h = *state;
    const struct document rows[] = {{1, "ZK 1", "open", NULL, h->markers[0], NULL}};
    expect("/nonexistent", rows, 1, "{}", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(markers_become_orders, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_orders_there_is_nothing_to_tell, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("states", tests, NULL, NULL);
}
