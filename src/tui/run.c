#include "tui/run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "os/clock.h"
#include "tui/app.h"
#include "tui/term.h"

enum { FDS = 64, TICK_MS = 1000, KEYS_AT_ONCE = 200 };

static volatile sig_atomic_t told_to_end;

static void on_end(int number)
{
    told_to_end = number;
}

/* Signals come only while we wait, so that none is missed between looking and waiting. */
static void hold_signals(sigset_t *open)
{
    static const int ends[] = {SIGHUP, SIGTERM, SIGINT, SIGQUIT};
    struct sigaction action = {.sa_handler = on_end};
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGWINCH);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        sigaddset(&held, ends[i]);
        sigaction(ends[i], &action, NULL);
    }
    sigprocmask(SIG_BLOCK, &held, open);
    sigdelset(open, SIGWINCH);
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        sigdelset(open, ends[i]);
}

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

/* False when the terminal is gone. */
static bool take_keys(struct app *a)
{
    int key, count = 0, row, column;
    while (count++ < KEYS_AT_ONCE && (key = term_key()) != K_NONE && !a->quit) {
        if (key ==
            K_RESIZE) { /* terminals differ in what they keep of the old screen: paint all of it */
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

static void loop(struct app *a, struct canvas *c, const sigset_t *open)
{
    struct pollfd fds[FDS];
    while (!a->quit && !told_to_end) {
        if (a->dirty)
            show(a, c);
        app_tick(a, clock_mono_ms());
        if (a->dirty)
            continue;
        fds[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
        nfds_t count = 1 + stream_all_poll(a->streams, fds + 1, FDS - 1);
        const struct timespec wait = {TICK_MS / 1000, 0};
        int ready = ppoll(fds, count, &wait, open);
        if (ready < 0 && errno != EINTR)
            return;
        bool keys = take_keys(a); /* also after SIGWINCH */
        if (ready <= 0)
            continue;
        if (!keys && (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)))
            return;
        stream_all_dispatch(a->streams, fds + 1, count - 1);
    }
}

enum status run(const struct paths *paths, struct run_options *options, struct error *e)
{
    struct app a;
    struct canvas c = {0};
    sigset_t open;
    enum status status = term_open(options->scheme, options->mouse, e);
    if (status != STATUS_OK)
        return status;
    hold_signals(&open);
    app_open(&a, paths, NULL, options->ascii);
    text_copy(a.hint, sizeof a.hint, term_note());
    loop(&a, &c, &open);
    options->sudo = a.sudo;
    app_close(&a);
    term_close();
    canvas_close(&c);
    return STATUS_OK;
}
