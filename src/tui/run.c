#include "tui/run.h"

#include "base/memory.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/ready.h"
#include "os/stop.h"
#include "tui/app.h"
#include "tui/term.h"

enum { FDS = 64, TICK_MS = 1000, KEYS_AT_ONCE = 200 };

static void fit(struct canvas *c, bool ascii)
{
    int rows, columns;
    term_size(&rows, &columns);
    if (c->cells && rows == c->rows && columns == c->columns)
        return;
    canvas_close(c);
    canvas_open(c, rows > 0 ? rows : 1, columns > 0 ? columns : 1, ascii);
}

static void show(struct app *a, struct canvas *c)
{
    fit(c, a->ascii);
    bool whole = a->repaint;
    a->repaint = false;
    app_draw(a, c);
    term_show(c, whole);
}

/* False: the terminal is gone. */
static bool take_keys(struct app *a)
{
    int key, count = 0, row, column;
    while (count++ < KEYS_AT_ONCE && (key = term_key()) != K_NONE && !a->quit) {
        if (key == K_RESIZE) { /* terminals keep different parts of the old screen: draw it all */
            a->dirty = a->repaint = true;
        } else if (key == K_CTRL('Z')) {
            term_suspend();
            a->dirty = a->repaint = true;
        } else if (key == K_MOUSE) {
            term_mouse(&row, &column);
            app_click(a, row, column);
        } else {
            app_key(a, key);
        }
    }
    return count > 1;
}

static void loop(struct app *a, struct canvas *c)
{
    struct ready fds[FDS];
    while (!a->quit && !stop_wanted()) {
        if (a->dirty)
            show(a, c);
        app_tick(a, clock_mono_ms());
        if (a->dirty)
            continue;
        fds[0] = (struct ready){.fd = FD_INPUT, .to_read = true};
        size_t count = 1 + stream_all_poll(a->streams, fds + 1, FDS - 1);
        if (!stop_ready_wait(fds, count, TICK_MS))
            return;
        bool keys = take_keys(a); /* also after a change of size */
        if (!keys && fds[0].gone)
            return;
        stream_all_dispatch(a->streams, fds + 1, count - 1);
    }
}

enum status run(const struct paths *paths, struct run_options *options, struct error *e)
{
    struct app a;
    struct canvas c = {0};
    enum status status = term_open(options->scheme, options->mouse, e);
    if (status != STATUS_OK)
        return status;
    stop_listen_waiting();
    app_open(&a, paths, NULL, options->ascii);
    text_copy(a.hint, sizeof a.hint, term_note());
    loop(&a, &c);
    options->sudo = a.sudo;
    app_close(&a);
    term_close();
    canvas_close(&c);
    return STATUS_OK;
}
