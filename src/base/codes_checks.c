/* Codes of checks: see base/codes.h. Sorted by code. */
#include "base/codes_tables.h"

#include "base/i18n.h"
#include "base/memory.h"

static const struct code rows[] = {
    {"channel.files", CODE_CHECK, N_("May files be written to, or read from, their place?"),
     N_("The directory is not there, or may not be written; or the other machine does not take the file."),
     N_("Do what the message says, then test again: endpointctl channel test PLUGIN")},
    {"endpoint.cache", CODE_CHECK, N_("The panel's configuration, kept"),
     N_("The copy of the panel's configuration cannot be read or written; plugins run from it "
        "while the panel is away."),
     N_("Let the service's user write in the state directory; check the disk's space and "
        "health. Plugins keep running.")},
    {"endpoint.config", CODE_CHECK, N_("Configuration"),
     N_("The file has faults, or no longer sets something in use; the service continues with "
        "the last good one."),
     N_("endpointctl config check shows each fault with its line; correct them, then: "
        "endpointctl reload")},
    {"endpoint.copies", CODE_CHECK, N_("Copies of this endpoint"),
     N_("The state directory was copied, and the copy was started, or the number of this "
        "start could not be kept."),
     N_("Stop the copy (on that machine: endpointctl service stop). If the copy should go on "
        "instead, run there: endpointctl take-over")},
    {"endpoint.damaged", CODE_CHECK, N_("Damaged files"),
     N_("Files in the state directory were damaged; they were moved aside and created again."),
     N_("Check the disk's health. The old files may be removed if support does not need them.")},
    {"endpoint.identity", CODE_CHECK, N_("Identity"),
     N_("The endpoint's identity is gone, damaged, or cannot be read by the service's user."),
     N_("Put identity.json back from a backup, owned by the service's user, or register "
        "again: endpointctl register")},
    {"endpoint.journal", CODE_CHECK, N_("Journal"),
     N_("The journal's file cannot be written or was damaged; entries wait in memory, and the "
        "oldest are lost in the end."),
     N_("Make room on the disk, and let the service's user write in the state directory.")},
    {"endpoint.kept", CODE_CHECK, N_("Settings: last good copy"),
     N_("The copy of the current configuration cannot be written; without it an emptied file "
        "stops everything at the next start."),
     N_("Let the service's user write in the state directory, and make room on its disk.")},
    {"endpoint.lock", CODE_CHECK, N_("Lock files"),
     N_("The file that keeps two services from running at the same time cannot be used."),
     N_("Let the service's user write in the state directory; keep it on a local disk.")},
    {"endpoint.plugins", CODE_CHECK, N_("The panel's plugins"),
     N_("A plugin from the panel is faulty and is refused; its last good scenario keeps "
        "running."),
     N_("Correct the plugin in the panel, as the message says.")},
    {"endpoint.workers", CODE_CHECK, N_("Plugins at once"),
     N_("More plugins are due than may run at the same time, so they take turns and may be "
        "late."),
     N_("Raise limits.workers if this machine has the memory, or disable plugins that nobody "
        "needs.")},
    {"erp.clock", CODE_CHECK, N_("ERP: clock"),
     N_("The clocks of the ERP's server and this machine differ, or the server's time cannot "
        "be read."),
     N_("Set both from the network (timedatectl set-ntp true; on Windows: w32tm /resync).")},
    {"erp.collation", CODE_CHECK, N_("ERP: letters"),
     N_("The database's collation is not the ERP's own, so letters may be compared or stored "
        "differently."),
     N_("Ask the ERP's vendor whether the database was created correctly.")},
    {"erp.company", CODE_CHECK, N_("ERP: company"),
     N_("The database has no company name in the place where the ERP keeps it."),
     N_("Check erp.database: endpointctl erp databases lists the companies.")},
    {"erp.kind", CODE_CHECK, N_("ERP: right database"),
     N_("The database does not have the tables by which the mapping of erp.type recognises it."),
     N_("Check erp.type and erp.database: endpointctl erp databases lists the companies.")},
    {"erp.login", CODE_CHECK, N_("ERP: login"),
     N_("The SQL Server does not let this login in, or not into this database."),
     N_("Check erp.user, the password (endpointctl config set erp.password) and erp.database.")},
    {"erp.mapping", CODE_CHECK, N_("ERP: mapping"),
     N_("The mapping of erp.type is missing or has faults."),
     N_("endpointctl erp list shows the existing ones; endpointctl erp check names each fault.")},
    {"erp.name", CODE_CHECK, N_("ERP: server's name"),
     N_("The name in erp.server cannot be resolved."),
     N_("Check erp.server, then: getent hosts NAME. An IP address also works.")},
    {"erp.operator", CODE_CHECK, N_("ERP: operator"),
     N_("The ERP has no active operator with the name in erp.operator, or none was chosen."),
     N_("Choose one from the ERP: endpointctl lookup operators, then endpointctl config set "
        "erp.operator")},
    {"erp.port", CODE_CHECK, N_("ERP: port"),
     N_("The instance's port cannot be found out: SQL Server Browser does not answer or does "
        "not know the instance."),
     N_("Have SQL Server Browser started and UDP 1434 let through, or set erp.port.")},
    {"erp.rights", CODE_CHECK, N_("ERP: rights to read"),
     N_("The login may not read tables that the mapping reads, or the database lacks them."),
     N_("Have an administrator of the SQL Server run the script that endpointctl erp grants "
        "prints.")},
    {"erp.server", CODE_CHECK, N_("ERP: SQL Server"),
     N_("The SQL Server is too old, or does not state its version."),
     N_("Have SQL Server 2012 or later installed.")},
    {"erp.snapshot", CODE_CHECK, N_("ERP: snapshot"),
     N_("erp.snapshot is set, but the database does not allow snapshot isolation."),
     N_("Have it allowed: ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON, or set "
        "erp.snapshot = false.")},
    {"erp.speed", CODE_CHECK, N_("ERP: speed"),
     N_("Reading is slow: because of the server, the network, or a missing index."),
     N_("Check the server's load and the network in between; read less often until you find "
        "the cause.")},
    {"erp.tcp", CODE_CHECK, N_("ERP: connection"),
     N_("No TCP connection to the SQL Server can be made."),
     N_("Check that it runs and listens on TCP, erp.port, and the firewalls between (nc -vz "
        "HOST PORT).")},
    {"erp.tls", CODE_CHECK, N_("ERP: encryption"),
     N_("The connection is not encrypted as the settings require, or the certificate is not "
        "trusted or expires soon."),
     N_("endpointctl erp certificate shows the certificate; erp.encryption and erp.tls_verify "
        "set what is required.")},
    {"erp.version", CODE_CHECK, N_("ERP: version"),
     N_("The mapping was not made for this version of the ERP, or the database does not state "
        "its version."),
     N_("Run endpointctl erp check: if all statements run, the version is fine.")},
    {"erp.writes", CODE_CHECK, N_("ERP: only reading"),
     N_("The login may change the ERP's data, but only reading is needed."),
     N_("Create a login that may only read: endpointctl erp grants NAME prints the script. "
        "Then set erp.user and erp.password.")},
    {"orders.clock", CODE_CHECK, N_("Orders: clock"),
     N_("The shop's clock and this machine's differ by more than a day; orders whose age is "
        "unknown wait."),
     N_("Find out which clock is wrong: timedatectl shows this machine's. It goes on when "
        "they agree.")},
    {"orders.command", CODE_CHECK, N_("Orders: writing"),
     N_("The program that writes orders (orders.command) cannot be used or does not work."),
     N_("Start the program by hand as the service's user; endpoint-order-program(7) says what "
        "it must answer.")},
    {"orders.directory", CODE_CHECK, N_("Orders: writing"),
     N_("The import directory (orders.epp_dir) cannot be used."),
     N_("Let the service's user write there, and make sure that it is mounted; endpointctl "
        "test shows what is wrong.")},
    {"orders.doubt", CODE_CHECK, N_("Orders: in doubt"),
     N_("Nobody knows whether some orders were written; they are never written twice."),
     N_("endpointctl orders --state in-doubt lists them; look in the ERP, then settle each "
        "with endpointctl order resolve.")},
    {"orders.erp", CODE_CHECK, N_("Orders: the ERP"), N_("The ERP cannot be asked about orders."),
     N_("Run endpointctl test connection: its checks find the step that fails. It is tried "
        "again by itself.")},
    {"orders.files", CODE_CHECK, N_("Orders: files that are done"),
     N_("Files of finished orders cannot be moved out of the import directory."),
     N_("Let the service's user write in orders.epp_dir and its folder done, or set "
        "orders.epp_done = \"keep\".")},
    {"orders.idle", CODE_CHECK, N_("Orders whose plugin does not run"),
     N_("A plugin was disabled, removed or refused while some of its orders were not done."),
     N_("Enable the plugin in the panel again until they are done, or settle them: "
        "endpointctl order resolve")},
    {"orders.import", CODE_CHECK, N_("Orders: import"),
     N_("Files were handed over longer than orders.epp_wait ago, and the ERP does not show "
        "their documents."),
     N_("Import the files in the ERP; endpointctl orders --state handed-over lists them.")},
    {"orders.off", CODE_CHECK, N_("Orders: writing is off"),
     N_("orders.writer is off, and orders wait."),
     N_("Choose how orders reach the ERP: endpointctl config set orders.writer, see "
        "endpoint-orders(7).")},
    {"orders.outcomes", CODE_CHECK, N_("Orders: outcomes"),
     N_("The shop refused what it was told about some orders."),
     N_("The journal says why; look at these orders in the shop. They are told again every "
        "hour.")},
    {"orders.sending", CODE_CHECK, N_("Orders: begun"),
     N_("Orders were being written when it stopped, and it is not known now what became of "
        "them."),
     N_("endpointctl orders --state sending lists them; look in the ERP, then: endpointctl "
        "order resolve")},
    {"orders.shop", CODE_CHECK, N_("Orders: the shop"),
     N_("The shop, through the panel, does not deliver orders or does not accept their "
        "outcomes."),
     N_("Run endpointctl test panel: its checks find the step that fails. It is tried again "
        "by itself.")},
    {"orders.sql", CODE_CHECK, N_("Orders: writing"),
     N_("Rows cannot be written into the ERP's tables."),
     N_("The message says what is wrong with the mapping or the ERP; endpointctl test runs "
        "the writer's checks.")},
    {"orders.writer", CODE_CHECK, N_("Orders: writing"),
     N_("The writer named in orders.writer cannot be used."),
     N_("endpoint-orders(7) says what each way of writing needs; endpointctl test shows what "
        "is missing.")},
    {"panel.clock", CODE_CHECK, N_("Panel: clock"),
     N_("This machine's clock and the panel's differ, or the panel does not send the time."),
     N_("Set this machine's clock from the network (timedatectl set-ntp true); if it is "
        "right, tell the panel's administrator.")},
    {"panel.commands", CODE_CHECK, N_("Panel: commands"),
     N_("The panel refused the results of some of its commands for good."),
     N_("Nothing to do here; the journal lists them. If it repeats, update the older of panel "
        "and endpoint.")},
    {"panel.identity", CODE_CHECK, N_("Panel: identity"),
     N_("The panel does not know this endpoint, or it is not registered."),
     N_("Create a registration token in the panel, then: endpointctl register (with --again "
        "if it was registered before)")},
    {"panel.journal", CODE_CHECK, N_("Panel: journal"),
     N_("The panel does not accept entries of the journal; they wait here, or were refused "
        "for good."),
     N_("It is tried again by itself. The entries are here: endpointctl journal")},
    {"panel.name", CODE_CHECK, N_("Panel: name"),
     N_("The name in panel.url, or the proxy's, cannot be resolved."),
     N_("Check panel.url and panel.proxy, then: getent hosts NAME")},
    {"panel.poll", CODE_CHECK, N_("Panel: news"),
     N_("The panel's configuration and commands cannot be fetched; plugins continue with the "
        "last known ones."),
     N_("Run endpointctl test panel: its checks find the step that fails. It is tried again "
        "by itself.")},
    {"panel.results", CODE_CHECK, N_("Panel: results"),
     N_("Results of the panel's commands cannot be sent; they wait here."),
     N_("Nothing to do: they are sent when the panel accepts them. If it lasts: endpointctl "
        "test panel")},
    {"panel.status", CODE_CHECK, N_("Panel: status"),
     N_("The panel does not accept this endpoint's state and shows an old one."),
     N_("Nothing to do: it is sent when the panel accepts it. If it lasts: endpointctl test "
        "panel")},
    {"panel.tcp", CODE_CHECK, N_("Panel: connection"),
     N_("No TCP connection to the panel or the proxy can be made."),
     N_("Check the address, that the panel runs, and the firewalls between (nc -vz HOST PORT).")},
    {"panel.tls", CODE_CHECK, N_("Panel: encryption"),
     N_("The panel's certificate is not trusted, is for another name, or expires soon; or the "
        "address is not https://."),
     N_("Check panel.url. If the panel is your own, name its authority in panel.ca; otherwise "
        "its administrator must renew the certificate.")},
    {"panel.token", CODE_CHECK, N_("Panel: token"), N_("The registration token was not accepted."),
     N_("Copy the whole token again, or make a new one in the panel.")},
    {"plugin.catalogue", CODE_CHECK, N_("The shop's catalogue"),
     N_("The shop's list of products could not be read; what is known of it is still used."),
     N_("Run endpointctl channel test PLUGIN: its checks find the step that fails. It is tried again by itself.")},
    {"plugin.config", CODE_CHECK, N_("The plugin's configuration"),
     N_("The plugin cannot work with its scenario or the configuration."),
     N_("Correct the plugin in the panel, as the message says, or endpoint.conf; it is tried "
        "again later.")},
    {"plugin.held", CODE_CHECK, N_("Rows that are held back"),
     N_("Some rows have an unusable value, or the shop refuses them; the others go on."),
     N_("endpointctl held shows each row and what to correct; then it is read again "
        "automatically.")},
    {"plugin.ledger", CODE_CHECK, N_("The plugin's ledger"),
     N_("The plugin's database file cannot be used, is damaged, or another process holds it."),
     N_("Let the service's user write in the state directory; check the disk's space and "
        "health.")},
    {"plugin.overdue", CODE_CHECK, N_("The plugin's passes"),
     N_("The plugin has not run for several times its interval, although it should have."),
     N_("It was told to run. If this repeats: endpointctl service restart, and send a support "
        "bundle (endpointctl bundle).")},
    {"plugin.read", CODE_CHECK, N_("Reading from the ERP"),
     N_("The plugin cannot read from the ERP."),
     N_("Run endpointctl test: its checks find the step that fails. It is tried again by "
        "itself.")},
    {"plugin.send", CODE_CHECK, N_("Sending to the panel"),
     N_("The plugin cannot send its changes; they wait, and nothing is lost."),
     N_("Run endpointctl test panel: its checks find the step that fails. It is tried again "
        "by itself.")},
    {"plugin.snapshot", CODE_CHECK, N_("ERP: snapshot"),
     N_("erp.snapshot is set, but the database does not allow snapshot isolation; the ERP is "
        "read as usual."),
     N_("Have it allowed: ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON, or set "
        "erp.snapshot = false.")},
    {"plugin.stamps", CODE_CHECK, N_("Reading what changed"),
     N_("The ERP's stamps cannot be read, or they missed changes; everything is compared "
        "instead."),
     N_("Nothing is lost. Correct the stamp in the site's own mapping, see endpoint-erp(5).")},
    {"plugin.verify", CODE_CHECK, N_("The shop's values"),
     N_("Products of the shop show another value than was sent: somebody changed them there, or it never arrived."),
     N_("Correct them in the shop, or let the ERP win: options.verify = \"send\"")},
    {"plugin.waits", CODE_CHECK, N_("ERP: waits"),
     N_("The plugin had to wait for the ERP: locks of open documents, deadlocks, or a slow "
        "server."),
     N_("If it repeats, find out who holds the lock: the column BlkBy of sp_who2 on the "
        "server shows it.")},
    {"service.paths", CODE_CHECK, N_("Service: files and directories"),
     N_("The service's user may not use a path in the settings, as the service sees the file "
        "system."),
     N_("sudo endpointctl service paths shows each path, creates missing directories and lets "
        "the service write there.")},
};

const struct code_table codes_checks = {rows, COUNT_OF(rows)};
