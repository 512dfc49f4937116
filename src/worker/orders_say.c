/* Reports how an orders plugin is doing: its state, its passes, its checks. Every state that an
 * order can rest in has its own check here, whatever the settings are. */
#include "worker/orders_say.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/said.h"
#include "base/text.h"
#include "os/zone.h"
#include "store/orders_count.h"
#include "worker/loop.h"
#include "worker/orders_loop.h"

static const struct {
    const char *code, *title;
} sides[ORDER_SIDES] = {[ORDER_SIDE_LEDGER] = {"plugin.ledger", N_("The plugin's ledger")},
                        [ORDER_SIDE_CHANNEL] = {"orders.shop", N_("Orders: the shop")},
                        [ORDER_SIDE_ERP] = {"orders.erp", N_("Orders: the ERP")},
                        [ORDER_SIDE_WRITER] = {"orders.writer", N_("Orders: writing")}};

/* When the shop's day began; without its time zone data, the machine's day. */
static int64_t today_ms(const struct config *config, int64_t now_ms)
{
    struct zone *z;
    struct error e = {0};
    if (zone_load(config_text(config, "orders.timezone"), &z, &e) == STATUS_OK) {
        int64_t midnight = zone_midnight(z, now_ms);
        zone_free(z);
        return midnight;
    }
    time_t now = (time_t)(now_ms / 1000);
    struct tm tm;
    localtime_r(&now, &tm);
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    return (int64_t)mktime(&tm) * 1000;
}

static void set_time(json_t *o, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT];
    clock_format(text, ms);
    json_set_text(o, name, ms ? text : NULL);
}

void orders_send_state(struct orders_loop *l)
{
    struct orders_counts counts;
    if (orders_count(l->orders, today_ms(l->w->config, clock_wall(l->w->clock)), &counts, NULL) !=
        STATUS_OK)
        return;
    json_t *state = events_new("state");
    json_set_number(state, "queued", counts.outcomes);
    json_object_set_new(state, "orders", orders_counts_json(&counts));
    set_time(state, "last_run", l->started.at.wall_ms);
    set_time(state, "last_ok", l->last_ok_ms);
    events_send(&l->w->events, state);
}

const struct error *orders_first_error(const struct orders_loop *l)
{
    for (size_t i = 0; i < ORDER_SIDES; i++)
        if (l->errors[i].status != STATUS_OK)
            return &l->errors[i];
    return NULL;
}

void orders_send_pass(struct orders_loop *l)
{
    const struct error *e = orders_first_error(l);
    json_t *pass = events_new("pass");
    set_time(pass, "started", l->started.at.wall_ms);
    set_time(pass, "ended", clock_wall(l->w->clock));
    json_set_number(pass, "rows", (int64_t)l->flow.count.received);
    json_set_number(pass, "sent", (int64_t)l->flow.count.told);
    json_set_number(pass, "received", (int64_t)l->flow.count.received);
    json_set_number(pass, "handed_over", (int64_t)l->flow.count.handed_over);
    json_set_number(pass, "done", (int64_t)l->flow.count.done);
    json_set_number(pass, "rejected", (int64_t)l->flow.count.rejected);
    json_set_number(pass, "in_doubt", (int64_t)l->flow.count.in_doubt);
    json_set_number(
        pass, "upserts",
        (int64_t)(l->flow.count.handed_over + l->flow.count.done + l->flow.count.rejected));
    json_set_flag(pass, "ok", !e);
    json_object_set_new(pass, "error", e ? json_from_error(e) : json_null());
    events_send(&l->w->events, pass);
}

/* Amber for something that a person should look at although everything works; repeated only when it
 * changes. text, remedy: said texts;
 * NULL: nothing is open. */
static void warn(struct orders_loop *l, char said[ORDERS_SAID], const char *code, const char *title,
                 const char *text, const char *remedy)
{
    struct check c = {0};
    if (text_equal(said, text ? text : ""))
        return;
    text_copy(c.code, sizeof c.code, code);
    text_copy(c.title, sizeof c.title, title);
    c.result = check_say(&c, text ? CHECK_WARN : CHECK_OK, text ? text : N_("nothing is open"));
    check_remedy(&c, "%-s", text ? remedy : "");
    events_check(&l->w->events, &c);
    text_copy(said, ORDERS_SAID, text ? text : "");
}

