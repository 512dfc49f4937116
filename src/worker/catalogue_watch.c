#include "worker/catalogue_watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/said.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/log.h"
#include "store/held.h"
#include "store/items.h"
#include "store/ledger_outbox.h"
#include "sync/match.h"
#include "sync/sweep.h"
#include "worker/loop.h"

#define DAY_MS INT64_C(86400000)

static void say_verified(struct worker *w, const struct flow_swept *s)
{
    struct check c = {.code = "plugin.verify", .title = "The shop's values"};
    if (s->differ == 0) {
        c.result = check_answer(&c, CHECK_OK, "the shop shows what was sent");
        events_check(&w->events, &c);
        return;
    }
    if (s->sent_again) {
        c.result = check_answer(&c, CHECK_OK,
                                "%lld products showed another value than was sent (%lld of them "
                                "the one before) and are sent again; the first: %-s",
                                (long long)s->differ, (long long)s->never_arrived, s->first);
    } else {
        c.result = check_answer(&c, CHECK_WARN,
                                "%lld products show another value than was sent (%lld of them the "
                                "one before); the first: %-s",
                                (long long)s->differ, (long long)s->never_arrived, s->first);
        check_remedy(&c,
                     "Correct them in the shop, or let the ERP win: options.verify = \"send\".");
    }
    events_check(&w->events, &c);
    log_warning("%s: %s", w->id, c.text);
    events_journal(&w->events, "warning", "verify_differs", c.text_said);
}

void catalogue_watch_swept(struct catalogue_watch *c, const struct flow_swept *s)
{
    struct worker *w = c->w;
    struct check k = {.code = "plugin.catalogue", .title = "The shop's catalogue"};
    if (s->failed) {
        loop_say(w, c->said_failed, k.code, k.title, s->failed);
        return;
    }
    c->said_failed[0] = '\0';
    k.result = check_answer(&k, CHECK_OK, "the shop has %lld products", (long long)s->items);
    events_check(&w->events, &k);
    if (s->again > 0) {
        char said[300], text[200];
        said_format(
            said, sizeof said,
            "%lld rows that were held back are tried again: the shop has their products now",
            (long long)s->again);
        said_words(text, sizeof text, said);
        log_info("%s: %s", w->id, text);
        events_journal(&w->events, "info", "held_again", said);
    }
    if (s->verified)
        say_verified(w, s);
    c->again |= s->again > 0 || (s->sent_again && s->differ > 0);
}

int64_t catalogue_watch_wait(const struct catalogue_watch *c, bool *read)
{
    struct worker *w = c->w;
    struct flow f;
    int64_t now = clock_wall(w->clock), at = 0, later = 0;
    *read = false;
    worker_flow(w, &f);
    if (held_next_again(w->ledger, &later, NULL) == STATUS_OK && later > 0 && later <= now) {
        *read = true;
        return 0;
    }
    int64_t wait = later > 0 ? later - now : -1;
    if (!w->ops->has_catalogue || !match_needed(&f) || sweep_next(&f, &at, NULL) != STATUS_OK)
        return wait;
    int64_t page = at > now ? at - now : 0;
    return wait < 0 || page < wait ? page : wait;
}

void catalogue_watch_rounded(struct catalogue_watch *c, uint64_t count, const struct error *first)
{
    struct worker *w = c->w;
    int64_t told = 0, now = clock_wall(w->clock);
    char said[1200], text[1200];
    if (count == 0 || ledger_fact(w->ledger, "rounded_told", &told, NULL) != STATUS_OK ||
        (told <= now && now - told < DAY_MS))
        return;
    ledger_set_fact(w->ledger, "rounded_told", now, NULL);
    said_format(said, sizeof said, "%llu values were sent rounded down; the first: %-s",
                (unsigned long long)count, error_said(first));
    said_words(text, sizeof text, said);
    log_info("%s: %s", w->id, text);
    events_journal(&w->events, "info", "value_rounded", said);
}

/* ---- the same shop? ---- */

/* The panel is known by its identity, another shop by its settings. */
static void print_shop(const struct worker *w, char print[2 * CRYPTO_HASH + 1])
{
    uint8_t hash[CRYPTO_HASH];
    const json_t *channel = json_object_get(w->plugin, "channel");
    json_t *settings = json_deep_copy(channel);
    json_object_del(settings, "ca");
    char *text = text_equal(w->ops->type, "panel")
                     ? NULL
                     : json_dumps(settings, JSON_COMPACT | JSON_SORT_KEYS);
    const char *what = text ? text : w->ops->type;
    crypto_sha256(what, strlen(what), hash);
    crypto_hex(print, hash, sizeof hash);
    free(text);
    json_decref(settings);
}

static enum status take_shop(struct worker *w, const char *print, bool other, struct error *e)
{
    enum status status = other ? ledger_resync(w->ledger, "", e) : STATUS_OK;
    if (status == STATUS_OK)
        status = ledger_begin(w->ledger, e);
    if (status == STATUS_OK && other)
        status = sweep_forget(w->ledger, e);
    if (status == STATUS_OK)
        status = ledger_set_text(w->ledger, "shop", print, e);
    if (status == STATUS_OK)
        return ledger_commit(w->ledger, e);
    ledger_rollback(w->ledger);
    return status;
}

enum status catalogue_watch_shop(struct worker *w, struct error *e)
{
    static const char text[] = N_("the plugin has another shop now; everything is sent there once");
    char known[2 * CRYPTO_HASH + 1], print[2 * CRYPTO_HASH + 1];
    int64_t acked = 0;
    enum status status = ledger_text(w->ledger, "shop", known, sizeof known, e);
    if (status == STATUS_OK)
        status = ledger_fact(w->ledger, "acked", &acked, e);
    if (status != STATUS_OK)
        return status;
    print_shop(w, print);
    if (text_equal(known, print))
        return STATUS_OK;
    /* A ledger of the time before this was kept knew one shop, the panel. */
    bool other = known[0] || (acked > 0 && !text_equal(w->ops->type, "panel"));
    status = take_shop(w, print, other, e);
    if (status == STATUS_OK && other) {
        log_warning("%s: %s", w->id, text);
        events_journal(&w->events, "warning", "shop_changed", text);
    }
    return status;
}
