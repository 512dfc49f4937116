/* config: the table, the loader and every kind of fault, saving in place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "config/internal.h"
#include "config/config_print.h"
#include "config/config_save.h"
#include "config/sealed.h"
#include "config/setting_value.h"
#include "config/settings.h"
#include "config/wellformed.h"
#include "os/dir.h"
#include "os/file.h"
#include "unit.h"

/* libconfig forgets the text that it was reading when a file ends in a syntax error. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

struct room {
    struct paths p;
    struct config_fault faults[CONFIG_FAULTS];
    size_t count;
    struct config *c;
    struct error e;
};

static int set_up(void **state)
{
    struct room *r = calloc(1, sizeof *r);
    unit_directory(r->p.state_dir, sizeof r->p.state_dir);
    text_copy(r->p.config_dir, sizeof r->p.config_dir, r->p.state_dir);
    text_format(r->p.config_file, sizeof r->p.config_file, "%s/endpoint.conf", r->p.config_dir);
    *state = r;
    return 0;
}

static int tear_down(void **state)
{
    struct room *r = *state;
    config_free(r->c);
    int code = dir_remove(r->p.state_dir, NULL) == STATUS_OK ? 0 : -1;
    free(r);
    return code;
}

static void write_file(struct room *r, const char *text)
{
    assert_int_equal(file_replace(r->p.config_file, text, strlen(text), 0600, NULL, &r->e),
                     STATUS_OK);
}

static enum status load(struct room *r)
{
    config_free(r->c);
    r->c = NULL;
    memset(r->faults, 0, sizeof r->faults);
    return config_load(&r->p, &r->c, r->faults, &r->count, &r->e);
}

static char *read_text(const char *path)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    assert_int_equal(file_read(path, &b, NULL, NULL), STATUS_OK);
    return buf_take(&b);
}

static void expect_file(struct room *r, const char *wanted)
{
    char *text = read_text(r->p.config_file);
    assert_string_equal(text, wanted);
    free(text);
}

static enum status set(struct room *r, const char *path, const char *value)
{
    struct config_change change = {path, value};
    return config_save(&r->p, &change, 1, NULL, &r->e);
}

static const char whole[] =
    "erp : { type = \"subiekt-gt\"; server = \"srv\"; database = \"F\"; user = \"sa\"; };\n";

/* ---- the table ----------------------------------------------------------------------------------------- */

static void every_row_of_the_table_is_consistent(void **state)
{
    (void)state;
    size_t rows = 0;
    for (size_t i = 0; setting_at(i); i++, rows++) {
        const struct setting *s = setting_at(i);
        const char *dot = strchr(s->path, '.');
        char expected[SETTING_EXPECTED];
        assert_true(dot && dot > s->path && dot[1] && !strchr(dot + 1, '.'));
        assert_ptr_equal(setting_find(s->path), s);
        if (!*s->label || strlen(s->help) < 10 || !strchr(".)", s->help[strlen(s->help) - 1]))
            fail_msg("%s: \"%s\" is no help", s->path, s->help);
        assert_true(strlen(s->path) < sizeof((struct config_fault){0}).setting);
        if (*s->fallback)
            assert_true(setting_accepts(s, s->fallback, expected));
        else
            assert_true(s->type == SETTING_TEXT || s->type == SETTING_SECRET ||
                        s->type == SETTING_PATH || s->type == SETTING_NAME);
        assert_true((s->type == SETTING_CHOICE) == (s->choices != NULL));
        if (s->type == SETTING_TEXT || s->type == SETTING_SECRET || s->type == SETTING_PATH)
            assert_between(s->max, 1, 10000);
    }
    assert_between(rows, 10, 128);
    assert_null(setting_find("erp.porrt"));
}

/* SQL Server counts a name in UTF-16 units: a letter of Polish is one, a character beyond U+FFFF two. */
static void a_name_is_measured_as_sql_server_does(void **state)
{
    static const struct {
        const char *letter;
        size_t most;
    } rows[] = {{"a", 128}, {"ą", 128}, {"Ł", 128}, {"€", 128}, {"😀", 64}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf b;
        char expected[SETTING_EXPECTED];
        const struct setting *s = setting_find(i % 2 ? "erp.user" : "erp.database");
        buf_init(&b, 10000);
        for (size_t n = 0; n < rows[i].most; n++)
            buf_add_text(&b, rows[i].letter);
        assert_true(setting_accepts(s, buf_text(&b), expected));
        buf_add_text(&b, "a");
        assert_false(setting_accepts(s, buf_text(&b), expected));
        char words[SETTING_EXPECTED];
        said_words(words, sizeof words, expected);
        assert_string_equal(words, "a name of at most 128 characters");
        buf_free(&b);
    }
}