/* Orders that were begun and left: by a crash, with their writer switched off or its directory away. */
static void say_stuck(struct orders_loop *l, const struct orders_counts *n)
{
    char text[ORDERS_SAID], why[ORDERS_SAID - 200] = "";
    if (l->flow.stuck && l->flow.stuck_why.text[0])
        said_format(why, sizeof why, ": %-s", error_said(&l->flow.stuck_why));
    said_format(text, sizeof text,
                "%lld were being written, and what became of them cannot be told now%-s",
                (long long)n->states[ORDER_SENDING], why);
    warn(
        l, l->said_stuck, "orders.sending", N_("Orders: begun"),
        n->states[ORDER_SENDING] ? text : NULL,
        N_("It is asked again by itself. `endpointctl orders --state sending` lists them; settle each with "
           "`endpointctl order resolve` when nothing can be asked any more."));
}

void orders_say_open(struct orders_loop *l, const struct orders_counts *n)
{
    char text[ORDERS_SAID], wait[40];
    bool off = !l->flow.writer_ops && n->states[ORDER_WAITING] > 0;
    text_from_duration(wait, sizeof wait, l->flow.wait_ms);
    said_format(text, sizeof text,
                "%lld were handed over more than %s ago and have not appeared in the ERP",
                (long long)l->flow.overdue, wait);
    warn(l, l->said_overdue, "orders.import", N_("Orders: import"), l->flow.overdue ? text : NULL,
         N_("Import their files in the ERP; `endpointctl orders --state handed-over` lists them."));
    said_format(text, sizeof text, "%lld in doubt: nobody knows whether they were written",
                (long long)n->states[ORDER_IN_DOUBT]);
    warn(
        l, l->said_doubt, "orders.doubt", N_("Orders: in doubt"),
        n->states[ORDER_IN_DOUBT] ? text : NULL,
        N_("`endpointctl orders --state in-doubt` lists them; settle each with `endpointctl order resolve`."));
    said_format(text, sizeof text, "orders.writer is off: %lld orders wait",
                (long long)n->states[ORDER_WAITING]);
    warn(
        l, l->said_off, "orders.off", N_("Orders: writing is off"), off ? text : NULL,
        N_("Choose how orders reach the ERP: endpointctl config set orders.writer …, see endpoint-orders(7)."));
    say_stuck(l, n);
    said_format(text, sizeof text, "the shop refused the outcomes of %lld orders",
                (long long)n->refused);
    warn(l, l->said_refused, "orders.outcomes", N_("Orders: outcomes"), n->refused ? text : NULL,
         N_("They are told again every hour; the journal says why the shop refused them."));
    said_format(text, sizeof text, "%lld files of orders that are done cannot be put away: %-s",
                (long long)l->flow.left, error_said(&l->flow.left_why));
    warn(l, l->said_files, "orders.files", N_("Orders: files that are done"),
         l->flow.left ? text : NULL, error_advice_said(&l->flow.left_why));
}

/* The check that reports on the writer depends on what can be wrong with it. */
static const char *writer_code(const struct worker *w)
{
    const char *writer = config_text(w->config, "orders.writer");
    return text_equal(writer, "epp")       ? "orders.directory"
           : text_equal(writer, "command") ? "orders.command"
           : text_equal(writer, "sql")     ? "orders.sql"
                                           : sides[ORDER_SIDE_WRITER].code;
}

void orders_say_sides(struct orders_loop *l)
{
    for (size_t i = 0; i < ORDER_SIDES; i++) {
        const char *code = i == ORDER_SIDE_WRITER ? writer_code(l->w) : sides[i].code;
        if (l->tried[i])
            loop_say(l->w, l->said[i], code, sides[i].title, &l->errors[i]);
    }
}

void orders_say_clock(struct orders_loop *l)
{
    struct error e = {0};
    char difference[40];
    int64_t ahead = l->flow.ahead_ms;
    if (!l->flow.clock_heard)
        return;
    if (clock_disagrees(ahead)) {
        text_from_duration(difference, sizeof difference, ahead < 0 ? -ahead : ahead);
        error_set(
            &e, STATUS_REFUSED, "shop_clock",
            ahead < 0
                ? N_("the shop's clock is %s behind this machine's; orders whose age nobody can tell wait: %llu")
                : N_("the shop's clock is %s ahead of this machine's; orders whose age nobody can tell wait: %llu"),
            difference, (unsigned long long)l->flow.undated);
        error_remedy(
            &e,
            "Find out which clock is wrong: timedatectl shows this machine's; the shop's administrator checks the other. The orders continue by themselves when they agree.");
    }
    loop_say(l->w, l->said_clock, "orders.clock", N_("Orders: clock"), &e);
}
