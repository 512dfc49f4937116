/* Opens what an orders plugin needs, and shows what it would do: documents are shown, nothing is
 * written. */
#include "worker/orders_simulate.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "document/order_lookup.h"
#include "document/order_prepare.h"
#include "document/order_recent.h"
#include "erp/access.h"
#include "link/identity.h"
#include "link/link.h"
#include "store/orders_read.h"
#include "sync/order_write.h"
#include "tds/guest.h"
#include "tds/session.h"
#include "worker/orders_worker.h"

#define SIMULATED_ORDERS 100
#define DAY_MS           INT64_C(86400000)
#define SETUP_SLACK_MS \
    INT64_C(600000) /* the shop's clock and ours differ, and orders have whole seconds */
#define CONTENT_MAX (32 << 20)
#define SHOWN_MAX   (256 << 10) /* of a document's text: an event is one line */

/* ---- the ERP ---------------------------------------------------------------------------------- */

/* A document can be a transaction of a thousand statements. */
static void on_alive(void *user)
{
    struct orders_erp *x = user;
    events_alive(&x->w->events);
}

enum status orders_erp_open(struct orders_erp *x, struct error *e)
{
    if (x->session && !session_dead(x->session))
        return STATUS_OK;
    orders_erp_close(x);
    const struct session_options o = access_primary(x->w->config, x->w->private_dir);
    enum status status = session_open(&o, &x->session, e);
    if (status != STATUS_OK)
        return status;
    session_on_alive(x->session, on_alive, x);
    return guest_session_for_writing(x->session, e);
}

void orders_erp_close(struct orders_erp *x)
{
    session_close(x->session);
    x->session = NULL;
}

static enum status find(void *user, const char (*markers)[ORDER_MARKER + 1], size_t count,
                        struct order_found *found, size_t *found_count, struct error *e)
{
    struct orders_erp *x = user;
    if (!x->session) /* the writer uses it: do not reopen it in the middle */
        return error_set(e, STATUS_UNREACHABLE, "erp_away", "the ERP is not connected");
    events_alive(&x->w->events);
    return order_find(x->session, x->w->mapping, markers, count, found, found_count, e);
}

static enum status prepare(void *user, const struct order *o, const char *marker,
                           struct order_document **d, json_t *faults, struct error *e)
{
    struct orders_erp *x = user;
    struct order_context c = {.settings = order_settings_of(x->w->config),
                              .mapping = x->w->mapping,
                              .session = x->session,
                              .options = json_object_get(x->w->plugin, "options")};
    text_copy(c.marker, sizeof c.marker, marker);
    return order_prepare(&c, o, d, faults, e);
}

static enum status alike(void *user, const struct order *o, const char *marker,
                         struct order_alike *found, struct error *e)
{
    struct orders_erp *x = user;
    events_alive(&x->w->events);
    return order_alike_find(x->session, x->w->mapping, o, marker, found, e);
}

static enum status newest(void *user, int64_t *id, struct error *e)
{
    struct orders_erp *x = user;
    if (!x->session)
        return error_set(e, STATUS_UNREACHABLE, "erp_away", "the ERP is not connected");
    return order_recent_newest(x->session, x->w->mapping, id, e);
}

static enum status recent(void *user, int64_t after, char (*markers)[ORDER_MARKER + 1],
                          size_t *count, int64_t *last, struct error *e)
{
    struct orders_erp *x = user;
    events_alive(&x->w->events);
    return order_recent(x->session, x->w->mapping, after, markers, count, last, e);
}

struct order_erp orders_erp_side(struct orders_erp *x)
{
    return (struct order_erp){find, prepare, newest, recent, x, alike};
}

enum status orders_us(struct worker *w, struct import_owner *us, struct error *e)
{
    struct identity id;
    enum status status = identity_load(w->state_dir, &id, e);
    *us = (struct import_owner){0};
    if (status == STATUS_OK)
        text_copy(us->endpoint, sizeof us->endpoint, id.endpoint_id);
    identity_wipe(&id);
    import_dir_host(us);
    return status;
}

enum status orders_writer_open(struct orders_erp *x, const struct writer_ops **ops,
                               struct writer **writer, struct error *e)
{
    const struct order_settings settings = order_settings_of(x->w->config);
    const char *name = settings.writer;
    struct import_owner us;
    *ops = NULL;
    *writer = NULL;
    if (text_equal(name, "off"))
        return STATUS_END;
    *ops = writer_find(name);
    if (!*ops)
        return error_set(e, STATUS_INVALID, "orders_writer", "there is no writer \"%s\"", name);
    enum status status = (*ops)->open(&settings, x->w->mapping, x->session, writer, e);
    /* No other endpoint may write into the directory that we write into. */
    if (status == STATUS_OK && text_equal(name, "epp"))
        status = orders_us(x->w, &us, e);
    if (status == STATUS_OK && text_equal(name, "epp"))
        status = import_dir_own(settings.epp_dir, &us, e);
    if (status != STATUS_OK && *writer) {
        (*ops)->close(*writer);
        *writer = NULL;
    }
    return status;
}

