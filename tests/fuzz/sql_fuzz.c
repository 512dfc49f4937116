/* The sandbox's SQL: any text as a batch, run and described. */
#include "fuzz.h"

#include "base/text.h"
#include "sandbox/sql/engine.h"
#include "sandbox/sql/engine_data.h"

static struct engine *engine;
static struct engine_session *session;

static void close_engine(void)
{
    engine_disconnect(session);
    engine_close(engine);
}

struct seen {
    size_t columns;
    bool error;
    int rows;
};

static bool on_columns(void *user, const struct sql_column *columns, size_t count)
{
    struct seen *seen = user;
    MUST(count > 0 && count <= SQL_COLUMNS_MAX);
    for (size_t i = 0; i < count; i++)
        MUST(memchr(columns[i].name, '\0', sizeof columns[i].name) != NULL);
    seen->columns = count;
    return true;
}

static bool on_row(void *user, const struct sql_value *values, size_t count)
{
    struct seen *seen = user;
    MUST(count == seen->columns);
    for (size_t i = 0; i < count; i++)
        MUST(values[i].null || values[i].length < (64 << 20));
    return ++seen->rows < 2000;
}

static bool on_done(void *user, int64_t affected, bool had_rows)
{
    (void)user;
    (void)affected;
    (void)had_rows;
    return true;
}

static void on_message(void *user, const struct sql_message *m)
{
    struct seen *seen = user;
    MUST(memchr(m->text, '\0', sizeof m->text) != NULL);
    if (m->severity > 10) {
        MUST(m->text[0] || m->number == 0); /* 0: it was stopped by on_row */
        seen->error = true;
    }
}

static void on_result(void *user, const struct sql_parameter *p)
{
    (void)user;
    (void)p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0};
    struct seen seen = {0};
    struct engine_sink sink = {.columns = on_columns,
                               .row = on_row,
                               .done = on_done,
                               .message = on_message,
                               .result = on_result,
                               .user = &seen};
    struct sql_parameter parameters[2] = {
        {.name = "@P1", .type = {.type = SQLT_INT, .length = 4}, .value = {.integer = 2}},
        {.name = "@P2",
         .type = {.type = SQLT_NVARCHAR, .length = 40},
         .value = {.bytes = "Ź'", .length = 3}}};
    if (size > 16384)
        return 0;
    if (!engine) {
        MUST(engine_open(NULL, "subiekt-gt", &(struct engine_filling){.rows = 3, .seed = 20},
                         &engine, &e) == STATUS_OK);
        MUST(engine_connect(engine, &session, &e) == STATUS_OK);
        atexit(close_engine);
    }
    char *sql = fuzz_text(data, size);
    engine_begin(session, &sink); /* and undone below: the data stay the same for every input */
    seen = (struct seen){0};
    MUST(engine_run(session, sql, size, parameters, 2, &sink) != seen.error);
    seen = (struct seen){0};
    engine_describe(session, sql, size, parameters, 2, &sink);
    while (engine_in_transaction(session) && engine_rollback(session, &sink)) {
    }
    free(sql);
    return 0;
}
