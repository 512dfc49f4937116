/* Codes of the ERP's SQL Server and the way to it: see base/codes.h. Sorted by code. */
#include "base/codes_tables.h"

#include "base/i18n.h"
#include "base/memory.h"

static const struct code rows[] = {
    {"erp_auth", CODE_ERROR, N_("The login and erp.auth do not fit."),
     N_("erp.user is a Windows account (DOMAIN\\name) while erp.auth is sql, or erp.auth is "
        "ntlm and the domain is missing."),
     N_("Set erp.auth = \"ntlm\" or \"kerberos\" for a Windows account, or name a SQL Server "
        "login in erp.user.")},
    {"erp_away", CODE_ERROR, N_("The ERP is not connected now."),
     N_("The session to the SQL Server broke or could not be made; the check of the ERP says "
        "why."),
     N_("See what the ERP's check says (endpointctl test connection); it is tried again "
        "automatically.")},
    {"erp_browser", CODE_ERROR,
     N_("The SQL Server Browser does not answer, or something else does."),
     N_("Its service is stopped on the server, or a firewall drops UDP port 1434; it is asked "
        "only for named instances."),
     N_("Start the service SQL Server Browser and let UDP 1434 through, or set the instance's "
        "port in erp.port.")},
    {"erp_cancelled", CODE_ERROR, N_("A statement was cancelled."),
     N_("The plugin was stopped while the ERP worked on it."), N_("Nothing to do.")},
    {"erp_close", CODE_ERROR, N_("The SQL Server did not confirm that it ended a statement."),
     N_("The server or the network is so slow that even the cancel was not answered."),
     N_("It continues with a new connection. If it repeats, check the server's load and the "
        "network in between.")},
    {"erp_conversion", CODE_ERROR, N_("A text could not be converted for or from the SQL Server."),
     N_("It contains characters that one of the two character sets does not have, or it was "
        "cut inside one."),
     N_("Look in the ERP for the text in the message; a new connection is made automatically.")},
    {"erp_damaged", CODE_ERROR, N_("The SQL Server found damage on its disk."),
     N_("A page or a file of the database has changed since it was written: because of the "
        "server's disk or controller."),
     N_("The SQL Server's administrator should act now: check the error log, run DBCC "
        "CHECKDB, and have a good backup.")},
    {"erp_database", CODE_ERROR, N_("The database cannot be opened."),
     N_("The name is wrong, the database no longer exists, or the login has no user in it."),
     N_("Check erp.database (endpointctl erp databases lists them) and the login's user: "
        "endpointctl erp grants prints the script.")},
    {"erp_database_version", CODE_ERROR, N_("The database and the SQL Server do not fit."),
     N_("The database was made by a newer server, is too old for this one, or needs another "
        "edition."),
     N_("Name the server that the ERP uses now in erp.server, or have its administrator "
        "upgrade the server or the database.")},
    {"erp_deadlock", CODE_ERROR, N_("Our statement gave way in a deadlock."),
     N_("The ERP and the statement each held what the other needed; the server ended ours."),
     N_("Nothing to do: it is tried again automatically.")},
    {"erp_driver", CODE_ERROR, N_("The ODBC driver ran in circles."),
     N_("It used the processor without sending or receiving a byte; the connection was ended."),
     N_("It continues by itself. If it repeats, update FreeTDS (tdsodbc) and send a support "
        "bundle (endpointctl bundle).")},
    {"erp_duplicate", CODE_ERROR, N_("A number was taken in the ERP in the meantime."),
     N_("Somebody in the ERP saved a document with the number that was about to be used."),
     N_("Nothing to do: it is tried again automatically.")},
    {"erp_encryption", CODE_ERROR,
     N_("The SQL Server and this service do not agree on "
        "encryption."),
     N_("The server requires it while erp.encryption is off, or its certificate or TLS is "
        "broken."),
     N_("Set erp.encryption = \"required\"; if it is set, the SQL Server's error log says "
        "what is wrong with its certificate.")},
    {"erp_ended", CODE_ERROR, N_("The server ended our session."),
     N_("An administrator ended it, the server was restarted, or a severe error occurred."),
     N_("Nothing to do: it is tried again automatically.")},
    {"erp_full", CODE_ERROR, N_("The database has no space to write."),
     N_("The database, its transaction log or tempdb is full, or SQL Server Express reached "
        "its 10 GB."),
     N_("Have the log backed up, or space added on the server. It is tried again "
        "automatically.")},
    {"erp_instance", CODE_ERROR, N_("The instance of the SQL Server cannot be used."),
     N_("The name after the backslash is missing or wrong, the instance is stopped, or it "
        "does not listen on TCP."),
     N_("endpointctl erp instances lists the running ones. Enable TCP/IP for it in SQL Server "
        "Configuration Manager.")},
    {"erp_let_go", CODE_ERROR,
     N_("The connection to the ERP was released because this "
        "machine was too slow."),
     N_("This machine or its disk stalled while the SQL Server's answer was half read, and "
        "people in the ERP might have had to wait."),
     N_("It continues by itself. If it repeats, find out what keeps this machine's disk or "
        "processor busy.")},
    {"erp_locked", CODE_ERROR, N_("Somebody in the ERP holds a lock on the data to be read."),
     N_("A document or a job has been open in the ERP for longer than erp.lock_timeout."),
     N_("Nothing to do: it is tried again automatically.")},
    {"erp_login", CODE_ERROR, N_("The SQL Server refuses the login."),
     N_("User or password are wrong, the login is disabled or locked, or the server accepts "
        "no SQL Server logins."),
     N_("Check erp.user and the password (endpointctl config set erp.password), that the "
        "login is enabled, and the server's mixed mode.")},
    {"erp_maintenance", CODE_ERROR, N_("The SQL Server admits only administrators."),
     N_("Maintenance is under way: the server or the database is in single-user or restricted "
        "mode."),
     N_("Nothing to do until the maintenance ends; it is tried again every few minutes.")},
    {"erp_offline", CODE_ERROR, N_("The database is not online."),
     N_("Somebody took it offline, or the SQL Server cannot open its files."),
     N_("Have it brought online (ALTER DATABASE … SET ONLINE); if that fails, the SQL "
        "Server's error log says why.")},
    {"erp_password", CODE_ERROR, N_("The login's password must be changed."),
     N_("It has expired, must be changed at the first login, or does not fit the server's "
        "policy."),
     N_("Set a new one on the server (ALTER LOGIN … WITH PASSWORD), then: endpointctl config "
        "set erp.password")},
    {"erp_path", CODE_ERROR, N_("FreeTDS cannot use the path of the state directory."),
     N_("It is longer than 200 bytes, or contains #, ; or two blanks in a row."),
     N_("Give Endpoint another state directory (--state-dir).")},
    {"erp_port", CODE_ERROR, N_("The port in erp.server is wrong."),
     N_("After the comma a number from 1 to 65535 is expected; a colon does not count as a "
        "comma."),
     N_("Write it like SERVER,1433, or set erp.port.")},
    {"erp_protocol", CODE_ERROR,
     N_("The SQL Server and this service do not understand each "
        "other."),
     N_("Something between them changes the traffic, or the server is older than SQL Server "
        "2012."),
     N_("Check that erp.server and erp.port belong to the SQL Server, and check its version.")},
    {"erp_read_only", CODE_ERROR, N_("The database can only be read."),
     N_("It is a readable secondary, a restored copy, or was set to read-only."),
     N_("In erp.server and erp.database name the server and database that the ERP works on.")},
    {"erp_refused", CODE_ERROR, N_("The SQL Server refuses a statement."),
     N_("The text has the server's message and its number."),
     N_("Look the number up, or ask the SQL Server's administrator; its error log may say "
        "more.")},
    {"erp_replica", CODE_ERROR, N_("The database is a copy that cannot be used this way."),
     N_("It is a mirror or a secondary of an availability group, or the group is failing over."),
     N_("Name the primary or the listener in erp.server, or set erp.read_intent for a "
        "readable secondary. A failover ends by itself.")},
    {"erp_resources", CODE_ERROR, N_("The SQL Server lacks something it needs."),
     N_("It has no connections, licences, threads, memory or locks left, or is too busy."),
     N_("It is tried again automatically; if it lasts, its administrator must find out what "
        "uses them up.")},
    {"erp_rights", CODE_ERROR, N_("The login lacks a right."),
     N_("The right on a table, a column, the database or the server is missing or denied."),
     N_("endpointctl erp grants prints the script with all needed rights; an administrator of "
        "the SQL Server must run it.")},
    {"erp_server", CODE_ERROR, N_("The address in erp.server cannot be used."),
     N_("It is empty, or names something other than TCP (a named pipe, shared memory)."),
     N_("Write SERVER, SERVER,PORT or SERVER\\INSTANCE.")},
    {"erp_starting", CODE_ERROR, N_("The server or the database is just starting."),
     N_("The SQL Server was just started, or is recovering or restoring the database."),
     N_("Nothing to do: it is tried again automatically.")},
    {"erp_stopping", CODE_ERROR, N_("The SQL Server is being stopped."),
     N_("Somebody is stopping or restarting it, or its service is paused."),
     N_("Nothing to do if that was intended: it is tried again automatically. If not, start "
        "its service.")},
    {"erp_timeout", CODE_ERROR, N_("The SQL Server did not answer in time."),
     N_("It or the network is slow, somebody holds a lock, or the statement reads very much "
        "data."),
     N_("It is tried again automatically. If it repeats, check the server's load, or raise "
        "erp.query_timeout or erp.connect_timeout.")},
    {"erp_unreachable", CODE_ERROR, N_("The SQL Server cannot be reached."),
     N_("The connection broke or could not be made: the server, the network or a firewall."),
     N_("Run endpointctl test connection: its checks find the step that fails. It is tried "
        "again by itself.")},
    {"erp_value", CODE_ERROR, N_("A value cannot be sent to the SQL Server."),
     N_("User, password or database contain the characters }; and FreeTDS here is older than "
        "1.4, or a value of a statement is not text."),
     N_("Choose a value without };, or install a newer FreeTDS (package tdsodbc).")},
    {"name", CODE_ERROR, N_("A server's name cannot be resolved."),
     N_("This machine's name servers do not know the name, it is misspelled, or no name "
        "server answers."),
     N_("Check erp.server or panel.url, then: getent hosts NAME. An IP address also works.")},
    {"odbc", CODE_ERROR, N_("unixODBC could not be initialised."),
     N_("The library or FreeTDS' driver is missing or damaged, or there is no memory."),
     N_("Install the packages unixodbc and tdsodbc again, and check the memory.")},
    {"tcp", CODE_ERROR, N_("No TCP connection can be made."),
     N_("Nothing listens on the port, a firewall drops or refuses it, or the machine is off."),
     N_("Check address and port, that the server runs and listens on TCP, and the firewalls "
        "between (nc -vz HOST PORT).")},
    {"tds_closed", CODE_ERROR, N_("The server closes the connection at the first message."),
     N_("The port belongs to another program, or a firewall or the server itself cuts the "
        "connection."),
     N_("Check that erp.server and erp.port belong to the SQL Server, and look in its error "
        "log.")},
    {"tds_prelogin", CODE_ERROR, N_("The program that listens on the port is not a SQL Server."),
     N_("Another program answers at erp.server and erp.port."),
     N_("Check erp.server and erp.port; SQL Server Configuration Manager shows the port under "
        "TCP/IP.")},
    {"tds_strict", CODE_ERROR, N_("The SQL Server requires strict encryption."),
     N_("\"Force Strict Encryption\" (TDS 8.0) is on; this service's driver does not support "
        "it."),
     N_("Have \"Force Strict Encryption\" switched off in SQL Server Configuration Manager; "
        "\"Force Encryption\" may stay on.")},
    {"tls_expired", CODE_ERROR, N_("A certificate is not valid today."),
     N_("It has expired or is not valid yet, or a clock is wrong."),
     N_("Check this machine's clock (timedatectl). If it is right, whoever runs the server "
        "must renew its certificate.")},
    {"tls_handshake", CODE_ERROR, N_("No encryption could be agreed on with a server."),
     N_("The server does not support TLS on that port, its version is too old, or something "
        "cuts the connection."),
     N_("Check address and port; the server must support TLS 1.2 or later there.")},
    {"tls_host", CODE_ERROR, N_("A certificate is for another name."),
     N_("The certificate does not contain the name or address that the server is called by."),
     N_("Use a name from the certificate in erp.server or erp.tls_host, or have a certificate "
        "with the right name made.")},
    {"tls_none", CODE_ERROR, N_("The SQL Server has no certificate to show."),
     N_("The server does not encrypt connections at all."),
     N_("Have encryption switched on at the SQL Server (SQL Server Configuration Manager, "
        "Protocols, Force Encryption).")},
    {"tls_off", CODE_ERROR, N_("The SQL Server does not encrypt."),
     N_("erp.encryption requires encryption, but the server offers none."),
     N_("Have encryption switched on at the SQL Server. Only in a network you trust: "
        "erp.encryption = \"off\".")},
    {"tls_pin", CODE_ERROR, N_("The SQL Server's certificate is not the pinned one."),
     N_("Its certificate was renewed, it makes a new one at each start, or another machine "
        "answers."),
     N_("Find out which. If it was renewed: endpointctl erp certificate shows the new "
        "fingerprint for erp.tls_pin.")},
    {"tls_untrusted", CODE_ERROR, N_("A certificate is not trusted."),
     N_("It is self-signed, or was issued by an authority that this machine does not know."),
     N_("For the ERP set erp.tls_verify to \"ca\" or \"pin\"; for the panel name its "
        "authority in panel.ca.")},
    {"worker_driver", CODE_ERROR, N_("The ODBC driver did not return from a call."),
     N_("It hung although its connection had been cut; the plugin's process is killed and "
        "restarted."),
     N_("It continues by itself. If it repeats, update FreeTDS (tdsodbc) and send a support "
        "bundle (endpointctl bundle).")},
};

const struct code_table codes_server = {rows, COUNT_OF(rows)};
