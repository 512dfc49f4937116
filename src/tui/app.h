/* app.h – endpoint-tui without its terminal: tabs, dialogs, keys, what is known of the daemon.
 *
 * A view is one screen: a tab or a dialog. It builds its form from what it knows whenever it is drawn,
 * and acts on the ids that its form reports. run.c feeds keys and time in and brings the canvas out.
 *
 * How to write one (a tab is a file tab_NAME.c with tab_NAME(); a dialog is made by dialog_NAME() and
 * pushed):
 *
 *     struct mine { struct view view; …what it knows… };     view first, so that a cast gets there
 *     static const struct view_ops ops = {.title = N_("…"), .build = build, .act = act, …};
 *     m = mem_alloc(sizeof *m); view_open(&m->view, a, &ops); return &m->view;   (dialog: view_push)
 *
 * - build() adds every item anew, in order (form.h); an item keeps its value by its id. Settings of
 *   endpoint.conf are added with app_setting() only: label, help, filter, validation and Save (F2)
 *   come with it, on the tabs named in `editing_tabs` (settings.c). Other fields have ids of your own
 *   that are no setting's path; they never make the tab "unsaved" when you form_set() what is stored.
 *   v->width is the width there is. Texts from outside pass clean() before they are shown.
 * - act() gets the id of what was pressed. Slow things never wait: app_ctl() starts endpointctl, whose
 *   lines of JSON come to stream_handlers.line and whose end to .ended; app_ask() asks the daemon over
 *   its socket. Keep the returned stream, stream_close() it in .free (ended is not called then) and
 *   set it to NULL in .ended. After changing what build() shows, set v->app->dirty.
 * - Say what came of an action with view_notice() and friends, and put view_add_notice(v) where it is
 *   to stand in build().
 * - tick() is called often (each key, each second); look at the time before doing anything.
 * - Keys of a view come to key() before the frame sees them: letters only where nothing is typed.
 */
#ifndef ENDPOINT_TUI_APP_H
#define ENDPOINT_TUI_APP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "config/config.h"
#include "config/save.h"
#include "tui/canvas.h"
#include "tui/form.h"
#include "tui/stream.h"

struct app;
struct view;

struct view_ops {
    const char *title; /* N_() */
    /* Add the items of the screen, as it is now. */
    void (*build)(struct view *v);
    /* A button, row or choice was activated. */
    void (*act)(struct view *v, const char *id);
    /* A value was changed by a key. May be NULL. */
    void (*changed)(struct view *v, const char *id);
    /* A letter that is nobody's text, or a function key. May be NULL. */
    bool (*key)(struct view *v, int key);
    /* The view's own part of the key bar, "F5 t Test": key, letter and word, two blanks between. */
    const char *keys; /* N_(); may be NULL */
    /* What `?` says: what this screen is for, and the commands that do the same. N_(). */
    const char *help;
    /* Called about every second while the view is seen. May be NULL. */
    void (*tick)(struct view *v, int64_t now_ms);
    void (*free)(struct view *v); /* what the view owns beside its form; may be NULL */
};

struct view {
    const struct view_ops *ops;
    struct app *app;
    struct form form;
    int width;         /* columns for the form, before build is called */
    char notice[1200]; /* what the last action came to, with marks; "" : nothing */
};

enum { TAB_CONNECTION, TAB_SERVICE, TAB_SUMMARY, TAB_ADVANCED, TABS };
#define DIALOGS 8

/* What the daemon said last. */
struct live {
    json_t *status;     /* NULL: it does not answer */
    struct error error; /* why not */
    struct stream *asking;
    int64_t asked_ms; /* monotonic */
    bool known;       /* asked at least once */
};

struct app {
    struct paths paths;
    char ctl[600]; /* endpointctl, full path */
    char host[80];
    char hint[200]; /* said once, in the line of help, until a key is pressed; "": nothing */
    bool ascii, quit, dirty, repaint;
    bool sudo;         /* it ends to be started anew with sudo */
    bool revoked_told; /* the panel's no was shown once */
    int status_every_ms;
    struct streams *streams;
    struct live live;
    struct view *tabs[TABS];
    int tab;
    struct view *dialogs[DIALOGS];
    int depth;
    /* The file, shared by the tabs that edit it. */
    struct config *config;
    struct config_fault *faults;
    size_t fault_count;
    struct error config_error; /* why the file cannot be read; STATUS_OK: it can */
    struct file_stamp stamp;
    struct stream *paths_asking; /* whether endpointd can use the files that are to be saved */
    bool saved_restart;          /* what was saved last waits for a restart */
    json_t *erps;                /* mappings that there are */
    char endpoint_id[128], account_id[128], account_name[256], panel_url[256];
    int64_t registered_ms;
    int body_row, body_rows; /* where the view's form is drawn: for the mouse */
};

