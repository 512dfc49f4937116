#include "sync/flow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/file.h"
#include "store/ledger_mend.h"
#include "sync/rules.h"

#define CHANGES_PER_COMMIT 2000
#define ROWS_PER_TICK      1000
#define DATA_MAX           (4 << 20)
#define STAMP_MAX          64
#define HELD_FEW           5 /* with this few rows, all of them may be held for their own faults */

/* ---- the merge ------------------------------------------------------------------------------------ */

struct merge {
    struct flow *f;
    struct flow_result *result;
    struct ledger_page *page;
    size_t at; /* in the page */
    bool snapshot_ended;
    bool in_transaction;
    size_t changes; /* in the transaction */
    uint64_t doomed;
    uint64_t walked;    /* entries of the snapshot */
    uint64_t read;      /* rows from the source, wanted or not */
    bool new_scenario;  /* it changed since the last whole pass */
    bool scenario_lost; /* or it was lost by damage, which accepts no deletions */
    struct buf data, key_text;
    bool broken;         /* the ledger failed inside a transaction: it must not be committed */
    uint64_t queued;     /* rows in the outbox */
    uint64_t known_held; /* rows that were held at the start */
    int64_t now_ms;
    int64_t pass;             /* this pass' number, for held rows */
    struct error first_fault; /* of the first row that is held */
};

/* The snapshot's next entry; false at its end. */
static enum status ensure_entry(struct merge *m, bool *has, struct error *e)
{
    if (m->at >= m->page->count && !m->snapshot_ended) {
        const uint8_t *after = NULL;
        size_t length = 0;
        if (m->page->count) {
            size_t last = m->page->count - 1;
            after = (const uint8_t *)m->page->keys.data + m->page->rows[last].offset;
            length = m->page->rows[last].length;
        }
        enum status status = ledger_read_page(m->f->ledger, after, length, m->page, e);
        if (status != STATUS_OK)
            return status;
        m->at = 0;
        m->walked += m->page->count;
        m->snapshot_ended = m->page->count == 0;
    }
    *has = m->at < m->page->count;
    return STATUS_OK;
}

static const uint8_t *entry_key(const struct merge *m, size_t *length)
{
    *length = m->page->rows[m->at].length;
    return (const uint8_t *)m->page->keys.data + m->page->rows[m->at].offset;
}

static enum status commit(struct merge *m, struct error *e)
{
    if (!m->in_transaction)
        return STATUS_OK;
    m->in_transaction = false;
    m->changes = 0;
    return ledger_commit(m->f->ledger, e);
}

/* Is there room for more? Checked before each transaction. */
static enum status check_room(struct merge *m, struct error *e)
{
    int64_t free_bytes = file_free_bytes(m->f->state_dir);
    if (free_bytes >= 0 && free_bytes < m->f->disk_free_bytes) {
        error_set(e, STATUS_FULL, "ledger_room",
                  "only %lld MiB are free under %s, limits.disk_free_mb wants %lld",
                  (long long)free_bytes >> 20, m->f->state_dir,
                  (long long)m->f->disk_free_bytes >> 20);
        return error_remedy(e,
                            "Make room there; then reading continues by itself, nothing is lost.");
    }
    if (m->queued >= (uint64_t)m->f->outbox_limit) {
        error_set(e, STATUS_FULL, "outbox_full",
                  "%llu changes wait to be sent, limits.outbox_rows allows "
                  "%lld",
                  (unsigned long long)m->queued, (long long)m->f->outbox_limit);
        return error_remedy(
            e, "Sending continues, and reading does when there is room in the queue. Is the "
               "panel reachable?");
    }
    return STATUS_OK;
}

static enum status begin(struct merge *m, struct error *e)
{
    enum status status = STATUS_OK;
    if (m->in_transaction && m->changes >= CHANGES_PER_COMMIT)
        status = commit(m, e);
    if (status == STATUS_OK && !m->in_transaction) {
        status = check_room(m, e);
        if (status == STATUS_OK)
            status = ledger_begin(m->f->ledger, e);
        m->in_transaction = status == STATUS_OK;
        m->now_ms = clock_wall(m->f->clock);
    }
    m->changes++;
    return status;
}

static void would(struct merge *m, const char *op, const uint8_t *key, size_t length,
                  const char *data)
{
    buf_reset(&m->key_text);
    key_print(&m->key_text, key, length);
    if (m->f->would)
        m->f->would(m->f->user, op, buf_text(&m->key_text), data);
}