static void a_missing_file_gives_the_defaults(void **state)
{
    struct room *r = *state;
    assert_int_equal(load(r), STATUS_NOT_FOUND);
    assert_non_null(r->c);
    assert_int_equal(config_integer(r->c, "erp.port"), 0);
    assert_int_equal(config_integer(r->c, "panel.timeout"), 30000);
    assert_string_equal(config_text(r->c, "erp.encryption"), "required");
    assert_false(config_is_set(r->c, "erp.port"));
    assert_int_equal(json_array_size(config_plugins(r->c)), 0);
}

/* ---- faults -------------------------------------------------------------------------------------------- */

static const struct config_fault *fault_of(struct room *r, const char *setting, int line)
{
    for (size_t i = 0; i < r->count; i++)
        if (text_equal(r->faults[i].setting, setting) && r->faults[i].line == line)
            return &r->faults[i];
    fail_msg("no fault of %s in line %d", setting, line);
    return NULL;
}

static void all_faults_come_at_once_each_with_its_line(void **state)
{
    struct room *r = *state;
    write_file(
        r,
        "erp : {\n"                            /* 1 */
        "    porrt = 1433;\n"                  /* 2: unknown, did you mean */
        "    port = 70000;\n"                  /* 3: range */
        "    database = 7;\n"                  /* 4: type */
        "    encryption = \"maybe\";\n"        /* 5: choice */
        "    connect_timeout = \"9 weeks\";\n" /* 6: duration */
        "    password = 12345678;\n"           /* 7: a secret is not shown */
        "    server = { a = 1; };\n"           /* 8: a group */
        "    tls_verify = \"pin\";\n"
        "    tls_pin = \"ab:cd\";\n" /* together: no fingerprint */
        "};\n"
        "panel = { url = \"http://panel.example\"; };\n" /* together: not https */
        "limits = { shrink_percent = \"50\"; };\n"       /* 13: quotes */
        "nonsense = 3;\n"                                /* 14: warning */
        "plugins = ( { id = \"a b\"; },\n"               /* 15 */
        "  { id = \"x\"; kind = \"stok\"; channel = { type = \"panel\"; }; schedule = { manual = true; }; },\n"
        "  7 );\n");
    assert_int_equal(load(r), STATUS_INVALID);
    assert_null(r->c);
    const struct config_fault *f = fault_of(r, "erp.porrt", 2);
    assert_true(f->warning);
    assert_non_null(strstr(f->text, "did you mean erp.port?"));
    assert_non_null(
        strstr(fault_of(r, "erp.port", 3)->text, "70000 is not a whole number from 0 to 65535"));
    assert_non_null(strstr(fault_of(r, "erp.database", 4)->text, "mind the quotes"));
    f = fault_of(r, "erp.encryption", 5);
    assert_non_null(strstr(f->text, "\"maybe\" is not one of off, login, required"));
    assert_string_equal(f->file, r->p.config_file);
    assert_non_null(strstr(fault_of(r, "erp.connect_timeout", 6)->text, "9 weeks"));
    assert_null(strstr(fault_of(r, "erp.password", 7)->text, "12345678"));
    assert_non_null(strstr(fault_of(r, "erp.server", 8)->text, "a group or list"));
    assert_non_null(strstr(fault_of(r, "erp.tls_pin", 10)->text, "64 hex digits"));
    assert_non_null(strstr(fault_of(r, "panel.url", 12)->text, "https://"));
    fault_of(r, "limits.shrink_percent", 13);
    assert_true(fault_of(r, "nonsense", 14)->warning);
    assert_non_null(strstr(fault_of(r, "plugins", 15)->text, "1 to 64 letters"));
    assert_non_null(strstr(fault_of(r, "plugins", 16)->text, "\"stok\""));
    fault_of(r, "plugins", 17);
    assert_non_null(strstr(r->e.text, "(and more)"));
    assert_non_null(strstr(r->e.text, ":3: erp.port"));
}

