#include "sandbox/options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "os/file.h"

static const char help[] =
    "Usage: endpoint-sandbox [options]\n"
    "       endpoint-sandbox import FILE... --data FILE [--import-dir DIR [--keep-imported]]\n"
    "Plays an ERP's SQL Server: TDS over embedded SQLite, for demos and tests. And its operator:\n"
    "import makes the documents of EDI++ files (.epp), also while a server runs on the data.\n\n"
    "  --erp NAME            the company to play: subiekt-gt (default), optima, nexo,\n"
    "                        navireo, generic\n"
    "  --rows N              products to make (default 10000)\n"
    "  --seed N              same seed, same data (default 1)\n"
    "  --data FILE           keep the data in FILE (default: a temporary file)\n"
    "  --listen ADDRESS      default 127.0.0.1\n"
    "  --allow-remote        let --listen name an address beyond loopback\n"
    "  --port N              default 0: any free port\n"
    "  --port-file FILE      write the port there when ready\n"
    "  --browser-port N      play SQL Server Browser on this UDP port as well\n"
    "  --instance NAME       the instance that it tells of (default SANDBOX)\n"
    "  --encrypt off|login|required   default off\n"
    "  --cert FILE --key FILE         the server's certificate, PEM\n"
    "  --make-cert DIR       make a certificate for localhost in DIR (ca.pem, server.pem, server.key)\n"
    "  --user NAME           the login (default sa)\n"
    "  --password-file FILE  its password (default: the password is sandbox)\n"
    "  --import-dir DIR      play the operator: import every .epp file that appears in DIR, then move it\n"
    "                        to DIR/done, or to DIR/rejected with its reasons beside it\n"
    "  --keep-imported       leave an imported file where it is, as the real program does\n"
    "  --print-schema        print the company as a T-SQL script and end\n"
    "  --deny SCHEMA.TABLE   take the right to read a table from the login; may be repeated\n"
    "  --read-only           the login may read, and change nothing\n"
    "  --snapshot            the databases allow snapshot isolation\n"
    "  --fault drop-after-rows=N | stall-after-rows=N   for tests: break one result\n"
    "  --fault lose-commit=before|after   for tests: the connection breaks at the first COMMIT\n"
    "  --fault lose-commit=refused        for tests: the first COMMIT fails, nothing is kept\n"
    "  --fault no-tcp        for tests: SQL Server Browser says that TCP is off\n"
    "  --fault secondary     for tests: be a readable secondary, which takes only read-only intent\n"
    "  --login-messages FILE for tests: answer each login with the messages in FILE, if there are any: lines\n"
    "                        NUMBER SEVERITY TEXT in this order; \"cut\" ends the connection without a word,\n"
    "                        \"deny\" ends the login, else it goes on\n"
    "  --batch-messages FILE the same instead of running a statement\n"
    "  --fault clock-ahead=SECONDS    for tests: the server's clock is wrong\n"
    "  --help, --version\n\n"
    "Exit codes: 0 ended as asked, 1 failure, 2 wrong usage.\n";

static int usage(const char *text, const char *what)
{
    fprintf(stderr, "endpoint-sandbox: %s%s (see --help)\n", text, what);
    return 2;
}

static bool number(const char *text, int64_t max, int64_t *value)
{
    return text_to_i64(text, value) && *value >= 0 && *value <= max;
}

static bool fault(struct sandbox_options *o, const char *text)
{
    if (text_starts(text, "drop-after-rows="))
        return number(strchr(text, '=') + 1, INT64_MAX, &o->drop_after_rows);
    if (text_equal(text, "secondary"))
        return o->secondary = true;
    if (text_equal(text, "no-tcp"))
        return o->no_tcp = true;
    if (text_starts(text, "clock-ahead="))
        return number(strchr(text, '=') + 1, INT32_MAX, &o->clock_ahead);
    if (text_equal(text, "lose-commit=before") || text_equal(text, "lose-commit=after")) {
        o->lose_commit = text_ends(text, "after") ? COMMIT_LOST_AFTER : COMMIT_LOST_BEFORE;
        return true;
    }
    if (text_equal(text, "lose-commit=refused")) {
        o->lose_commit = COMMIT_REFUSED;
        return true;
    }
    if (text_starts(text, "stall-after-rows="))
        return number(strchr(text, '=') + 1, INT64_MAX, &o->stall_after_rows);
    return false;
}

