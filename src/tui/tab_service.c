/* Tab 2: what runs endpointd, and as which user; it does nothing that `endpointctl service` cannot
 * do. */
#include "tui/tab_service.h"

#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/account.h"
#include "tui/app.h"
#include "tui/ask.h"
#include "tui/checks.h"
#include "tui/dialog.h"
#include "tui/view.h"

#define REFRESH_MS 10000
#define COMMANDS   3
#define WORDS      6
#define STOP       "stop"

/* One command `endpointctl service …`, to run after the one before. */
struct command {
    char words[WORDS][80];
    bool password;
};

struct service {
    struct view view;
    json_t *status;
    bool known;
    int64_t asked_ms;
    struct stream *asking, *running;
    struct checks steps;
    struct command commands[COMMANDS];
    size_t command_count, command_at;
    bool yes;    /* the question about this session was answered */
    bool saving; /* it saves the screen, not only a start or stop */
};

static const char *const accounts[] = {"run=application", "run=own", "run=system", "run=chosen"};

/* ---- the screen ------------------------------------------------------------------------------------------ */

/* Whose application it is or would be: root chooses a user, everybody else has their own. */
static const char *user_name(char target[VIEW_TEXT_SIZE], const struct service *s)
{
    const char *known = json_text(s->status, "for", NULL);
    struct account own;
    if (known)
        return view_clean(target, known);
    return account_by_id(account_own_id(), &own) ? view_clean(target, own.name) : _("this user");
}

static bool may_choose_whose(void)
{
    return account_is_root();
}

static const char *application_user(const struct service *s)
{
    return json_text(s->status, "for", "");
}

static struct item *add_account(struct view *v, const char *id, const char *label, const char *note,
                                const char *help, int indent)
{
    struct item *i = form_radio(&v->form, id, label, false);
    i->indent = indent;
    form_help(i, help);
    form_text(&v->form, STYLE_DIM, note)->indent = indent + 6;
    return i;
}

static void add_accounts(struct view *v)
{
    const struct service *s = (const struct service *)v;
    char text[300];
    text_format(text, sizeof text,
                json_flag(s->status, "linger", false)
                    ? _("runs as %s, also while %s is signed out")
                    : _("runs as %s while %s is signed in (lingering is off)"),
                user_name(VIEW_TEXT, s), user_name(VIEW_TEXT, s));
    add_account(v, accounts[0], _("Run as an application"), text,
                _("Under systemd of your own user; to try it out."), 0);
    if (may_choose_whose() && form_on(&v->form, accounts[0])) {
        struct item *whose = form_input(&v->form, "whose", _("User"), application_user(s), 24);
        whose->indent = 6;
        form_help(whose, _("Whose application it is: a user of this machine who signs in."));
    }
    form_text(&v->form, STYLE_NORMAL, _("Run as a service under"))->indent = 2;
    add_account(v, accounts[1], _("the endpoint's own user"),
                _("endpoint, with the fewest rights: recommended"),
                _("A user without a shell, in a unit that can hardly touch anything else."), 2);
    add_account(v, accounts[2], _("special user: SYSTEM"),
                _("root: only if nothing else works; then a fault reaches everything"),
                _("root. Not advised: whoever breaks into the endpoint has the machine."), 2);
    add_account(v, accounts[3], _("chosen user"),
                _("a user of this machine, for example one that may write to a share"),
                _("A user that exists on this machine."), 2);
    if (!form_on(&v->form, accounts[3]))
        return;
    struct item *i = form_input(&v->form, "name", _("Name"), "", 24);
    i->indent = 6;
    form_help(i, _("The user's name, as on this machine."));
    i = form_secret(&v->form, "password", _("Password"), 24);
    i->indent = 6;
    form_help(i,
              _("Only if the user is another person: it is verified and not stored. systemd needs "
                "none."));
}

static const struct {
    const char *word, *text;
    enum check_result result;
} states[] = {{"running", N_("running"), CHECK_OK},
              {"starting", N_("starting"), CHECK_WAIT},
              {"stopping", N_("stopping"), CHECK_WAIT},
              {"stopped", N_("stopped"), CHECK_SKIPPED},
              {"failed", N_("failed"), CHECK_FAIL},
              {"waiting-registration", N_("waits for the registration"), CHECK_WAIT}};

