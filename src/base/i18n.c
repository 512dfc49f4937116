#include "base/i18n.h"

#include <ctype.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/catalogue.h"
#include "base/memory.h"
#include "base/text.h"

#ifndef ENDPOINT_LOCALEDIR
#define ENDPOINT_LOCALEDIR "/usr/share/locale"
#endif

#define SOURCE_LANGUAGE "en"
#define NAME_SIZE       16

/* Catalogues that were loaded, the newest first. None is ever freed, as texts point into them. */
static struct loaded {
    struct catalogue catalogue;
    struct loaded *before;
} * loaded;
static const struct catalogue *used; /* NULL: English */

/* ---- which language ------------------------------------------------------------------------------ */

/* Is it a name that may be part of a path: "pl", "pt_BR"? */
static bool is_name(const char *name)
{
    size_t letters = 0;
    for (const char *p = name; *p; p++) {
        if (!isascii(*p) || !(isalpha((unsigned char)*p) || *p == '_'))
            return false;
        letters += *p != '_';
    }
    return letters >= 2;
}

static bool is_source(const char *name)
{
    return text_equal(name, "C") || text_equal(name, "POSIX") ||
           text_equal(name, SOURCE_LANGUAGE) || text_starts(name, SOURCE_LANGUAGE "_");
}

static bool load(const char *name)
{
    const char *directory = getenv("ENDPOINT_LOCALEDIR");
    char path[700];
    if (!directory || directory[0] != '/')
        directory = ENDPOINT_LOCALEDIR;
    if (!is_name(name) ||
        !text_format(path, sizeof path, "%s/%s/LC_MESSAGES/endpoint.mo", directory, name))
        return false;
    struct loaded *new = mem_alloc(sizeof *new);
    if (catalogue_load(&new->catalogue, path)) {
        new->before = loaded;
        loaded = new;
        used = &new->catalogue;
        return true;
    }
    catalogue_free(&new->catalogue);
    free(new);
    return false;
}

/* Try the first of a list: "pl_PL.UTF-8@euro" is tried as pl_PL, then as pl. True: this is the
 * language. */
static bool take(const char *wanted)
{
    char name[NAME_SIZE];
    if (!text_format(name, sizeof name, "%.*s", (int)strcspn(wanted, ".@:"), wanted))
        return false;
    if (is_source(name) || load(name))
        return true;
    name[strcspn(name, "_")] = '\0';
    return load(name);
}

/* The locale for messages, as setlocale(3) would find it; "": none. */
static const char *from_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return value;
    }
    return "";
}

/* Choose like gettext: LANGUAGE is a list that takes precedence over the locale, unless the locale
 * is C itself. */
static void choose(void)
{
    const char *locale = from_environment(), *list = getenv("LANGUAGE");
    if (!*locale || text_equal(locale, "C") || text_equal(locale, "POSIX"))
        return;
    for (; list && *list; list += strcspn(list, ":"), list += *list == ':')
        if (take(list))
            return;
    take(locale);
}

void i18n_open(const char *language)
{
    setlocale(LC_ALL, "");
    /* Numbers are written and read in the C locale. */
    setlocale(LC_NUMERIC, "C");
    /* The system's own messages come in English, and our catalogue translates them. */
    setlocale(LC_MESSAGES, "C");
    used = NULL;
    if (language)
        take(language);
    else
        choose();
}

/* ---- texts ---------------------------------------------------------------------------------------- */

const struct catalogue *i18n_catalogue(void)
{
    return used;
}

const char *i18n_text(const char *text)
{
    const char *found = used && *text ? catalogue_find(used, text) : NULL;
    return found && *found ? found : text;
}