static void an_incomplete_configuration_names_what_is_missing(void **state)
{
    struct room *r = *state;
    write_file(r, "erp : { server = \"srv\"; tls_verify = \"ca\"; };\n");
    assert_int_equal(load(r), STATUS_INVALID);
    fault_of(r, "erp.type", 1);
    fault_of(r, "erp.database", 1);
    fault_of(r, "erp.user", 1);
    fault_of(r, "erp.tls_ca", 1);
    assert_null(strstr(r->e.text, ":0:"));
}

static void what_is_no_configuration_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text, *words;
        int line;
    } cases[] = {
        {"erp : {\n port = ;\n};\n", "syntax error", 2},
        {"a = 1;\nb = 2\n; }\n", "syntax error", 3},
        {"erp : { };\n@include \"/etc/passwd\"\n", "@include", 2},
        {"erp : {\n server = \"srv;\n};\n", "has no end", 2},
        {"erp : { };\n\n/* forgotten\n", "has no end", 3},
        {"erp : { port = 1; port = 2; };\n", "duplicate", 1},
    };
    struct room *r = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_file(r, cases[i].text);
        if (load(r) != STATUS_INVALID)
            fail_msg("taken: %s", cases[i].text);
        assert_int_equal(r->count, 1);
        assert_int_equal(r->faults[0].line, cases[i].line);
        if (!strstr(r->faults[0].text, cases[i].words))
            fail_msg("%s", r->faults[0].text);
    }
    static const char nul[] = "erp : { };\0x = 1;\n";
    file_replace(r->p.config_file, nul, sizeof nul - 1, 0600, NULL, NULL);
    assert_int_equal(load(r), STATUS_INVALID);
    assert_non_null(strstr(r->faults[0].text, "NUL"));
    char *long_file = mem_alloc((2 << 20) + 1);
    memset(long_file, ' ', 2 << 20);
    write_file(r, long_file);
    free(long_file);
    assert_int_equal(load(r), STATUS_FULL);
    unlink(r->p.config_file);
    mkdir(r->p.config_file, 0700);
    assert_int_equal(load(r), STATUS_INVALID);
}

/* ---- texts that could mean two things --------------------------------------------------------------- */

static void what_releases_of_the_library_read_in_two_ways_is_refused(void **state)
{
    static const struct {
        const char *text, *words; /* in line 2; NULL: taken */
    } cases[] = {
        {"port = 01433;", "01433 begins with a zero"},
        {"port = 0800;", "0800 begins with a zero"},
        {"port = -007;", "007 begins with a zero"},
        {"port = 007L;", "007 begins with a zero"},
        {"port = 0;", NULL},
        {"port = 0x599;", NULL},
        {"outbox_rows = 4294977296;", "4294977296 does not fit in 32 bits"},
        {"outbox_rows = -4294977296;", "does not fit in 32 bits"},
        {"outbox_rows = 0x1FFFFFFFF;", "0x1FFFFFFFF does not fit"},
        {"outbox_rows = 0xFFFFFFFF;", "does not fit"},
        {"outbox_rows = 2147483647;", NULL},
        {"outbox_rows = -2147483648;", NULL},
        {"outbox_rows = 2147483648;", "does not fit"},
        {"outbox_rows = 4294977296L;", NULL},
        {"outbox_rows = 9223372036854775807L;", NULL},
        {"outbox_rows = 9223372036854775808L;", "too large"},
        {"outbox_rows = 99999999999999999999999999999999999999999999999;", "too large"},
        {"outbox_rows = 0b101;", "base 2 or 8"},
        {"outbox_rows = 0o17;", "base 2 or 8"},
        {"list = [ 1, 02 ];", "02 begins with a zero"},
        {"price = 00.5;", NULL}, /* what is no whole number is judged by the setting */
        {"price = 0e1;", NULL},
        {"name01433 = 1;", NULL},
        {"text = \"01433 4294977296\"; # 01433", NULL},
        {"text = \"\"; /* 01433 */", NULL},
        {"text = \"C:\\archive\";", "write a backslash twice"},
        {"text = \"SERWER\\backup\";", "write a backslash twice"},
        {"text = \"a\\x00b\";", "would end it"},
        {"text = \"SERWER\\INSERTGT\";", NULL},
        {"text = \"SERWER\\\\archive \\\" 01\";", NULL},
        {"port = 1;\bname = 2;", "(byte 8)"},
        {"port = 1;\vname = 2;", "(byte 11)"},
        {"port\x1b = 1;", "(byte 27)"},
        {"port = \x7f 1;", "(byte 127)"},
        {"port = 1;\r\f\t # \b in a comment", NULL},
    };
    struct wellformed_fault fault;
    char text[300], words[500];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(text, sizeof text, "limits : {\n %s\n};\n", cases[i].text);
        bool good = wellformed_check(text, strlen(text), &fault);
        said_words(words, sizeof words, fault.said);
        if (good != (cases[i].words == NULL))
            fail_msg("%s: %s", cases[i].text, good ? "taken" : words);
        if (!good && (fault.line != 2 || !strstr(words, cases[i].words)))
            fail_msg("%s: line %d: %s", cases[i].text, fault.line, words);
    }
}