static void add_state(struct view *v)
{
    const struct service *s = (const struct service *)v;
    const char *state = json_text(s->status, "state", ""),
               *exposure = json_text(s->status, "exposure", NULL);
    const char *since = json_text(s->status, "since", NULL),
               *reason = json_text(s->status, "reason", NULL);
    enum check_result result = CHECK_WAIT;
    struct buf b;
    buf_init(&b, 4096);
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (text_equal(states[i].word, state)) {
            result = states[i].result;
            state = _(states[i].text);
        }
    buf_printf(&b, "%s  ", _("Service"));
    canvas_block_add(&b, result, v->app->ascii);
    buf_add_text(&b, state);
    if (since)
        buf_printf(&b, _(" since %s"), view_clock(VIEW_SHORT, since));
    if (json_number(s->status, "pid", 0))
        buf_printf(&b, _(", pid %lld"), (long long)json_number(s->status, "pid", 0));
    if (json_number(s->status, "restarts", 0))
        buf_printf(&b, _(", restarts %lld"), (long long)json_number(s->status, "restarts", 0));
    if (reason)
        buf_printf(&b, ": %s", view_clean(VIEW_TEXT, reason));
    if (exposure)
        buf_printf(&b, _(", exposure %s of 10"), view_clean(VIEW_TEXT, exposure));
    form_text(&v->form, STYLE_NORMAL, buf_text(&b));
    buf_free(&b);
}

static void add_without_systemd(struct view *v)
{
    const struct service *s = (const struct service *)v;
    form_text(&v->form, STYLE_WARN,
              _("There is no systemd on this machine, so nothing starts the endpoint by itself."));
    form_text(&v->form, STYLE_NORMAL, _("In the foreground it runs with this command:"));
    form_gap(&v->form);
    form_textf(&v->form, STYLE_STRONG, "%s",
               view_clean(VIEW_TEXT, json_text(s->status, "foreground", "endpointd")))
        ->indent = 4;
    form_gap(&v->form);
    form_text(&v->form, STYLE_NORMAL,
              json_flag(s->status, "answers", false)
                  ? _("It runs: it answers on its socket.")
                  : _("It does not run: nothing answers on its socket."));
    view_add_notice(v);
}

static void add_button(struct view *v, const char *id, const char *label, const char *help,
                       bool beside, bool right)
{
    struct item *i = form_button(&v->form, id, label);
    i->beside = beside;
    i->right = right;
    form_help(i, help);
}

static void add_buttons(struct view *v)
{
    const struct service *s = (const struct service *)v;
    if (s->running) {
        add_button(v, "nothing", _("Working..."),
                   _("It is being changed; every step is shown "
                     "below."),
                   false, false);
        return;
    }
    add_button(v, "start", _("Start"), _("Start the service now."), false, false);
    add_button(v, STOP, _("Stop"), _("Finish the batches under way, then stop."), true, false);
    add_button(v, "restart", _("Restart"), _("Stop and start."), true, false);
    add_button(v, "save", _("Save"),
               _("Change who it runs as, and when it starts: all of it, or nothing."), false, true);
    add_button(v, "undo", _("Undo"), _("Back to how it is."), true, true);
}

