#include "tds/messages.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"

/* Source of numbers, severities and meanings: the server's own documentation. */
#define EVENTS "learn.microsoft.com, SQL Server, Database Engine events and errors"
#define PAGE(number) \
    "learn.microsoft.com, SQL Server, MSSQLSERVER_" #number " (Database Engine events and errors)"
#define REPLICAS                                                                        \
    "learn.microsoft.com, SQL Server, Database Engine events and errors; About client " \
    "connection access to availability replicas"

/* ---- what to do --------------------------------------------------------------------------------- */

static const char check_account[] = N_(
    "Check erp.user and the password (endpointctl config set erp.password), and that the server allows "
    "SQL Server logins (mixed mode).");
static const char windows_account[] = N_(
    "The server does not take this account of Windows: is its domain one that the server trusts, and is "
    "erp.auth what was meant?");
static const char change_password[] =
    N_("Set a new password for the login on the server (ALTER LOGIN … WITH PASSWORD; for a "
       "service, without expiry: CHECK_EXPIRATION = OFF), then: endpointctl config set "
       "erp.password.");
static const char unlock_account[] =
    N_("Too many wrong passwords were tried. First correct the password here: endpointctl config "
       "set erp.password. Then have the login unlocked on the server (ALTER LOGIN … WITH "
       "PASSWORD = … UNLOCK).");
static const char enable_account[] =
    N_("The login is disabled on the server; have it enabled (ALTER LOGIN … ENABLE).");
static const char logon_trigger[] = N_(
    "A logon trigger on the server turns this login away. Its administrator must let it in from this "
    "machine.");
static const char database_name[] = N_(
    "Check the name in erp.database, that the database is on this server and online (it may have been "
    "renamed, moved or detached), and that the login has a user in it.");
static const char default_database[] = N_(
    "The login's default database cannot be opened. Give the login another one on the server (ALTER LOGIN "
    "… WITH DEFAULT_DATABASE), and check the name in erp.database.");
static const char admins_only[] =
    N_("Maintenance is under way: the server or database admits only an administrator. It is "
       "tried again every few minutes; nothing to do here until the maintenance ends (ALTER "
       "DATABASE … SET MULTI_USER).");
static const char wait_for_start[] =
    N_("The server or the database is just starting, or being recovered. Nothing to do: it is "
       "tried again automatically.");
static const char wait_for_stop[] =
    N_("The SQL Server is being stopped or restarted. Nothing to do if that was intended: it is "
       "tried again automatically. If not, start its service.");
static const char continue_service[] =
    N_("The SQL Server's service is paused. Have it resumed in SQL Server Configuration Manager.");
static const char restore_runs[] =
    N_("A backup is being restored into this database. It is tried again automatically; if no "
       "restore is running any more, end it with RESTORE DATABASE … WITH RECOVERY.");
static const char set_online[] = N_(
    "Somebody took the database offline. Set it online again (ALTER DATABASE … SET ONLINE), or name "
    "another one in erp.database.");
static const char mend_database[] =
    N_("The SQL Server cannot open the files of the database. Its administrator must look in the "
       "SQL Server's error log now: the disk may be missing, full or damaged; a backup may be "
       "needed.");
static const char damaged_files[] =
    N_("The SQL Server found damage on its disk. Its administrator should act now: check the "
       "error log, run DBCC CHECKDB, and have a good backup. This service is not the cause.");
static const char too_old_server[] =
    N_("The database was made or upgraded by a newer SQL Server than this one. In erp.server "
       "name the server that the ERP now uses, or have this one upgraded.");
static const char too_old_database[] =
    N_("This SQL Server cannot use the database's version as it is. Have the ERP's vendor or the "
       "server's administrator upgrade it.");
static const char too_old_functions[] = N_(
    "The statement uses a function that this SQL Server does not have: is it older than 2012? Otherwise "
    "correct the mapping; `endpointctl erp check` runs every statement.");
static const char edition[] =
    N_("The database needs another edition of SQL Server. Have it moved to one that can open it.");
static const char other_partner[] =
    N_("This server has only the mirror of the database. In erp.server name the server that has "
       "it open (the principal).");
static const char set_read_intent[] =
    N_("This is a secondary of an availability group that accepts only connections with read "
       "intent. Set erp.read_intent = true, or name the primary or the listener in erp.server.");
