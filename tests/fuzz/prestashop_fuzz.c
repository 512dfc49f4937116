/* What a PrestaShop shop may answer: a byte of code, a byte of what it is taken for, then the body. Whatever comes, what is
 * made of it is in order, and bounded. */
#include "fuzz.h"

#include "base/json.h"
#include "base/text.h"
#include "base/xml.h"
#include "channel/feed.h"
#include "channel/prestashop_create.h"
#include "channel/prestashop_goods.h"
#include "channel/prestashop_http.h"
#include "channel/prestashop_order.h"
#include "channel/prestashop_orders.h"
#include "channel/prestashop_value.h"
#include "channel/prestashop_write.h"
#include "model/order.h"

static void try_item(const struct prestashop *p, const struct prestashop_goods *g,
                     const struct prestashop_id *id)
{
    struct buf value;
    struct error e = {0};
    bool several;
    buf_init(&value, CHANNEL_VALUE);
    if (prestashop_value_shown(p, g, id, &value)) {
        MUST(value.length <= CHANNEL_VALUE && text_is_utf8(buf_text(&value), value.length));
        json_t *row = json_object();
        json_set_text(row, "name", "N");
        json_t *change = prestashop_value_change(p, g, id, row, buf_text(&value));
        json_decref(change);
        json_decref(row);
    }
    const char *obstacle = prestashop_value_obstacle(p, g, id);
    MUST(!obstacle || prestashop_value_refused(obstacle, "A", &e) == STATUS_REFUSED);
    prestashop_goods_stock(p, g, id, &several);
    prestashop_value_meant(p, prestashop_goods_row(g, id), prestashop_goods_row(g, id));
    buf_free(&value);
}

/* A row as a product, as its combination, and as its stock. */
static void try_row(const struct prestashop *p, const json_t *row)
{
    const struct prestashop_id product = {7, 0}, combination = {7, 12};
    struct buf written;
    json_t *changes = json_object(), *again = NULL, *whole;
    struct prestashop_goods g = {json_pack("{s:O}", "7", row),
                                 json_pack("{s:{s:O}}", "7", "12", row),
                                 json_pack("{s:[O],s:[O,O]}", "7/0", row, "7/12", row, row)};
    try_item(p, &g, &product);
    try_item(p, &g, &combination);
    prestashop_goods_free(&g);
    json_set_text(changes, "price", "1.00");
    whole = prestashop_write_whole(&prestashop_rows_products, row, changes);
    MUST(json_is_object(whole) && !json_object_get(whole, "quantity"));
    json_t *tree = json_object();
    json_object_set_new(tree, "product", whole);
    buf_init(&written, 1 << 22);
    xml_write(&written, tree);
    MUST(written.failed || xml_read(buf_text(&written), written.length, &again, NULL) == STATUS_OK);
    buf_free(&written);
    json_decref(again);
    json_decref(tree);
    json_decref(changes);
}

/* As a record of the ERP: what can be expressed is bounded. */
static void try_record(const struct prestashop *p, const char *text)
{
    char link[60];
    struct channel_record r = {.op = "upsert", .key = "k", .data = text, .length = strlen(text)};
    struct buf value;
    struct prestashop_id id;
    buf_init(&value, CHANNEL_VALUE);
    if (prestashop_value_express(p, &r, &value, NULL) == STATUS_OK)
        MUST(!value.failed && value.length <= CHANNEL_VALUE);
    buf_free(&value);
    prestashop_create_findable(text);
    prestashop_create_link(link, sizeof link, text);
    MUST(link[0] && strspn(link, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(link));
    if (prestashop_goods_id(text, &id))
        MUST(id.product > 0 && id.combination >= 0);
}

static void try_cursor(const char *text)
{
    struct feed_cursor c;
    struct buf printed;
    buf_init(&printed, 1 << 16);
    bool good = feed_read(text, &c);
    MUST(good || (c.count == 0 && c.low == 0 && c.from == 0));
    feed_print(&c, &printed);
    MUST(printed.length > 0 && printed.length <= CHANNEL_CURSOR_MAX);
    MUST(feed_read(buf_text(&printed), &c));
    buf_free(&printed);
}

/* As an order, and as everything that an order names. */
static void try_order(const json_t *row, const json_t *settings)
{
    static struct zone *zone;
    struct order *o = NULL;
    json_t *rows = json_pack("{s:O}", "1", row), *faults = json_array();
    const struct prestashop_around around = {rows, rows, rows, rows, rows};
    if (!zone)
        MUST(zone_load("Europe/Warsaw", &zone, NULL) == STATUS_OK);
    json_t *order = prestashop_order_map(row, &around, zone, settings, false);
    MUST(json_is_object(order) && json_is_array(json_object_get(order, "lines")));
    MUST(json_string_length(json_object_get(order, "digest")) == 64);
    order_parse(order, &o, faults, NULL);
    order_free(o);
    json_decref(order);
    json_decref(faults);
    json_decref(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int codes[] = {200, 201, 400, 401, 403, 404, 405, 413,
                                429, 500, 502, 503, 301, 599, 0,   100};
    static json_t *settings;
    if (!settings)
        settings = json_pack("{s:[s,s]}", "update", "name", "ean");
    struct channel_place place = {.settings = settings};
    struct prestashop p = {.place = &place, .currency = "PLN", .shop_now_ms = -1};
    struct prestashop_call call = {.method = "GET", .path = "/products/7"};
    struct http_answer answer;
    struct error e = {0};
    json_t *tree = NULL, *member, *row;
    const char *name, *inner;
    size_t i;
    if (size < 2)
        return 0;
    p.kind = (enum kind_id)(data[1] % KIND_COUNT);
    p.id_shop = data[1] & 0x40 ? 1 : 0;
    char *text = fuzz_text(data + 2, size - 2);
    try_record(&p, text);
    try_cursor(text);
    http_answer_init(&answer, size);
    answer.code = codes[data[0] % 16];
    text_copy(answer.content_type, sizeof answer.content_type, "text/xml");
    buf_add(&answer.body, data + 2, size - 2);
    enum status status = prestashop_http_answer("https://shop.example", &answer, &call, &tree, &e);
    MUST((status == STATUS_OK) == (tree != NULL));
    MUST(status == STATUS_OK || (e.code[0] && e.text[0] && text_is_utf8(e.text, strlen(e.text))));
    json_object_foreach (tree, name, member) {
        try_row(&p, member);
        json_object_foreach (member, inner, row) {
            json_t *list = xml_list(member, inner), *one;
            json_array_foreach (list, i, one) {
                try_row(&p, one);
                try_order(one, settings);
            }
            json_decref(list);
        }
    }
    json_decref(tree);
    http_answer_free(&answer);
    free(text);
    return 0;
}