static void build(struct view *v)
{
    struct service *s = (struct service *)v;
    if (!s->known) {
        form_text(&v->form, STYLE_WAIT, _("Asking systemd..."));
        view_add_notice(v);
        return;
    }
    if (!json_flag(s->status, "systemd", false)) {
        add_without_systemd(v);
        return;
    }
    add_accounts(v);
    form_help(form_checkbox(&v->form, "autostart", _("Start with the system"), false),
              _("At boot, before anybody signs in; an application starts when you sign in."));
    form_gap(&v->form);
    if (!json_flag(s->status, "installed", false))
        form_text(
            &v->form, STYLE_WARN,
            _("The unit endpointd.service is not installed. The package endpoint brings it."));
    if (!json_flag(s->status, "rights", false))
        form_textf(&v->form, STYLE_WARN,
                   _("To change it, start this program with more rights: %sendpoint-tui"),
                   view_clean(VIEW_TEXT, json_text(s->status, "sudo", "sudo ")));
    add_state(v);
    if (may_choose_whose() && text_equal(json_text(s->status, "mode", ""), "application"))
        form_textf(&v->form, STYLE_WARN,
                   _("These screens show the system's settings. For those of the application:\n"
                     "sudo -u %s endpoint-tui"),
                   view_clean(VIEW_TEXT, application_user(s)));
    add_buttons(v);
    view_add_notice(v);
    checks_add(v, &s->steps);
}

/* ---- what systemd says -------------------------------------------------------------------------------- */

static const char *account_of(const json_t *status)
{
    const char *account = json_text(status, "account", "");
    if (text_equal(json_text(status, "mode", ""), "application"))
        return accounts[0];
    for (size_t i = 0; i < COUNT_OF(accounts); i++)
        if (text_equal(accounts[i] + strlen("run="), account))
            return accounts[i];
    return accounts[1];
}

/* Show the present state, unless a person is changing it. */
static void show_status(struct view *v)
{
    struct service *s = (struct service *)v;
    const char *account = account_of(s->status);
    for (int round = 0; round < 2;
         round++) { /* the chosen user's fields exist only after the first round */
        form_begin(&v->form);
        v->ops->build(v);
        form_end(&v->form);
        for (size_t i = 0; i < COUNT_OF(accounts); i++)
            form_set(&v->form, accounts[i], accounts[i] == account ? "1" : "");
    }
    form_set(&v->form, "autostart",
             text_equal(json_text(s->status, "autostart", "off"), "off") ? "" : "1");
    form_set(&v->form, "whose", application_user(s));
    form_set(&v->form, "name", account == accounts[3] ? json_text(s->status, "user", "") : "");
    form_set(&v->form, "password", "");
}

static void take_status(struct view *v, const json_t *status)
{
    struct service *s = (struct service *)v;
    bool editing = s->known && form_changed(&v->form);
    json_decref(s->status);
    s->status = json_incref((json_t *)status);
    s->known = true;
    if (!editing)
        show_status(v);
}

static void on_status(struct view *v, const json_t *answer, const char *said)
{
    if (json_object_get(answer, "systemd"))
        take_status(v, answer);
    else
        view_notice_answer(v, answer, said);
}

static void ask(struct view *v)
{
    const struct question q = {v, &((struct service *)v)->asking, on_status, NULL};
    ask_ctl(&q, NULL, (const char *[]){"service", "status", "--json", NULL});
}

static void tick(struct view *v, int64_t now)
{
    struct service *s = (struct service *)v;
    if (s->running || s->asking || (s->asked_ms && now && now - s->asked_ms < REFRESH_MS))
        return;
    s->asked_ms = now ? now : 1;
    ask(v);
}

/* ---- changing ------------------------------------------------------------------------------------------- */

static void run_next(struct view *v);

static void on_step(struct view *v, const json_t *event)
{
    struct service *s = (struct service *)v;
    json_t *check = json_deep_copy(event);
    bool undo = json_flag(event, "undo", false);
    char code[100], title[160];
    text_format(code, sizeof code, "%zu.%s%s", s->command_at, json_text(event, "step", ""),
                undo ? ".undo" : "");
    text_format(title, sizeof title, undo ? _("undone: %s") : "%s",
                _(json_text(event, "title", "")));
    json_set_text(check, "code", code);
    json_set_text(check, "title", title);
    json_set_number(check, "duration_ms", -1);
    json_t *line = json_pack("{s:o}", "check", check);
    checks_take(&s->steps, line);
    json_decref(line);
    form_reveal(&v->form, "start");
}

static void session_chosen(struct app *a, void *user, const char *id)
{
    struct service *s = user;
    (void)a;
    if (!text_equal(id, "yes"))
        return;
    s->yes = true;
    run_next(&s->view);
}