/* ---- the flow's settings ---------------------------------------------------------------------- */

void orders_flow_init(struct worker *w, struct orders *orders, const struct order_erp *erp,
                      struct order_flow *f)
{
    const struct order_settings settings = order_settings_of(w->config);
    *f = (struct order_flow){.ledger = w->ledger,
                             .orders = orders,
                             .scope = "",
                             .channel_type = w->ops->type,
                             .account = "",
                             .document_type = order_document_type(&settings, w->mapping),
                             .erp = erp,
                             .wait_ms = config_integer(w->config, "orders.epp_wait")};
}

void orders_flow_account(struct worker *w, struct channel *channel, struct order_flow *f)
{
    text_copy(w->account, sizeof w->account, w->ops->account(channel));
    text_format(w->scope, sizeof w->scope, "%s/%s", w->ops->type, w->account);
    f->account = w->account;
    f->scope = w->scope;
}

void orders_flow_ages(struct worker *w, struct order_flow *f)
{
    const json_t *options = json_object_get(w->plugin, "options");
    int64_t days = json_number(options, "days_back", 14), since = 0;
    if (w->ledger)
        ledger_fact(w->ledger, "orders_setup", &since, NULL);
    said_format(w->too_old, sizeof w->too_old,
                "it was placed more than %d days before it came (the plugin's option days_back)",
                (int)days);
    f->ages = (struct order_ages){
        .age_ms = days * DAY_MS,
        .placed_from_ms = json_flag(options, "before_setup", false) ? 0 : since - SETUP_SLACK_MS,
        .too_old = w->too_old,
        .too_early = N_("it was placed before the plugin was set up (its option before_setup)")};
}

/* ---- simulating ------------------------------------------------------------------------------- */

struct simulation {
    struct worker *w;
    struct order_flow flow;
    struct orders_erp erp;
    struct order_erp asked;
    struct orders *orders;
    struct order_entry *entries;
    int64_t documents, rejected;
};

static void show(struct simulation *s, const char *op, const char *id, json_t *data)
{
    json_t *row = events_new("row"), *change = json_object();
    json_set_text(change, "op", op);
    json_set_text(change, "key", id);
    json_object_set_new(change, "data", data);
    json_object_set_new(row, "data", change);
    events_send(&s->w->events, row);
}

static void show_document(struct simulation *s, const struct order *o, const char *marker,
                          const struct order_document *d)
{
    json_t *data = json_object();
    struct buf text;
    buf_init(&text, 4 * ORDER_DOCUMENT_MAX);
    order_document_show(d, &text);
    json_set_text(data, "number", o->number);
    json_set_text(data, "marker", marker);
    json_object_set(data, "fields", d->fields);
    said_set_list(data, "notes", d->notes);
    json_set_text(data, "text", text.length <= SHOWN_MAX ? buf_text(&text) : NULL);
    show(s, "document", o->id, data);
    buf_free(&text);
    s->documents++;
}

static void show_rejected(struct simulation *s, const struct order *o, const char *number,
                          json_t *faults)
{
    json_t *data = json_object();
    json_set_text(data, "number", o && *o->number ? o->number : number);
    json_object_set(data, "faults", faults);
    show(s, "rejected", o ? o->id : number, data);
    s->rejected++;
}

/* One order from the check to its document. Other than OK: the ERP could not be asked. */
static enum status simulate_one(struct simulation *s, json_t *json, int64_t arrived_ms,
                                struct error *e)
{
    struct order *o = NULL;
    struct order_document *d = NULL;
    struct error parse = {0};
    char marker[ORDER_MARKER + 1] = "";
    json_t *faults = json_array();
    enum status status = order_parse(json, &o, faults, &parse);
    if (o)
        order_flow_marker(&s->flow, o->id, marker);
    if (o && o->cancelled) {
        order_fault(faults, "order_cancelled", NULL, "cancelled in the shop");
        status = STATUS_REFUSED;
    } else if (status == STATUS_OK && o) {
        status = order_flow_too_old(&s->flow, o, arrived_ms, faults)
                     ? STATUS_REFUSED
                     : s->asked.prepare(s->asked.user, o, marker, &d, faults, e);
    } else {
        if (json_array_size(faults) == 0)
            order_fault(faults, "order_form", NULL, "the order cannot be read: %-s",
                        error_said(&parse));
        status = STATUS_REFUSED;
    }
    /* Without faults, the server refused to answer. */
    bool rejected = status == STATUS_REFUSED && json_array_size(faults) > 0;
    if (status == STATUS_OK)
        show_document(s, o, marker, d);
    else if (rejected)
        show_rejected(s, o, json_text(json, "number", "?"), faults);
    if (d)
        order_document_free(d);
    order_free(o);
    json_decref(faults);
    return rejected ? STATUS_OK : status;
}

