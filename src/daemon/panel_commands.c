#include "daemon/panel_commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "daemon/asking.h"
#include "daemon/daemon.h"
#include "daemon/intake.h"
#include "daemon/orders_asked.h"
#include "daemon/panel_side.h"
#include "daemon/supervisor.h"
#include "os/clock.h"
#include "os/log.h"

#define KEPT       64  /* commands at once, answered ones among them */
#define ROWS_MAX   200 /* of what a simulation found */
#define ID_MAX     200
#define TRIES_MAX  20 /* how many unclear refusals count as a refusal of this result */
#define RELIST_MAX 3  /* how often a result is posted again if the panel still lists its command */

enum command_state { COMMAND_QUEUED, COMMAND_RUNNING, COMMAND_ANSWERED, COMMAND_POSTED };

struct command {
    char id[ID_MAX + 1], what[40];
    json_t *with;
    enum command_state state;
    json_t *result;
    bool shortened; /* the result just says that it was refused */
    int tries, relisted;
    struct panel_commands *owner;
    struct process *process;
    json_t *rows;
};

struct panel_commands {
    struct daemon *daemon;
    struct panel_side *side;
    void (*due)(void *user, bool ask);
    void *user;
    struct command *list[KEPT];
    size_t count;
    bool left;               /* the panel has more than fitted here */
    struct command *offered; /* its result is under way */
};

static void run_next(struct panel_commands *p);

static struct command *find(struct panel_commands *p, const char *id)
{
    for (size_t i = 0; i < p->count; i++)
        if (text_equal(p->list[i]->id, id))
            return p->list[i];
    return NULL;
}

static size_t in_state(const struct panel_commands *p, enum command_state state)
{
    size_t n = 0;
    for (size_t i = 0; i < p->count; i++)
        n += p->list[i]->state == state;
    return n;
}

static void command_free(struct command *c)
{
    if (c->process)
        process_abandon(c->process);
    asking_forget(c->owner->daemon, c);
    json_decref(c->with);
    json_decref(c->result);
    json_decref(c->rows);
    free(c);
}

static void remove_at(struct panel_commands *p, size_t i)
{
    if (p->offered == p->list[i])
        p->offered = NULL;
    command_free(p->list[i]);
    p->count--;
    memmove(p->list + i, p->list + i + 1, (p->count - i) * sizeof p->list[0]);
}

/* Make room for one more: drop the oldest that was answered and posted. */
static bool make_room(struct panel_commands *p)
{
    for (size_t i = 0; p->count == KEPT && i < KEPT; i++)
        if (p->list[i]->state == COMMAND_POSTED)
            remove_at(p, i);
    return p->count < KEPT;
}

/* ---- running them --------------------------------------------------------------------------------- */

static void finish(struct command *c, json_t *result)
{
    struct panel_commands *p = c->owner;
    if (c->result) {
        json_decref(result);
        return;
    }
    c->result = result;
    c->state = COMMAND_ANSWERED;
    p->due(p->user, false);
}

static json_t *failure(const char *said)
{
    json_t *result = json_object();
    json_set_flag(result, "ok", false);
    said_set(result, "text", said);
    return result;
}

static json_t *error_result(const struct error *e)
{
    return json_pack("{s:b,s:o}", "ok", 0, "error", json_from_error(e));
}

static void on_pass(void *user, const char *plugin, const json_t *pass)
{
    struct command *c = user;
    json_t *result = pass ? json_deep_copy(pass) : failure(N_("the plugin's process ended"));
    json_set_text(result, "plugin", plugin);
    json_object_del(result, "event");
    finish(c, result);
}

static void on_shot_event(void *user, const json_t *event)
{
    struct command *c = user;
    const char *name = json_text(event, "event", "");
    if (text_equal(name, "row") && json_array_size(c->rows) < ROWS_MAX)
        json_array_append(c->rows, json_object_get(event, "data"));
    if (text_equal(name, "result")) {
        json_t *result = json_deep_copy(json_object_get(event, "data"));
        if (json_array_size(c->rows))
            json_object_set(result, "changes", c->rows);
        finish(c, result);
    }
}

static void on_shot_ended(void *user, int code, int number)
{
    struct command *c = user;
    (void)code;
    (void)number;
    c->process = NULL;
    if (!c->result)
        finish(c, failure(N_("the process ended without an answer")));
    run_next(c->owner);
}

static void on_order_answer(void *user, const json_t *answer)
{
    struct command *c = user;
    finish(c, json_deep_copy(answer));
}

