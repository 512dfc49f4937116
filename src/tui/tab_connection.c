/* Tab 1: which ERP, how to reach its SQL Server, and whether that works. */
#include "tui/tab_connection.h"

#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/app.h"
#include "config/settings.h"
#include "tui/settings.h"
#include "tui/view.h"
#include "tui/ask.h"
#include "tui/checks.h"
#include "tui/dialog.h"

struct connection {
    struct view view;
    struct checks checks;
    struct stream *picking;   /* the question for a pick list */
    const struct pick *picks; /* which pick list */
    json_t *rows;             /* the rows to pick from */
    struct stream *certificate;
    bool show_checks; /* scroll to the checks at the next drawing */
};

/* What is placed beside a setting's field. */
static const struct {
    const char *path;
    bool beside;                /* on the line of the field before, if there is room */
    const char *button, *label; /* after the field */
    const char *help;
} arrangement[] = {
    {"erp.server", false, "instances", N_("List..."),
     N_("The instances of SQL Server on that machine, as its SQL Server Browser lists them.")},
    {"erp.port", true, NULL, NULL, NULL},
    {"erp.database", false, "databases", N_("List..."),
     N_("The databases that this login can see on the server.")},
    {"erp.tls_verify", false, "certificate", N_("Show..."),
     N_("The certificate that the server shows, to trust it.")},
    {"erp.operator", false, "operators", N_("List..."), N_("The operators that the ERP knows.")},
    {"erp.query_timeout", true, NULL, NULL, NULL},
};

static const struct {
    const char *id, *label, *help;
} tests[] = {
    {"connection", N_("Test connection"),
     N_("Tests name, port, certificate, login, and that it is the ERP's database. Saves "
        "nothing.")},
    {"operator", N_("operator"), N_("Does the ERP know the operator?")},
    {"rights", N_("rights"),
     N_("May the login read everything that is synchronised? One row of each is read.")},
    {"panel", N_("panel"), N_("Can we reach the panel, and does it know this endpoint?")},
    {"all", N_("Test all"), N_("Everything between here and the ERP, and here and the panel.")},
};

/* ---- the screen ---------------------------------------------------------------------------------- */

static void add_erp(struct view *v)
{
    const struct app *a = v->app;
    const struct setting *s = setting_find("erp.type");
    const char *now = config_text(a->config, "erp.type");
    struct item *i = form_choice(&v->form, s->path, _(s->label), now);
    bool known = !*now;
    size_t k;
    json_t *row;
    if (!*now)
        form_option(i, "", _("(choose)"));
    json_array_foreach (a->erps, k, row) {
        const char *name = json_text(row, "name", "");
        known |= text_equal(name, now);
        form_option(i, name, view_clean(VIEW_TEXT, json_text(row, "title", name)));
    }
    if (!known)
        form_option(i, now, view_clean(VIEW_TEXT, now));
    form_help(i, _("The ERP that this endpoint reads. Enter shows the list."));
}

static bool matters(const struct view *v, const struct setting *s)
{
    char path[64];
    if (s->page != PAGE_CONNECTION || !setting_needed(s, form_value(&v->form, "erp.type")))
        return false;
    const char *equals = s->when ? strchr(s->when, '=') : NULL;
    if (!equals || !text_format(path, sizeof path, "%.*s", (int)(equals - s->when), s->when))
        return true;
    return text_equal(form_value(&v->form, path), equals + 1);
}

static void add_settings(struct view *v)
{
    const struct setting *s;
    for (size_t i = 0; (s = setting_at(i)) != NULL; i++) {
        if (text_equal(s->path, "erp.type") || text_equal(s->path, "erp.auth") || !matters(v, s))
            continue;
        if (text_equal(s->path, "erp.user")) /* the kind of login comes before it */
            settings_add(v, "erp.auth");
        struct item *field = settings_add(v, s->path);
        for (size_t k = 0; k < COUNT_OF(arrangement); k++) {
            if (!text_equal(arrangement[k].path, s->path))
                continue;
            field->beside = arrangement[k].beside;
            if (!arrangement[k].button)
                continue;
            struct item *b = form_button(&v->form, arrangement[k].button, _(arrangement[k].label));
            b->beside = true;
            form_help(b, _(arrangement[k].help));
        }
    }
}