/* endpointctl is looked for beside the program. ctl may be NULL. */
void app_open(struct app *a, const struct paths *paths, const char *ctl, bool ascii);
void app_close(struct app *a);
void app_draw(struct app *a, struct canvas *c);
void app_key(struct app *a, int key);
void app_click(struct app *a, int row, int column);
/* Asks the daemon when it is time, and lets the view that is seen do its periodic work. */
void app_tick(struct app *a, int64_t now_ms);
/* The view that the keys go to. */
struct view *app_view(const struct app *a);
void app_register_first(struct app *a); /* opens on the registration */
void app_ask_status(struct app *a);     /* now, not only when it is time */

/* ---- config.c of this room: the file ---- */
void app_load_config(struct app *a);
void app_load_identity(struct app *a);
/* Save what was changed on the tabs. notice goes to v. */
void app_save(struct app *a, struct view *v);
/* Its parts, for save_paths.c: what is changed (into the forms' own texts), saving it without asking, and telling
 * endpointd. */
#define APP_CHANGES 64
size_t app_changes(const struct app *a, struct config_change changes[APP_CHANGES]);
void app_save_now(struct app *a, struct view *v);
void app_saved_reload(struct app *a);
/* The field of a setting, with label, help, filter and choices from the table. */
struct item *app_setting(struct view *v, const char *path);
/* Validates items whose id is a setting's path; for form.validate with the app as user. */
bool app_validate(void *app, const struct item *item, char reason[400]);
/* Gives an address without a scheme its https://; for form.tidy. */
void app_tidy(void *app, struct item *item);
/* A value as its field has it: a number whose 0 means "none" is empty then. */
const char *setting_shown(const struct setting *s, const char *value);
bool app_unsaved(const struct app *a);
/* All settings as they stand on the screens, secrets that were typed among them; json_decref. */
json_t *app_values(const struct app *a);

/* ---- view.c: what views share ---- */
void view_open(struct view *v, struct app *a, const struct view_ops *ops);
/* Put a dialog on top; it is freed when it is closed. False (and freed) when there are too many. */
bool view_push(struct view *v);
void view_close(struct view *v); /* the topmost one */
/* A result: block, text, and a remedy on a line of its own. Texts from outside. */
void view_notice(struct view *v, enum check_result result, const char *text, const char *remedy);
void view_notice_error(struct view *v, const struct error *e);
/* An answer {"ok":false,"error":{…}} or a child that ended without one. */
void view_notice_answer(struct view *v, const json_t *answer, const char *said);
/* Add the notice to the form, when there is one. */
void view_add_notice(struct view *v);
/* One answer of a check as items: block, title, text, time; remedy below. */
void view_add_check(struct view *v, const struct check *check);
void view_add_check_json(struct view *v, const json_t *check);
/* Text from outside, cleaned, in a buffer of its own turn (eight turns). */
const char *clean(const char *text);
/* The same for a sentence that another process finished, of endpointd or a worker perhaps: in the reader's
 * language as far as the catalogue knows it. Not for names and values. */
const char *told(const char *text);
/* A time for people: "08:14:02", with the day before it when it is not today; "-" for none. */
const char *clock_short(const char *rfc3339);
/* ---- words.c: names of fields, days, ids ---- */
/* A text in which the paths of settings are the names of their fields: erp.port is '"TCP port" (tab 1)'. What
 * stands in backticks is a command and stays. In a buffer of its own turn (eight turns), like the next ones. */
const char *fields_named(const char *text);
/* A choice's value in the words of its field; the value itself where there are none. */
const char *setting_choice_label(const struct setting *s, const char *value);
/* For lists, in local time: "2026-03-02", "08:14:02", "2026-03-02 08:14"; "-" for none. */
const char *clock_day(const char *rfc3339);
const char *clock_time(const char *rfc3339);
const char *clock_dated(const char *rfc3339);
bool clock_past(const char *rfc3339); /* now or before */
/* The day as a line of its own, when it is another than the last one. last: "" at first. */
void view_add_day(struct view *v, const char *rfc3339, char last[CLOCK_TEXT]);
/* Append as much of a text as has room in columns; what is cut ends in an ellipsis. */
void text_cut(struct buf *b, const char *text, int columns);
/* Does text hold what somebody looks for? Case and marks of letters do not matter; "": yes. */
bool text_found(const char *wanted, const char *text);
/* Append text wrapped to width: the first line indented by first, the others by indent; "\n" before it
 * when b is not empty. */
