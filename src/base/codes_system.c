/* Codes of files, databases and the machine; of endpoint-sandbox: see base/codes.h. Sorted by code. */
#include "base/codes_tables.h"

#include "base/i18n.h"
#include "base/memory.h"

static const struct code rows[] = {
    {"aside", CODE_ERROR, N_("A damaged file cannot be moved aside."),
     N_("The directory may not be written, the disk is full, or the path would be too long."),
     N_("Move the file away by hand, so that a new one can be made; keep it for support.")},
    {"browser", CODE_ERROR, N_("The sandbox cannot answer as a SQL Server Browser."),
     N_("Its UDP port is taken by another program, or the address is not this machine's."),
     N_("Choose another UDP port for it, or stop the program that has this one.")},
    {"catalog", CODE_ERROR, N_("The catalog in the sandbox's data file is damaged."),
     N_("The file was changed by another program, or was made by a version that wrote it "
        "differently."),
     N_("Remove the data file and let endpoint-sandbox make it anew.")},
    {"cert_make", CODE_ERROR, N_("A certificate could not be made."),
     N_("The cryptographic library refused to make a key or to sign; nearly always memory or "
        "its configuration."),
     N_("Look at the memory and at the system's OpenSSL configuration, or make the "
        "certificate with openssl.")},
    {"cert_write", CODE_ERROR, N_("A certificate could not be put into a text to be written."),
     N_("There was too little memory while the file's content was made."),
     N_("Free memory and try again.")},
    {"child", CODE_ERROR, N_("endpoint-tui cannot start endpointctl."),
     N_("The program is not installed beside it, may not be executed, or the machine has no "
        "room for another process."),
     N_("Install the package again, so that endpointctl is there, and look at the memory.")},
    {"counter", CODE_ERROR, N_("The demo company lacks a counter that a document needs."),
     N_("The sandbox's data file is not a whole company of Subiekt GT."),
     N_("Remove the data file and let endpoint-sandbox make it anew.")},
    {"data_erp", CODE_ERROR, N_("The sandbox's data file holds a company of another ERP."),
     N_("It was made with another --erp than the one that is asked for now."),
     N_("Start endpoint-sandbox with the ERP that made the file, or with another file.")},
    {"data_missing", CODE_ERROR, N_("There is no company in the sandbox's data file."),
     N_("The file is empty, or another program made it."),
     N_("Let endpoint-sandbox make a new file.")},
    {"data_temp", CODE_ERROR, N_("The sandbox cannot make its temporary file."),
     N_("/tmp is full or may not be written."), N_("Make room in /tmp.")},
    {"db_create", CODE_ERROR, N_("A database file cannot be created."),
     N_("The directory is missing or may not be written, or the disk is full."),
     N_("Look at the owner and mode of the file and of its directory: the user that the "
        "program runs as must be able to use both.")},
    {"db_damaged", CODE_ERROR, N_("A database file of Endpoint is damaged."),
     N_("Something wrote into the file, or the disk did not keep what was written."),
     N_("The service moves such a file aside and makes a new one, where that can be done. "
        "Look at the disk's health; keep the old file for support.")},
    {"db_error", CODE_ERROR, N_("A database file of Endpoint cannot be used."),
     N_("SQLite's own words in the message say why: a lock, the file's owner or mode, or an "
        "input or output error."),
     N_("Look at the owner and mode of the file and of its directory: the user that the "
        "program runs as must be able to use both.")},
    {"db_newer", CODE_ERROR, N_("A database file was written by a newer version."),
     N_("The program was set back to an older version after the file had been brought up to "
        "date."),
     N_("Install the newer version again; an older one does not know what stands in the file.")},
    {"deny", CODE_ERROR, N_("There is no such table in the sandbox."),
     N_("--deny names a table that the demo company does not have."),
     N_("Name a table that the company has.")},
    {"dir_create", CODE_ERROR, N_("A directory cannot be made."),
     N_("The directory above it is missing or may not be written, or the disk is full."),
     N_("Make the directory by hand, owned by the user that the program runs as, or give that "
        "user the right to make it.")},
    {"dir_kind", CODE_ERROR, N_("Where a directory is expected there is something else."),
     N_("A file or a link of that name is in the way."),
     N_("Move it away, or name another directory.")},
    {"dir_open", CODE_ERROR, N_("A directory cannot be opened."),
     N_("It does not exist, or the user that the program runs as may not enter it."),
     N_("Look at the owner and mode of the file and of its directory: the user that the "
        "program runs as must be able to use both.")},
    {"dir_remove", CODE_ERROR, N_("A directory or a file in it cannot be removed."),
     N_("Its directory may not be written, or something else still uses it."),
     N_("Look at the owner and mode of the file and of its directory: the user that the "
        "program runs as must be able to use both.")},
    {"dir_stat", CODE_ERROR, N_("It cannot be looked at what stands in a directory."),
     N_("A part of the path is missing, or the user that the program runs as may not enter it."),
     N_("Look at the owner and mode of the file and of its directory: the user that the "
        "program runs as must be able to use both.")},
    {"dir_sync", CODE_ERROR, N_("What was written into a directory cannot be made durable."),
     N_("The disk or the file system reports an error."),
     N_("Look at free space and at the health of the disk (df, the system's log), then try "
        "again.")},
    {"disk_full", CODE_ERROR, N_("A disk is full."),
     N_("The file system of the named file has no room left, or a quota or a limit of size is "
        "reached."),
     N_("Make room on that disk; work goes on by itself then.")},
    {"file_changed", CODE_ERROR, N_("A file was changed by somebody else meanwhile."),
     N_("Between reading and writing it another program or person saved it."),
     N_("Look at the change, then repeat what you did.")},
    {"file_close", CODE_ERROR, N_("A file could not be closed cleanly."),
     N_("The disk or a network file system reported only now that it did not keep what was "
        "written."),
     N_("Look at free space and at the health of the disk (df, the system's log), then try "
        "again.")},
    {"file_create", CODE_ERROR, N_("A file cannot be created."),
     N_("Its directory is missing or may not be written, the disk is full, or a file of that "
        "name is there already."),
     N_("Look at the owner and mode of the file and of its directory: the user that the "
        "program runs as must be able to use both.")},
    {"file_damaged", CODE_ERROR, N_("Damaged files were moved aside and made anew."),
     N_("Something wrote into them, or the disk did not keep what was written."),
     N_("Look at the disk's health. Remove the old files, which the message names, when "
        "nobody needs them any more.")},
    {"file_kind", CODE_ERROR, N_("Where a file is expected there is something else."),
     N_("A directory, a link or a device of that name is in the way."),
     N_("Move it away, or name another file.")},
    {"file_mode", CODE_ERROR, N_("A file's mode cannot be set."),
     N_("The file belongs to another user, or the file system knows no modes (a share, FAT)."),
     N_("Give the file to the user that the program runs as, and keep it on a file system "
        "with Unix modes.")},
    {"file_open", CODE_ERROR, N_("A file cannot be opened."),
     N_("It does not exist, or the user that the program runs as may not read it."),
     N_("Look at the owner and mode of the file and of its directory: the user that the "
        "program runs as must be able to use both.")},
    {"file_owner", CODE_ERROR, N_("A file's owner cannot be kept."),
     N_("Only root may give a file to another user."), N_("Repeat the command with sudo.")},
    {"file_read", CODE_ERROR, N_("A file cannot be read."),
     N_("The disk or the network file system reports an error, or it is a directory."),
     N_("Look at free space and at the health of the disk (df, the system's log), then try "
        "again.")},
    {"file_rename", CODE_ERROR, N_("A new file cannot take the old one's place."),
     N_("The directory may not be written, or the name belongs to a directory."),
     N_("Look at the owner and mode of the file and of its directory: the user that the "
        "program runs as must be able to use both.")},
    {"file_size", CODE_ERROR, N_("A file or an input is larger than is taken."),
     N_("It is not the file that was meant, or it grew beyond what is reasonable."),
     N_("Check that it is the right file, and make it shorter.")},
    {"file_stat", CODE_ERROR, N_("A file cannot be looked at."),
     N_("A part of the path is missing, or the user that the program runs as may not enter a "
        "directory on the way."),
     N_("Look at the owner and mode of the file and of its directory: the user that the "
        "program runs as must be able to use both.")},
    {"file_sync", CODE_ERROR, N_("A file cannot be made durable."),
     N_("The disk or the file system reports an error."),
     N_("Look at free space and at the health of the disk (df, the system's log), then try "
        "again.")},
    {"file_write", CODE_ERROR, N_("A file cannot be written."),
     N_("The disk is full, a quota is reached, or the disk reports an error."),
     N_("Look at free space and at the health of the disk (df, the system's log), then try "
        "again.")},
    {"import_move", CODE_ERROR, N_("The sandbox cannot move an imported file."),
     N_("Its directory may not be written."),
     N_("Look at the owner and mode of the file and of its directory: the user that the "
        "program runs as must be able to use both.")},
    {"import_none", CODE_ERROR, N_("The sandbox's ERP takes no EDI++ files."),
     N_("Only the demo company of Subiekt GT imports them."),
     N_("Start endpoint-sandbox with --erp subiekt-gt, or without --import-dir.")},
    {"import_path", CODE_ERROR, N_("The path of a file to import is too long."),
     N_("The import directory's path and the file's name together exceed what the system "
        "takes."),
     N_("Name a shorter directory.")},
    {"import_refused", CODE_ERROR, N_("The sandbox refuses an EDI++ file."),
     N_("A part of the file is not as Subiekt GT would take it; the message names it."),
     N_("Correct what the message names; nothing of the file was imported.")},
    {"import_watch", CODE_ERROR, N_("The sandbox cannot watch its import directory."),
     N_("The directory is missing or may not be read, or the system's limits of watches or "
        "threads are reached."),
     N_("Make the directory, or raise fs.inotify.max_user_watches.")},
    {"json_syntax", CODE_ERROR, N_("A text is not valid JSON."),
     N_("It was cut, or is something else (an HTML page, an empty file); line and column are "
        "in the message."),
     N_("Correct the text at the line and column named. If another program wrote it, look "
        "there.")},
    {"jwt_sign", CODE_ERROR, N_("A request could not be signed."),
     N_("The cryptographic library refused the endpoint's key."),
     N_("Start the service again; if it stays, register again with a new token: endpointctl "
        "register --again")},
    {"listen", CODE_ERROR, N_("A port cannot be listened on."),
     N_("Another program has the port, the address is not this machine's, or only root may "
        "use a port below 1024."),
     N_("Choose another port or address, or stop the program that has it (ss -ltnp shows "
        "which).")},
    {"listen_address", CODE_ERROR, N_("The sandbox's address is not an IPv4 address."),
     N_("--listen wants four numbers with dots between them."), N_("Write it like 127.0.0.1.")},
    {"lock_held", CODE_ERROR, N_("Another process holds a lock."),
     N_("The same program runs already with these directories, or has not ended yet."),
     N_("Wait until the other one has ended, or stop it (endpointctl service stop; the "
        "system's process list shows it).")},
    {"lock_open", CODE_ERROR, N_("A lock file cannot be opened."),
     N_("It belongs to another user, or its directory may not be written."),
     N_("Look at the owner and mode of the file and of its directory: the user that the "
        "program runs as must be able to use both.")},
    {"lock_take", CODE_ERROR, N_("A file cannot be locked."),
     N_("The file system knows no locks, as some network file systems do not."),
     N_("Keep the state directory on a local disk.")},
    {"password_long", CODE_ERROR, N_("The password in the sandbox's file is too long."),
     N_("A login of a SQL Server has at most 128 characters of password."),
     N_("Put a shorter password into the file.")},
    {"path_denied", CODE_ERROR, N_("A path of the settings may not be used as it must be."),
     N_("The user that looks at it, the service's, may not read, write, run or enter it."),
     N_("Give the service's user that right (chown, chmod, setfacl), or name another path.")},
    {"path_hidden", CODE_ERROR,
     N_("A path of the settings lies where the service does not see it."),
     N_("The service's unit hides homes and has a /tmp of its own."),
     N_("Choose a place elsewhere, below /srv for instance.")},
    {"path_io", CODE_ERROR, N_("A path of the settings cannot be looked at."),
     N_("The disk or the network file system reports an error."),
     N_("Look at free space and at the health of the disk (df, the system's log), then try "
        "again.")},
    {"path_kind", CODE_ERROR, N_("A path of the settings is of the wrong kind."),
     N_("It is a file where a directory is wanted, or the other way round."),
     N_("Name the directory or the file that is meant.")},
    {"path_long", CODE_ERROR, N_("A path is empty or too long."),
     N_("A directory's name and what stands in it exceed what the system or the program takes."),
     N_("Choose a shorter path for the configuration, state or run-time directory.")},
    {"path_make", CODE_ERROR,
     N_("A directory was made, but cannot be given to the service's user."),
     N_("Only root may give it away, or the file system knows no owners."),
     N_("Repeat the command with sudo, or give the directory to that user by hand (chown).")},
    {"path_missing", CODE_ERROR, N_("A path of the settings does not exist."),
     N_("It is misspelled, was removed, or its disk is not mounted."),
     N_("Create it, or name another one.")},
    {"path_read_only", CODE_ERROR, N_("A path of the settings is on a read-only file system."),
     N_("The disk is mounted so, or the service's unit does not let it write there."),
     N_("Mount it to be written, or let the unit write there (ReadWritePaths= in a drop-in; "
        "saving the setting on the screen does it).")},
    {"print", CODE_ERROR, N_("The sandbox could not write its script."),
     N_("The output was closed, or the disk is full."), N_("Write it to a place with room.")},
    {"program", CODE_ERROR, N_("Another program cannot be started."),
     N_("It is not installed, may not be executed, or its path is not absolute."),
     N_("Check the program's path and mode; start it by hand to see what it says.")},
    {"schema", CODE_ERROR, N_("The sandbox could not make its demo company."),
     N_("A statement that makes the company's tables failed."),
     N_("This is a fault of the program: report it with a support bundle (endpointctl bundle).")},
    {"tar_name", CODE_ERROR, N_("A file does not fit into an archive."),
     N_("Its name is longer than the archive's format takes."),
     N_("This is a fault of the program: report it with a support bundle (endpointctl bundle).")},
    {"tar_size", CODE_ERROR, N_("An archive would be too large."),
     N_("What belongs into it, mostly the journal, exceeds the archive's bound."),
     N_("Send the answer of endpointctl status --json and the end of the log instead.")},
    {"terminal_none", CODE_ERROR, N_("There is no terminal to draw on."),
     N_("The program's input or output is a file or a pipe, or TERM is not set."),
     N_("Start endpoint-tui on a terminal (ssh -t), or use endpointctl.")},
    {"terminal_poor", CODE_ERROR, N_("The terminal is unknown or too poor."),
     N_("TERM names a terminal that this machine has no description of, or one that cannot "
        "place its cursor."),
     N_("Set TERM to one that is known here (TERM=xterm-256color), or use endpointctl.")},
    {"tls_files", CODE_ERROR, N_("The sandbox's certificate or key cannot be used."),
     N_("One of the files is missing, damaged, or the key does not belong to the certificate."),
     N_("Give both files of one pair (--cert, --key), or let them be made.")},
    {"values", CODE_ERROR, N_("The values given with --values are not an object of settings."),
     N_("The file or input is not JSON, or is a list or a single value."),
     N_("Write {\"setting\": \"value\", …}.")},
    {"watcher", CODE_ERROR, N_("The watch over long waits could not be started."),
     N_("The machine gives this process no further thread: its limit is reached, or memory is "
        "short."),
     N_("Look at the memory and at the limits of processes (ulimit -u, TasksMax); work goes "
        "on without the watch meanwhile.")},
    {"zip_damaged", CODE_ERROR, N_("Compressed data is damaged."),
     N_("What was sent was changed or cut on its way."),
     N_("Nothing to do: it is tried again by itself.")},
    {"zip_pack", CODE_ERROR, N_("Data could not be compressed."),
     N_("The compressor had no memory."), N_("Free memory; it is tried again by itself.")},
    {"zip_short", CODE_ERROR, N_("Compressed data ends too early."),
     N_("What was sent was cut on its way."), N_("Nothing to do: it is tried again by itself.")},
    {"zip_size", CODE_ERROR, N_("Data is too large, packed or unpacked."),
     N_("It exceeds the bound of one request; a batch is made smaller then."),
     N_("Nothing to do when it is a batch: a smaller one is sent. Otherwise it is a fault of "
        "the sender.")},
    {"zip_trailing", CODE_ERROR, N_("There is something behind compressed data."),
     N_("The sender put further bytes behind the compressed frame."),
     N_("Meant for whoever writes a program against the panel's interface: correct the "
        "request, see doc/panel-api.yaml. If Endpoint sent it, update the older of panel and "
        "endpoint.")},
    {"zip_unpack", CODE_ERROR, N_("Data could not be unpacked."), N_("There was no memory for it."),
     N_("Free memory; it is tried again by itself.")},
    {"zone", CODE_ERROR, N_("The data of a time zone cannot be used."),
     N_("The zone's name is wrong, or the system has no data of zones."),
     N_("Write the zone like Europe/Warsaw in orders.timezone, and install the package tzdata.")},
};

const struct code_table codes_system = {rows, COUNT_OF(rows)};