static void add_faults(struct view *v)
{
    const struct app *a = v->app;
    if (a->config_error.status != STATUS_OK) {
        form_textf(&v->form, STYLE_FAIL, "%s", view_clean(VIEW_TEXT, a->config_error.text));
        form_text(&v->form, STYLE_NORMAL, view_clean(VIEW_TEXT, error_advice(&a->config_error)));
    }
    for (size_t i = 0; i < a->fault_count; i++) {
        const struct config_fault *f = &a->faults[i];
        if (f->line == 0 && *f->setting) /* not set yet: its field reports it at saving */
            continue;
        form_textf(&v->form, f->warning ? STYLE_WARN : STYLE_FAIL, _("endpoint.conf, line %d: %s"),
                   f->line, view_clean(VIEW_TEXT, f->text));
    }
}

static void add_tests(struct view *v)
{
    struct connection *c = (struct connection *)v;
    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        struct item *b = form_button(&v->form, tests[i].id, _(tests[i].label));
        b->beside = i > 0;
        form_help(b, _(tests[i].help));
    }
    if (c->checks.stream) {
        struct item *b = form_button(&v->form, "cancel", _("Cancel"));
        b->beside = true;
        form_help(b, _("Stop testing."));
    }
    view_add_notice(v);
    checks_sum(v, &c->checks);
    checks_add(v, &c->checks);
}

static void build(struct view *v)
{
    struct connection *c = (struct connection *)v;
    v->form.validate = settings_validate;
    v->form.tidy = settings_tidy;
    v->form.user = v->app;
    add_faults(v);
    add_erp(v);
    add_settings(v);
    form_rule(&v->form);
    add_tests(v);
    struct item *save = form_button(&v->form, "save", _("Save"));
    save->right = true;
    form_help(save, _("Check everything, write endpoint.conf, and tell endpointd to use it."));
    struct item *undo = form_button(&v->form, "undo", _("Undo"));
    undo->right = undo->beside = true;
    form_help(undo, _("Back to the file's values."));
    if (c->show_checks)
        form_show(&v->form, "connection");
    c->show_checks = false;
}

/* ---- testing --------------------------------------------------------------------------------------- */

static char *values_text(const struct app *a)
{
    json_t *values = settings_values(a);
    char *text = json_dumps(values, JSON_COMPACT);
    json_decref(values);
    return text;
}

static void on_check(struct view *v, const json_t *line)
{
    struct connection *c = (struct connection *)v;
    checks_take(&c->checks, line);
    c->show_checks = true;
}

static void on_tested(struct view *v, const json_t *answer, const char *said)
{
    struct connection *c = (struct connection *)v;
    checks_stop(&c->checks, _("not answered"));
    if (c->checks.count == 0 || (answer && json_object_get(answer, "error")))
        view_notice_answer(v, answer, said);
    c->show_checks = true;
}

static void test(struct view *v, const char *what)
{
    struct connection *c = (struct connection *)v;
    const struct question q = {v, &c->checks.stream, on_tested, on_check};
    char *text = values_text(v->app);
    v->notice[0] = '\0';
    c->checks.count = 0;
    c->show_checks = true;
    form_focus(&v->form, what);
    ask_ctl(&q, text, (const char *[]){"test", what, "--values", "-", "--stream", NULL});
    mem_free_secret(text);
}

static bool cancel(struct connection *c)
{
    if (!c->checks.stream)
        return false;
    stream_close(c->checks.stream);
    c->checks.stream = NULL;
    checks_stop(&c->checks, _("cancelled"));
    view_notice(&c->view, CHECK_SKIPPED, _("Cancelled."), NULL);
    return true;
}

void tab_connection_test(struct view *v, const char *what)
{
    test(v, what);
}

