#include "sandbox/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"

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

enum {
    ERP = 256,
    ROWS,
    SEED,
    DATA,
    LISTEN,
    REMOTE,
    PORT,
    PORT_FILE,
    ENCRYPT,
    CERT,
    KEY,
    MAKE_CERT,
    USER,
    PASSWORD_FILE,
    PRINT_SCHEMA,
    IMPORT_DIR,
    KEEP_IMPORTED,
    FAULT,
    DENY,
    READ_ONLY,
    SNAPSHOT,
    BROWSER,
    INSTANCE,
    LOGIN_MESSAGES,
    BATCH_MESSAGES,
    HELP,
    VERSION
};

static bool take(struct sandbox_options *o, int option, const char *value)
{
    int64_t n = 0;
    bool ok = true;
    switch (option) {
    case ERP: o->erp = value; break;
    case ROWS:
        ok = number(value, 10000000, &n);
        o->rows = (uint64_t)n;
        break;
    case SEED:
        ok = number(value, INT64_MAX, &n);
        o->seed = (uint64_t)n;
        break;
    case DATA: o->data = value; break;
    case LISTEN: o->listen = value; break;
    case REMOTE: o->allow_remote = true; break;
    case PORT:
        ok = number(value, 65535, &n);
        o->port = (int)n;
        break;
    case PORT_FILE: o->port_file = value; break;
    case ENCRYPT: ok = encrypt(o, value); break;
    case CERT: o->cert = value; break;
    case KEY: o->key = value; break;
    case MAKE_CERT: o->make_cert = value; break;
    case USER: o->user = value; break;
    case PASSWORD_FILE: o->password_file = value; break;
    case PRINT_SCHEMA: o->print_schema = true; break;
    case IMPORT_DIR: o->import_dir = value; break;
    case KEEP_IMPORTED: o->keep_imported = true; break;
    case FAULT: ok = fault(o, value); break;
    case BROWSER:
        ok = number(value, 65535, &n);
        o->browser_port = (int)n;
        break;
    case INSTANCE:
        ok = strlen(value) <= 16 && !strpbrk(value, ";\\");
        o->instance = value;
        break;
    case LOGIN_MESSAGES: o->login_messages = value; break;
    case BATCH_MESSAGES: o->batch_messages = value; break;
    case READ_ONLY: o->read_only = true; break;
    case SNAPSHOT: o->snapshot = true; break;
    case DENY:
        ok = o->deny_count < COUNT_OF(o->deny);
        if (ok)
            o->deny[o->deny_count++] = value;
        break;
    default: ok = false; break;
    }
    return ok;
}

int options_read(int argc, char **argv, struct sandbox_options *o)
{
    static const struct option table[] = {{"erp", 1, NULL, ERP},
                                          {"rows", 1, NULL, ROWS},
                                          {"seed", 1, NULL, SEED},
                                          {"data", 1, NULL, DATA},
                                          {"listen", 1, NULL, LISTEN},
                                          {"allow-remote", 0, NULL, REMOTE},
                                          {"port", 1, NULL, PORT},
                                          {"port-file", 1, NULL, PORT_FILE},
                                          {"encrypt", 1, NULL, ENCRYPT},
                                          {"cert", 1, NULL, CERT},
                                          {"key", 1, NULL, KEY},
                                          {"make-cert", 1, NULL, MAKE_CERT},
                                          {"user", 1, NULL, USER},
                                          {"password-file", 1, NULL, PASSWORD_FILE},
                                          {"print-schema", 0, NULL, PRINT_SCHEMA},
                                          {"import-dir", 1, NULL, IMPORT_DIR},
                                          {"keep-imported", 0, NULL, KEEP_IMPORTED},
                                          {"fault", 1, NULL, FAULT},
                                          {"deny", 1, NULL, DENY},
                                          {"read-only", 0, NULL, READ_ONLY},
                                          {"snapshot", 0, NULL, SNAPSHOT},
                                          {"browser-port", 1, NULL, BROWSER},
                                          {"login-messages", 1, NULL, LOGIN_MESSAGES},
                                          {"batch-messages", 1, NULL, BATCH_MESSAGES},
                                          {"instance", 1, NULL, INSTANCE},
                                          {"help", 0, NULL, HELP},
                                          {"version", 0, NULL, VERSION},
                                          {0}};
    int option;
    *o = (struct sandbox_options){.erp = "subiekt-gt",
                                  .listen = "127.0.0.1",
                                  .user = "sa",
                                  .instance = "SANDBOX",
                                  .rows = 10000,
                                  .seed = 1};
    while ((option = getopt_long(argc, argv, "h", table, NULL)) != -1) {
        if (option == HELP || option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option == VERSION) {
            puts("endpoint-sandbox " ENDPOINT_VERSION);
            return 0;
        }
        if (option == '?')
            return 2;
        if (!take(o, option, optarg))
            return usage("this is no value for its option: ", optarg ? optarg : "");
    }
    if (optind < argc && text_equal(argv[optind], "import")) {
        o->imports = argv + optind + 1;
        if (!*o->imports || !o->data)
            return usage("import needs files and ", "--data");
    } else if (optind < argc) {
        return usage("unexpected argument ", argv[optind]);
    }
    if (o->keep_imported && !o->import_dir)
        return usage("--keep-imported goes with ", "--import-dir");
    if (!o->allow_remote && !text_starts(o->listen, "127."))
        return usage("the sandbox stays on loopback unless --allow-remote is given: ", o->listen);
    if (o->encrypt != TDS_ENCRYPT_OFF && !o->make_cert && (!o->cert || !o->key))
        return usage("encryption needs --cert and --key, or ", "--make-cert");
    return -1;
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
