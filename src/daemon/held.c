/* Rows that the plugins hold back: listed from their ledgers, tried again by their workers. */
#include "daemon/held.h"

#include "store/held.h"

#include "base/json.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "daemon/supervisor.h"
#include "daemon/asking.h"

#define LIST_DEFAULT 100
#define LIST_MAX     1000

/* The plugin that a request names; NULL: it names no existing one. */
static struct plugin *named(struct daemon *d, const json_t *request, struct error *e)
{
    struct plugin *p = supervisor_find(d, json_text(request, "plugin", ""));
    if (!p)
        error_set(e, STATUS_NOT_FOUND, "plugin_unknown",
                  "there is no such plugin; endpointctl plugins lists them");
    return p;
}

enum status held_answer(struct daemon *d, const json_t *request, json_t **answer, struct error *e)
{
    int64_t limit = json_number(request, "limit", LIST_DEFAULT);
    const char *plugin = json_text(request, "plugin", NULL);
    struct plugin *p = plugin ? named(d, request, e) : NULL;
    *answer = NULL;
    if (plugin && !p)
        return STATUS_NOT_FOUND;
    if (limit < 1 || limit > LIST_MAX)
        limit = LIST_MAX;
    enum status status =
        held_list_all(d->paths.state_dir, p ? p->id : NULL, (size_t)limit, answer, e);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status; /* no ledger yet: nothing is held */
}

enum status held_ask(struct daemon *d, const json_t *request,
                     void (*done)(void *user, const json_t *answer), void *user, struct error *e)
{
    struct plugin *p = named(d, request, e);
    return p ? asking_ask(p, request, done, user, e) : STATUS_NOT_FOUND;
}