static void a_file_of_another_encoding_is_named_as_such(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *words;
        int line;
    } cases[] = {
#define BYTES(text) text, sizeof(text) - 1
        {BYTES("\xff\xfe"
               "e\0r\0p\0"),
         "UTF-16", 0},
        {BYTES("\xfe\xff\0e\0r\0p"), "UTF-16", 0},
        {BYTES("e\0r\0p\0 \0"), "UTF-16", 0},
        {BYTES("# ok\n# Zaż\xf3\xb3\xe6\n"), "Windows-1250", 2},
        {BYTES("log : { };\n\n# \xb9"), "not UTF-8", 3},
        {BYTES("log : { };\nx\0 = 1;"), "NUL", 2},
        {BYTES("\xef\xbb\xbf@include \"/etc/passwd\"\n"), "@include", 1},
    };
    struct room *r = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(
            file_replace(r->p.config_file, cases[i].bytes, cases[i].length, 0600, NULL, &r->e),
            STATUS_OK);
        assert_int_equal(load(r), STATUS_INVALID);
        assert_int_equal(r->count, 1);
        if (r->faults[0].line != cases[i].line || !strstr(r->faults[0].text, cases[i].words))
            fail_msg("case %zu: line %d: %s", i, r->faults[0].line, r->faults[0].text);
    }
}

static void a_byte_order_mark_is_kept_and_skipped(void **state)
{
    struct room *r = *state;
    char text[400];
    snprintf(text, sizeof text, "\xef\xbb\xbf%s", whole);
    write_file(r, text);
    assert_int_equal(load(r), STATUS_OK);
    assert_string_equal(config_text(r->c, "erp.server"), "srv");
    assert_int_equal(set(r, "erp.server", "srv2"), STATUS_OK);
    assert_int_equal(load(r), STATUS_OK);
    assert_string_equal(config_text(r->c, "erp.server"), "srv2");
    char *now = read_text(r->p.config_file);
    assert_memory_equal(now,
                        "\xef\xbb\xbf"
                        "erp",
                        6);
    free(now);
}

static void control_characters_in_a_text_are_shown_and_refused(void **state)
{
    struct room *r = *state;
    write_file(
        r, "erp : {\n type = \"a\"; database = \"F\"; user = \"sa\";\n server = \"SERWER\\nexo\";\n"
           " password = \"a\\tb\";\n};\n");
    assert_int_equal(load(r), STATUS_INVALID);
    const struct config_fault *f = fault_of(r, "erp.server", 3);
    assert_non_null(strstr(f->text, "\"SERWER\\nexo\""));
    assert_non_null(strstr(f->text, "write a backslash twice"));
    assert_null(strstr(fault_of(r, "erp.password", 4)->text, "a\tb"));
}

static void a_blank_at_the_end_of_a_text_is_shown(void **state)
{
    struct room *r = *state;
    write_file(
        r, "erp : { type = \"a\"; server = \"srv\"; user = \"sa\";\n database = \"FIRMA \"; };\n");
    assert_int_equal(load(r), STATUS_OK);
    const struct config_fault *f = fault_of(r, "erp.database", 2);
    assert_true(f->warning);
    assert_non_null(strstr(f->text, "\"FIRMA \""));
}