static bool encrypt(struct sandbox_options *o, const char *text)
{
    static const char *const words[] = {"off", "login", "required"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (text_equal(words[i], text)) {
            o->encrypt = (enum tds_encrypt)i;
            return true;
        }
    }
    return false;
}

static bool take_rows(struct sandbox_options *o, const char *value)
{
    int64_t n;
    if (!number(value, 10000000, &n))
        return false;
    o->rows = (uint64_t)n;
    return true;
}

static bool take_seed(struct sandbox_options *o, const char *value)
{
    int64_t n;
    if (!number(value, INT64_MAX, &n))
        return false;
    o->seed = (uint64_t)n;
    return true;
}

static bool port_number(const char *value, int *port)
{
    int64_t n;
    if (!number(value, 65535, &n))
        return false;
    *port = (int)n;
    return true;
}

static bool take_port(struct sandbox_options *o, const char *value)
{
    return port_number(value, &o->port);
}

static bool take_browser_port(struct sandbox_options *o, const char *value)
{
    return port_number(value, &o->browser_port);
}

static bool take_instance(struct sandbox_options *o, const char *value)
{
    o->instance = value;
    return strlen(value) <= 16 && !strpbrk(value, ";\\");
}

static bool take_denied(struct sandbox_options *o, const char *value)
{
    if (o->deny_count == COUNT_OF(o->deny))
        return false;
    o->deny[o->deny_count++] = value;
    return true;
}

#define AT(member) offsetof(struct sandbox_options, member)

/* The options: a text or a flag goes into its member, the others are read by a function. */
static const struct row {
    const char *name;
    enum { ROW_TEXT, ROW_FLAG, ROW_READ, ROW_HELP, ROW_VERSION } form;
    size_t at;
    bool (*read)(struct sandbox_options *o, const char *value);
} rows[] = {
    {"help", ROW_HELP, 0, NULL}, /* first, because it also has a letter */
    {"erp", ROW_TEXT, AT(erp), NULL},
    {"rows", ROW_READ, 0, take_rows},
    {"seed", ROW_READ, 0, take_seed},
    {"data", ROW_TEXT, AT(data), NULL},
    {"listen", ROW_TEXT, AT(listen), NULL},
    {"allow-remote", ROW_FLAG, AT(allow_remote), NULL},
    {"port", ROW_READ, 0, take_port},
    {"port-file", ROW_TEXT, AT(port_file), NULL},
    {"encrypt", ROW_READ, 0, encrypt},
    {"cert", ROW_TEXT, AT(cert), NULL},
    {"key", ROW_TEXT, AT(key), NULL},
    {"make-cert", ROW_TEXT, AT(make_cert), NULL},
    {"user", ROW_TEXT, AT(user), NULL},
    {"password-file", ROW_TEXT, AT(password_file), NULL},
    {"print-schema", ROW_FLAG, AT(print_schema), NULL},
    {"import-dir", ROW_TEXT, AT(import_dir), NULL},
    {"keep-imported", ROW_FLAG, AT(keep_imported), NULL},
    {"fault", ROW_READ, 0, fault},
    {"deny", ROW_READ, 0, take_denied},
    {"read-only", ROW_FLAG, AT(read_only), NULL},
    {"snapshot", ROW_FLAG, AT(snapshot), NULL},
    {"browser-port", ROW_READ, 0, take_browser_port},
    {"login-messages", ROW_TEXT, AT(login_messages), NULL},
    {"batch-messages", ROW_TEXT, AT(batch_messages), NULL},
    {"instance", ROW_READ, 0, take_instance},
    {"version", ROW_VERSION, 0, NULL},
};

