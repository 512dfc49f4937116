#include "panel/store/contact.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "panel/store/notes.h"
#include "panel/store/store_sql.h"

#define TICK_LATE_MS 60000 /* after this long without contact_tick the panel does not listen */

static const char *const words[] = {[CONTACT_OK] = "ok",
                                    [CONTACT_NEVER] = "never",
                                    [CONTACT_SILENT] = "silent",
                                    [CONTACT_GONE] = "gone",
                                    [CONTACT_UNKNOWN] = "unknown"};

const char *contact_word(enum contact_state state)
{
    return words[state];
}

enum status contact_tick(struct store *s, int64_t now_ms, struct error *e)
{
    char now[24], late[24];
    text_format(now, sizeof now, "%lld", (long long)now_ms);
    text_format(late, sizeof late, "%lld", (long long)now_ms - TICK_LATE_MS);
    /* After a pause, or when the clock was set back, it starts listening again. */
    return store_run(
        s,
        "INSERT INTO listening VALUES(1,CAST(?1 AS INTEGER),CAST(?1 AS INTEGER)) ON "
        "CONFLICT(one) DO UPDATE SET since_ms=CASE WHEN last_ms<CAST(?2 AS INTEGER) OR "
        "last_ms>CAST(?1 AS INTEGER) THEN CAST(?1 AS INTEGER) ELSE since_ms END,"
        "last_ms=CAST(?1 AS INTEGER)",
        (const char *[]){now, late}, 2, NULL, e);
}

/* Since when the panel listens; -1: it does not. */
static int64_t listening_since(struct store *s, int64_t now_ms)
{
    json_t *rows = NULL;
    store_query(s, "SELECT since_ms,last_ms FROM listening", NULL, 0, &rows, NULL);
    const json_t *row = json_array_get(rows, 0);
    bool listens = row && now_ms - json_number(row, "last_ms", 0) <= TICK_LATE_MS;
    int64_t since = listens ? json_number(row, "since_ms", 0) : -1;
    json_decref(rows);
    return since;
}

/* How long it was silent while the panel listened. */
static enum contact_state judge(const json_t *row, int64_t since, int64_t now_ms, int64_t *age_ms)
{
    int64_t seen = 0;
    *age_ms = -1;
    if (!clock_parse(json_text(row, "last_seen", ""), &seen))
        return CONTACT_NEVER;
    *age_ms = now_ms > seen ? now_ms - seen : 0;
    if (since < 0)
        return *age_ms > CONTACT_SILENT_MS ? CONTACT_UNKNOWN : CONTACT_OK;
    int64_t silent = now_ms - (seen > since ? seen : since);
    return silent >= CONTACT_GONE_MS                     ? CONTACT_GONE
           : silent >= CONTACT_SILENT_MS                 ? CONTACT_SILENT
           : *age_ms > CONTACT_SILENT_MS && since > seen ? CONTACT_UNKNOWN
                                                         : CONTACT_OK;
}

static void how_long(char *target, size_t size, int64_t ms)
{
    static const struct {
        int64_t ms, upto;
        const char *unit;
    } units[] = {{1000, 120000, "s"}, {60000, 7200000, "min"}, {3600000, 172800000, "h"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (ms < units[i].upto) {
            text_format(target, size, "%lld %s", (long long)(ms > 0 ? ms / units[i].ms : 0),
                        units[i].unit);
            return;
        }
    }
    text_format(target, size, "%lld days", (long long)(ms / 86400000));
}

static void describe(enum contact_state state, const char *age, char text[300], char remedy[300])
{
    text[0] = remedy[0] = '\0';
    switch (state) {
    case CONTACT_OK: text_format(text, 300, "heard %s ago", age); break;
    case CONTACT_NEVER:
        text_copy(text, 300, "it has registered and was never heard since");
        text_copy(remedy, 300, "Start it: endpointctl service start");
        break;
    case CONTACT_SILENT:
        text_format(text, 300, "not heard for %s", age);
        text_copy(remedy, 300, "Wait a moment: it may be starting anew, or its network is slow.");
        break;
    case CONTACT_GONE:
        text_format(text, 300,
                    "not heard for %s: nothing is kept in step, and no order reaches the ERP", age);
        text_copy(
            remedy, 300,
            "On its machine: endpointctl status, then endpointctl service start. Is the machine "
            "on, and does its network reach this panel?");
        break;
    case CONTACT_UNKNOWN:
        text_format(text, 300, "not heard for %s, while this panel did not listen itself", age);
        text_copy(remedy, 300,
                  "Start the panel: endpoint-panel serve. Then look again in a few minutes.");
        break;
    }
}

static enum contact_state add(json_t *row, int64_t since, int64_t now_ms)
{
    int64_t age_ms;
    char age[40], text[300], remedy[300];
    enum contact_state state = judge(row, since, now_ms, &age_ms);
    how_long(age, sizeof age, age_ms);
    describe(state, age, text, remedy);
    json_t *contact = json_object();
    json_set_text(contact, "state", contact_word(state));
    json_object_set_new(contact, "age_s", age_ms < 0 ? json_null() : json_integer(age_ms / 1000));
    json_set_text(contact, "text", text);
    json_set_text(contact, "remedy", remedy);
    json_object_set_new(row, "contact", contact);
    return state;
}

enum contact_state contact_add(struct store *s, json_t *row, int64_t now_ms)
{
    return add(row, listening_since(s, now_ms), now_ms);
}

/* Write one entry when it is gone and one when it is back. */
static void note(struct store *s, const json_t *row, enum contact_state state, int64_t now_ms)
{
    const char *id = json_text(row, "id", "");
    int64_t since = json_number(row, "since_ms", 0), seen = 0;
    char number[24], text[700], away[40];
    const json_t *contact = json_object_get(row, "contact");
    if (state == CONTACT_GONE && !since) {
        clock_parse(json_text(row, "last_seen", ""), &seen);
        text_format(number, sizeof number, "%lld", (long long)(seen ? seen : now_ms));
        text_format(text, sizeof text, "%s \u2013 %s", json_text(contact, "text", ""),
                    json_text(contact, "remedy", ""));
        if (store_run(s, "INSERT INTO missed VALUES(?,CAST(? AS INTEGER))",
                      (const char *[]){id, number}, 2, NULL, NULL) == STATUS_OK)
            notes_add(s, id, "error", "endpoint_gone", text, now_ms, NULL);
    } else if (state == CONTACT_OK && since) {
        how_long(away, sizeof away, now_ms - since);
        text_format(text, sizeof text, "it is heard again, after %s", away);
        if (store_run(s, "DELETE FROM missed WHERE endpoint_id=?", &id, 1, NULL, NULL) == STATUS_OK)
            notes_add(s, id, "info", "endpoint_back", text, now_ms, NULL);
    }
}

void contact_watch(struct store *s, int64_t now_ms)
{
    json_t *rows = NULL, *row;
    size_t i;
    int64_t since = listening_since(s, now_ms);
    store_query(
        s,
        "SELECT e.id AS id,e.last_seen AS last_seen,m.since_ms AS since_ms FROM endpoints AS e "
        "LEFT JOIN missed AS m ON m.endpoint_id=e.id WHERE e.revoked=0",
        NULL, 0, &rows, NULL);
    json_array_foreach (rows, i, row)
        note(s, row, add(row, since, now_ms), now_ms);
    json_decref(rows);
}