/* Nobody knows when an order came while the clocks disagreed. */
static int64_t arrived_then(struct simulation *s, const struct order_entry *n)
{
    int64_t at = orders_arrived(s->orders, n);
    return at < 0 ? n->received_ms : at;
}

/* The orders that wait in the ledger. */
static enum status simulate_waiting(struct simulation *s, struct error *e)
{
    size_t count = 0;
    enum status status =
        orders_page(s->orders, ORDER_WAITING, 0, SIMULATED_ORDERS, s->entries, &count, e);
    if (status == STATUS_END)
        return STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        struct buf content;
        buf_init(&content, CONTENT_MAX);
        status = orders_content(s->orders, s->entries[i].num, &content, e);
        json_t *json =
            status == STATUS_OK ? json_parse(buf_text(&content), content.length, e) : NULL;
        if (json)
            status = simulate_one(s, json, arrived_then(s, &s->entries[i]), e);
        json_decref(json);
        buf_free(&content);
        if (status == STATUS_OK && !worker_tick(s->w, "simulate", "orders", i))
            status = error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
    }
    return status;
}

/* If the clocks disagree an order would wait until they agree: show it as it would be then. */
static int64_t shop_ahead(const struct worker *w, const struct channel *channel)
{
    int64_t ahead = w->ops->clock_offset(channel);
    return clock_disagrees(ahead) ? 0 : ahead;
}

/* The orders that the shop has and the ledger does not know: the first page of them. */
static enum status simulate_new(struct simulation *s, struct channel *channel, struct error *e)
{
    struct buf cursor, next;
    json_t *list = NULL, *json;
    int64_t asked = -1;
    size_t i;
    enum status status = STATUS_OK;
    buf_init(&cursor, CHANNEL_CURSOR_MAX);
    buf_init(&next, CHANNEL_CURSOR_MAX);
    if (s->orders)
        status = orders_cursor(s->orders, s->flow.scope, &cursor, e);
    if (status == STATUS_OK)
        status = s->w->ops->orders(channel, buf_text(&cursor), SIMULATED_ORDERS, &list, &next,
                                   &asked, e);
    json_array_foreach (list, i, json) {
        if (status == STATUS_OK)
            status = simulate_one(s, json, clock_wall(s->w->clock) + shop_ahead(s->w, channel), e);
        if (status == STATUS_OK && !worker_tick(s->w, "simulate", "orders", i))
            status = error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
    }
    json_decref(list);
    buf_free(&cursor);
    buf_free(&next);
    return status;
}

static enum status simulate(struct simulation *s, struct error *e)
{
    struct worker *w = s->w;
    struct channel *channel = NULL;
    enum status status = ledger_open_read(w->state_dir, w->id, &w->ledger, e);
    if (status == STATUS_OK)
        status = orders_open(w->ledger, &s->orders, e);
    if (status == STATUS_NOT_FOUND)
        status = STATUS_OK; /* it has never run: all orders are new */
    if (status == STATUS_OK)
        status = orders_erp_open(&s->erp, e);
    orders_flow_init(w, s->orders, &s->asked, &s->flow);
    orders_flow_ages(w, &s->flow);
    if (status == STATUS_OK)
        status = worker_channel_open(w, &channel, e);
    if (status == STATUS_OK) {
        orders_flow_account(w, channel, &s->flow);
        if (s->orders)
            status = simulate_waiting(s, e);
        if (status == STATUS_OK)
            status = simulate_new(s, channel, e);
        w->ops->close(channel);
    }
    return status;
}

int orders_simulate(struct worker *w)
{
    struct simulation s = {.w = w, .erp = {.w = w}};
    struct error e = {0};
    s.asked = orders_erp_side(&s.erp);
    s.entries = mem_array(SIMULATED_ORDERS, sizeof *s.entries);
    enum status status = simulate(&s, &e);
    orders_close(s.orders);
    orders_erp_close(&s.erp);
    free(s.entries);
    if (status != STATUS_OK)
        return worker_report(w, &e);
    json_t *result = events_new("result"), *data = json_object();
    json_set_flag(data, "ok", true);
    json_set_text(data, "stream", "orders");
    json_set_number(data, "documents", s.documents);
    json_set_number(data, "rejected", s.rejected);
    json_object_set_new(result, "data", data);
    events_send(&w->events, result);
    return 0;
}
