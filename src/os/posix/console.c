#include "os/console.h"

#include <langinfo.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

_Static_assert(sizeof(struct termios) <= sizeof(struct console_typing), "a terminal has room");

int console_columns(void)
{
    struct winsize w;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

bool console_utf8(void)
{
    return text_equal(nl_langinfo(CODESET), "UTF-8");
}

bool console_hide_typing(struct console_typing *before)
{
    struct termios old;
    if (tcgetattr(STDIN_FILENO, &old) != 0)
        return false;
    memcpy(before->system, &old, sizeof old);
    old.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
    return true;
}

void console_show_typing(const struct console_typing *before)
{
    struct termios old;
    memcpy(&old, before->system, sizeof old);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
}

/* ---- a crash gives the terminal back ----------------------------------------------------------- */

static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

static struct {
    struct termios kept;
    char farewell[128]; /* prepared early, written by a signal handler */
    struct sigaction old[COUNT_OF(crash_signals)];
} guard;

static void on_crash(int number)
{
    if (write(STDOUT_FILENO, guard.farewell, strlen(guard.farewell)) < 0) {
        /* nothing is left to be done about it */
    }
    tcsetattr(STDIN_FILENO, TCSANOW, &guard.kept);
    for (size_t i = 0; i < COUNT_OF(crash_signals); i++)
        if (crash_signals[i] == number)
            sigaction(number, &guard.old[i], NULL);
    raise(number);
}

void console_keep(void)
{
    tcgetattr(STDIN_FILENO, &guard.kept);
}

void console_guard(const char *farewell)
{
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_NODEFER};
    text_copy(guard.farewell, sizeof guard.farewell, farewell);
    for (size_t i = 0; i < COUNT_OF(crash_signals); i++)
        sigaction(crash_signals[i], &action, &guard.old[i]);
}

void console_unguard(void)
{
    for (size_t i = 0; i < COUNT_OF(crash_signals); i++)
        sigaction(crash_signals[i], &guard.old[i], NULL);
}

void console_suspend(void)
{
    raise(SIGSTOP);
}