static void would_hold(struct merge *m, const char *name, const struct record_fault *fault)
{
    json_t *why = json_from_error(&fault->why);
    json_object_del(why, "status");
    json_set_text(why, "column", fault->column);
    char *text = json_dumps(why, JSON_COMPACT);
    if (m->f->would)
        m->f->would(m->f->user, "held", name, text);
    free(text);
    json_decref(why);
}

/* A record that cannot be used: the shop's version of it stays, the others go on. */
static enum status hold(struct merge *m, const struct record *r, const struct record_fault *fault,
                        struct error *e)
{
    bool fresh = false;
    buf_reset(&m->key_text);
    if (!fault->keyless)
        key_print(&m->key_text, r->key.bytes, r->key.length);
    const char *name = fault->keyless ? fault->name : buf_text(&m->key_text);
    if (m->result->held++ == 0) {
        m->first_fault = fault->why;
        error_prefix(&m->first_fault, "%s, column %s", name, fault->column);
    }
    if (m->f->dry) {
        would_hold(m, name, fault);
        return STATUS_OK;
    }
    struct held_row h = {.stream = m->f->stream->name,
                         .op = "upsert",
                         .key = r->key.bytes,
                         .key_length = r->key.length,
                         .name = name,
                         .column = fault->column,
                         .reason = HELD_BAD_VALUE,
                         .why = &fault->why,
                         .pass = m->pass};
    enum status status = begin(m, e);
    if (status != STATUS_OK)
        return status;
    h.now_ms = m->now_ms;
    status = held_put(m->f->ledger, &h, &fresh, e);
    m->broken |= status != STATUS_OK;
    if (status == STATUS_OK && fresh && m->f->held)
        m->f->held(m->f->held_user, &h);
    return status;
}

static enum status upsert(struct merge *m, const struct record *r, const uint8_t *fingerprint,
                          struct error *e)
{
    buf_reset(&m->data);
    record_json(&m->data, r);
    if (m->data.failed) {
        struct record_fault fault = {.is = true};
        error_set(&fault.why, STATUS_FULL, "record_long", "a record is longer than %d bytes",
                  DATA_MAX);
        error_remedy(&fault.why,
                     "Shorten its texts in the ERP, or leave a column out of the mapping.");
        return hold(m, r, &fault, e);
    }
    m->result->upserts++;
    if (m->f->dry) {
        would(m, "upsert", r->key.bytes, r->key.length, buf_text(&m->data));
        return STATUS_OK;
    }
    enum status status = begin(m, e);
    if (status == STATUS_OK) {
        m->queued++;
        status = ledger_upsert(m->f->ledger, m->f->stream->name, &r->key, fingerprint, m->data.data,
                               m->data.length, m->now_ms, e);
        if (status == STATUS_OK && m->f->suspect)
            status = ledger_suspect(m->f->ledger, &r->key, e);
        m->broken |= status != STATUS_OK;
    }
    return status;
}

/* A key of the snapshot that the ERP does not have, or no longer has. */
static enum status doom(struct merge *m, struct error *e)
{
    size_t length;
    const uint8_t *key = entry_key(m, &length);
    m->doomed++;
    if (m->f->dry) {
        would(m, "delete", key, length, NULL);
        return STATUS_OK;
    }
    enum status status = begin(m, e);
    if (status == STATUS_OK) {
        status = ledger_doom(m->f->ledger, key, length, e);
        m->broken |= status != STATUS_OK;
    }
    return status;
}

/* A record from a source that returns only changes. */
static enum status place_changed(struct merge *m, const struct record *r, struct error *e)
{
    uint8_t fingerprint[LEDGER_FINGERPRINT], known[LEDGER_FINGERPRINT];
    bool found;
    enum status status = STATUS_OK;
    if (m->f->explain || (m->known_held && !r->fault.is))
        status = begin(m, e);
    if (status == STATUS_OK && m->f->explain)
        status = ledger_clear_suspect(m->f->ledger, &r->key, e);
    if (status == STATUS_OK && r->fault.is)
        return hold(m, r, &r->fault, e);
    if (status == STATUS_OK && m->known_held)
        status = held_read_well(m->f->ledger, m->f->stream->name, &r->key, e);
    if (status == STATUS_OK)
        status = ledger_find(m->f->ledger, &r->key, known, &found, e);
    if (status != STATUS_OK)
        return status;
    record_fingerprint(r, fingerprint);
    return found && memcmp(known, fingerprint, sizeof known) == 0 ? STATUS_OK
                                                                  : upsert(m, r, fingerprint, e);
}