/* "retry-order", "resolve-order": what a person decided in the panel about one order. */
static void change_order(struct command *c, const char *what)
{
    struct error e = {0};
    json_t *request = json_is_object(c->with) ? json_deep_copy(c->with) : json_object();
    json_set_text(request, "do", what);
    if (orders_ask(c->owner->daemon, request, on_order_answer, c, &e) != STATUS_OK)
        finish(c, error_result(&e));
    json_decref(request);
}

static struct plugin *plugin_of(struct command *c)
{
    const char *name = json_text(c->with, "plugin", NULL);
    return name ? supervisor_find(c->owner->daemon, name) : NULL;
}

/* There is no plugin with that name; or there is one, but it is refused: say why. */
static json_t *no_plugin(const struct command *c)
{
    const char *name = json_text(c->with, "plugin", NULL);
    const json_t *why = name ? intake_reason(c->owner->daemon, name) : NULL;
    char said[SAID_MAX];
    said_get(why, "text", said, sizeof said);
    return failure(*said ? said : N_("there is no such plugin"));
}

/* Does it need its own process? Only a limited number runs at a time. */
static bool is_shot(const struct command *c)
{
    return text_equal(c->what, "simulate") || text_equal(c->what, "lookup") ||
           text_equal(c->what, "test");
}

static void run_shot(struct command *c)
{
    struct error e = {0};
    struct plugin *p = plugin_of(c);
    struct process_handlers handlers = {on_shot_event, on_shot_ended, c};
    /* If a plugin is named, its shop is asked. */
    bool named = json_text(c->with, "plugin", NULL) != NULL;
    const char *mode = !named || text_equal(c->what, "simulate") ? c->what
                       : text_equal(c->what, "test")             ? "channel-test"
                                                                 : "channel-lookup";
    c->state = COMMAND_RUNNING;
    if ((named || text_equal(c->what, "simulate")) && !p)
        finish(c, no_plugin(c));
    else if (supervisor_one_shot(c->owner->daemon, mode, p ? p->definition : NULL, c->with,
                                 &handlers, &c->process, &e) != STATUS_OK)
        finish(c, error_result(&e));
}

/* Start commands that wait for their turn, as long as there are places. */
static void run_next(struct panel_commands *p)
{
    size_t places = (size_t)config_integer(p->daemon->config, "limits.simulations"), busy = 0;
    for (size_t i = 0; i < p->count; i++)
        busy += p->list[i]->process != NULL;
    for (size_t i = 0; i < p->count && busy < places; i++) {
        if (p->list[i]->state != COMMAND_QUEUED)
            continue;
        run_shot(p->list[i]);
        busy += p->list[i]->process != NULL;
    }
}

static void run_command(struct command *c)
{
    struct plugin *p = plugin_of(c);
    c->state = COMMAND_RUNNING;
    if (is_shot(c)) {
        c->state = COMMAND_QUEUED;
        run_next(c->owner);
    } else if (text_equal(c->what, "run-now")) {
        if (!p)
            finish(c, no_plugin(c));
        else if (!asking_run_now(p, json_flag(c->with, "accept_deletions", false), on_pass, c))
            finish(c, failure(N_("the plugin is not running")));
    } else if (text_equal(c->what, "retry-order")) {
        change_order(c, "order-retry");
    } else if (text_equal(c->what, "resolve-order")) {
        change_order(c, "order-resolve");
    } else {
        finish(c, failure(N_("this version does not know the command")));
    }
}

/* ---- taking them ---------------------------------------------------------------------------------- */

/* The panel lists it again: its result did not arrive, or the list was made before it did. Post the
 * result again; do not run the command again. */
static void listed_again(struct command *c)
{
    if (c->state != COMMAND_POSTED || c->relisted >= RELIST_MAX)
        return;
    c->relisted++;
    c->state = COMMAND_ANSWERED;
    c->owner->due(c->owner->user, false);
}

static bool take(struct panel_commands *p, const json_t *command)
{
    const char *id = json_text(command, "id", ""), *what = json_text(command, "do", "");
    struct command *known = find(p, id);
    if (!*id || strlen(id) > ID_MAX)
        return false;
    if (known) {
        listed_again(known);
        return false;
    }
    if (!make_room(p)) {
        p->left = true;
        return false;
    }
    struct command *c = mem_alloc(sizeof *c);
    text_copy(c->id, sizeof c->id, id);
    text_copy(c->what, sizeof c->what, what);
    c->with = json_incref(json_object_get(command, "with"));
    c->owner = p;
    c->rows = json_array();
    p->list[p->count++] = c;
    log_info("command %s from the panel", c->what);
    run_command(c);
    return true;
}