/* The table in the form of getopt_long; an option's value is its row number, counted from FIRST. */
enum { FIRST = 256 };

static void make_table(struct option table[COUNT_OF(rows) + 1])
{
    memset(table, 0, (COUNT_OF(rows) + 1) * sizeof *table);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool takes_value = rows[i].form == ROW_TEXT || rows[i].form == ROW_READ;
        table[i].name = rows[i].name;
        table[i].has_arg = takes_value ? required_argument : no_argument;
        table[i].val = FIRST + (int)i;
    }
}

static const struct row *row_of(int option)
{
    return option == 'h' ? &rows[0] : &rows[option - FIRST];
}

/* -1: go on; else the exit code. */
static int take(struct sandbox_options *o, const struct row *row, const char *value)
{
    char *member = (char *)o + row->at;
    switch (row->form) {
    case ROW_TEXT: *(const char **)(void *)member = value; break;
    case ROW_FLAG: *(bool *)member = true; break;
    case ROW_READ:
        if (!row->read(o, value))
            return args_bad_value("endpoint-sandbox", value);
        break;
    case ROW_HELP: fputs(help, stdout); return 0;
    case ROW_VERSION: puts("endpoint-sandbox " ENDPOINT_VERSION); return 0;
    }
    return -1;
}

/* What follows the options: nothing, or "import FILE...". */
static int take_arguments(struct sandbox_options *o, char **arguments)
{
    if (!*arguments)
        return -1;
    if (!text_equal(*arguments, "import"))
        return args_unexpected("endpoint-sandbox", *arguments);
    o->imports = arguments + 1;
    if (!*o->imports || !o->data)
        return usage("import needs files and ", "--data");
    return -1;
}

static int check(const struct sandbox_options *o)
{
    if (o->keep_imported && !o->import_dir)
        return usage("--keep-imported goes with ", "--import-dir");
    if (!o->allow_remote && !text_starts(o->listen, "127."))
        return usage("the sandbox stays on loopback unless --allow-remote is given: ", o->listen);
    if (o->encrypt != TDS_ENCRYPT_OFF && !o->make_cert && (!o->cert || !o->key))
        return usage("encryption needs --cert and --key, or ", "--make-cert");
    return -1;
}

int options_read(int argc, char **argv, struct sandbox_options *o)
{
    struct option table[COUNT_OF(rows) + 1];
    struct error e = {0};
    int option, code = -1;
    make_table(table);
    *o = (struct sandbox_options){.erp = "subiekt-gt",
                                  .listen = "127.0.0.1",
                                  .user = "sa",
                                  .instance = "SANDBOX",
                                  .rows = 10000,
                                  .seed = 1};
    while (code < 0 && (option = args_next(argc, argv, "h", table, &e)) != -1)
        code =
            option == '?' ? args_complain("endpoint-sandbox", &e) : take(o, row_of(option), optarg);
    if (code < 0)
        code = take_arguments(o, argv + optind);
    return code < 0 ? check(o) : code;
}

enum status options_password(const struct sandbox_options *o, char *target, size_t size,
                             struct error *e)
{
    struct buf b;
    if (!o->password_file) {
        text_copy(target, size, "sandbox");
        return STATUS_OK;
    }
    buf_init(&b, 4096);
    enum status status = file_read(o->password_file, &b, NULL, e);
    if (status == STATUS_OK && b.data)
        b.data[strcspn(b.data, "\r\n")] = '\0';
    if (status == STATUS_OK && !text_copy(target, size, buf_text(&b)))
        status = error_set(e, STATUS_INVALID, "password_long", "the password in %s is too long",
                           o->password_file);
    mem_wipe(b.data, b.length);
    buf_free(&b);
    return status;
}