static enum status place(struct merge *m, const struct record *r, struct error *e)
{
    uint8_t fingerprint[LEDGER_FINGERPRINT];
    bool has;
    enum status status;
    if (r->fault.keyless) /* it has no place in the order */
        return hold(m, r, &r->fault, e);
    for (;;) {
        size_t length;
        status = ensure_entry(m, &has, e);
        if (status != STATUS_OK || !has)
            break;
        const uint8_t *key = entry_key(m, &length);
        int order = key_compare(key, length, r->key.bytes, r->key.length);
        if (order > 0) {
            has = false;
            break;
        }
        if (order == 0)
            break;
        status = doom(m, e);
        if (status != STATUS_OK)
            return status;
        m->at++;
    }
    if (status != STATUS_OK)
        return status;
    if (r->fault.is) {
        if (has)
            m->at++;
        return hold(m, r, &r->fault, e);
    }
    record_fingerprint(r, fingerprint);
    bool same =
        has && memcmp(m->page->rows[m->at].fingerprint, fingerprint, sizeof fingerprint) == 0;
    if (has)
        m->at++;
    return same ? STATUS_OK : upsert(m, r, fingerprint, e);
}

/* The source below the rules: ticks for every row read, wanted or not. */
struct ticker {
    struct merge *m;
    const struct flow_source *source;
};

static enum status tick_next(void *user, const struct record **record, struct error *e)
{
    const struct ticker *t = user;
    struct merge *m = t->m;
    enum status status = t->source->next(t->source->user, record, e);
    if (status != STATUS_OK || ++m->read % ROWS_PER_TICK != 0 || !m->f->tick)
        return status;
    status = m->f->tick(m->f->user, "read", m->read);
    return status == STATUS_OK ? status : error_set(e, status, "cancelled", "told to stop");
}

static enum status run_merge(struct merge *m, struct rules *rules, struct error *e)
{
    const struct record *r;
    enum status status;
    bool has;
    while ((status = rules_next(rules, &r, e)) == STATUS_OK) {
        m->result->rows++;
        status = m->f->changed_only ? place_changed(m, r, e) : place(m, r, e);
        if (status != STATUS_OK)
            return status;
    }
    if (status != STATUS_END || m->f->changed_only)
        return status == STATUS_END ? STATUS_OK : status;
    for (status = ensure_entry(m, &has, e); status == STATUS_OK && has;
         status = ensure_entry(m, &has, e)) {
        status = doom(m, e);
        if (status != STATUS_OK)
            return status;
        m->at++;
    }
    return status;
}

/* Did the snapshot have as many entries as it should? If not, some were lost on the disk. */
static enum status all_walked(const struct merge *m, struct error *e)
{
    if (m->f->dry || m->f->changed_only || m->walked == m->result->known_before)
        return STATUS_OK;
    error_set(e, STATUS_INVALID, "ledger_damaged",
              "the ledger is damaged on the disk: of %llu keys that were sent %llu are there",
              (unsigned long long)m->result->known_before, (unsigned long long)m->walked);
    return error_remedy(e, "It is repaired automatically; check the disk's health.");
}

/* No row could be used: then no single row is to blame. With only a few rows it may be. */
static enum status none_taken(const struct merge *m, struct error *e)
{
    if (m->result->held < HELD_FEW || m->result->held < m->result->rows)
        return STATUS_OK;
    error_set(e, STATUS_INVALID, "held_all",
              "none of the %llu rows that were read can be used; the first: %-s",
              (unsigned long long)m->result->rows, error_said(&m->first_fault));
    return error_remedy(e, "%-s", error_advice_said(&m->first_fault));
}