bool panel_commands_take(struct panel_commands *p, const json_t *list)
{
    bool news = false;
    size_t i;
    json_t *command;
    p->left = false;
    json_array_foreach ((json_t *)list, i, command)
        news |= take(p, command);
    return news;
}

/* ---- results -------------------------------------------------------------------------------------- */

bool panel_commands_result(struct panel_commands *p, char *path, size_t size, struct buf *body)
{
    struct buf id;
    for (size_t i = 0; i < p->count; i++) {
        struct command *c = p->list[i];
        if (c->state != COMMAND_ANSWERED)
            continue;
        buf_init(&id, 3 * ID_MAX + 1);
        text_percent(&id, c->id);
        text_format(path, size, "/commands/%s/result", buf_text(&id));
        buf_free(&id);
        json_add(body, c->result);
        p->offered = c;
        return true;
    }
    return false;
}

/* Nothing more to send for this one. Once half the places are free, commands left in the panel's
 * list may come. */
static void settled(struct panel_commands *p, struct command *c)
{
    c->state = COMMAND_POSTED;
    p->offered = NULL;
    if (p->left && in_state(p, COMMAND_POSTED) >= KEPT / 2) {
        p->left = false;
        p->due(p->user, true);
    }
}

void panel_commands_taken(struct panel_commands *p)
{
    if (p->offered)
        settled(p, p->offered);
}

void panel_commands_later(struct panel_commands *p)
{
    struct command *c = p->offered;
    p->offered = NULL;
    for (size_t i = 0; c && i < p->count; i++) {
        if (p->list[i] != c)
            continue;
        memmove(p->list + i, p->list + i + 1, (p->count - i - 1) * sizeof p->list[0]);
        p->list[p->count - 1] = c;
        break;
    }
}

void panel_commands_refused(struct panel_commands *p, const struct error *e)
{
    struct command *c = p->offered;
    char said[SAID_MAX];
    if (!c)
        return;
    /* 413 and 422 are about the content; anything else may be about the way to the panel. */
    bool contents = e->status == STATUS_FULL || text_equal(e->code, "command_unknown") ||
                    !text_equal(e->code, "panel_error");
    if (!contents && ++c->tries < TRIES_MAX) {
        panel_commands_later(p);
        return;
    }
    if (text_equal(e->code, "command_unknown")) { /* withdrawn: nobody waits for it */
        settled(p, c);
        return;
    }
    if (!c->shortened) {
        said_format(said, sizeof said, "the result could not be given to the panel: %-s",
                    error_said(e));
        json_decref(c->result);
        c->result = failure(said);
        c->shortened = true;
        panel_commands_later(p);
        return;
    }
    p->side->refused++;
    p->side->refused_at_ms = clock_wall(p->daemon->clock);
    said_format(said, sizeof said,
                "the panel refused the result of its command %.40s for good: %-s", c->what,
                error_said(e));
    daemon_tell(p->daemon, "warning", NULL, NULL, NULL, "result_refused", said);
    settled(p, c);
}

/* ---- opening and closing -------------------------------------------------------------------------- */

struct panel_commands *panel_commands_open(struct daemon *d, struct panel_side *side,
                                           void (*due)(void *user, bool ask), void *user)
{
    struct panel_commands *p = mem_alloc(sizeof *p);
    *p = (struct panel_commands){.daemon = d, .side = side, .due = due, .user = user};
    return p;
}

void panel_commands_close(struct panel_commands *p)
{
    if (!p)
        return;
    while (p->count)
        remove_at(p, p->count - 1);
    free(p);
}

json_t *panel_commands_to_json(const struct panel_commands *p)
{
    struct check c = {.duration_ms = -1};
    size_t queued = in_state(p, COMMAND_QUEUED), running = in_state(p, COMMAND_RUNNING);
    text_copy(c.code, sizeof c.code, "panel.commands");
    text_copy(c.title, sizeof c.title, "Panel: commands");
    if (queued || p->left) {
        c.result = check_answer(&c, CHECK_WARN,
                                p->left ? "%zu run, %zu and more in the panel wait for their turn "
                                          "(limits.simulations: %lld)"
                                        : "%zu run, %zu wait for their turn (limits.simulations: "
                                          "%lld)",
                                running, queued,
                                (long long)config_integer(p->daemon->config, "limits.simulations"));
        check_remedy(&c, "They run one after another; nothing needs to be done unless the "
                         "panel keeps sending them.");
    } else {
        c.result = check_answer(&c, CHECK_OK, "%zu run, none waits for its turn", running);
    }
    return check_to_json(&c);
}
