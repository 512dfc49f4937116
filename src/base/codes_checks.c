/* Codes of checks: see base/codes.h. Sorted by code. */
#include "base/codes_tables.h"

#include "base/i18n.h"
#include "base/memory.h"

static const struct code rows[] = {
    {"channel.files", CODE_CHECK, N_("May files be written to, or read from, their place?"),
     N_("The directory is not there, or may not be written; or the other machine does not take the file."),
     N_("Do what the message says, then test again: endpointctl channel test PLUGIN")},
    {"endpoint.cache", CODE_CHECK, N_("The panel's configuration, kept"),
     N_("The copy of the panel's configuration, from which plugins run when the panel is "
        "away, cannot be read or written."),
     N_("Let the service's user write in the state directory; look at the disk's room and "
        "health. Plugins go on meanwhile.")},
    {"endpoint.config", CODE_CHECK, N_("Configuration"),
     N_("The file is not in order, or no longer sets what is in use; the service goes on with "
        "the last good one."),
     N_("endpointctl config check shows each fault with its line; correct them, then: "
        "endpointctl reload")},
    {"endpoint.copies", CODE_CHECK, N_("Copies of this endpoint"),
     N_("The state directory was copied, and the copy was started, or the number of this "
        "start could not be kept."),
     N_("Stop the copy (endpointctl service stop, there). If that one is to go on: "
        "endpointctl take-over, there.")},
    {"endpoint.damaged", CODE_CHECK, N_("Damaged files"),
     N_("Files of the state directory were damaged, moved aside and made anew."),
     N_("Look at the disk's health. The old files may be removed when support does not need "
        "them.")},
    {"endpoint.identity", CODE_CHECK, N_("Identity"),
     N_("The endpoint's identity is gone, damaged, or cannot be read by the service's user."),
     N_("Put identity.json back from a backup, owned by the service's user, or register "
        "again: endpointctl register")},
    {"endpoint.journal", CODE_CHECK, N_("Journal"),
     N_("The journal's file cannot be written or was damaged; entries wait in memory, and the "
        "oldest are lost in the end."),
     N_("Make room on the disk, and let the service's user write in the state directory.")},
    {"endpoint.kept", CODE_CHECK, N_("Settings: last good copy"),
     N_("The copy of the configuration in force cannot be written; without it an emptied file "
        "stops everything at the next start."),
     N_("Let the service's user write in the state directory, and make room on its disk.")},
    {"endpoint.lock", CODE_CHECK, N_("Lock files"),
     N_("A file that keeps two services from working at once cannot be used."),
     N_("Let the service's user write in the state directory; keep it on a local disk.")},
    {"endpoint.plugins", CODE_CHECK, N_("The panel's plugins"),
     N_("A plugin of the panel is not in order and is refused; its last good scenario goes on."),
     N_("Correct the plugin in the panel, as the message says.")},
    {"endpoint.workers", CODE_CHECK, N_("Plugins at once"),
     N_("More plugins are due than may run at once, so they take turns and may be late."),
     N_("Raise limits.workers if this machine has the memory, or disable plugins that nobody "
        "needs.")},
    {"erp.clock", CODE_CHECK, N_("ERP: clock"),
     N_("The clocks of the ERP's server and this machine differ, or the server's time cannot "
        "be read."),
     N_("Set both by the network (timedatectl set-ntp true; on Windows: w32tm /resync).")},
    {"erp.collation", CODE_CHECK, N_("ERP: letters"),
     N_("The database's collation is another than the ERP's own, so letters may be compared "
        "or kept otherwise."),
     N_("Ask the ERP's vendor whether the database was made as it should be.")},
    {"erp.company", CODE_CHECK, N_("ERP: company"),
     N_("The database has no company's name where the ERP keeps it."),
     N_("Check erp.database: endpointctl erp databases lists the companies.")},
    {"erp.kind", CODE_CHECK, N_("ERP: right database"),
     N_("The database does not have the tables that the mapping of erp.type knows it by."),
     N_("Check erp.type and erp.database: endpointctl erp databases lists the companies.")},
    {"erp.login", CODE_CHECK, N_("ERP: login"),
     N_("The SQL Server does not let this login in, or not into this database."),
     N_("Check erp.user, the password (endpointctl config set erp.password) and erp.database.")},
    {"erp.mapping", CODE_CHECK, N_("ERP: mapping"),
     N_("The mapping of erp.type is missing or not in order."),
     N_("endpointctl erp list shows those there are; endpointctl erp check names each fault.")},
    {"erp.name", CODE_CHECK, N_("ERP: server's name"),
     N_("The name in erp.server cannot be resolved."),
     N_("Check erp.server, then: getent hosts NAME. An IP address does as well.")},
    {"erp.operator", CODE_CHECK, N_("ERP: operator"),
     N_("The ERP has no active operator of the name in erp.operator, or none was chosen."),
     N_("Choose one that the ERP knows: endpointctl lookup operators, then endpointctl config "
        "set erp.operator")},
    {"erp.port", CODE_CHECK, N_("ERP: port"),
     N_("The instance's port cannot be asked for: SQL Server Browser does not answer or does "
        "not know the instance."),
     N_("Have SQL Server Browser started and UDP 1434 let through, or set erp.port.")},
    {"erp.rights", CODE_CHECK, N_("ERP: rights to read"),
     N_("The login may not read tables that the mapping reads, or the database lacks them."),
     N_("Have an administrator of the SQL Server run the script that endpointctl erp grants "
        "prints.")},
    {"erp.server", CODE_CHECK, N_("ERP: SQL Server"),
     N_("The SQL Server is older than what is supported, or does not say its version."),
     N_("Have SQL Server 2012 or a newer one installed.")},
    {"erp.snapshot", CODE_CHECK, N_("ERP: snapshot"),
     N_("erp.snapshot is set, and the database does not allow snapshot isolation."),
     N_("Have it allowed: ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON, or set "
        "erp.snapshot = false.")},
    {"erp.speed", CODE_CHECK, N_("ERP: speed"),
     N_("Reading is slow: the server, the network, or a missing index."),
     N_("Look at the server's load and at the network between; read less often until it is "
        "found.")},
    {"erp.tcp", CODE_CHECK, N_("ERP: connection"),
     N_("No TCP connection to the SQL Server can be made."),
     N_("Check that it runs and listens on TCP, erp.port, and the firewalls between (nc -vz "
        "HOST PORT).")},
    {"erp.tls", CODE_CHECK, N_("ERP: encryption"),
     N_("The connection is not encrypted as the settings want it, or the certificate is not "
        "trusted or ends soon."),
     N_("endpointctl erp certificate shows the certificate; erp.encryption and erp.tls_verify "
        "say what is wanted.")},
    {"erp.version", CODE_CHECK, N_("ERP: version"),
     N_("The ERP's version is another than those the mapping was made for, or the database "
        "does not say it."),
     N_("Run endpointctl erp check: when all statements run, the version does no harm.")},
    {"erp.writes", CODE_CHECK, N_("ERP: only reading"),
     N_("The login may change the ERP's data, and only reading is wanted."),
     N_("Make a login that may only read: endpointctl erp grants NAME prints the script; set "
        "erp.user and erp.password to it.")},
    {"orders.clock", CODE_CHECK, N_("Orders: clock"),
     N_("The shop's clock and this machine's disagree by more than a day; orders whose age "
        "nobody can tell wait."),
     N_("Find out which clock is wrong: timedatectl shows this machine's. It goes on when "
        "they agree.")},
    {"orders.command", CODE_CHECK, N_("Orders: writing"),
     N_("The program that writes orders (orders.command) cannot be used or does not do it."),
     N_("Start the program by hand as the service's user; endpoint-order-program(7) says what "
        "it must answer.")},
    {"orders.directory", CODE_CHECK, N_("Orders: writing"),
     N_("The import directory (orders.epp_dir) cannot be used."),
     N_("Let the service's user write there, and see that it is mounted; endpointctl test "
        "shows what is wrong with it.")},
    {"orders.doubt", CODE_CHECK, N_("Orders: in doubt"),
     N_("Of some orders nobody knows whether they were written, and they are never written "
        "twice."),
     N_("endpointctl orders --state in-doubt lists them; look in the ERP, then settle each "
        "with endpointctl order resolve.")},
    {"orders.erp", CODE_CHECK, N_("Orders: the ERP"), N_("The ERP cannot be asked about orders."),
     N_("Run endpointctl test connection: its checks find the step that fails. It is tried "
        "again by itself.")},
    {"orders.files", CODE_CHECK, N_("Orders: files that are done"),
     N_("Files of finished orders cannot be put away from the import directory."),
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
     N_("The shop refused what it was told of some orders."),
     N_("The journal says why; look at these orders in the shop. They are told again every "
        "hour.")},
    {"orders.sending", CODE_CHECK, N_("Orders: begun"),
     N_("Orders were being written when it stopped, and what became of them cannot be told "
        "now."),
     N_("endpointctl orders --state sending lists them; look in the ERP, then: endpointctl "
        "order resolve")},
    {"orders.shop", CODE_CHECK, N_("Orders: the shop"),
     N_("The shop, through the panel, does not give orders or does not take their outcomes."),
     N_("Run endpointctl test panel: its checks find the step that fails. It is tried again "
        "by itself.")},
    {"orders.sql", CODE_CHECK, N_("Orders: writing"),
     N_("Rows cannot be written into the ERP's tables."),
     N_("See what the message says of the mapping or the ERP; endpointctl test runs the "
        "writer's checks.")},
    {"orders.writer", CODE_CHECK, N_("Orders: writing"),
     N_("What orders.writer names cannot be used."),
     N_("endpoint-orders(7) says what each way of writing needs; endpointctl test shows what "
        "is missing.")},
    {"panel.clock", CODE_CHECK, N_("Panel: clock"),
     N_("This machine's clock and the panel's disagree, or the panel does not tell the time."),
     N_("Set this machine's clock by the network (timedatectl set-ntp true); if it is right, "
        "tell the panel's administrator.")},
    {"panel.commands", CODE_CHECK, N_("Panel: commands"),
     N_("The panel refused the results of some of its commands for good."),
     N_("Nothing to do here; the journal has them. Update the older of panel and endpoint if "
        "it repeats.")},
    {"panel.identity", CODE_CHECK, N_("Panel: identity"),
     N_("The panel does not know this endpoint, or it is not registered."),
     N_("Make a registration token in the panel, then: endpointctl register (--again if it "
        "was registered before)")},
    {"panel.journal", CODE_CHECK, N_("Panel: journal"),
     N_("The panel does not take entries of the journal; they wait here, or were refused for "
        "good."),
     N_("It is tried again by itself. The entries are here: endpointctl journal")},
    {"panel.name", CODE_CHECK, N_("Panel: name"),
     N_("The name in panel.url, or the proxy's, cannot be resolved."),
     N_("Check panel.url and panel.proxy, then: getent hosts NAME")},
    {"panel.poll", CODE_CHECK, N_("Panel: news"),
     N_("The panel's configuration and commands cannot be fetched; plugins go on with what is "
        "known."),
     N_("Run endpointctl test panel: its checks find the step that fails. It is tried again "
        "by itself.")},
    {"panel.results", CODE_CHECK, N_("Panel: results"),
     N_("Results of the panel's commands cannot be sent; they wait here."),
     N_("Nothing to do: they are sent when the panel takes them. If it lasts: endpointctl "
        "test panel")},
    {"panel.status", CODE_CHECK, N_("Panel: status"),
     N_("The panel does not take this endpoint's state and shows an old one."),
     N_("Nothing to do: it is sent when the panel takes it. If it lasts: endpointctl test "
        "panel")},
    {"panel.tcp", CODE_CHECK, N_("Panel: connection"),
     N_("No TCP connection to the panel or the proxy can be made."),
     N_("Check the address, that the panel runs, and the firewalls between (nc -vz HOST PORT).")},
    {"panel.tls", CODE_CHECK, N_("Panel: encryption"),
     N_("The panel's certificate is not trusted, is for another name, or ends soon; or the "
        "address is not https://."),
     N_("Check panel.url; name the authority of a panel of your own in panel.ca; else its "
        "administrator renews it.")},
    {"panel.token", CODE_CHECK, N_("Panel: token"), N_("The registration token was not accepted."),
     N_("Copy the whole token again, or make a new one in the panel.")},
    {"plugin.config", CODE_CHECK, N_("The plugin's configuration"),
     N_("The plugin's scenario or the configuration does not let it work."),
     N_("Correct the plugin in the panel, as the message says, or endpoint.conf; it is tried "
        "again later.")},
    {"plugin.held", CODE_CHECK, N_("Rows that are held back"),
     N_("A value of some rows cannot be taken, or the shop refuses them; the others go on."),
     N_("endpointctl held shows each row and what to correct; it is taken by itself then.")},
    {"plugin.ledger", CODE_CHECK, N_("The plugin's ledger"),
     N_("The plugin's database file cannot be used, is damaged, or another process holds it."),
     N_("Let the service's user write in the state directory; look at the disk's room and "
        "health.")},
    {"plugin.overdue", CODE_CHECK, N_("The plugin's passes"),
     N_("The plugin has not run for several times its interval, though it should."),
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
     N_("erp.snapshot is set, and the database does not allow snapshot isolation; it is read "
        "as usual."),
     N_("Have it allowed: ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON, or set "
        "erp.snapshot = false.")},
    {"plugin.stamps", CODE_CHECK, N_("Reading what changed"),
     N_("The ERP's stamps cannot be asked, or missed changes; everything is compared instead."),
     N_("Nothing is lost. Correct the stamp in the site's own mapping, see endpoint-erp(5).")},
    {"plugin.waits", CODE_CHECK, N_("ERP: waits"),
     N_("The ERP let the plugin wait: locks of open documents, deadlocks, or a slow server."),
     N_("If it repeats, find who holds the lock: sp_who2 on the server shows in BlkBy who it "
        "is.")},
    {"service.paths", CODE_CHECK, N_("Service: files and directories"),
     N_("The service's user may not use a path of the settings, as the service sees the file system."),
     N_("sudo endpointctl service paths shows each, makes what is missing and lets the service write there.")},
};

const struct code_table codes_checks = {rows, COUNT_OF(rows)};