/* Deletions are decided here, after the source ended cleanly. */
static enum status guard(const struct merge *m, struct error *e)
{
    uint64_t known = m->result->known_before;
    /* Another choice of warehouses explains missing rows, but not an ERP that returns nothing at
     * all. */
    bool accepted = m->f->accept_deletions || (m->new_scenario && !m->scenario_lost && m->read > 0);
    if (known == 0 || m->doomed == 0 || accepted)
        return STATUS_OK;
    if (m->read == 0) {
        error_set(e, STATUS_GUARD, "read_empty",
                  "the ERP gave no rows at all, but %llu are known; nothing "
                  "was deleted",
                  (unsigned long long)known);
    } else if (m->result->rows == 0) {
        error_set(e, STATUS_GUARD, "read_empty",
                  "the scenario wants none of the %llu rows that the ERP gave, "
                  "but %llu are known; nothing was deleted",
                  (unsigned long long)m->read, (unsigned long long)known);
    } else if (m->doomed * 100 > known * (uint64_t)m->f->shrink_percent) {
        error_set(
            e, STATUS_GUARD, "read_shrunken",
            "the ERP gave %llu rows, but %llu are known and "
            "%llu of them are gone, more than limits.shrink_percent allows; nothing was deleted",
            (unsigned long long)m->result->rows, (unsigned long long)known,
            (unsigned long long)m->doomed);
    } else {
        return STATUS_OK;
    }
    return error_remedy(
        e, "Look in the ERP. If this is right: endpointctl sync PLUGIN --accept-deletions");
}

static enum status apply_deletions(struct merge *m, struct error *e)
{
    struct key key = {.length = 0};
    enum status status;
    while ((status = ledger_doomed_next(m->f->ledger, &key, e)) == STATUS_OK) {
        status = begin(m, e);
        if (status == STATUS_OK) {
            status = ledger_delete(m->f->ledger, m->f->stream->name, key.bytes, key.length,
                                   m->now_ms, e);
            m->broken |= status != STATUS_OK;
        }
        if (status != STATUS_OK)
            return status;
        m->queued++;
        if (++m->result->deletes % ROWS_PER_TICK == 0 && m->f->tick &&
            m->f->tick(m->f->user, "read", m->result->deletes) != STATUS_OK)
            return error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
    }
    return status == STATUS_END ? STATUS_OK : status;
}

/* Was everything queued for the first time? */
static enum status mark_whole(struct merge *m, struct error *e)
{
    int64_t whole = 1;
    enum status status = ledger_fact(m->f->ledger, LEDGER_QUEUED_WHOLE, &whole, e);
    if (status != STATUS_OK || whole)
        return status;
    status = begin(m, e);
    return status == STATUS_OK ? ledger_set_fact(m->f->ledger, LEDGER_QUEUED_WHOLE, 1, e) : status;
}

static enum status mark_settled(struct merge *m, struct error *e)
{
    if (!m->known_held)
        return STATUS_OK;
    enum status status = begin(m, e);
    return status == STATUS_OK ? held_settle(m->f->ledger, m->f->stream->name, m->pass, e) : status;
}

/* What holds once the pass is whole: which scenario it was, and up to which stamp all was read. */
static enum status mark(struct merge *m, struct error *e)
{
    const struct flow *f = m->f;
    char known[STAMP_MAX] = "", print[STAMP_MAX] = "";
    bool scenario = m->new_scenario && !f->changed_only, stamp = false;
    enum status status = f->changed_only ? STATUS_OK : mark_settled(m, e);
    if (status == STATUS_OK && !f->changed_only)
        status = mark_whole(m, e);
    if (status == STATUS_OK && f->stamp) {
        status = ledger_text(f->ledger, "stamp", known, sizeof known, e);
        if (status == STATUS_OK)
            status = ledger_text(f->ledger, "stamp_print", print, sizeof print, e);
        stamp = !text_equal(known, f->stamp) || !text_equal(print, f->print);
    }
    if (status != STATUS_OK || (!scenario && !stamp))
        return status;
    status = begin(m, e);
    if (status == STATUS_OK && scenario)
        status = ledger_set_fact(f->ledger, "scenario_version", f->scenario_version, e);
    if (status == STATUS_OK && stamp)
        status = ledger_set_text(f->ledger, "stamp", f->stamp, e);
    if (status == STATUS_OK && stamp)
        status = ledger_set_text(f->ledger, "stamp_print", f->print, e);
    return status;
}

