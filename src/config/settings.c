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
     N_("Which ERP: the name of a mapping file, such as subiekt-gt. `endpointctl erp list` shows those "
        "that there are."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.server", SETTING_TEXT, "", 0, 255, NULL, true, CHANGE_RELOAD, N_("SQL Server"),
     N_("Name or address of the machine with the ERP's SQL Server, and its instance if it is a named one: "
        "SERVER\\INSERTGT (in endpoint.conf itself the backslash is written twice)."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.port", SETTING_INTEGER, "0", 0, 65535, NULL, false, CHANGE_RELOAD, N_("TCP port"),
     N_("The port on which SQL Server listens. 0: 1433, or for a named instance the one that SQL Server "
        "Browser on that machine tells. SQL Server Configuration Manager shows it, under TCP/IP, IP Addresses, "
        "IPAll."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.database", SETTING_NAME, "", 0, SYSNAME, NULL, true, CHANGE_RELOAD, N_("Database"),
     N_("The company's database."), PAGE_CONNECTION, NULL, NULL},
    {"erp.user", SETTING_NAME, "", 0, SYSNAME, NULL, true, CHANGE_RELOAD, N_("SQL login"),
     N_("A login of the SQL Server that may read the company's database; it needs no right to write. With "
        "erp.auth = \"ntlm\" or \"kerberos\" the account's name, DOMAIN\\name."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.password", SETTING_SECRET, "", 0, 384, NULL, false, CHANGE_RELOAD, N_("Password"),
     N_("The login's password. `endpointctl config set erp.password` asks for it, seals it and leaves a "
        "reference here."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.encryption", SETTING_CHOICE, "required", 0, 0, encryption_words, false, CHANGE_RELOAD,
     N_("Encryption"),
     N_("required: everything to the SQL Server is encrypted. login: only the login is. off: nothing is, "
        "not even the password."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.tls_verify", SETTING_CHOICE, "system", 0, 0, verify_words, false, CHANGE_RELOAD,
     N_("Certificate check"),
     N_("How the SQL Server's certificate is verified: by the system's authorities (system), by a file "
        "of authorities (ca), by its own fingerprint (pin), or not at all (none, which a check shows as "
        "a warning)."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.tls_ca", SETTING_PATH, "", 0, 500, NULL, false, CHANGE_RELOAD, N_("Authorities' file"),
     N_("PEM file of certificate authorities, for erp.tls_verify = \"ca\"."), PAGE_CONNECTION,
     "erp.tls_verify=ca", NULL},
    {"erp.tls_pin", SETTING_TEXT, "", 0, 95, NULL, false, CHANGE_RELOAD, N_("Fingerprint"),
     N_("SHA-256 fingerprint of the server's certificate in hex, for erp.tls_verify = \"pin\". "
        "`endpointctl test` shows it."),
     PAGE_CONNECTION, "erp.tls_verify=pin", NULL},
    {"erp.tls_host", SETTING_TEXT, "", 0, 255, NULL, false, CHANGE_RELOAD, N_("Certificate's name"),
     N_("The name that the certificate must carry, when it is another than erp.server."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.operator", SETTING_TEXT, "", 0, 100, NULL, false, CHANGE_RELOAD, N_("Operator"),
     N_("The ERP's user in whose name orders are entered; empty when no orders come in. `endpointctl "
        "lookup operators` lists those that there are."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.auth", SETTING_CHOICE, "sql", 0, 0, auth_words, false, CHANGE_RELOAD, N_("Sign in with"),
     N_("sql: a login of the SQL Server itself. ntlm: an account of Windows, DOMAIN\\name in erp.user, with its "
        "password. kerberos: the account whose ticket this service has, without a password."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.read_intent", SETTING_BOOL, "false", 0, 0, NULL, false, CHANGE_RELOAD,
     N_("Readable secondary"),
     N_("true: say at login that this session only reads (ApplicationIntent=ReadOnly), so that a readable "
        "secondary of an availability group takes it, or the group's listener sends it to one. Plugins of orders "
        "say it never: whether a document exists only the primary knows for sure, so erp.server must then be the "
        "listener, or the primary."),
     PAGE_ADVANCED, NULL, NULL},
    {"erp.browser_port", SETTING_INTEGER, "1434", 1, 65535, NULL, false, CHANGE_RELOAD,
     N_("Browser's port"),
     N_("The UDP port on which SQL Server Browser answers. It is 1434 unless something in between "
        "translates it."),
     PAGE_ADVANCED, NULL, NULL},
    {"erp.connect_timeout", SETTING_DURATION, "10s", MS(1), MS(300), NULL, false, CHANGE_RELOAD,
     N_("Connect time-out"), N_("How long connecting and logging in may take."), PAGE_CONNECTION,
     NULL, NULL},
    {"erp.query_timeout", SETTING_DURATION, "5min", MS(1), MS(86400), NULL, false, CHANGE_RELOAD,
     N_("Query time-out"), N_("How long the SQL Server may think about a statement."),
     PAGE_CONNECTION, NULL, NULL},
    {"erp.lock_timeout", SETTING_DURATION, "30s", MS(1), MS(3600), NULL, false, CHANGE_RELOAD,
     N_("Lock time-out"),
     N_("How long a statement waits for what somebody in the ERP holds. After that it is tried again later. A check "
        "says so, and so it does of a call that took a third of this or more."),
     PAGE_ADVANCED, NULL, NULL},
    {"erp.snapshot", SETTING_BOOL, "false", 0, 0, NULL, false, CHANGE_RELOAD,
     N_("Snapshot isolation"),
     N_("Read the ERP as it was when a statement began, so that nobody waits for us and we for nobody. The database "
        "has to allow it (ALLOW_SNAPSHOT_ISOLATION), which is its administrator's decision and costs room in tempdb; "
        "where it does not, it is read as usual and a check says so. Orders are written without it."),
     PAGE_ADVANCED, NULL, NULL},
    {"orders.writer", SETTING_CHOICE, "off", 0, 0, writer_words, false, CHANGE_RELOAD, N_("Writer"),
     N_("How a shop's order becomes a document in the ERP. off: not at all, the ERP is only read and "
        "orders wait. epp: as an EDI++ file in orders.epp_dir, from where the ERP's operator imports it. "
        "command: by the program orders.command, which is given one order at a time; see "
        "endpoint-order-program(7). sql: as rows in the ERP's own tables, where the mapping has that "
        "(Optima), and only with orders.sql_unsupported_by_vendor."),
     PAGE_ADVANCED, NULL, NULL},
    {"orders.epp_dir", SETTING_PATH, "", 0, 500, NULL, false, CHANGE_RELOAD, N_("Import directory"),
     N_("Where the files of orders.writer = \"epp\" appear. They are made and renamed within it, so it "
        "must be one directory on one file system that this service may write to; a network share will "
        "do."),
     PAGE_ADVANCED, "orders.writer=epp", NULL},
    {"orders.epp_wait", SETTING_DURATION, "4h", MS(1), MS(30 * 86400), NULL, false, CHANGE_RELOAD,
     N_("Wait for the import"),
     N_("A file that the ERP shows no document of after this long is a warning: somebody has to import "
        "it."),
     PAGE_ADVANCED, "orders.writer=epp", NULL},
    {"orders.epp_version", SETTING_CHOICE, "1.05", 0, 0, epp_version_words, false, CHANGE_RELOAD,
     N_("Version of files"),
     N_("The version that a file says it has. Seen: 1.05 in the producer's description and in exports of older "
        "programs, 1.11 in exports of Subiekt GT of 2025; the records that Endpoint writes are the same in all. No "
        "published text says which ones an import refuses: change it only when yours refuses 1.05."),
     PAGE_ADVANCED, "orders.writer=epp", NULL},
    {"orders.epp_sections", SETTING_CHOICE, "document", 0, 0, epp_section_words, false,
     CHANGE_RELOAD, N_("Sections of files"),
     N_("document: a file holds the document and, for a new buyer, his contractor. all: behind them the sections that "
        "an export of version 1.11 has, empty. Seen: exports have them; no published text says that an import wants "
        "them."),
     PAGE_ADVANCED, "orders.writer=epp", NULL},
    {"orders.epp_done", SETTING_CHOICE, "move", 0, 0, done_words, false, CHANGE_RELOAD,
     N_("Files that are done"),
     N_("What becomes of a file when the ERP has its document, so that it is not imported again. move: it goes to "
        "the directory done beside it. remove: it is deleted. One that the ERP moved itself is left where it is."),
     PAGE_ADVANCED, "orders.writer=epp", NULL},
    {"orders.epp_done_keep", SETTING_DURATION, "30d", MS(3600), MS(3650 * 86400), NULL, false,
     CHANGE_RELOAD, N_("Keep them for"),
     N_("How long files of orders stay in done; they hold names and addresses."), PAGE_ADVANCED,
     "orders.writer=epp", NULL},
    {"orders.command", SETTING_PATH, "", 0, 500, NULL, false, CHANGE_RELOAD,
     N_("Program for orders"),
     N_("The program of orders.writer = \"command\": its absolute path, no arguments. It is started for every "
        "order, as this service's user."),
     PAGE_ADVANCED, "orders.writer=command", NULL},
    {"orders.command_timeout", SETTING_DURATION, "45s", MS(1), MS(3600), NULL, false, CHANGE_RELOAD,
     N_("Time for the program"),
     N_("How long orders.command may take for one order. After that it is killed, and the order is in doubt "
        "unless it is found in the ERP."),
     PAGE_ADVANCED, "orders.writer=command", NULL},
    {"orders.sql_unsupported_by_vendor", SETTING_BOOL, "false", 0, 0, NULL, false, CHANGE_RELOAD,
     N_("Write past the vendor"),
     N_("Set it to true to say: orders may be inserted as rows into the ERP's tables, though its vendor does "
        "not support that. Comarch supports writing only through Optima, its COM objects, its Web API and "
        "its exchange of files; consultants say that anything else may end support and warranty. The rows "
        "follow published descriptions of the tables and were tried on no real Optima: try them on a copy "
        "of the database, and look at every document in the buffer before it leaves that. Columns that need a "
        "value and that the mapping does not know get an empty text, 0 or 1900-01-01; `endpointctl erp check` "
        "and `endpointctl test` list them."),
     PAGE_ADVANCED, "orders.writer=sql", NULL},
    {"orders.document_type", SETTING_TEXT, "", 0, 31, NULL, false, CHANGE_RELOAD,
     N_("Document type"),
     N_("The type that the document is handed over as; empty: the first that the ERP's mapping names, ZK (in "
        "Optima RO). No published text says whether Subiekt GT leaves "
        "an imported ZK (customer order) as it is, or makes a ZK of a partner's ZD (order to a supplier) "
        "as between two firms: import one order as ZK, and try ZD if no ZK comes of it. It is a part of "
        "an order's key: change it only when no order is under way."),
     PAGE_ADVANCED, NULL, NULL},
    {"orders.issuer", SETTING_TEXT, "", 0, 100, NULL, false, CHANGE_RELOAD, N_("Issued by"),
     N_("Who stands in the document as the one who issued it. Subiekt's own files have \";Szef\" for its "
        "operator Szef."),
     PAGE_ADVANCED, NULL, NULL},
    {"orders.timezone", SETTING_TEXT, "Europe/Warsaw", 1, 99, NULL, false, CHANGE_RELOAD,
     N_("Time zone"),
     N_("The time zone of the shop: the dates of documents are the ones it has there when an order is placed, whatever "
        "this machine's own zone is. A name of the system's zone data (package tzdata)."),
     PAGE_ADVANCED, NULL, NULL},
    {"orders.exchange_rates", SETTING_TEXT, "", 0, 500, NULL, false, CHANGE_RELOAD,
     N_("Exchange rates"),
     N_("How many złoty one unit of a currency is, like \"EUR 4.2512, USD 3.9\": for orders in another currency than "
        "PLN that bring no rate of their own, when the ERP's table has none. Without any rate such an order is "
        "rejected."),
     PAGE_ADVANCED, NULL, NULL},
    {"orders.without_panel", SETTING_BOOL, "false", 0, 0, NULL, false, CHANGE_RELOAD,
     N_("Write without the panel"),
     N_("New orders are written only while the panel answers, which knows whether a copy of this endpoint runs "
        "elsewhere: after a start not before it was asked, later for some minutes after its last answer. true: "
        "they are written all the same. Then see to it yourself that no copy of the state directory runs."),
     PAGE_NONE, NULL, NULL},
    {"panel.url", SETTING_TEXT, "", 0, 255, NULL, false, CHANGE_RELOAD, N_("Panel"),
     N_("Base URL of the panel; it begins with https://."), PAGE_ADVANCED, NULL, NULL},
    {"panel.ca", SETTING_PATH, "", 0, 500, NULL, false, CHANGE_RELOAD, N_("Authorities' file"),
     N_("PEM file of certificate authorities that the panel's certificate is verified with; empty: the "
        "system's."),
     PAGE_ADVANCED, NULL, NULL},
    {"panel.proxy", SETTING_TEXT, "", 0, 255, NULL, false, CHANGE_RELOAD, N_("Proxy"),
     N_("HTTP proxy on the way to the panel, http://host:port; empty: as the environment says. Its login "
        "goes into panel.proxy_user and panel.proxy_password."),
     PAGE_ADVANCED, NULL, NULL},
    {"panel.proxy_user", SETTING_TEXT, "", 0, 100, NULL, false, CHANGE_RELOAD, N_("Proxy's login"),
     N_("The name that the proxy wants; empty: none, or the ticket of this service (Negotiate)."),
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
     N_("A file that the log goes to as well, such as /var/log/endpoint/endpoint.log; empty: only to "
        "systemd's journal, or to the terminal."),
     PAGE_NONE, NULL, NULL},
    {"log.file_mb", SETTING_INTEGER, "10", 1, 10000, NULL, false, CHANGE_RELOAD,
     N_("Log file's size"),
     N_("At this many MiB the log file is renamed to FILE.1 and a new one is begun."), PAGE_NONE,
     NULL, NULL},
    {"log.files", SETTING_INTEGER, "5", 0, 100, NULL, false, CHANGE_RELOAD, N_("Old log files"),
     N_("How many renamed log files are kept."), PAGE_NONE, NULL, NULL},
    {"metrics.port", SETTING_INTEGER, "0", 0, 65535, NULL, false, CHANGE_RELOAD, N_("Metrics port"),
     N_("Port on 127.0.0.1 at which Prometheus finds /metrics; 0: none. `endpointctl metrics` prints "
        "the same."),
     PAGE_NONE, NULL, NULL},
    {"limits.outbox_rows", SETTING_INTEGER, "5000000", 1000, 100000000, NULL, false, CHANGE_RELOAD,
     N_("Queue limit"),
     N_("How many changes of one plugin may wait to be sent. At the limit reading stops and a check goes "
        "red; nothing is dropped."),
     PAGE_ADVANCED, NULL, NULL},
    {"limits.disk_free_mb", SETTING_INTEGER, "200", 1, 1000000, NULL, false, CHANGE_RELOAD,
     N_("Disk room"),
     N_("With less than this many MiB free under the state directory reading stops."),
     PAGE_ADVANCED, NULL, NULL},
    {"limits.shrink_percent", SETTING_INTEGER, "50", 1, 100, NULL, false, CHANGE_RELOAD,
     N_("Shrink guard"),
     N_("A read that lost more than this share of the known keys is refused and shown, never sent as "
        "deletions. 100 lets anything but an empty read through."),
     PAGE_ADVANCED, NULL, NULL},
    {"limits.journal_entries", SETTING_INTEGER, "100000", 1000, 10000000, NULL, false,
     CHANGE_RELOAD, N_("Journal"), N_("How many journal entries are kept on this machine."),
     PAGE_ADVANCED, NULL, NULL},
    {"limits.workers", SETTING_INTEGER, "32", 1, 1000, NULL, false, CHANGE_RELOAD,
     N_("Plugins at once"),
     N_("How many plugins' processes run at once, each with some 20 MiB. With more plugins than that they take "
        "turns: one that waits for its time makes room for one that is due."),
     PAGE_ADVANCED, NULL, NULL},
    {"limits.simulations", SETTING_INTEGER, "4", 1, 64, NULL, false, CHANGE_RELOAD,
     N_("Simulations"),
     N_("How many simulations, look-ups and tests that the panel asks for are done at once; each is a process. "
        "Further ones wait for their turn."),
     PAGE_ADVANCED, NULL, NULL},
    {"worker.alive_timeout", SETTING_DURATION, "60s", MS(10), MS(3600), NULL, false, CHANGE_RELOAD,
     N_("Hang detection"),
     N_("A plugin's process that reports no progress for this long is ended and started again."),
     PAGE_ADVANCED, NULL, NULL},
    {"worker.stop_timeout", SETTING_DURATION, "30s", MS(1), MS(600), NULL, false, CHANGE_RELOAD,
     N_("Stop time-out"),
     N_("How long a plugin may take to finish its batch when it is told to stop."), PAGE_ADVANCED,
     NULL, NULL},
    {"worker.restart_first", SETTING_DURATION, "1s", 100, MS(600), NULL, false, CHANGE_RELOAD,
     N_("First restart"),
     N_("How long to wait before a plugin that died is started again the first time."),
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
