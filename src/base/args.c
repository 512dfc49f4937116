#include "base/args.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/said.h"
#include "base/text.h"

void args_nearer(const char *typed, const char *word, size_t length, char best[64],
                 size_t *distance)
{
    char copy[64];
    if (length >= sizeof copy)
        return;
    text_format(copy, sizeof copy, "%.*s", (int)length, word);
    size_t d = text_distance(typed, copy);
    if (d < *distance) {
        *distance = d;
        text_copy(best, 64, copy);
    }
}

static const char *name_of(const struct option *table, int value)
{
    while (table->name && table->val != value)
        table++;
    return table->name;
}

/* A typed word that is neither an option nor the unique beginning of one. */
static void unknown_word(const char *typed, const struct option *table, struct error *e)
{
    char best[64] = "", name[64], shown[64];
    const char *begin = typed + strspn(typed, "-");
    size_t distance = ARGS_FAR;
    text_format(name, sizeof name, "%.*s", (int)strcspn(begin, "="), begin);
    text_format(shown, sizeof shown, "%.*s%s", (int)(begin - typed), typed, name);
    for (; table->name; table++)
        args_nearer(name, table->name, strlen(table->name), best, &distance);
    if (*best)
        error_set(e, STATUS_INVALID, "usage", "there is no option %s; did you mean %s?", shown,
                  best);
    else
        error_set(e, STATUS_INVALID, "usage", "there is no option %s", shown);
}

int args_next(int argc, char **argv, const char *letters, const struct option *table,
              struct error *e)
{
    char silent[40]; /* ':' in front: distinguishes a missing value from an unknown option */
    bool in_order = *letters == '+';
    text_format(silent, sizeof silent, "%s:%s", in_order ? "+" : "", letters + in_order);
    int option = getopt_long(argc, argv, silent, table, NULL);
    if (option != ':' && option != '?')
        return option;
    const char *typed = optind > 0 && optind <= argc ? argv[optind - 1] : "";
    const char *name = optopt ? name_of(table, optopt) : NULL;
    if (option == ':' && text_starts(typed, "--") && name)
        error_set(e, STATUS_INVALID, "usage", "--%s wants a value", name);
    else if (option == ':')
        error_set(e, STATUS_INVALID, "usage", "-%c wants a value", optopt);
    else if (text_starts(typed, "--") && name)
        error_set(e, STATUS_INVALID, "usage", "--%s takes no value", name);
    else if (optopt > ' ' && optopt < 0x7f)
        error_set(e, STATUS_INVALID, "usage", "there is no option -%c", optopt);
    else
        unknown_word(typed, table, e);
    return '?';
}

/* ---- commands' own options -------------------------------------------------------------------------- */

enum { FIRST = 256 }; /* getopt's value of an option is its index plus this */

void args_know(struct args *a, const struct args_option *option)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->rows[i] == option)
            return;
    if (a->count == ARGS_MOST)
        return;
    bool value = option->takes != ARGS_NOTHING;
    a->table[a->count] = (struct option){option->name, value ? required_argument : no_argument,
                                         NULL, FIRST + (int)a->count};
    a->rows[a->count++] = option;
    size_t length = strlen(a->letters);
    if (option->letter)
        text_format(a->letters + length, sizeof a->letters - length, "%c%s", option->letter,
                    value ? ":" : "");
}

const struct args_option *args_find(const struct args *a, const char *name)
{
    for (size_t i = 0; i < a->count; i++)
        if (text_equal(a->rows[i]->name, name))
            return a->rows[i];
    return NULL;
}

static enum status take_number(const struct args_option *option, bool by_letter, long most,
                               long *target, struct error *e)
{
    char name[64];
    if (text_to_long(optarg, 1, most, target))
        return STATUS_OK;
    if (by_letter)
        text_format(name, sizeof name, "-%c", option->letter);
    else
        text_format(name, sizeof name, "--%s", option->name);
    return error_set(e, STATUS_INVALID, "usage", "%s wants a number from 1 to %ld", name, most);
}

enum status args_read(const struct args *a, int argc, char **argv, void *target, long most,
                      const struct args_option **row, struct error *e)
{
    *row = NULL;
    int option = args_next(argc, argv, a->letters, a->table, e);
    if (option == -1)
        return STATUS_OK;
    for (size_t i = 0; option != '?' && i < a->count; i++)
        if (option == FIRST + (int)i || option == a->rows[i]->letter)
            *row = a->rows[i];
    if (!*row)
        return STATUS_INVALID;
    char *at = (char *)target + (*row)->at;
    switch ((*row)->takes) {
    case ARGS_NOTHING: *(bool *)at = true; break;
    case ARGS_TEXT: *(const char **)(void *)at = optarg; break;
    case ARGS_NUMBER: return take_number(*row, option < FIRST, most, (long *)(void *)at, e);
    }
    return STATUS_OK;
}

/* The error may have been made before the language was known. */
static void say(const char *before, const char *said)
{
    struct buf told, shown;
    buf_init(&told, 65536);
    buf_init(&shown, 65536);
    said_add(&told, said);
    text_printable(&shown, buf_text(&told), told.length);
    fprintf(stderr, "%s%s\n", before, buf_text(&shown));
    buf_free(&told);
    buf_free(&shown);
}

int args_complain(const char *program, const struct error *e)
{
    if (!i18n_catalogue())
        i18n_open(NULL);
    fprintf(stderr, "%s: ", program);
    say("", error_said(e));
    if (*e->remedy)
        say("  > ", error_advice_said(e));
    else
        fprintf(stderr, _("  > %s --help lists the options.\n"), program);
    return 2;
}

int args_unexpected(const char *program, const char *word)
{
    struct error e = {0};
    error_set(&e, STATUS_INVALID, "usage", "unexpected argument %.100s", word);
    return args_complain(program, &e);
}

int args_bad_value(const char *program, const char *value)
{
    struct error e = {0};
    error_set(&e, STATUS_INVALID, "usage", "this is no value for its option: %.100s", value);
    return args_complain(program, &e);
}
