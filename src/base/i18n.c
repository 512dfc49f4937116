#include "base/i18n.h"

#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#ifndef ENDPOINT_LOCALEDIR
#define ENDPOINT_LOCALEDIR "/usr/share/locale"
#endif

void i18n_open(const char *language)
{
    const char *directory = getenv("ENDPOINT_LOCALEDIR");
    setlocale(LC_ALL, "");
    /* Numbers are written and read as programs do. */
    setlocale(LC_NUMERIC, "C");
    if (language) {
        /* gettext looks at LANGUAGE unless the messages' locale is C. C.UTF-8 is everywhere. */
        const char *now = setlocale(LC_MESSAGES, NULL);
        setenv("LANGUAGE", language, 1);
        if (!now || strcmp(now, "C") == 0 || strcmp(now, "POSIX") == 0)
            setlocale(LC_MESSAGES, "C.UTF-8");
    }
    bindtextdomain("endpoint", directory && directory[0] == '/' ? directory : ENDPOINT_LOCALEDIR);
    bind_textdomain_codeset("endpoint", "UTF-8");
    textdomain("endpoint");
}

const char *i18n_text(const char *text)
{
    return *text ? gettext(text) : text;
}
