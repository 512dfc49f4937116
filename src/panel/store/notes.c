#include "panel/store/notes.h"

#include "base/clock.h"
#include "panel/store/store_sql.h"

enum status notes_add(struct store *s, const char *endpoint, const char *level, const char *code,
                      const char *text, int64_t now_ms, struct error *e)
{
    char at[CLOCK_TEXT];
    clock_format(at, now_ms);
    const char *values[] = {endpoint, at, level, code, text};
    return store_run(s, "INSERT INTO journal(endpoint_id,at,level,code,text) VALUES(?,?,?,?,?)",
                     values, 5, NULL, e);
}
