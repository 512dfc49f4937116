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
 *   endpoint.conf are added with settings_add() only: label, help, filter, validation and Save (F2)
 *   come with it, on the tabs named in `editing_tabs` (settings.c). Other fields have ids of your own
 *   that are no setting's path; they never make the tab "unsaved" when you form_set() what is stored.
 *   v->width is the width there is. Texts from outside pass view_clean() before they are shown.
 * - act() gets the id of what was pressed. Slow things never wait: view_ctl() starts endpointctl, whose
 *   lines of JSON come to stream_handlers.line and whose end to .ended; view_ask() asks the daemon over
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

/* Its parts, for save_paths.c: what is changed (into the forms' own texts), saving it without asking, and telling
 * endpointd. */
#define APP_CHANGES 64

/* ---- ask.c: one question, one answer ---- */
struct question {
    struct view *view;
    struct stream **slot; /* where the view keeps it; NULL again when it is answered */
    /* The last line that came. NULL: none; said tells why, as far as it is known. */
    void (*done)(struct view *v, const json_t *answer, const char *said);
    void (*line)(struct view *v, const json_t *event); /* lines before the last; may be NULL */
};

/* ---- checks.c: blocks that come one after the other ---- */
#define CHECKS_SHOWN 32
struct checks {
    struct check list[CHECKS_SHOWN];
    size_t count;
    struct stream *stream; /* not NULL: they are being asked */
};

/* Buttons: id and label. Chosen: the id, or NULL for Esc and for "back", on which the focus begins when it is
 * among them. */
struct dialog_button {
    const char *id, *label;
};

#endif
