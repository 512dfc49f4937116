#include "config/config.h"

#include <string.h>

#include "base/memory.h"

static const char *const encryption_words[] = {"off", "login", "required", NULL};
static const char *const verify_words[] = {"system", "ca", "pin", "none", NULL};
static const char *const level_words[] = {"error", "warning", "info", "debug", NULL};

#define MS(seconds) ((seconds) * INT64_C(1000))

/* The one table. The loader, the validator, the example file, the man page's list and endpointctl
 * config all come from it. */
static const struct setting table[] = {
    {"erp.type", SETTING_TEXT, "", 0, 64, NULL, true, CHANGE_RELOAD, "ERP",
     "Which ERP: the name of a mapping file, such as subiekt-gt. `endpointctl erp list` shows those "
     "that there are."},
    {"erp.server", SETTING_TEXT, "", 0, 255, NULL, true, CHANGE_RELOAD, "SQL Server",
     "Name or address of the machine with the ERP's SQL Server. A named instance is reached by its "
     "port: give it in erp.port."},
    {"erp.port", SETTING_INTEGER, "1433", 1, 65535, NULL, false, CHANGE_RELOAD, "TCP port",
     "The port on which SQL Server listens. SQL Server Configuration Manager shows it, under TCP/IP, "
     "IP Addresses, IPAll."},
    {"erp.database", SETTING_TEXT, "", 0, 128, NULL, true, CHANGE_RELOAD, "Database",
     "The company's database."},
    {"erp.user", SETTING_TEXT, "", 0, 128, NULL, true, CHANGE_RELOAD, "SQL login",
     "A SQL Server login that may read the company's database; it needs no right to write."},
    {"erp.password", SETTING_SECRET, "", 0, 256, NULL, false, CHANGE_RELOAD, "Password",
     "The login's password. `endpointctl config set erp.password` asks for it, seals it and leaves a "
     "reference here."},
    {"erp.encryption", SETTING_CHOICE, "required", 0, 0, encryption_words, false, CHANGE_RELOAD,
     "Encryption",
     "required: everything to the SQL Server is encrypted. login: only the login is. off: nothing is, "
     "not even the password."},
    {"erp.tls_verify", SETTING_CHOICE, "system", 0, 0, verify_words, false, CHANGE_RELOAD,
     "Certificate check",
     "How the SQL Server's certificate is verified: by the system's authorities (system), by a file "
     "of authorities (ca), by its own fingerprint (pin), or not at all (none, which a check shows as "
     "a warning)."},
    {"erp.tls_ca", SETTING_PATH, "", 0, 500, NULL, false, CHANGE_RELOAD, "Authorities' file",
     "PEM file of certificate authorities, for erp.tls_verify = \"ca\"."},
    {"erp.tls_pin", SETTING_TEXT, "", 0, 95, NULL, false, CHANGE_RELOAD, "Fingerprint",
     "SHA-256 fingerprint of the server's certificate in hex, for erp.tls_verify = \"pin\". "
     "`endpointctl test` shows it."},
    {"erp.tls_host", SETTING_TEXT, "", 0, 255, NULL, false, CHANGE_RELOAD, "Name in the certificate",
     "The name that the certificate must carry, when it is another than erp.server."},
    {"erp.connect_timeout", SETTING_DURATION, "10s", MS(1), MS(300), NULL, false, CHANGE_RELOAD,
     "Connect time-out", "How long connecting and logging in may take."},
    {"erp.query_timeout", SETTING_DURATION, "5min", MS(1), MS(86400), NULL, false, CHANGE_RELOAD,
     "Query time-out", "How long the SQL Server may think about a statement."},
    {"panel.url", SETTING_TEXT, "", 0, 255, NULL, false, CHANGE_RELOAD, "Panel",
     "Base URL of the panel, https://…"},
    {"panel.ca", SETTING_PATH, "", 0, 500, NULL, false, CHANGE_RELOAD, "Authorities' file",
     "PEM file of certificate authorities that the panel's certificate is verified with; empty: the "
     "system's."},
    {"panel.proxy", SETTING_TEXT, "", 0, 255, NULL, false, CHANGE_RELOAD, "Proxy",
     "HTTP proxy on the way to the panel, http://host:port; empty: as the environment says."},
    {"panel.timeout", SETTING_DURATION, "30s", MS(1), MS(600), NULL, false, CHANGE_RELOAD,
     "Time-out", "How long one request to the panel may take (a long poll takes longer by design)."},
    {"endpoint.name", SETTING_TEXT, "", 0, 100, NULL, false, CHANGE_NOTHING, "Name",
     "What this endpoint is called in the panel; empty: the machine's name."},
    {"log.level", SETTING_CHOICE, "info", 0, 0, level_words, false, CHANGE_RELOAD, "Log level",
     "How much is written to the log."},
    {"limits.outbox_rows", SETTING_INTEGER, "5000000", 1000, 100000000, NULL, false, CHANGE_RELOAD,
     "Queue limit",
     "How many changes of one plugin may wait to be sent. At the limit reading stops and a check goes "
     "red; nothing is dropped."},
    {"limits.disk_free_mb", SETTING_INTEGER, "200", 1, 1000000, NULL, false, CHANGE_RELOAD,
     "Disk room", "With less than this many MiB free under the state directory reading stops."},
    {"limits.shrink_percent", SETTING_INTEGER, "50", 1, 100, NULL, false, CHANGE_RELOAD,
     "Shrink guard",
     "A read that lost more than this share of the known keys is refused and shown, never sent as "
     "deletions. 100 lets anything but an empty read through."},
    {"limits.journal_entries", SETTING_INTEGER, "100000", 1000, 10000000, NULL, false,
     CHANGE_RELOAD, "Journal", "How many journal entries are kept on this machine."},
    {"worker.alive_timeout", SETTING_DURATION, "60s", MS(2), MS(3600), NULL, false, CHANGE_RELOAD,
     "Hang detection",
     "A plugin's process that reports no progress for this long is ended and started again."},
    {"worker.stop_timeout", SETTING_DURATION, "30s", MS(1), MS(600), NULL, false, CHANGE_RELOAD,
     "Stop time-out", "How long a plugin may take to finish its batch when it is told to stop."},
    {"worker.restart_first", SETTING_DURATION, "1s", 100, MS(600), NULL, false, CHANGE_RELOAD,
     "First restart", "How long to wait before a plugin that died is started again the first time."},
    {"worker.restart_cap", SETTING_DURATION, "5min", MS(1), MS(86400), NULL, false, CHANGE_RELOAD,
     "Slowest restart", "The longest wait between restarts of a plugin that keeps dying."},
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