static void an_erp_without_a_mapping_is_a_fault_that_names_those_that_there_are(void **state)
{
    struct room *r = *state;
    char path[600];
    text_format(r->p.erp_dir, sizeof r->p.erp_dir, "%s/mappings", r->p.state_dir);
    mkdir(r->p.erp_dir, 0700);
    text_format(path, sizeof path, "%s/erp", r->p.config_dir);
    mkdir(path, 0700);
    write_file(
        r, "erp : { server = \"srv\"; database = \"F\"; user = \"sa\";\n type = \"subiekt\"; };\n");
    assert_int_equal(load(r), STATUS_OK); /* no mapping at all: not the file's fault */
    text_format(path, sizeof path, "%s/subiekt-gt.conf", r->p.erp_dir);
    assert_int_equal(file_replace(path, "", 0, 0600, NULL, &r->e), STATUS_OK);
    text_format(path, sizeof path, "%s/erp/own.conf", r->p.config_dir);
    assert_int_equal(file_replace(path, "", 0, 0600, NULL, &r->e), STATUS_OK);
    assert_int_equal(load(r), STATUS_INVALID);
    assert_string_equal(fault_of(r, "erp.type", 2)->text,
                        "unknown ERP \"subiekt\"; one of: subiekt-gt, own");
    assert_int_equal(set(r, "erp.type", "own"), STATUS_OK);
    assert_int_equal(load(r), STATUS_OK);
}

static void an_include_in_a_comment_harms_nobody(void **state)
{
    struct room *r = *state;
    write_file(
        r,
        "# @include is not for us\nerp : { server = \"@include\"; type = \"a\"; database = \"b\"; user = "
        "\"c\"; };\n");
    assert_int_equal(load(r), STATUS_OK);
}

static void many_faults_are_bounded(void **state)
{
    struct room *r = *state;
    struct buf b;
    buf_init(&b, 100000);
    for (int i = 0; i < 500; i++)
        buf_printf(&b, "unknown_%d = %d;\n", i, i);
    buf_add_text(&b,
                 "erp = { port = -1; };\n"); /* behind more warnings than are kept: still refused */
    write_file(r, buf_text(&b));
    buf_free(&b);
    assert_int_equal(load(r), STATUS_INVALID);
    assert_int_equal(r->count, CONFIG_FAULTS);
}

static void texts_of_faults_are_utf8_however_long_the_value(void **state)
{
    struct room *r = *state;
    struct buf b;
    for (int pad = 0; pad < 4; pad++) {
        buf_init(&b, 100000);
        buf_add_text(&b, "erp : { encryption = \"");
        for (int i = 0; i < pad; i++)
            buf_add_byte(&b, 'x');
        for (int i = 0; i < 400; i++)
            buf_add_text(&b, "ż");
        buf_add_text(&b, "\"; };\n");
        write_file(r, buf_text(&b));
        buf_free(&b);
        assert_int_equal(load(r), STATUS_INVALID);
        assert_true(text_is_utf8(r->faults[0].text, strlen(r->faults[0].text)));
        assert_true(text_is_utf8(r->e.text, strlen(r->e.text)));
    }
}

/* ---- saving --------------------------------------------------------------------------------------------- */

static void only_the_value_changes(void **state)
{
    struct room *r = *state;
    static const char before[] =
        "# Zażółć\r\nerp :\n{\n\ttype=\"subiekt-gt\" /* port = 9; */ ; // \"x\n  server = \"a\" \"b\"\n"
        "  ; database=\"F\",user = \"sa\" port = 0x599 timeout = 7\n};\nother = ( 1, [2, 3], \"}\" );\n";
    static const char after[] =
        "# Zażółć\r\nerp :\n{\n\ttype=\"subiekt-gt\" /* port = 9; */ ; // \"x\n  server = \"srv\"\n"
        "  ; database=\"F\",user = \"sa\" port = 1444 timeout = 7\n};\nother = ( 1, [2, 3], \"}\" );\n";
    write_file(r, before);
    assert_int_equal(set(r, "erp.server", "srv"), STATUS_OK);
    assert_int_equal(set(r, "erp.port", "1444"), STATUS_OK);
    expect_file(r, after);
    assert_int_equal(load(r), STATUS_OK);
    assert_int_equal(config_integer(r->c, "erp.port"), 1444);
}

static void odd_texts_survive_the_file(void **state)
{
    static const char *const texts[] = {
        "",     "\"",   "\\",       "\\\"",           "Zażółć \xf0\x9f\x98\x80",
        "};",   "# no", "/* no */", "@include \"x\"", "%s%n",
        "a\\nb"};
    struct room *r = *state;
    write_file(r, whole);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(set(r, "endpoint.name", texts[i]), STATUS_OK);
        assert_int_equal(load(r), STATUS_OK);
        assert_string_equal(config_text(r->c, "endpoint.name"), texts[i]);
    }
}