/* What the ledger knows before the pass. */
static enum status look_back(struct merge *m, struct error *e)
{
    struct flow *f = m->f;
    struct ledger_state state = {0};
    struct held_summary held = {0};
    int64_t scenario = 0;
    enum status status = f->ledger ? ledger_state(f->ledger, &state, e) : STATUS_OK;
    if (status == STATUS_OK && f->ledger)
        status = ledger_fact(f->ledger, "scenario_version", &scenario, e);
    if (status == STATUS_OK && f->ledger && !f->dry)
        status = ledger_sound(f->ledger, e);
    m->new_scenario = scenario != f->scenario_version;
    m->scenario_lost = scenario == LEDGER_SCENARIO_LOST;
    m->queued = state.queued;
    m->result->known_before = state.snapshot_rows;
    if (status != STATUS_OK || f->dry)
        return status;
    status = ledger_doomed_clear(f->ledger, e);
    if (status == STATUS_OK)
        status = held_summary(f->ledger, &held, e);
    m->known_held = held.count;
    return status;
}

/* What the shop refused is tried again under another scenario, or when it is due. */
static enum status try_held(struct merge *m, struct error *e)
{
    if (!m->known_held || m->f->dry || m->f->changed_only)
        return STATUS_OK;
    enum status status = begin(m, e);
    if (status == STATUS_OK)
        status = held_try_again(m->f->ledger, m->new_scenario, m->now_ms, e);
    return status == STATUS_OK ? commit(m, e) : status;
}

static void merge_open(struct merge *m)
{
    m->page = mem_alloc(sizeof *m->page);
    m->snapshot_ended = m->f->ledger == NULL || m->f->changed_only;
    buf_init(&m->page->keys, LEDGER_PAGE * (KEY_MAXIMUM + 1));
    buf_init(&m->data, DATA_MAX);
    buf_init(&m->key_text, 8 * KEY_MAXIMUM);
}

static void merge_close(struct merge *m)
{
    buf_free(&m->page->keys);
    free(m->page);
    buf_free(&m->data);
    buf_free(&m->key_text);
}

static enum status read_source(struct merge *m, const struct flow_source *source, struct error *e)
{
    struct ticker ticker = {m, source};
    const struct flow_source ticking = {tick_next, &ticker};
    struct rules *rules = NULL;
    enum status status = rules_open(m->f->stream, m->f->options, &ticking, &rules, e);
    if (status == STATUS_OK) {
        status = run_merge(m, rules, e);
        m->result->unmatched = rules_unmatched(rules);
    }
    rules_close(rules);
    return status;
}

/* Read all, and judge what was read before anything is deleted for its sake. */
static enum status read_and_judge(struct merge *m, const struct flow_source *source,
                                  struct error *e)
{
    enum status status = m->f->dry ? STATUS_OK : check_room(m, e);
    if (status == STATUS_OK)
        status = try_held(m, e);
    if (status == STATUS_OK)
        status = read_source(m, source, e);
    if (status == STATUS_OK)
        status = all_walked(m, e);
    if (status == STATUS_OK)
        status = none_taken(m, e);
    if (status == STATUS_OK && m->f->ledger)
        status = guard(m, e);
    return status;
}

/* End the open transaction. What was queued before a failure stays: values are absolute. But when the
 * ledger itself failed, a fingerprint may be without its queued row: then nothing of it may stay. */
static enum status end_pass(struct merge *m, enum status status, struct error *e)
{
    struct error at_end = {0};
    if (!m->in_transaction)
        return status;
    if (m->broken) {
        ledger_rollback(m->f->ledger);
        return status;
    }
    enum status committed = commit(m, &at_end);
    if (committed == STATUS_OK || (status != STATUS_OK && status != STATUS_END))
        return status;
    if (e)
        *e = at_end;
    return committed;
}

enum status flow_read(struct flow *f, const struct flow_source *source, struct flow_result *result,
                      struct error *e)
{
    struct merge m = {.f = f, .result = result, .now_ms = clock_wall(f->clock)};
    memset(result, 0, sizeof *result);
    m.pass =
        m.now_ms << 20 | (crypto_random_u32() & 0xFFFFF); /* two may begin in one millisecond */
    enum status status = look_back(&m, e);
    if (status != STATUS_OK)
        return status;
    merge_open(&m);
    status = read_and_judge(&m, source, e);
    if (f->dry)
        result->deletes = m.doomed;
    else if (status == STATUS_OK)
        status = apply_deletions(&m, e);
    if (status == STATUS_OK && !f->dry)
        status = mark(&m, e);
    status = end_pass(&m, status, e);
    merge_close(&m);
    return status;
}