/* ---- pick lists ---------------------------------------------------------------------------------------- */

static void pick_instance(struct connection *c, const json_t *row);
static void pick_id(struct connection *c, const json_t *row);
static void text_instance(char *text, size_t size, const json_t *row);
static void text_id(char *text, size_t size, const json_t *row);

static const struct pick {
    const char *button, *path; /* the setting that it is for */
    const char *words[6];      /* endpointctl is asked */
    const char *member;        /* of the answer; NULL: the answer is the list itself */
    const char *title;
    const char *none; /* text if there is nothing to pick */
    void (*take)(struct connection *c, const json_t *row);
    void (*text)(char *text, size_t size, const json_t *row);
} picks[] = {
    {"instances",
     "erp.server",
     {"erp", "instances", "--values", "-", "--json"},
     "instances",
     N_("Instances of SQL Server"),
     N_("SQL Server Browser there lists no instance. Is one installed and started? A server "
        "without named instances needs only the name of its machine."),
     pick_instance,
     text_instance},
    {"databases",
     "erp.database",
     {"erp", "databases", "--values", "-", "--json"},
     "databases",
     N_("Databases"),
     N_("The login sees no database. It needs a user in the company's database."),
     pick_id,
     text_id},
    {"operators",
     "erp.operator",
     {"lookup", "operators", "--values", "-", "--json"},
     NULL,
     N_("Operators"),
     N_("The ERP has no active operators."),
     pick_id,
     text_id},
};

#define DEFAULT_INSTANCE "MSSQLSERVER"
#define DEFAULT_PORT     1433

static void text_id(char *text, size_t size, const json_t *row)
{
    const char *id = json_text(row, "id", ""), *name = json_text(row, "name", id);
    text_format(text, size, text_equal(id, name) ? "%s" : "%s   %s", id, name);
}

static void pick_id(struct connection *c, const json_t *row)
{
    form_type(&c->view.form, c->picks->path, json_text(row, "id", ""));
}

static void text_instance(char *text, size_t size, const json_t *row)
{
    const char *name = json_text(row, "name", ""), *version = json_text(row, "version", "");
    int port = (int)json_number(row, "port", 0);
    if (port)
        text_format(text, size, _("%s   %.20s   port %d"), name, version, port);
    else
        text_format(text, size, _("%s   %.20s   TCP/IP is off"), name, version);
}

/* A named instance's port may change at each start, so SQL Server Browser is asked for it each
 * time; the default instance needs only the machine's name. */
static void pick_instance(struct connection *c, const json_t *row)
{
    struct form *f = &c->view.form;
    char server[400], port[16] = "";
    const char *name = json_text(row, "name", "");
    int listens = (int)json_number(row, "port", 0);
    bool standard = text_equal_nocase(name, DEFAULT_INSTANCE);
    if (!text_copy(server, sizeof server, json_text(row, "id", "")))
        return;
    if (standard)
        server[strcspn(server, "\\")] = '\0';
    if (standard && listens && listens != DEFAULT_PORT)
        text_format(port, sizeof port, "%d", listens);
    form_type(f, "erp.server", server);
    form_type(f, "erp.port", port);
    c->show_checks = !listens;
    if (!listens)
        view_notice(
            &c->view, CHECK_WARN, _("This instance does not listen on TCP."),
            _("Enable TCP/IP for it in SQL Server Configuration Manager, under Protocols, and "
              "restart it."));
    else if (!standard)
        view_notice(&c->view, CHECK_OK,
                    _("SQL Server Browser is asked for its port at each connection."), NULL);
}

static void picked(struct app *a, void *user, const char *id)
{
    struct connection *c = user;
    long index;
    (void)a;
    if (id && text_to_long(id, 0, (long)json_array_size(c->rows) - 1, &index))
        c->picks->take(c, json_array_get(c->rows, (size_t)index));
    json_decref(c->rows);
    c->rows = NULL;
}