/* Every setting, set in the commented example with each default made real: only its own bytes move. */
static void every_setting_is_set_in_place_and_removed(void **state)
{
    struct room *r = *state;
    struct buf example;
    buf_init(&example, 1 << 20);
    config_print_example(&example);
    write_file(r, buf_text(&example));
    for (size_t i = 0; setting_at(i); i++) {
        const struct setting *s = setting_at(i);
        char value[64];
        if (s->type == SETTING_INTEGER)
            snprintf(value, sizeof value, "%lld", (long long)s->max);
        else if (s->type == SETTING_DURATION)
            snprintf(value, sizeof value, "%lldms", (long long)s->min);
        else if (s->type == SETTING_CHOICE)
            text_copy(value, sizeof value, s->choices[0]);
        else if (s->type == SETTING_BOOL)
            text_copy(value, sizeof value, "true");
        else
            text_copy(value, sizeof value, text_equal(s->path, "panel.url") ? "https://x" : "x");
        write_file(r, buf_text(&example));
        if (set(r, s->path, value) != STATUS_OK && !s->required)
            fail_msg("%s: %s", s->path, r->e.text);
        char *text = read_text(r->p.config_file), *line = strstr(text, strchr(s->path, '.') + 1);
        assert_non_null(line);
        /* One line more, everything else as it was. */
        if (strcmp(text, buf_text(&example)) != 0) {
            size_t same = 0, grown = strlen(text) - example.length;
            while (text[same] == buf_text(&example)[same])
                same++;
            assert_string_equal(text + same + grown, buf_text(&example) + same);
            assert_int_equal(set(r, s->path, NULL), STATUS_OK);
            expect_file(r, buf_text(&example));
        }
        free(text);
    }
    buf_free(&example);
}