void text_hang(struct buf *b, int first, int indent, int width, const char *text);
/* A name and its value, which hangs when it is long. */
void view_add_fact(struct view *v, const char *name, int columns, const char *value);
/* 10412 as people read it, "10,412"; in a buffer of its own turn (eight turns). */
const char *number_text(int64_t number);
/* endpointctl with the options that name our places, then words (NULL ends them). */
struct stream *app_ctl(struct app *a, const char *input, const struct stream_handlers *handlers,
                       struct error *e, ...);
/* Ask the daemon. Steals request. */
struct stream *app_ask(struct app *a, json_t *request, const struct stream_handlers *handlers,
                       struct error *e);

/* ---- ask.c: one question, one answer ---- */
struct question {
    struct view *view;
    struct stream **slot; /* where the view keeps it; NULL again when it is answered */
    /* The last line that came. NULL: none; said tells why, as far as it is known. */
    void (*done)(struct view *v, const json_t *answer, const char *said);
    void (*line)(struct view *v, const json_t *event); /* lines before the last; may be NULL */
};
/* Ask endpointctl (words end with NULL) or the daemon. What was asked before in this slot is dropped.
 * False: the notice of the view says why not. */
bool ask_ctl(const struct question *q, const char *input, const char *const words[]);
bool ask_daemon(const struct question *q, json_t *request);

/* ---- checks.c: blocks that come one after the other ---- */
#define CHECKS_SHOWN 32
struct checks {
    struct check list[CHECKS_SHOWN];
    size_t count;
    struct stream *stream; /* not NULL: they are being asked */
};
/* Take a line of endpointctl --stream. */
void checks_take(struct checks *k, const json_t *line);
/* Nobody answers any more: what is still open was not tried. */
void checks_stop(struct checks *k, const char *why);
void checks_add(struct view *v, const struct checks *k);
/* One line of how they came out, when nobody is being asked any more. */
void checks_sum(struct view *v, const struct checks *k);

/* ---- dialogs.c ---- */
void dialog_text(struct app *a, const char *title, const char *text);
/* Buttons: id and label. Chosen: the id, or NULL for Esc and for "back", on which the focus begins when it is
 * among them. */
struct dialog_button {
    const char *id, *label;
};
void dialog_ask(struct app *a, const char *title, const char *text,
                const struct dialog_button *buttons, size_t count,
                void (*chosen)(struct app *a, void *user, const char *id), void *user);
/* A list to pick from; rows are {"id","text"}; steals rows. */
void dialog_list(struct app *a, const char *title, const char *text, json_t *rows,
                 void (*chosen)(struct app *a, void *user, const char *id), void *user);
void dialog_help(struct app *a, const struct view *v);
/* The choices of a choice item as a list. */
void dialog_choice(struct view *v, struct item *item);
void dialog_quit(struct app *a);

/* ---- one file each ---- */
struct view *tab_connection(struct app *a);
struct view *tab_service(struct app *a);
struct view *tab_summary(struct app *a);
struct view *tab_advanced(struct app *a);
void dialog_register(struct app *a, const char *why);
void dialog_plugin(struct app *a, const char *plugin_id);
void dialog_journal(struct app *a, const char *plugin_id); /* NULL: of all */
void dialog_simulate(struct app *a, const char *plugin_id);
void dialog_orders(struct app *a, const char *plugin_id); /* NULL: of all */

/* ---- order.c: one order ---- */
void dialog_order(struct app *a, const char *id, const char *plugin);
const char *order_state_text(const char *state);

/* ---- plugin.c: a plugin of the status, as blocks ---- */
const json_t *plugin_find(const struct app *a, const char *id); /* NULL: not there, or no daemon */
/* The same in one line of a list, with what width allows, and the titles of its columns. */
void plugin_row(const struct app *a, const json_t *plugin, int width, struct buf *b);
void plugin_row_titles(int width, struct buf *b);
/* Its lines: block and last run, sparkline and queue, progress, orders, error with remedy. */
void plugin_lines(const struct app *a, const json_t *plugin, int width, struct buf *b);
/* Ask for a pass now; what comes of it is a notice of v. */
void plugin_run(struct view *v, struct stream **slot, const char *id);
/* A plain user where Endpoint is there as a service: says so and offers sudo. False: it is not so. */
bool dialog_beside(struct app *a);
void dialog_bundle(struct app *a);
void dialog_unregister(struct app *a);
/* What was asked of the tabs' tests: for `t`. */
void connection_test(struct view *v, const char *what);

#endif