static const char no_read_intent[] =
    N_("This replica accepts no read-only connections. Set erp.read_intent = false, or have the "
       "replica made readable.");
static const char no_readable[] = N_(
    "The replica of the availability group is not readable now. Have it made readable, or name the primary "
    "or the listener in erp.server.");
static const char group_moves[] =
    N_("The availability group or mirror is failing over, or has no quorum. It is tried again "
       "automatically; if it lasts, its administrator must look into it.");
static const char out_of_places[] =
    N_("The server accepts no more connections or users now. It is tried again automatically; if "
       "it lasts, have \"user connections\" (sp_configure) or the licences checked.");
static const char out_of_threads[] =
    N_("The SQL Server has no worker thread left: much is blocked, or it is overloaded. It is "
       "tried again automatically; if it lasts, its administrator must find out what blocks it.");
static const char out_of_memory[] =
    N_("The SQL Server has too little memory. It is tried again automatically; if it lasts, give "
       "it more, or run fewer programs beside it.");
static const char busy_server[] =
    N_("The SQL Server is too busy to answer in time. It is tried again automatically; if it "
       "lasts, run the plugins less often or find out what loads the server.");
static const char log_full[] =
    N_("The transaction log is full: nothing can be written to the database. Have the log backed "
       "up or its disk enlarged. It is tried again automatically.");
static const char disk_full[] =
    N_("The database or tempdb cannot grow. Free or add disk space on the server; SQL Server "
       "Express is also limited to 10 GB per database. It is tried again automatically.");
static const char only_readable[] =
    N_("The database is read-only: a readable secondary, a restored copy, or set to read-only. "
       "Documents must be written where the ERP works; name that server and database.");
static const char encrypt_here[] =
    N_("The server requires encryption: set erp.encryption = \"required\".");
static const char encryption_there[] = N_(
    "The SQL Server cannot encrypt: its certificate or its TLS is broken. Its error log says why; SQL "
    "Server Configuration Manager, Protocols, Certificate sets one.");
static const char protocol[] =
    N_("The server and this service do not understand each other's protocol. Does something in "
       "between change the traffic, and is the server's version supported (2012 or later)?");
static const char session_ended[] =
    N_("The server ended our session: an administrator, a restart, or a severe error there. It "
       "is tried again automatically.");
static const char may_read[] =
    N_("Give the login the right to read: GRANT SELECT, or db_datareader.");
static const char may_read_column[] =
    N_("Give the login the right to read that column too, or the whole table.");
static const char may_enter[] =
    N_("Give the login a user in that database: `endpointctl erp grants` prints how.");
static const char may_do[] = N_(
    "The login lacks a right on the server; `endpointctl erp grants` prints those that it needs.");
static const char no_table[] = N_(
    "The mapping names a table that this database does not have: is it another ERP, or another version?");
static const char no_column[] = N_(
    "The mapping names a column that this table does not have: is it another version of the ERP?");
static const char bad_statement[] =
    N_("This SQL Server does not accept a statement of the mapping. `endpointctl erp check` "
       "names file and line; correct the site's own copy of the mapping.");
static const char too_long[] = N_(
    "A text is longer than the ERP's column; its width in the mapping's orders.widths is too large.");
static const char taken[] = N_("Somebody took that number first; it is tried again.");
static const char deadlock[] =
    N_("The server chose our statement as a deadlock's victim; it is tried again.");
static const char locked[] = N_("Somebody holds a lock in the ERP; it is tried again.");
static const char many_locks[] =
    N_("The SQL Server has no locks left. It is tried again automatically; if it lasts, it needs "
       "more memory.");

/* ---- the table ---------------------------------------------------------------------------------- */

/* In ascending order. Causes that pass by themselves are UNREACHABLE (no session possible) or BUSY
 * (the statement collided with others): we try again after seconds. A database in single-user mode
 * is not among them: its only place is the administrator's, and we would take it. */