/* Rows are numbered, because the value of a row may be longer than an id, or empty. */
static void on_rows(struct view *v, const json_t *answer, const char *said)
{
    struct connection *c = (struct connection *)v;
    const struct pick *p = c->picks;
    json_t *rows = p->member ? json_object_get(answer, p->member) : (json_t *)answer;
    json_t *list, *row;
    const char *now = form_value(&v->form, p->path);
    char focus[24] = "";
    size_t i;
    if (!json_is_array(rows)) {
        view_notice_answer(v, answer, said);
        c->show_checks = true;
        return;
    }
    v->notice[0] = '\0';
    list = json_array();
    json_array_foreach (rows, i, row) {
        char id[24], text[600];
        text_format(id, sizeof id, "%zu", i);
        p->text(text, sizeof text, row);
        if (text_equal_nocase(json_text(row, "id", ""), now))
            text_copy(focus, sizeof focus, id);
        json_array_append_new(list, json_pack("{s:s,s:s}", "id", id, "text", text));
    }
    json_decref(c->rows);
    c->rows = json_incref(rows);
    dialog_list(v->app, _(p->title), json_array_size(list) ? NULL : _(p->none), list, picked, c);
    struct form *f = &app_view(v->app)->form; /* its rows are not built yet */
    text_copy(f->focus, sizeof f->focus, focus);
}

static void pick(struct view *v, const struct pick *p)
{
    struct connection *c = (struct connection *)v;
    const struct question q = {v, &c->picking, on_rows, NULL};
    c->checks.count = 0;
    if (!*form_value(&v->form, "erp.type") && !text_equal(p->button, "instances")) {
        v->notice[0] = '\0';
        form_fault(&v->form, "erp.type", _("Choose the ERP first."));
        form_focus(&v->form, "erp.type");
        return;
    }
    if (!*form_value(&v->form, "erp.server")) {
        v->notice[0] = '\0';
        form_fault(&v->form, "erp.server", _("Type the name or address of the machine first."));
        form_focus(&v->form, "erp.server");
        return;
    }
    char *text = values_text(v->app);
    c->picks = p;
    view_notice(v, CHECK_WAIT, _("Asking the SQL Server..."), NULL);
    ask_ctl(&q, text, p->words);
    mem_free_secret(text);
}

static bool cancel_pick(struct connection *c)
{
    if (!c->picking)
        return false;
    stream_close(c->picking);
    c->picking = NULL;
    view_notice(&c->view, CHECK_SKIPPED, _("Cancelled."), NULL);
    return true;
}

/* ---- the certificate ---------------------------------------------------------------------------------- */

struct trusting {
    struct connection *connection;
    char fingerprint[100];
};

static void trust(struct app *a, void *user, const char *id)
{
    struct trusting *t = user;
    struct form *f = &t->connection->view.form;
    (void)a;
    if (text_equal(id, "pin")) {
        form_type(f, "erp.tls_verify", "pin");
        /* Its field exists only after the form is built anew. */
        form_begin(f);
        t->connection->view.ops->build(&t->connection->view);
        form_end(f);
        form_type(f, "erp.tls_pin", t->fingerprint);
        view_notice(&t->connection->view, CHECK_OK,
                    _("Only this certificate is trusted, once it is saved."), NULL);
    }
    free(t);
}

static void add_fact(struct buf *b, const char *name, const char *value)
{
    enum { NAME_COLUMNS = 12 };
    if (*value)
        buf_printf(b, MARK_DIM "%s" MARK_END "%*s%s\n", name, NAME_COLUMNS - canvas_columns(name),
                   "", view_clean(VIEW_TEXT, value));
}

