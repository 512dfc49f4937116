/* What BaseLinker may answer: a byte of HTTP code and kind, then the body. Everything that is made of an answer without a
 * call: its meaning, the catalogue's items, orders in our form, the end of a block. */
#include "fuzz.h"

#include "base/json.h"
#include "base/text.h"
#include "channel/baselinker_call.h"
#include "channel/baselinker_catalogue.h"
#include "channel/baselinker_order.h"
#include "channel/loose.h"
#include "model/order.h"

static void on_item(void *user, const struct channel_item *item)
{
    (void)user;
    MUST(item->id[0] && strlen(item->id) < CHANNEL_ID);
    MUST(text_is_utf8(item->sku, strlen(item->sku)) &&
         text_is_utf8(item->name, strlen(item->name)));
    MUST(!item->value || strlen(item->value) < CHANNEL_VALUE);
    MUST(baselinker_catalogue_id(item->id)[0]);
}

/* An order in our form is one that order_parse can judge, whatever it says; the same answer gives the same digest. */
static void take_orders(const struct baselinker_shop *s, const json_t *answer)
{
    json_t *list = loose_list(answer, "orders"), *order;
    size_t i;
    json_array_foreach (list, i, order) {
        json_t *made = baselinker_order(s, order), *again = baselinker_order(s, order);
        struct order *o = NULL;
        json_t *faults = json_array();
        MUST(json_equal(made, again) || (!made && !again));
        if (made) {
            MUST(strlen(json_text(made, "digest", "")) == 32);
            MUST(!json_object_get(made, "revision"));
            order_parse(made, &o, faults, NULL);
        }
        order_free(o);
        json_decref(faults);
        json_decref(made);
        json_decref(again);
    }
    json_decref(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int codes[] = {200, 201, 204, 400, 401, 403, 404, 429,
                                500, 502, 503, 302, 200, 200, 200, 200};
    struct http_answer answer;
    struct error e = {0};
    enum budget_blocked block;
    int64_t block_ms;
    char first[CHANNEL_ID];
    json_t *json = NULL, *settings = json_object(), *options = json_object();
    if (size < 1) {
        json_decref(settings);
        json_decref(options);
        return 0;
    }
    struct baselinker_shop s = {.settings = settings,
                                .options = options,
                                .target = "105",
                                .kind = data[0] & 0x80   ? KIND_ORDERS
                                        : data[0] & 0x40 ? KIND_STOCK
                                                         : KIND_PRICES};
    http_answer_init(&answer, size);
    answer.code = codes[data[0] & 15];
    answer.date_ms = data[0] & 16 ? 1650000000000 : -1;
    answer.retry_after_ms = data[0] & 32 ? 120000 : -1;
    buf_add(&answer.body, data + 1, size - 1);
    enum status status =
        baselinker_call_judge(&answer, "getOrders", 1700000000000, &json, &block, &block_ms, &e);
    MUST((status == STATUS_OK) == (json != NULL));
    MUST(status == STATUS_OK || (e.text[0] && e.code[0] && text_is_utf8(e.text, strlen(e.text))));
    MUST((status == STATUS_BUSY) == (block != BUDGET_FREE));
    MUST(block == BUDGET_FREE || block_ms >= BASELINKER_BLOCK_LEAST);
    if (json) {
        baselinker_catalogue_items(&s, json, on_item, NULL, first);
        take_orders(&s, json);
    }
    char *text = fuzz_text(data, size);
    block_ms = baselinker_call_block_ms(text, 1700000000000);
    MUST(block_ms >= BASELINKER_BLOCK_LEAST && block_ms <= BASELINKER_BLOCK_MOST);
    free(text);
    json_decref(json);
    json_decref(settings);
    json_decref(options);
    http_answer_free(&answer);
    return 0;
}