static void settings_are_added_where_they_belong(void **state)
{
    static const struct {
        const char *before, *after;
    } cases[] = {
        {"", "log : {\n    level = \"debug\";\n};\n"},
        {"# nothing", "# nothing\nlog : {\n    level = \"debug\";\n};\n"},
        {"log : { };\n", "log : {  level = \"debug\"; };\n"},
        {"log : {\n    # level = \"info\";\n};\n",
         "log : {\n    # level = \"info\";\n    level = \"debug\";\n};\n"},
        {"log = {\n}", "log = {\n    level = \"debug\";\n}"},
        {"log : { x = 1 }", "log : { x = 1  level = \"debug\"; }"},
    };
    struct room *r = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_file(r, cases[i].before);
        assert_int_equal(set(r, "log.level", "debug"), STATUS_OK);
        expect_file(r, cases[i].after);
        assert_int_equal(load(r), STATUS_OK);
        assert_string_equal(config_text(r->c, "log.level"), "debug");
    }
    unlink(r->p.config_file);
    assert_int_equal(set(r, "log.level", "debug"), STATUS_OK);
    struct stat st;
    assert_int_equal(stat(r->p.config_file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_wrong_change_changes_nothing(void **state)
{
    static const char *const wrong[][2] = {
        {"erp.port", "70000"},        {"erp.encryption", "maybe"},   {"erp.porrt", "1"},
        {"panel.url", "http://x"},    {"erp.tls_verify", "ca"},      {"erp.user", NULL},
        {"endpoint.name", "\xff"},    {"erp.server", "SERWER\nexo"}, {"endpoint.name", "a\x7f"},
        {"endpoint.name", "\xc2\x9b"}};
    struct room *r = *state;
    write_file(r, whole);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_not_equal(set(r, wrong[i][0], wrong[i][1]), STATUS_OK);
        assert_true(r->e.text[0]);
        expect_file(r, whole);
    }
    assert_int_equal(set(r, "erp.porrt", "1"), STATUS_NOT_FOUND);
    assert_non_null(strstr(r->e.text, "did you mean erp.port?"));
    struct config_change both[] = {{"erp.port", "1500"}, {"erp.encryption", "maybe"}};
    assert_int_equal(config_save(&r->p, both, 2, NULL, &r->e), STATUS_INVALID);
    expect_file(r, whole);
}

static void an_incomplete_file_is_completed_setting_by_setting(void **state)
{
    struct room *r = *state;
    static const char *const steps[][2] = {{"erp.type", "subiekt-gt"},
                                           {"erp.server", "srv"},
                                           {"erp.database", "F"},
                                           {"erp.user", "sa"}};
    write_file(r, "erp : { server = \"\"; };\n");
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(set(r, steps[i][0], steps[i][1]), STATUS_OK);
    assert_int_equal(load(r), STATUS_OK);
}

static void somebody_elses_edit_is_not_overwritten(void **state)
{
    struct room *r = *state;
    char secret[300];
    write_file(r, whole);
    assert_int_equal(set(r, "erp.password", "first"), STATUS_OK);
    assert_int_equal(load(r), STATUS_OK);
    struct file_stamp stamp = *config_stamp(r->c);
    char *theirs = read_text(r->p.config_file);
    write_file(r, theirs); /* the same text, but another file: an editor saved it */
    struct config_change changes[] = {{"erp.port", "1500"}, {"erp.password", "second"}};
    assert_int_equal(config_save(&r->p, changes, 2, &stamp, &r->e), STATUS_EXISTS);
    expect_file(r, theirs);
    free(theirs);
    /* Neither half of the change may be there. */
    assert_int_equal(sealed_get(r->p.state_dir, "erp.password", secret, sizeof secret, &r->e),
                     STATUS_OK);
    assert_string_equal(secret, "first");
    assert_int_equal(config_save(&r->p, changes, 2, NULL, &r->e), STATUS_OK);
    assert_int_equal(sealed_get(r->p.state_dir, "erp.password", secret, sizeof secret, &r->e),
                     STATUS_OK);
    assert_string_equal(secret, "second");
}

static size_t files_in(const char *dir)
{
    char command[600];
    snprintf(command, sizeof command, "ls -A %s | wc -l", dir);
    FILE *f = popen(command, "r");
    unsigned count = 0;
    assert_int_equal(fscanf(f, "%u", &count), 1);
    pclose(f);
    return count;
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    struct room *r = *state;
    struct buf b;
    struct rlimit old, small = {8192, 8192};
    buf_init(&b, 100000);
    buf_add_text(&b, whole);
    while (b.length < 8150)
        buf_add_text(&b, "# a comment that takes room\n");
    write_file(r, buf_text(&b));
    size_t files = files_in(r->p.config_dir);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small.rlim_max = old.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum status status =
        set(r, "endpoint.name",
            "a name that is too long for what is left of the disk, and more, and more");
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(status, STATUS_FULL);
    assert_true(r->e.text[0]);
    expect_file(r, buf_text(&b));
    assert_int_equal(files_in(r->p.config_dir), files);
    buf_free(&b);
}

static void a_read_only_directory_says_so(void **state)
{
    struct room *r = *state;
    if (geteuid() != 0)
        skip(); /* only root can give the directory to somebody else */
    write_file(r, whole);
    assert_int_equal(chmod(r->p.config_file, 0644), 0);
    assert_int_equal(chmod(r->p.config_dir, 0755), 0);
    assert_int_equal(seteuid(65534), 0);
    enum status status = set(r, "erp.port", "1500");
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(status, STATUS_DENIED);
    assert_non_null(strstr(r->e.text, r->p.config_file));
    expect_file(r, whole);
}

static void the_files_mode_stays(void **state)
{
    struct room *r = *state;
    struct stat st;
    write_file(r, whole);
    chmod(r->p.config_file, 0640);
    assert_int_equal(set(r, "erp.port", "1500"), STATUS_OK);
    assert_int_equal(stat(r->p.config_file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
}

/* ---- secrets -------------------------------------------------------------------------------------------- */

static void a_secret_goes_into_the_store_and_a_reference_into_the_file(void **state)
{
    struct room *r = *state;
    char secret[300];
    json_t *object;
    write_file(r, whole);
    assert_int_equal(set(r, "erp.password", "p\"w;{}\\ż"), STATUS_OK);
    char *text = read_text(r->p.config_file);
    assert_null(strstr(text, "p\\\"w"));
    assert_non_null(strstr(text, "password = \"sealed:erp.password\""));
    free(text);
    assert_int_equal(load(r), STATUS_OK);
    assert_int_equal(config_secret(r->c, "erp.password", secret, sizeof secret, &r->e), STATUS_OK);
    assert_string_equal(secret, "p\"w;{}\\ż");
    assert_int_equal(config_to_json(r->c, false, &object, &r->e), STATUS_OK);
    assert_string_equal(json_text(object, "erp.password", ""), "***");
    json_decref(object);
    /* Over the worker's pipe: the same configuration, secrets themselves. */
    struct config *copy;
    assert_int_equal(config_to_json(r->c, true, &object, &r->e), STATUS_OK);
    assert_int_equal(config_from_json(object, &copy, &r->e), STATUS_OK);
    json_decref(object);
    assert_int_equal(config_secret(copy, "erp.password", secret, sizeof secret, &r->e), STATUS_OK);
    assert_string_equal(secret, "p\"w;{}\\ż");
    for (size_t i = 0; setting_at(i); i++)
        if (setting_at(i)->type != SETTING_SECRET)
            assert_string_equal(config_text(copy, setting_at(i)->path),
                                config_text(r->c, setting_at(i)->path));
    config_free(copy);
    /* Back to none: the store forgets it, too. */
    assert_int_equal(set(r, "erp.password", NULL), STATUS_OK);
    assert_int_equal(sealed_get(r->p.state_dir, "erp.password", secret, sizeof secret, &r->e),
                     STATUS_NOT_FOUND);
}

static void a_reference_to_nothing_says_what_to_do(void **state)
{
    struct room *r = *state;
    char secret[300];
    write_file(
        r,
        "erp : { type = \"a\"; server = \"b\"; database = \"c\"; user = \"d\"; password = \"sealed:erp.password\"; };\n");
    assert_int_equal(load(r), STATUS_OK);
    assert_int_equal(config_secret(r->c, "erp.password", secret, sizeof secret, &r->e),
                     STATUS_DENIED);
    assert_non_null(strstr(r->e.remedy, "endpointctl config set erp.password"));
}

static void plugins_of_the_file_get_what_they_lack(void **state)
{
    struct room *r = *state;
    static const char form[] =
        "plugins = ( { id = \"s\"; kind = \"stock\"; channel = { type = \"panel\"; }; schedule = { every = "
        "\"60s\"; }; options = { warehouses = ( \"%s\" ); }; } );\n%s";
    char text[1000];
    snprintf(text, sizeof text, form, "MAG", whole);
    write_file(r, text);
    assert_int_equal(load(r), STATUS_OK);
    const json_t *plugin = json_array_get(config_plugins(r->c), 0);
    assert_true(json_flag(plugin, "enabled", false));
    assert_string_equal(json_text(plugin, "name", ""), "s");
    int64_t version = json_number(plugin, "scenario_version", 0);
    assert_true(version > 0);
    snprintf(text, sizeof text, form, "SKL", whole); /* other options are another scenario */
    write_file(r, text);
    assert_int_equal(load(r), STATUS_OK);
    assert_true(json_number(json_array_get(config_plugins(r->c), 0), "scenario_version", 0) !=
                version);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_table_is_consistent),
        cmocka_unit_test(a_name_is_measured_as_sql_server_does),
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_missing_file_gives_the_defaults),
        TEST(all_faults_come_at_once_each_with_its_line),
        TEST(an_incomplete_configuration_names_what_is_missing),
        TEST(what_is_no_configuration_is_refused_with_its_line),
        cmocka_unit_test(what_releases_of_the_library_read_in_two_ways_is_refused),
        TEST(a_file_of_another_encoding_is_named_as_such),
        TEST(a_byte_order_mark_is_kept_and_skipped),
        TEST(control_characters_in_a_text_are_shown_and_refused),
        TEST(a_blank_at_the_end_of_a_text_is_shown),
        TEST(an_erp_without_a_mapping_is_a_fault_that_names_those_that_there_are),
        TEST(an_include_in_a_comment_harms_nobody),
        TEST(many_faults_are_bounded),
        TEST(texts_of_faults_are_utf8_however_long_the_value),
        TEST(only_the_value_changes),
        TEST(odd_texts_survive_the_file),
        TEST(every_setting_is_set_in_place_and_removed),
        TEST(settings_are_added_where_they_belong),
        TEST(a_wrong_change_changes_nothing),
        TEST(an_incomplete_file_is_completed_setting_by_setting),
        TEST(somebody_elses_edit_is_not_overwritten),
        TEST(a_full_disk_leaves_the_old_file),
        TEST(a_read_only_directory_says_so),
        TEST(the_files_mode_stays),
        TEST(a_secret_goes_into_the_store_and_a_reference_into_the_file),
        TEST(a_reference_to_nothing_says_what_to_do),
        TEST(plugins_of_the_file_get_what_they_lack),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