static const struct message table[] = {
    {102, 15, MESSAGE_SPECIAL, STATUS_INVALID, "erp_syntax", "incorrect syntax", bad_statement,
     EVENTS},
    {156, 15, MESSAGE_SPECIAL, STATUS_INVALID, "erp_syntax", "incorrect syntax near a keyword",
     bad_statement, EVENTS},
    {195, 15, MESSAGE_SPECIAL, STATUS_INVALID, "erp_function", "no such built-in function",
     too_old_functions, EVENTS},
    {207, 16, MESSAGE_SPECIAL, STATUS_NOT_FOUND, "erp_column", "no such column", no_column,
     PAGE(207)},
    {208, 16, MESSAGE_SPECIAL, STATUS_NOT_FOUND, "erp_object", "no such object", no_table,
     PAGE(208)},
    {229, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_rights", "a right on an object is denied",
     may_read, PAGE(229)},
    {230, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_rights", "a right on a column is denied",
     may_read_column, EVENTS},
    {262, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_rights", "a right in the database is denied",
     may_do, EVENTS},
    {297, 16, MESSAGE_SPECIAL, STATUS_DENIED, "erp_rights", "the user may not do this", may_do,
     EVENTS},
    {300, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_rights", "a right on the server is denied",
     may_do, EVENTS},
    {596, 21, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_ended", "the session was killed",
     session_ended, EVENTS},
    {701, 19, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources",
     "too little memory to run the query", out_of_memory, PAGE(701)},
    {802, 17, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources",
     "too little memory in the buffer pool", out_of_memory, PAGE(802)},
    {823, 24, MESSAGE_SPECIAL, STATUS_REFUSED, "erp_damaged", "the disk failed a read or write",
     damaged_files, PAGE(823)},
    {824, 24, MESSAGE_SPECIAL, STATUS_REFUSED, "erp_damaged", "a page on disk is inconsistent",
     damaged_files, PAGE(824)},
    {829, 21, MESSAGE_SPECIAL, STATUS_REFUSED, "erp_damaged", "a page waits for its restore",
     damaged_files, EVENTS},
    {845, 17, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources",
     "waiting for a page's latch took too long", busy_server, PAGE(845)},
    {904, 16, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_starting",
     "a database is not started while the server starts or stops", wait_for_start, EVENTS},
    {905, 21, MESSAGE_SPECIAL, STATUS_DENIED, "erp_database_version",
     "the edition has no partitions", edition, PAGE(905)},
    {909, 21, MESSAGE_SPECIAL, STATUS_DENIED, "erp_database_version",
     "the edition has no compression", edition, EVENTS},
    {911, 16, MESSAGE_BROAD, STATUS_DENIED, "erp_database", "no such database", database_name,
     EVENTS},
    {913, 22, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_starting",
     "the database is not active yet, or in transition", wait_for_start, EVENTS},
    {916, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_rights", "the login has no user there",
     may_enter, PAGE(916)},
    {921, 14, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_starting", "not recovered yet",
     wait_for_start, EVENTS},
    {922, 14, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_starting", "being recovered",
     wait_for_start, EVENTS},
    {923, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_maintenance", "restricted to owners and admins",
     admins_only, EVENTS},
    {924, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_maintenance", "a single user has it open",
     admins_only, EVENTS},
    {926, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_offline", "marked suspect by recovery",
     mend_database, PAGE(926)},
    {927, 14, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_starting", "in the middle of a restore",
     restore_runs, EVENTS},
    {933, 21, MESSAGE_SPECIAL, STATUS_DENIED, "erp_database_version",
     "the edition lacks what it uses", edition, EVENTS},
    {936, 16, MESSAGE_SPECIAL, STATUS_DENIED, "erp_database_version", "not for this edition",
     edition, EVENTS},
    {937, 21, MESSAGE_SPECIAL, STATUS_DENIED, "erp_database_version",
     "cannot be upgraded in this edition", edition, EVENTS},
    {941, 16, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_starting", "not started", wait_for_start,
     EVENTS},
    {942, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_offline", "offline", set_online, EVENTS},
    {943, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_database_version",
     "later than the server's version", too_old_server, EVENTS},
    {945, 16, MESSAGE_SPECIAL, STATUS_DENIED, "erp_offline",
     "files not accessible, or too little memory or disk", mend_database, PAGE(945)},
    {946, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_database_version", "must be upgraded first",
     too_old_database, EVENTS},
    {948, 20, MESSAGE_SPECIAL, STATUS_DENIED, "erp_database_version",
     "newer than the server supports", too_old_server, PAGE(948)},
    {950, 20, MESSAGE_SPECIAL, STATUS_DENIED, "erp_database_version", "of a version never released",
     too_old_database, EVENTS},
    {952, 16, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_starting", "in transition", wait_for_start,
     EVENTS},
    {954, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_replica", "only the mirror", other_partner,
     EVENTS},
    {955, 14, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_replica", "mirrored, without a quorum",
     group_moves, EVENTS},
    {956, 14, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_replica", "mirrored, not in step yet",
     group_moves, EVENTS},
    {976, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_replica", "a secondary that is not readable",
     no_readable, REPLICAS},
    {978, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_replica",
     "a secondary for connections of read-only intent", set_read_intent, REPLICAS},
    {979, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_replica", "no connections of read-only intent",
     no_read_intent, REPLICAS},
    {982, 14, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_replica", "no readable secondary is online",
     group_moves, REPLICAS},
    {983, 14, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_replica",
     "neither primary nor secondary now", group_moves, EVENTS},
    {988, 14, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_replica", "no quorum of nodes", group_moves,
     EVENTS},
    {1101, 17, MESSAGE_SPECIAL, STATUS_BUSY, "erp_full", "no room for a page in the filegroup",
     disk_full, PAGE(1101)},
    {1105, 17, MESSAGE_SPECIAL, STATUS_BUSY, "erp_full", "no room for an object in the filegroup",
     disk_full, PAGE(1105)},
    {1204, 19, MESSAGE_SPECIAL, STATUS_BUSY, "erp_resources", "no lock resource left", many_locks,
     PAGE(1204)},
    {1205, 13, MESSAGE_SPECIAL, STATUS_BUSY, "erp_deadlock", "a deadlock's victim", deadlock,
     PAGE(1205)},
    {1222, 16, MESSAGE_SPECIAL, STATUS_BUSY, "erp_locked", "waiting for a lock took too long",
     locked, PAGE(1222)},
    {1827, 16, MESSAGE_SPECIAL, STATUS_BUSY, "erp_full", "the licence's size of a database",
     disk_full, EVENTS},
    {2601, 14, MESSAGE_SPECIAL, STATUS_BUSY, "erp_duplicate", "a unique index has that key", taken,
     EVENTS},
    {2627, 14, MESSAGE_SPECIAL, STATUS_BUSY, "erp_duplicate", "a constraint has that key", taken,
     EVENTS},
    {2628, 16, MESSAGE_SPECIAL, STATUS_INVALID, "erp_long", "a text would be cut", too_long,
     EVENTS},
    {3609, 16, MESSAGE_ECHO, STATUS_REFUSED, "", "a trigger ended the transaction", "", EVENTS},
    {3616, 16, MESSAGE_ECHO, STATUS_REFUSED, "", "an error in a trigger ended the batch", "",
     EVENTS},
    {3621, 10, MESSAGE_ECHO, STATUS_REFUSED, "", "the statement has been terminated", "", EVENTS},
    {3906, 16, MESSAGE_SPECIAL, STATUS_DENIED, "erp_read_only", "the database is read-only",
     only_readable, EVENTS},
    {3908, 16, MESSAGE_SPECIAL, STATUS_DENIED, "erp_offline",
     "no transaction in a database of emergency mode", mend_database, EVENTS},
    {3930, 16, MESSAGE_ECHO, STATUS_REFUSED, "", "the transaction is doomed", "", EVENTS},
    {3958, 16, MESSAGE_SPECIAL, STATUS_BUSY, "erp_full",
     "a row's version is gone: tempdb has no room", disk_full, EVENTS},
    {3967, 17, MESSAGE_SPECIAL, STATUS_BUSY, "erp_full", "no room in tempdb for rows' versions",
     disk_full, EVENTS},
    {3998, 16, MESSAGE_ECHO, STATUS_REFUSED, "", "a doomed transaction was rolled back", "",
     EVENTS},
    {4014, 20, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_protocol",
     "the server could not read the network's stream", protocol, PAGE(4014)},
    {4060, 11, MESSAGE_BROAD, STATUS_DENIED, "erp_database", "the database cannot be opened",
     database_name, EVENTS},
    {4064, 11, MESSAGE_BROAD, STATUS_DENIED, "erp_database",
     "the login's default database cannot be opened", default_database, PAGE(4064)},
    {6005, 10, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_stopping", "a shutdown is in progress",
     wait_for_stop, EVENTS},
    {8152, 16, MESSAGE_SPECIAL, STATUS_INVALID, "erp_long", "a text would be cut", too_long,
     EVENTS},
    {8180, 16, MESSAGE_ECHO, STATUS_REFUSED, "", "a statement could not be prepared", "", EVENTS},
    {8628, 17, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources",
     "the query could not be optimised in time", busy_server, EVENTS},
    {8645, 17, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources",
     "waiting for memory took too long", out_of_memory, PAGE(8645)},
    {8651, 17, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources",
     "the memory asked for is not to be had", out_of_memory, PAGE(8651)},
    {9002, 17, MESSAGE_SPECIAL, STATUS_BUSY, "erp_full", "the transaction log is full", log_full,
     PAGE(9002)},
    {17142, 16, MESSAGE_SPECIAL, STATUS_DENIED, "erp_stopping", "the service is paused",
     continue_service, PAGE(17142)},
    {17187, 16, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_starting", "not ready for clients yet",
     wait_for_start, EVENTS},
    {17188, 16, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_stopping", "shutting down", wait_for_stop,
     EVENTS},
    {17189, 16, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources",
     "no thread for a new connection", out_of_threads, EVENTS},
    {17191, 16, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_ended", "the session has been terminated",
     session_ended, EVENTS},
    {17194, 16, MESSAGE_SPECIAL, STATUS_DENIED, "erp_encryption", "its TLS cannot be loaded",
     encryption_there, PAGE(17194)},
    {17195, 16, MESSAGE_SPECIAL, STATUS_DENIED, "erp_encryption",
     "its libraries lack the encryption that it is to use", encryption_there, EVENTS},
    {17197, 16, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources", "the login took too long",
     busy_server, EVENTS},
    {17300, 16, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources",
     "no new task: memory, or the number of sessions", out_of_threads, PAGE(17300)},
    {17802, 20, MESSAGE_SPECIAL, STATUS_REFUSED, "erp_protocol", "a TDS version it does not know",
     protocol, EVENTS},
    {17803, 20, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources",
     "no memory for a new connection", out_of_memory, PAGE(17803)},
    {17806, 20, MESSAGE_SPECIAL, STATUS_DENIED, "erp_login", "the Windows handshake failed",
     windows_account, EVENTS},
    {17809, 20, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources", "all user connections taken",
     out_of_places, PAGE(17809)},
    {17813, 20, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_stopping",
     "the service was stopped or disabled", wait_for_stop, EVENTS},
    {17828, 20, MESSAGE_SPECIAL, STATUS_REFUSED, "erp_protocol", "an invalid pre-login packet",
     protocol, EVENTS},
    {17829, 20, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_protocol",
     "a network error while connecting", protocol, EVENTS},
    {17830, 20, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources",
     "connecting broke or took too long", busy_server, EVENTS},
    {17832, 20, MESSAGE_SPECIAL, STATUS_REFUSED, "erp_protocol", "an invalid login packet",
     protocol, PAGE(17832)},
    {17835, 20, MESSAGE_SPECIAL, STATUS_DENIED, "erp_encryption", "encryption is required",
     encrypt_here, EVENTS},
    {17836, 20, MESSAGE_SPECIAL, STATUS_REFUSED, "erp_protocol", "a packet of another length",
     protocol, EVENTS},
    {17892, 20, MESSAGE_SPECIAL, STATUS_DENIED, "erp_login", "a logon trigger refuses",
     logon_trigger, PAGE(17892)},
    {17898, 16, MESSAGE_SPECIAL, STATUS_REFUSED, "erp_protocol", "a TDS version it does not know",
     protocol, EVENTS},
    {17899, 16, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources", "the login's time is over",
     busy_server, EVENTS},
    {18401, 14, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_starting",
     "the server upgrades its own databases", wait_for_start, EVENTS},
    {18451, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_maintenance", "only administrators now",
     admins_only, EVENTS},
    {18452, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_login", "an untrusted Windows domain",
     windows_account, PAGE(18452)},
    {18456, 14, MESSAGE_GENERAL, STATUS_DENIED, "erp_login", "the login failed", check_account,
     PAGE(18456)},
    {18458, 14, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources", "licences are used up",
     out_of_places, EVENTS},
    {18459, 14, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources",
     "the workstation licences are used up", out_of_places, EVENTS},
    {18460, 14, MESSAGE_SPECIAL, STATUS_UNREACHABLE, "erp_resources",
     "the edition's licences are used up", out_of_places, EVENTS},
    {18461, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_maintenance", "the server has a single user",
     admins_only, EVENTS},
    {18462, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_password", "the password is too recent",
     change_password, EVENTS},
    {18463, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_password", "the password cannot be used",
     change_password, EVENTS},
    {18464, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_password", "the password is too short",
     change_password, EVENTS},
    {18465, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_password", "the password is too long",
     change_password, EVENTS},
    {18466, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_password", "the password is too simple",
     change_password, EVENTS},
    {18467, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_password", "a filter refuses the password",
     change_password, EVENTS},
    {18468, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_password",
     "the password could not be validated", change_password, EVENTS},
    {18470, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_login", "the login is disabled",
     enable_account, EVENTS},
    {18486, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_login", "the login is locked out",
     unlock_account, EVENTS},
    {18487, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_password", "the password has expired",
     change_password, EVENTS},
    {18488, 14, MESSAGE_SPECIAL, STATUS_DENIED, "erp_password", "the password must be changed",
     change_password, EVENTS},
};

const struct message *messages_at(size_t index)
{
    return index < COUNT_OF(table) ? &table[index] : NULL;
}

const struct message *messages_find(int number)
{
    size_t low = 0, high = COUNT_OF(table);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table[middle].number == number)
            return &table[middle];
        if (table[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* ---- choosing one of several
 * --------------------------------------------------------------------------------- */

enum message_rank messages_rank(const struct message_said *said)
{
    const struct message *m = messages_find(said->number);
    return m ? m->rank : said->information ? MESSAGE_INFORMATION : MESSAGE_UNKNOWN;
}

static const struct message_said *decisive(const struct message_said *said, size_t count)
{
    const struct message_said *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (!best || messages_rank(&said[i]) > messages_rank(best))
            best = &said[i];
    return best && messages_rank(best) > MESSAGE_INFORMATION ? best : NULL;
}

/* Add the deciding message, and those of other causes: a server's message is never lost. */
static void add_words(struct buf *b, const struct message_said *best,
                      const struct message_said *said, size_t count)
{
    buf_add_text(b, best->text);
    for (size_t i = 0; i < count; i++)
        if (&said[i] != best && said[i].number != best->number &&
            messages_rank(&said[i]) >= MESSAGE_UNKNOWN)
            buf_printf(b, " · %s", said[i].text);
}

enum status messages_error(const struct message_said *said, size_t count, const char *what,
                           struct error *e)
{
    const struct message_said *best = decisive(said, count);
    struct buf words;
    if (!best)
        return STATUS_OK;
    const struct message *m = messages_find(best->number);
    buf_init(&words, 16384);
    add_words(&words, best, said, count);
    enum status status =
        error_set(e, m ? m->status : STATUS_REFUSED, m && *m->code ? m->code : "erp_refused",
                  "%-s: %s", what, buf_text(&words));
    buf_free(&words);
    if (m && *m->remedy)
        return error_remedy(e, "%-s", m->remedy);
    if (best->number > 0 && !m)
        return error_remedy(
            e, "These are the SQL Server's own words (message %d); its error log may say more.",
            best->number);
    return status;
}

/* Codes of everything that prevents a session: from our own steps, and from the table's messages. */
bool messages_away(const char *code)
{
    static const char *const codes[] = {"erp_unreachable",
                                        "erp_timeout",
                                        "erp_away",
                                        "erp_browser",
                                        "erp_instance",
                                        "erp_server",
                                        "erp_port",
                                        "erp_auth",
                                        "erp_value",
                                        "erp_login",
                                        "erp_password",
                                        "erp_database",
                                        "erp_database_version",
                                        "erp_starting",
                                        "erp_stopping",
                                        "erp_maintenance",
                                        "erp_offline",
                                        "erp_replica",
                                        "erp_resources",
                                        "erp_ended",
                                        "erp_encryption",
                                        "erp_protocol",
                                        "tls_pin",
                                        "tls_off",
                                        "tls_untrusted",
                                        "tls_host",
                                        "tls_expired",
                                        "tls_handshake",
                                        "tls_authorities",
                                        "tds_prelogin",
                                        "tds_closed",
                                        "tds_strict",
                                        "name",
                                        "tcp"};
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (text_equal(code, codes[i]))
            return true;
    return false;
}
