#include "daemon/panel_journal.h"

#include <string.h>

#include "base/json.h"
#include "base/said.h"
#include "base/text.h"
#include "daemon/chronicle.h"
#include "daemon/daemon.h"
#include "daemon/panel_side.h"
#include "os/clock.h"
#include "os/log.h"

#define REFUSED_CODE "journal_refused"

static int limit_now(const struct panel_journal *j)
{
    return j->suspect_count ? 1 : j->limit > 0 ? j->limit : PANEL_JOURNAL_BATCH;
}

/* The id after which the next batch begins. */
static int64_t behind(const struct panel_journal *j, int64_t sent)
{
    if (j->proving)
        return j->suspects[0] - 1;
    return j->suspect_count ? j->suspects[j->suspect_count - 1] : sent;
}

/* Read up to limit entries after an id into the body. */
static size_t add_entries(struct panel_journal *j, int64_t after, int limit, struct buf *body)
{
    json_t *entries = NULL, *entry;
    size_t i;
    j->count = 0;
    struct journal *file = chronicle_journal(j->daemon);
    if (file && journal_read(file, after, limit, NULL, &entries, NULL) == STATUS_OK) {
        json_array_foreach (entries, i, entry) {
            j->upto = json_number(entry, "id", 0);
            if (i == 0)
                j->first = j->upto;
            j->own = text_equal(json_text(entry, "code", ""), REFUSED_CODE);
            json_add(body, entry);
            buf_add_byte(body, '\n');
        }
        j->count = json_array_size(entries);
    }
    json_decref(entries);
    return j->count;
}

static void end_proof(struct panel_journal *j)
{
    chronicle_mark_sent(j->daemon, j->passed);
    j->proving = false;
    j->suspect_count = 0;
}

static void drop_suspect(struct panel_journal *j)
{
    memmove(j->suspects, j->suspects + 1, --j->suspect_count * sizeof j->suspects[0]);
    if (!j->suspect_count)
        end_proof(j);
}

bool panel_journal_batch(struct panel_journal *j, struct buf *body)
{
    int64_t sent = chronicle_sent(j->daemon);
    if (!chronicle_journal(j->daemon))
        return false;
    while (j->proving) {
        if (add_entries(j, behind(j, 0), 1, body) && j->upto == j->suspects[0])
            return true;
        buf_reset(body); /* it was dropped from the journal in the meantime */
        drop_suspect(j);
    }
    if (add_entries(j, behind(j, sent), limit_now(j), body))
        return true;
    if (!j->suspect_count)
        return false;
    /* There is no other entry to compare with: start again. */
    j->suspect_count = 0;
    return add_entries(j, sent, 1, body) > 0;
}

void panel_journal_taken(struct panel_journal *j)
{
    if (j->proving) {
        drop_suspect(j);
    } else if (j->suspect_count) {
        j->passed = j->upto;
        j->proving = true;
    } else {
        chronicle_mark_sent(j->daemon, j->upto);
        j->limit = 2 * (int)j->count < PANEL_JOURNAL_BATCH && j->limit ? 2 * (int)j->count : 0;
    }
}

static void set_aside(struct panel_journal *j, const struct error *e)
{
    char said[SAID_MAX], text[1024];
    int64_t id = j->upto;
    bool own = j->own;
    drop_suspect(j);
    struct journal *file = chronicle_journal(j->daemon);
    if (file) {
        journal_mark_refused(file, clock_wall(j->daemon->clock), NULL);
        journal_refused(file, &j->side->refused, &j->side->refused_at_ms, NULL);
    }
    said_format(said, sizeof said,
                "the panel refused an entry of the journal for good (%-s); it is only here, with "
                "the id %lld",
                error_said(e), (long long)id);
    said_words(text, sizeof text, said);
    /* Reporting a refused report would never end. */
    if (own)
        log_event(LOG_WARNING, NULL, NULL, REFUSED_CODE, "%s", text);
    else
        daemon_tell(j->daemon, "warning", NULL, NULL, NULL, REFUSED_CODE, said);
}

bool panel_journal_refused(struct panel_journal *j, const struct error *e)
{
    if (j->proving) {
        set_aside(j, e);
        return true;
    }
    if (j->count > 1) {
        j->limit = (int)(j->count + 1) / 2;
        return true;
    }
    j->limit = 1;
    if (j->suspect_count == PANEL_JOURNAL_SUSPECTS)
        j->suspect_count = 0; /* it takes none: from the start again */
    else
        j->suspects[j->suspect_count++] = j->upto;
    return false;
}
