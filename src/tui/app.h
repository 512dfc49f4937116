/* app.h – endpoint-tui without its terminal: tabs, dialogs, keys, and the daemon's last state.
 *
 * A view is one screen: a tab or a dialog. It builds its form anew from its data for each drawing,
 * and acts on the ids that its form reports. run.c feeds it keys and time, and shows the canvas.
 *
 * How to write one (a tab is a file tab_NAME.c with tab_NAME(); a dialog is made by dialog_NAME() and
 * pushed):
 *
 *     struct mine { struct view view; …what it knows… };     view first, so that a cast gets there
 *     static const struct view_ops ops = {.title = N_("…"), .build = build, .act = act, …};
 *     m = mem_alloc(sizeof *m); view_open(&m->view, a, &ops); return &m->view;   (dialog: view_push)
 *
 * - build() adds every item anew, in order (form.h); an item keeps its value by its id. Add
 * settings of endpoint.conf with settings_add() only: it brings label, help, filter, validation and
 * Save (F2), on the tabs named in `editing_tabs` (settings.c). Give other fields ids of your own
 * that are not a setting's path; they never make the tab "unsaved" if you form_set() the stored
 * value. v->width is the available width. Pass texts from outside through view_clean() before you
 * show them.
 * - act() gets the id of the pressed item. Never wait for slow things: view_ctl() starts
 * endpointctl and passes its lines of JSON to stream_handlers.line and its end to .ended;
 * view_ask() asks the daemon over its socket. Keep the returned stream, stream_close() it in .free
 * (then ended is not called) and set it to NULL in .ended. After you change anything that build()
 * shows, set v->app->dirty.
 * - Report an action's result with view_notice() and friends, and call view_add_notice(v) in
 * build() where it should appear.
 * - tick() is called often (each key, each second); check the time before you do anything.
 * - key() gets a view's keys before the frame does; it gets letters only where nothing is being
 * typed.
 */
#ifndef ENDPOINT_TUI_APP_H
#define ENDPOINT_TUI_APP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"
#include "config/config_save.h"
#include "os/file.h"
#include "tui/canvas.h"
#include "tui/form.h"
#include "tui/stream.h"

struct app;
struct view;

struct view_ops {
    const char *title; /* N_() */
    /* Add the items of the screen in its present state. */
    void (*build)(struct view *v);
    /* A button, row or choice was activated. */
    void (*act)(struct view *v, const char *id);
    /* A value was changed by a key. May be NULL. */
    void (*changed)(struct view *v, const char *id);
    /* A letter that is not typed into a field, or a function key. May be NULL. */
    bool (*key)(struct view *v, int key);
    /* The view's own part of the key bar, "F5 t Test": key, letter and word, two blanks between. */
    const char *keys; /* N_(); may be NULL */
    /* The text for `?`: the screen's purpose, and the commands that do the same. N_(). */
    const char *help;
    /* Called about every second while the view is on top. May be NULL. */
    void (*tick)(struct view *v, int64_t now_ms);
    void (*free)(struct view *v); /* frees what the view owns beside its form; may be NULL */
};

struct view {
    const struct view_ops *ops;
    struct app *app;
    struct form form;
    int width;         /* columns for the form, before build is called */
    char notice[1200]; /* the last action's result, with marks; "": none */
};

enum { TAB_CONNECTION, TAB_SERVICE, TAB_SUMMARY, TAB_ADVANCED, TABS };
#define DIALOGS 8

/* The daemon's last answer. */
struct live {
    json_t *status;     /* NULL: no answer */
    struct error error; /* why not */
    struct stream *asking;
    int64_t asked_ms; /* monotonic */
    bool known;       /* asked at least once */
};

struct app {
    struct paths paths;
    char ctl[600]; /* endpointctl, full path */
    char host[80];
    char hint[200]; /* shown once, in the line of help, until a key is pressed; "": none */
    bool ascii, quit, dirty, repaint;
    bool sudo;         /* it ends, to be restarted with sudo */
    bool revoked_told; /* the panel's refusal was shown once */
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
    struct error config_error; /* why the file cannot be read; STATUS_OK: it can be read */
    struct file_stamp stamp;
    struct stream *paths_asking; /* asks whether endpointd can use the files to be saved */
    bool saved_restart;          /* the last save takes effect after a restart */
    json_t *erps;                /* the mappings that exist */
    char endpoint_id[128], account_id[128], account_name[256], panel_url[256];
    int64_t registered_ms;
    int body_row, body_rows; /* where the view's form is drawn, for the mouse */
};

/* endpointctl is searched beside the program. ctl may be NULL. */
void app_open(struct app *a, const struct paths *paths, const char *ctl, bool ascii);
void app_close(struct app *a);
void app_draw(struct app *a, struct canvas *c);
void app_key(struct app *a, int key);
void app_click(struct app *a, int row, int column);
/* Ask the daemon when it is time, and let the view on top do its periodic work. */
void app_tick(struct app *a, int64_t now_ms);
/* The view that gets the keys. */
struct view *app_view(const struct app *a);
void app_register_first(struct app *a); /* opens on the registration */
void app_ask_status(struct app *a);     /* now, not only when it is time */

/* The parts of saving, for save_paths.c: the changes (they point into the forms' own texts), saving
 * them without asking, and telling endpointd. */
#define APP_CHANGES 64

/* ---- ask.c: one question, one answer ---- */
struct question {
    struct view *view;
    struct stream **slot; /* where the view keeps it; set to NULL when it is answered */
    /* The last line of the answer. NULL: none; said tells why, as far as known. */
    void (*done)(struct view *v, const json_t *answer, const char *said);
    void (*line)(struct view *v, const json_t *event); /* lines before the last; may be NULL */
};

/* ---- checks.c: results that arrive one by one ---- */
#define CHECKS_SHOWN 32
struct checks {
    struct check list[CHECKS_SHOWN];
    size_t count;
    struct stream *stream; /* not NULL: they are being asked */
};

/* Buttons: id and label. Chosen: the id, or NULL for Esc and for "back"; if there is a "back"
 * button, the focus begins on it. */
struct dialog_button {
    const char *id, *label;
};

#endif