static void failed(struct view *v, const json_t *answer, const char *said)
{
    struct service *s = (struct service *)v;
    const json_t *error = json_object_get(answer, "error");
    const struct dialog_button buttons[] = {{"back", _("Back")}, {"yes", _("Do it")}};
    const char *code = json_text(error, "code", "");
    if (text_equal(code, "would_cut_session")) {
        dialog_ask(v->app, _("This ends your own session"), view_said(VIEW_TEXT, error, "text"),
                   buttons, COUNT_OF(buttons), session_chosen, s);
        return;
    }
    view_notice_answer(v, answer, said);
    if (text_equal(code, "password_needed"))
        form_focus(&v->form, "password");
    if (json_is_true(json_object_get(answer, "rolled_back")))
        view_notice(v, CHECK_FAIL, view_said(VIEW_TEXT, error, "text"),
                    _("Everything is back as it was, and runs."));
}

static void on_changed(struct view *v, const json_t *answer, const char *said)
{
    struct service *s = (struct service *)v;
    s->yes = false;
    if (!json_flag(answer, "ok", false)) {
        failed(v, answer, said);
        s->asked_ms = 0;
        return;
    }
    if (++s->command_at < s->command_count) {
        run_next(v);
        return;
    }
    if (s->saving)
        form_undo(&v->form);
    if (json_is_object(json_object_get(answer, "status")))
        take_status(v, json_object_get(answer, "status"));
    s->asked_ms = 0;
    v->app->live.asked_ms = 0;
    view_notice(v, CHECK_OK, _("Done."), NULL);
}

static void run_next(struct view *v)
{
    struct service *s = (struct service *)v;
    const struct question q = {v, &s->running, on_changed, on_step};
    const struct command *c = &s->commands[s->command_at];
    const char *words[WORDS + 6] = {"service"};
    size_t count = 1;
    for (size_t i = 0; i < WORDS && c->words[i][0]; i++)
        words[count++] = c->words[i];
    if (c->password) {
        words[count++] = "--password-file";
        words[count++] = "-";
    }
    if (s->yes)
        words[count++] = "--yes";
    words[count++] = "--json";
    char *password = c->password ? mem_format("%s\n", form_value(&v->form, "password")) : NULL;
    view_notice(v, CHECK_WAIT, _("Working..."), NULL);
    ask_ctl(&q, password, words);
    mem_free_secret(password);
}

static struct command *add_command(struct service *s, const char *first, const char *second)
{
    struct command *c = &s->commands[s->command_count++];
    *c = (struct command){.password = false};
    text_copy(c->words[0], sizeof c->words[0], first);
    text_copy(c->words[1], sizeof c->words[1], second);
    return c;
}

static const char *chosen_account(const struct view *v)
{
    for (size_t i = 0; i < COUNT_OF(accounts); i++)
        if (form_on(&v->form, accounts[i]))
            return accounts[i];
    return accounts[1];
}

static bool needed(struct view *v, const char *field)
{
    form_fault(&v->form, field, _("This is needed."));
    return form_focus(&v->form, field) && false;
}

/* For root: add the words that say whose application it is. */
static void add_whose(const struct view *v, struct command *c)
{
    if (!may_choose_whose())
        return;
    text_copy(c->words[2], sizeof c->words[2], "--for");
    text_copy(c->words[3], sizeof c->words[3], form_value(&v->form, "whose"));
}

/* Plan the commands that make the state match the screen; a change of who runs it is a single
 * command. False: a field is missing. */
