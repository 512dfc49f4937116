/* For tests: one session with a server that fails in the middle, and how it ended.
 *
 *     session_driver CONFIG STATE WORK read STREAM [RECORDS]   that many records, or all
 *     session_driver CONFIG STATE WORK query SQL [BYTES]       with a text of so many bytes as parameter
 *
 * SIGTERM: it is not wanted any more. Prints one object of JSON: status, code, text, remedy, rows, took_ms,
 * again (the status of a second session's query), alive (how often the watcher told that it waits), said (what
 * for). When the process had to end: {"lost":…} and exit code 9.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/paths.h"
#include "erp/access.h"
#include "erp/reader.h"
#include "mapping/mapping.h"
#include "os/clock.h"
#include "os/waiting.h"
#include "tds/session.h"
#include "tds/session_query.h"

static volatile int stopping;
static volatile int alive_count;
static char said[WAITING_TEXT];

static void on_signal(int number)
{
    (void)number;
    stopping = 1;
}

static void alive(void *user, const struct waiting *w)
{
    (void)user;
    alive_count++;
    text_copy(said, sizeof said, w->what);
}

static bool unwanted(void *user)
{
    (void)user;
    return stopping;
}

static void print(json_t *answer)
{
    char *text = json_dumps(answer, JSON_COMPACT);
    puts(text);
    fflush(stdout);
    free(text);
    json_decref(answer);
}

static void lost(void *user, const struct error *e)
{
    (void)user;
    print(json_pack("{s:o}", "lost", json_from_error(e)));
    _exit(9);
}

static enum status count_row(void *user, size_t columns, const char *const *names,
                             const char *const *values, struct error *e)
{
    (void)columns;
    (void)names;
    (void)values;
    (void)e;
    ++*(int64_t *)user;
    return STATUS_OK;
}

static enum status query(struct session *s, const char *sql, long bytes, int64_t *rows,
                         struct error *e)
{
    char *text = mem_alloc((size_t)bytes + 1);
    memset(text, 'x', (size_t)bytes);
    const char *const parameters[] = {text};
    enum status status =
        session_query(s, sql, bytes ? parameters : NULL, bytes ? 1 : 0, count_row, rows, e);
    free(text);
    return status;
}

static enum status read_stream(struct session *s, const struct mapping *m, const char *stream,
                               long limit, int64_t *rows, struct error *e)
{
    struct reader *r = NULL;
    const struct record *record;
    enum status status = reader_open(s, m, stream, NULL, &r, e);
    while (status == STATUS_OK && (limit == 0 || *rows < limit)) {
        status = reader_next(r, &record, e);
        *rows += status == STATUS_OK;
    }
    reader_close(r);
    return status;
}

int main(int argc, char **argv)
{
    struct error e = {0}, again = {0};
    struct config *config = NULL;
    struct mapping *mapping = NULL;
    struct session *s = NULL;
    int64_t rows = 0, more = 0;
    const struct waiting_watch watch = {alive, unwanted, lost, NULL};
    if (argc < 6)
        return 2;
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    struct paths paths;
    enum status status = paths_choose(&paths, argv[1], argv[2], argv[3], &e);
    if (status == STATUS_OK)
        status = config_load(&paths, &config, NULL, NULL, &e);
    if (status == STATUS_OK)
        status = mapping_load(paths.erp_dir, paths.config_dir, config_text(config, "erp.type"),
                              &mapping, NULL, NULL, &e);
    if (status == STATUS_OK)
        status = waiting_watch(&watch, &e);
    session_name("endpoint test");
    error_clear(&e);
    int64_t began = clock_mono_ms();
    struct session_options o = {0};
    if (status == STATUS_OK)
        o = access_options(config, argv[3]);
    long number = argc > 6 ? atol(argv[6]) : 0;
    if (status == STATUS_OK)
        status = session_open(&o, &s, &e);
    if (status == STATUS_OK)
        status = text_equal(argv[4], "read") ? read_stream(s, mapping, argv[5], number, &rows, &e)
                                             : query(s, argv[5], number, &rows, &e);
    int64_t took = clock_mono_ms() - began;
    bool dead = s && session_dead(s);
    if ((dead || !s) && o.server) {
        session_close(s);
        s = NULL;
        session_open(&o, &s, &again);
    }
    if (s)
        query(s, "SELECT 1 AS one", 0, &more, &again);
    session_close(s);
    waiting_unwatch();
    print(json_pack("{s:s,s:s,s:s,s:s,s:I,s:I,s:s,s:i,s:s,s:b,s:I}", "status",
                    error_status_word(status), "code", e.code, "text", e.text, "remedy", e.remedy,
                    "rows", (json_int_t)rows, "took_ms", (json_int_t)took, "again",
                    error_status_word(again.status), "alive", (int)alive_count, "said", said,
                    "dead", (int)dead, "all_ms", (json_int_t)(clock_mono_ms() - began)));
    mapping_free(mapping);
    config_free(config);
    return 0;
}