static void on_certificate(struct view *v, const json_t *answer, const char *said)
{
    struct connection *c = (struct connection *)v;
    const char *fingerprint = json_text(answer, "fingerprint", "");
    const struct dialog_button buttons[] = {{"pin", _("Trust this certificate only")},
                                            {"back", _("Back")}};
    char valid[64];
    struct buf b;
    if (!json_flag(answer, "ok", false)) {
        view_notice_answer(v, answer, said);
        c->show_checks = true;
        return;
    }
    v->notice[0] = '\0';
    struct trusting *t = mem_alloc(sizeof *t);
    t->connection = c;
    text_copy(t->fingerprint, sizeof t->fingerprint, fingerprint);
    buf_init(&b, 8192);
    buf_printf(&b, _("The SQL Server at %s shows this certificate:"),
               view_clean(VIEW_TEXT, form_value(&v->form, "erp.server")));
    buf_add_text(&b, "\n \n");
    add_fact(&b, _("Issued to"), json_text(answer, "subject", ""));
    add_fact(&b, _("Names"), json_text(answer, "names", ""));
    add_fact(&b, _("Issued by"),
             json_flag(answer, "self_signed", false) ? _("itself")
                                                     : json_text(answer, "issuer", ""));
    text_format(valid, sizeof valid, "%.10s \u2013 %.10s", json_text(answer, "not_before", ""),
                json_text(answer, "not_after", ""));
    add_fact(&b, _("Valid"), valid);
    add_fact(&b, "SHA-256", fingerprint);
    buf_add_text(&b, "\n");
    buf_add_text(&b,
                 _("Compare the fingerprint with the one on the server, then trust it: any other "
                   "certificate will be refused."));
    if (!json_flag(answer, "lasting", true)) {
        buf_add_text(&b, "\n \n");
        buf_add_text(
            &b, _("This server has no certificate of its own and makes a new one at each start: "
                  "if you trust this one, it will be refused after the next start of the SQL "
                  "Server."));
    }
    dialog_ask(v->app, _("Certificate of the SQL Server"), buf_text(&b), buttons, COUNT_OF(buttons),
               trust, t);
    buf_free(&b);
}

static void show_certificate(struct view *v)
{
    struct connection *c = (struct connection *)v;
    const struct question q = {v, &c->certificate, on_certificate, NULL};
    char *text = values_text(v->app);
    c->checks.count = 0;
    view_notice(v, CHECK_WAIT, _("Asking the SQL Server..."), NULL);
    ask_ctl(&q, text, (const char *[]){"erp", "certificate", "--values", "-", "--json", NULL});
    mem_free_secret(text);
}

/* ---- keys ------------------------------------------------------------------------------------------------ */

static void act(struct view *v, const char *id)
{
    struct connection *c = (struct connection *)v;
    if (text_equal(id, "save"))
        settings_save(v->app, v);
    else if (text_equal(id, "undo")) {
        form_undo(&v->form);
        v->notice[0] = '\0';
    } else if (text_equal(id, "cancel"))
        cancel(c);
    else if (text_equal(id, "certificate"))
        show_certificate(v);
    else {
        for (size_t i = 0; i < COUNT_OF(picks); i++)
            if (text_equal(id, picks[i].button)) {
                pick(v, &picks[i]);
                return;
            }
        test(v, id);
    }
}

static bool key(struct view *v, int k)
{
    if (k == K_F + 5 || k == 't') {
        test(v, v->app->endpoint_id[0] ? "all" : "connection");
        return true;
    }
    struct connection *c = (struct connection *)v;
    return k == K_ESC && (cancel(c) || cancel_pick(c));
}

static void release(struct view *v)
{
    struct connection *c = (struct connection *)v;
    stream_close(c->checks.stream);
    stream_close(c->picking);
    stream_close(c->certificate);
    json_decref(c->rows);
}

static const struct view_ops ops = {
    .title = N_("Connection"),
    .build = build,
    .act = act,
    .key = key,
    .keys = N_("F2 ^S Save  F5 t Test"),
    .help = N_("Which ERP this endpoint reads, and how it gets there. The tests use the values on "
               "the screen, saved or not.\nThe same without this screen: endpointctl config set, "
               "test, erp instances, erp databases, erp certificate."),
    .free = release,
};

struct view *tab_connection(struct app *a)
{
    struct connection *c = mem_alloc(sizeof *c);
    view_open(&c->view, a, &ops);
    return &c->view;
}