static bool plan(struct view *v)
{
    struct service *s = (struct service *)v;
    const char *wanted = chosen_account(v), *now = account_of(s->status),
               *user = json_text(s->status, "user", ""), *name = form_value(&v->form, "name"),
               *whose = form_value(&v->form, "whose");
    bool application = wanted == accounts[0], choose = may_choose_whose();
    bool other = !text_equal(wanted, now) || (wanted == accounts[3] && !text_equal(name, user)) ||
                 (application && choose && !text_equal(whose, user));
    bool start = form_on(&v->form, "autostart"),
         starts = !text_equal(json_text(s->status, "autostart", "off"), "off");
    s->command_count = s->command_at = 0;
    if (wanted == accounts[3] && !name[0])
        return needed(v, "name");
    if (application && choose && !whose[0])
        return needed(v, "whose");
    if (other && application) {
        add_whose(v, add_command(s, "mode", "application"));
    } else if (other) {
        struct command *c =
            add_command(s, "user", wanted == accounts[3] ? name : wanted + strlen("run="));
        c->password = wanted == accounts[3] && form_value(&v->form, "password")[0];
    }
    if (start != starts) {
        struct command *c = add_command(s, "autostart", start ? "on" : "off");
        if (application)
            add_whose(v, c);
    }
    return true;
}

static void begin(struct view *v, bool saving)
{
    struct service *s = (struct service *)v;
    s->saving = saving;
    s->steps.count = 0;
    s->yes = false;
    run_next(v);
}

static void system_chosen(struct app *a, void *user, const char *id)
{
    (void)a;
    if (text_equal(id, "yes"))
        begin(user, true);
}

static void save(struct view *v)
{
    struct service *s = (struct service *)v;
    const struct dialog_button buttons[] = {{"back", _("Back")}, {"yes", _("Run it as root")}};
    if (s->running || !s->known || !plan(v))
        return;
    if (s->command_count == 0)
        view_notice(v, CHECK_OK, _("Nothing was changed."), NULL);
    else if (chosen_account(v) == accounts[2] && account_of(s->status) != accounts[2])
        dialog_ask(v->app, _("Run as SYSTEM?"),
                   _("As root, a fault in the endpoint, or somebody who breaks into it, can reach "
                     "everything on this machine. The endpoint's own user is enough for every ERP; "
                     "you can give another user a right that is missing."),
                   buttons, COUNT_OF(buttons), system_chosen, v);
    else
        begin(v, true);
}

static void stop_chosen(struct app *a, void *user, const char *id)
{
    struct service *s = user;
    (void)a;
    if (!text_equal(id, "yes") || s->running)
        return;
    s->command_count = s->command_at = 0;
    add_command(s, STOP, "");
    begin(user, false);
}

static void ask_stop(struct view *v)
{
    const struct dialog_button buttons[] = {{"back", _("Back")}, {"yes", _("Stop it")}};
    dialog_ask(
        v->app, _("Stop the endpoint?"),
        _("Until you start it again it reads nothing from the ERP, sends nothing and takes no "
          "orders. Nothing is lost."),
        buttons, COUNT_OF(buttons), stop_chosen, v);
}

static void act(struct view *v, const char *id)
{
    struct service *s = (struct service *)v;
    if (text_equal(id, "save")) {
        save(v);
    } else if (text_equal(id, "undo")) {
        form_undo(&v->form);
        v->notice[0] = '\0';
        s->steps.count = 0;
    } else if (text_equal(id, STOP) && !s->running) {
        ask_stop(v);
    } else if (!text_equal(id, "nothing") && !s->running) {
        s->command_count = s->command_at = 0;
        add_command(s, id, "");
        begin(v, false);
    }
}

static bool key(struct view *v, int k)
{
    if (k != K_F + 2 && k != K_CTRL('S'))
        return false;
    save(v);
    return true;
}

static void release(struct view *v)
{
    struct service *s = (struct service *)v;
    stream_close(s->asking);
    stream_close(s->running);
    json_decref(s->status);
}

static const struct view_ops ops = {
    .title = N_("Service user"),
    .build = build,
    .act = act,
    .key = key,
    .keys = N_("F2 ^S Save"),
    .help = N_("What runs the endpoint, and as which user. A change is made completely or not at "
               "all: if the service does not start as the new user, everything is put back.\nThe "
               "same without this screen: endpointctl service status, start, stop, restart, user, "
               "mode, autostart."),
    .tick = tick,
    .free = release,
};

struct view *tab_service(struct app *a)
{
    struct service *s = mem_alloc(sizeof *s);
    view_open(&s->view, a, &ops);
    return &s->view;
}
