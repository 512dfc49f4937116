#include "config/settings.h"

#include "config/config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"

static const char *const encryption_words[] = {"off", "login", "required", NULL};
static const char *const auth_words[] = {"sql", "ntlm", "kerberos", NULL};
static const char *const verify_words[] = {"system", "ca", "pin", "none", NULL};
static const char *const level_words[] = {"error", "warning", "info", "debug", NULL};

static const char *const epp_version_words[] = {"1.05", "1.05.1", "1.05.3", "1.11", NULL};
static const char *const epp_section_words[] = {"document", "all", NULL};
static const char *const done_words[] = {"move", "remove", NULL};
static const char *const writer_words[] = {"off", "epp", "command", "sql", NULL};

#define SYSNAME 128 /* UTF-16 units of a name of SQL Server's */

#define MS(seconds) ((seconds)*INT64_C(1000))

/* The one table. The loader, the validator, the example file, the man page's list and endpointctl
 * config all use it. */
static const struct setting table[] = {
    {"erp.type", SETTING_TEXT, "", 0, 64, NULL, true, CHANGE_RELOAD, N_("ERP"),
     N_("Which ERP: the name of a mapping file, such as subiekt-gt. `endpointctl erp list` "
        "shows the existing ones."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.server", SETTING_TEXT, "", 0, 255, NULL, true, CHANGE_RELOAD, N_("SQL Server"),
     N_("Name or address of the machine with the ERP's SQL Server, and its instance if it is a named one: "
        "SERVER\\INSERTGT (in endpoint.conf itself the backslash is written twice)."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.port", SETTING_INTEGER, "0", 0, 65535, NULL, false, CHANGE_RELOAD, N_("TCP port"),
     N_("The port on which SQL Server listens. 0: 1433, or for a named instance the port that "
        "SQL Server Browser on that machine names. SQL Server Configuration Manager shows it "
        "under TCP/IP, IP Addresses, IPAll."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.database", SETTING_NAME, "", 0, SYSNAME, NULL, true, CHANGE_RELOAD, N_("Database"),
     N_("The company's database."), PAGE_CONNECTION, NULL, NULL},
    {"erp.user", SETTING_NAME, "", 0, SYSNAME, NULL, true, CHANGE_RELOAD, N_("SQL login"),
     N_("A SQL Server login that may read the company's database; it needs no right to write. "
        "With erp.auth = \"ntlm\" or \"kerberos\": the account's name, DOMAIN\\name."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.password", SETTING_SECRET, "", 0, 384, NULL, false, CHANGE_RELOAD, N_("Password"),
     N_("The login's password. `endpointctl config set erp.password` asks for it, seals it and leaves a "
        "reference here."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.encryption", SETTING_CHOICE, "required", 0, 0, encryption_words, false, CHANGE_RELOAD,
     N_("Encryption"),
     N_("required: everything sent to the SQL Server is encrypted. login: only the login is. "
        "off: nothing is, not even the password."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.tls_verify", SETTING_CHOICE, "system", 0, 0, verify_words, false, CHANGE_RELOAD,
     N_("Certificate check"),
     N_("How the SQL Server's certificate is verified: with the system's authorities "
        "(system), a file of authorities (ca), its own fingerprint (pin), or not at all "
        "(none, which a check shows as a warning)."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.tls_ca", SETTING_PATH, "", 0, 500, NULL, false, CHANGE_RELOAD, N_("Authorities' file"),
     N_("PEM file of certificate authorities, for erp.tls_verify = \"ca\"."), PAGE_CONNECTION,
     "erp.tls_verify=ca", NULL},
    {"erp.tls_pin", SETTING_TEXT, "", 0, 95, NULL, false, CHANGE_RELOAD, N_("Fingerprint"),
     N_("SHA-256 fingerprint of the server's certificate in hex, for erp.tls_verify = \"pin\". "
        "`endpointctl test` shows it."),
     PAGE_CONNECTION, "erp.tls_verify=pin", NULL},
    {"erp.tls_host", SETTING_TEXT, "", 0, 255, NULL, false, CHANGE_RELOAD, N_("Certificate's name"),
     N_("The name that the certificate must contain, if it is not erp.server."), PAGE_CONNECTION,
     NULL, NULL},
    {"erp.operator", SETTING_TEXT, "", 0, 100, NULL, false, CHANGE_RELOAD, N_("Operator"),
     N_("The ERP's user in whose name orders are entered; empty if no orders come in. "
        "`endpointctl lookup operators` lists them."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.auth", SETTING_CHOICE, "sql", 0, 0, auth_words, false, CHANGE_RELOAD, N_("Sign in with"),
     N_("sql: a login of the SQL Server itself. ntlm: a Windows account, DOMAIN\\name in "
        "erp.user, with its password. kerberos: the account whose ticket this service has, "
        "without a password."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.read_intent", SETTING_BOOL, "false", 0, 0, NULL, false, CHANGE_RELOAD,
     N_("Readable secondary"),
     N_("true: say at login that this session only reads (ApplicationIntent=ReadOnly), so "
        "that a readable secondary of an availability group accepts it, or the group's "
        "listener sends it to one. Orders plugins never say so: only the primary knows for "
        "sure whether a document exists, so with orders erp.server must be the listener or "
        "the primary."),
     PAGE_ADVANCED, NULL, NULL},
    {"erp.browser_port", SETTING_INTEGER, "1434", 1, 65535, NULL, false, CHANGE_RELOAD,
     N_("Browser's port"),
     N_("The UDP port on which SQL Server Browser answers: 1434 unless something in between "
        "translates it."),
     PAGE_ADVANCED, NULL, NULL},
    {"erp.connect_timeout", SETTING_DURATION, "10s", MS(1), MS(300), NULL, false, CHANGE_RELOAD,
     N_("Connect time-out"), N_("How long connecting and logging in may take."), PAGE_CONNECTION,
     NULL, NULL},
    {"erp.query_timeout", SETTING_DURATION, "5min", MS(1), MS(86400), NULL, false, CHANGE_RELOAD,
     N_("Query time-out"), N_("How long the SQL Server may take for a statement."), PAGE_CONNECTION,
     NULL, NULL},
    {"erp.lock_timeout", SETTING_DURATION, "30s", MS(1), MS(3600), NULL, false, CHANGE_RELOAD,
     N_("Lock time-out"),
     N_("How long a statement waits for a lock that somebody in the ERP holds. After that it "
        "is tried again later. A check reports this, and also any call that took a third of "
        "this time or more."),
     PAGE_ADVANCED, NULL, NULL},
    {"erp.snapshot", SETTING_BOOL, "false", 0, 0, NULL, false, CHANGE_RELOAD,
     N_("Snapshot isolation"),
     N_("Read the ERP as it was when a statement began, so that nobody waits for us and we "
        "wait for nobody. The database has to allow it (ALLOW_SNAPSHOT_ISOLATION); this is "
        "its administrator's decision and takes space in tempdb. If it does not, the ERP is "
        "read as usual and a check says so. Orders are written without it."),
     PAGE_ADVANCED, NULL, NULL},
    {"orders.writer", SETTING_CHOICE, "off", 0, 0, writer_words, false, CHANGE_RELOAD, N_("Writer"),
     N_("How a shop's order becomes a document in the ERP. off: not at all; the ERP is only "
        "read and orders wait. epp: as an EDI++ file in orders.epp_dir, which the ERP's "
        "operator imports. command: by the program orders.command, which gets one order at a "
        "time; see endpoint-order-program(7). sql: as rows in the ERP's own tables, if the "
        "mapping supports that (Optima), and only with orders.sql_unsupported_by_vendor."),
     PAGE_ADVANCED, NULL, NULL},
    {"orders.epp_dir", SETTING_PATH, "", 0, 500, NULL, false, CHANGE_RELOAD, N_("Import directory"),
     N_("Where the files of orders.writer = \"epp\" appear. They are created and renamed "
        "inside it, so it must be one directory on one file system that this service may "
        "write to; a network share is fine."),
     PAGE_ADVANCED, "orders.writer=epp", NULL},
    {"orders.epp_wait", SETTING_DURATION, "4h", MS(1), MS(30 * 86400), NULL, false, CHANGE_RELOAD,
     N_("Wait for the import"),
     N_("Warn about a file when the ERP still shows no document for it after this long: "
        "somebody has to import it."),
     PAGE_ADVANCED, "orders.writer=epp", NULL},
    {"orders.epp_version", SETTING_CHOICE, "1.05", 0, 0, epp_version_words, false, CHANGE_RELOAD,
     N_("Version of files"),
     N_("The version that a file states. Seen: 1.05 in the producer's description and in "
        "exports of older programs, 1.11 in exports of Subiekt GT from 2025; the records that "
        "Endpoint writes are the same in all of them. No published text says which versions "
        "an import refuses: change it only if yours refuses 1.05."),
     PAGE_ADVANCED, "orders.writer=epp", NULL},
    {"orders.epp_sections", SETTING_CHOICE, "document", 0, 0, epp_section_words, false,
     CHANGE_RELOAD, N_("Sections of files"),
     N_("document: a file contains the document and, for a new buyer, the contractor. all: "
        "followed by the sections that an export of version 1.11 has, empty. Seen: exports "
        "have them; no published text says that an import needs them."),
     PAGE_ADVANCED, "orders.writer=epp", NULL},
    {"orders.epp_done", SETTING_CHOICE, "move", 0, 0, done_words, false, CHANGE_RELOAD,
     N_("Files that are done"),
     N_("What to do with a file when the ERP has its document, so that it is not imported "
        "again. move: move it to the directory done beside it. remove: delete it. A file that "
        "the ERP itself moved stays where it is."),
     PAGE_ADVANCED, "orders.writer=epp", NULL},
    {"orders.epp_done_keep", SETTING_DURATION, "30d", MS(3600), MS(3650 * 86400), NULL, false,
     CHANGE_RELOAD, N_("Keep them for"),
     N_("How long files of orders stay in done; they contain names and addresses."), PAGE_ADVANCED,
     "orders.writer=epp", NULL},
    {"orders.command", SETTING_PATH, "", 0, 500, NULL, false, CHANGE_RELOAD,
     N_("Program for orders"),
     N_("The program for orders.writer = \"command\": its absolute path, no arguments. It is "
        "started for every order, as this service's user."),
     PAGE_ADVANCED, "orders.writer=command", NULL},
    {"orders.command_timeout", SETTING_DURATION, "45s", MS(1), MS(3600), NULL, false, CHANGE_RELOAD,
     N_("Time for the program"),
     N_("How long orders.command may take for one order. Then it is killed, and the order is "
        "in doubt unless it is found in the ERP."),
     PAGE_ADVANCED, "orders.writer=command", NULL},
    {"orders.sql_unsupported_by_vendor", SETTING_BOOL, "false", 0, 0, NULL, false, CHANGE_RELOAD,
     N_("Write past the vendor"),
     N_("Set it to true to confirm: orders may be inserted as rows into the ERP's tables, "
        "although its vendor does not support that. Comarch supports writing only through "
        "Optima, its COM objects, its Web API and its file exchange; consultants say that "
        "anything else may end support and warranty. The rows follow published descriptions "
        "of the tables and have not been tried on a real Optima: try them on a copy of the "
        "database, and look at every document in the buffer before it leaves the buffer. "
        "Columns that need a value and that the mapping does not know get an empty text, 0 or "
        "1900-01-01; `endpointctl erp check` and `endpointctl test` list them."),
     PAGE_ADVANCED, "orders.writer=sql", NULL},
    {"orders.document_type", SETTING_TEXT, "", 0, 31, NULL, false, CHANGE_RELOAD,
     N_("Document type"),
     N_("The document's type when it is handed over; empty: the first one that the ERP's "
        "mapping names, ZK (RO in Optima). No published text says whether Subiekt GT leaves "
        "an imported ZK (customer order) as it is, or turns a partner's ZD (order to a "
        "supplier) into a ZK, as between two firms: import one order as ZK, and try ZD if it "
        "does not become a ZK. The type is part of an order's key: change it only when no "
        "order is under way."),
     PAGE_ADVANCED, NULL, NULL},
    {"orders.issuer", SETTING_TEXT, "", 0, 100, NULL, false, CHANGE_RELOAD, N_("Issued by"),
     N_("The issuer named in the document. Subiekt's own files have \";Szef\" for its "
        "operator Szef."),
     PAGE_ADVANCED, NULL, NULL},
    {"orders.timezone", SETTING_TEXT, "Europe/Warsaw", 1, 99, NULL, false, CHANGE_RELOAD,
     N_("Time zone"),
     N_("The shop's time zone: a document's date is the date there when the order is placed, "
        "whatever this machine's own zone is. A name from the system's zone data (package "
        "tzdata)."),
     PAGE_ADVANCED, NULL, NULL},
    {"orders.exchange_rates", SETTING_TEXT, "", 0, 500, NULL, false, CHANGE_RELOAD,
     N_("Exchange rates"),
     N_("How many złoty one unit of a currency is worth, like \"EUR 4.2512, USD 3.9\": for "
        "orders in a currency other than PLN that bring no rate, if the ERP's table has none "
        "either. Without any rate such an order is rejected."),
     PAGE_ADVANCED, NULL, NULL},
    {"orders.without_panel", SETTING_BOOL, "false", 0, 0, NULL, false, CHANGE_RELOAD,
     N_("Write without the panel"),
     N_("New orders are written only while the panel answers, because it knows whether a copy "
        "of this endpoint runs elsewhere: after a start only once it has been asked, later "
        "for some minutes after its last answer. true: they are written anyway. Then make "
        "sure yourself that no copy of the state directory runs."),
     PAGE_NONE, NULL, NULL},
    {"panel.url", SETTING_TEXT, "", 0, 255, NULL, false, CHANGE_RELOAD, N_("Panel"),
     N_("Base URL of the panel; it begins with https://."), PAGE_ADVANCED, NULL, NULL},
    {"panel.ca", SETTING_PATH, "", 0, 500, NULL, false, CHANGE_RELOAD, N_("Authorities' file"),
     N_("PEM file of certificate authorities to verify the panel's certificate with; empty: "
        "the system's."),
     PAGE_ADVANCED, NULL, NULL},
    {"panel.proxy", SETTING_TEXT, "", 0, 255, NULL, false, CHANGE_RELOAD, N_("Proxy"),
     N_("HTTP proxy on the way to the panel, http://host:port; empty: the one from the "
        "environment. Its login goes into panel.proxy_user and panel.proxy_password."),
     PAGE_ADVANCED, NULL, NULL},
    {"panel.proxy_user", SETTING_TEXT, "", 0, 100, NULL, false, CHANGE_RELOAD, N_("Proxy's login"),
     N_("The user name for the proxy; empty: none, or this service's ticket (Negotiate)."),
     PAGE_ADVANCED, "panel.proxy", NULL},
    {"panel.proxy_password", SETTING_SECRET, "", 0, 200, NULL, false, CHANGE_RELOAD,
     N_("Proxy's password"),
     N_("The password of panel.proxy_user. `endpointctl config set panel.proxy_password` asks for it and "
        "seals it."),
     PAGE_ADVANCED, "panel.proxy", NULL},
    {"panel.timeout", SETTING_DURATION, "30s", MS(1), MS(600), NULL, false, CHANGE_RELOAD,
     N_("Time-out"),
     N_("How long one request to the panel may take (a long poll takes longer by design)."),
     PAGE_ADVANCED, NULL, NULL},
    {"endpoint.name", SETTING_TEXT, "", 0, 100, NULL, false, CHANGE_NOTHING, N_("Name"),
     N_("What this endpoint is called in the panel; empty: the machine's name."), PAGE_ADVANCED,
     NULL, NULL},
    {"log.level", SETTING_CHOICE, "info", 0, 0, level_words, false, CHANGE_RELOAD, N_("Log level"),
     N_("How much is written to the log."), PAGE_ADVANCED, NULL, NULL},
    {"log.file", SETTING_PATH, "", 0, 500, NULL, false, CHANGE_RELOAD, N_("Log file"),
     N_("A file that the log is also written to, such as /var/log/endpoint/endpoint.log; "
        "empty: only systemd's journal, or the terminal."),
     PAGE_NONE, NULL, NULL},
    {"log.file_mb", SETTING_INTEGER, "10", 1, 10000, NULL, false, CHANGE_RELOAD,
     N_("Log file's size"),
     N_("At this many MiB the log file is renamed to FILE.1 and a new one is started."), PAGE_NONE,
     NULL, NULL},
    {"log.files", SETTING_INTEGER, "5", 0, 100, NULL, false, CHANGE_RELOAD, N_("Old log files"),
     N_("How many renamed log files are kept."), PAGE_NONE, NULL, NULL},
    {"metrics.port", SETTING_INTEGER, "0", 0, 65535, NULL, false, CHANGE_RELOAD, N_("Metrics port"),
     N_("Port on 127.0.0.1 where Prometheus finds /metrics; 0: none. `endpointctl metrics` "
        "prints the same."),
     PAGE_NONE, NULL, NULL},
    {"limits.outbox_rows", SETTING_INTEGER, "5000000", 1000, 100000000, NULL, false, CHANGE_RELOAD,
     N_("Queue limit"),
     N_("How many changes of one plugin may wait to be sent. At the limit reading stops and a check goes "
        "red; nothing is dropped."),
     PAGE_ADVANCED, NULL, NULL},
    {"limits.disk_free_mb", SETTING_INTEGER, "200", 1, 1000000, NULL, false, CHANGE_RELOAD,
     N_("Disk room"),
     N_("Reading stops when less than this many MiB are free under the state directory."),
     PAGE_ADVANCED, NULL, NULL},
    {"limits.shrink_percent", SETTING_INTEGER, "50", 1, 100, NULL, false, CHANGE_RELOAD,
     N_("Shrink guard"),
     N_("A read that lost more than this share of the known keys is refused and reported, "
        "never sent as deletions. 100 accepts anything except an empty read."),
     PAGE_ADVANCED, NULL, NULL},
    {"limits.journal_entries", SETTING_INTEGER, "100000", 1000, 10000000, NULL, false,
     CHANGE_RELOAD, N_("Journal"), N_("How many journal entries are kept on this machine."),
     PAGE_ADVANCED, NULL, NULL},
    {"limits.workers", SETTING_INTEGER, "32", 1, 1000, NULL, false, CHANGE_RELOAD,
     N_("Plugins at once"),
     N_("How many plugin processes run at the same time, each with about 20 MiB. More plugins "
        "than that take turns: one that waits for its next run makes room for one that is due."),
     PAGE_ADVANCED, NULL, NULL},
    {"limits.simulations", SETTING_INTEGER, "4", 1, 64, NULL, false, CHANGE_RELOAD,
     N_("Simulations"),
     N_("How many simulations, look-ups and tests for the panel run at the same time; each is "
        "a process. Others wait for their turn."),
     PAGE_ADVANCED, NULL, NULL},
    {"worker.alive_timeout", SETTING_DURATION, "60s", MS(10), MS(3600), NULL, false, CHANGE_RELOAD,
     N_("Hang detection"),
     N_("A plugin's process that reports no progress for this long is killed and restarted."),
     PAGE_ADVANCED, NULL, NULL},
    {"worker.stop_timeout", SETTING_DURATION, "30s", MS(1), MS(600), NULL, false, CHANGE_RELOAD,
     N_("Stop time-out"),
     N_("How long a plugin may take to finish its batch when it is told to stop."), PAGE_ADVANCED,
     NULL, NULL},
    {"worker.restart_first", SETTING_DURATION, "1s", 100, MS(600), NULL, false, CHANGE_RELOAD,
     N_("First restart"),
     N_("How long to wait before a plugin that died is restarted for the first time."),
     PAGE_ADVANCED, NULL, NULL},
    {"worker.restart_cap", SETTING_DURATION, "5min", MS(1), MS(86400), NULL, false, CHANGE_RELOAD,
     N_("Slowest restart"), N_("The longest wait between restarts of a plugin that keeps dying."),
     PAGE_ADVANCED, NULL, NULL},
};

const struct setting *setting_at(size_t index)
{
    return index < COUNT_OF(table) ? &table[index] : NULL;
}

const struct setting *setting_find(const char *path)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (strcmp(table[i].path, path) == 0)
            return &table[i];
    return NULL;
}

bool setting_needed(const struct setting *s, const char *erp)
{
    const char *at = s->erps;
    size_t wanted = strlen(erp);
    while (at && *at) {
        size_t length = strcspn(at, " ");
        if (length == wanted && memcmp(at, erp, length) == 0)
            return true;
        at += length;
        at += strspn(at, " ");
    }
    return s->erps == NULL;
}
