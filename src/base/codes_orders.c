/* Codes of orders and of how they are written: see base/codes.h. Sorted by code. */
#include "base/codes_tables.h"

#include "base/i18n.h"
#include "base/memory.h"

static const struct code rows[] = {
    {"command", CODE_ERROR, N_("The program for orders cannot be used."),
     N_("orders.command is not set, is not an absolute path to a program, or others may "
        "change the program."),
     N_("Set orders.command to a program that the service's user may run and that only root "
        "or this user may change (chmod go-w).")},
    {"command_answer", CODE_ERROR, N_("The program for orders gave an answer that cannot be read."),
     N_("It wrote something other than the JSON of endpoint-order-program(7), or too much."),
     N_("Correct the program, see endpoint-order-program(7). The order is first looked up in "
        "the ERP.")},
    {"command_document", CODE_ERROR, N_("A document for the program could not be made."),
     N_("There was too little memory for it."),
     N_("Free memory on this machine; it is tried again automatically.")},
    {"command_later", CODE_ERROR, N_("The program for orders could not do it now."),
     N_("It ended with the exit code for \"not now\" (75), as when the ERP is closed."),
     N_("Nothing to do: it is tried again automatically.")},
    {"command_rejected", CODE_ERROR, N_("The program for orders rejected the order."),
     N_("The reason is the program's own."),
     N_("Do what the reason says, then: endpointctl order retry ID")},
    {"command_unclear", CODE_ERROR, N_("Nobody knows whether the program wrote the order."),
     N_("The program was killed, ended with an error, gave no answer in time, or this service "
        "was stopped meanwhile."),
     N_("The order is looked up in the ERP automatically. If it stays in doubt, look there "
        "yourself, then: endpointctl order resolve")},
    {"command_unseen", CODE_ERROR,
     N_("The program says that it wrote the order, but the ERP does not show it."),
     N_("The document is not saved yet, or the program does not write the marker where the "
        "mapping looks for it."),
     N_("It is done as soon as the ERP shows it. Check that the program writes the marker "
        "where the mapping's \"find\" looks.")},
    {"done_files", CODE_ERROR, N_("Files of finished orders cannot be moved away."),
     N_("The service's user may not write in the import directory, or it is full or away."),
     N_("Let the service's user write in orders.epp_dir and its folder done, or set "
        "orders.epp_done = \"keep\". Orders are not held up by it.")},
    {"epp_dir", CODE_ERROR, N_("The import directory cannot be used."),
     N_("orders.epp_dir is not set, the directory is missing or not mounted, or the service's "
        "user may not write there."),
     N_("Set orders.epp_dir to a directory where the service's user may write; endpointctl "
        "test shows what is wrong.")},
    {"epp_document", CODE_ERROR, N_("An EDI++ file could not be made."),
     N_("There was too little memory for it."),
     N_("Free memory on this machine; it is tried again automatically.")},
    {"epp_exists", CODE_ERROR, N_("The order's file was already in the import directory."),
     N_("It was handed over before; it is never written twice."),
     N_("Import the file in the ERP, if that has not been done.")},
    {"epp_gone", CODE_ERROR, N_("The order's file is no longer in the import directory."),
     N_("Somebody took it, most likely to import it."),
     N_("Nothing to do when it was imported: the order is done as soon as the ERP shows it.")},
    {"epp_owner", CODE_ERROR,
     N_("The import directory belongs to another endpoint, or cannot "
        "be marked as ours."),
     N_("Another endpoint, or this one on another machine, has marked it, or the mark cannot "
        "be written."),
     N_("Give each endpoint its own directory. If this machine took the other one's place: "
        "endpointctl order take-directory")},
    {"epp_taken", CODE_ERROR, N_("The order's file was taken before it was handed over."),
     N_("Somebody or another program removes files from the import directory that are not "
        "finished."),
     N_("Let the ERP's import and people take only files that end in .epp.")},
    {"epp_unknown", CODE_ERROR, N_("Nobody knows whether the order's file was handed over."),
     N_("The service or the directory stopped between two steps of handing it over."),
     N_("Look in the ERP for the order's marker, then: endpointctl order resolve")},
    {"order_document", CODE_ERROR, N_("That is not a document's number."),
     N_("The number given with --exists-as is empty or too long."),
     N_("Repeat it with the number that the ERP shows.")},
    {"order_large", CODE_ERROR, N_("The document of an order is too large."),
     N_("The order has very many lines or very long texts."),
     N_("Enter this order in the ERP by hand, then: endpointctl order resolve ID --exists-as "
        "NUMBER")},
    {"order_long", CODE_ERROR, N_("An order is too long to be stored."),
     N_("Its content exceeds the limit for one order."),
     N_("Enter this order in the ERP by hand; shorten remarks in the shop.")},
    {"order_missing", CODE_ERROR, N_("The request does not say which order."),
     N_("Neither id nor number was given."),
     N_("Name the order by its id or number: endpointctl orders lists them.")},
    {"order_refused", CODE_ERROR, N_("The ERP's data does not allow the order."),
     N_("The mapping's query before writing gave a reason to refuse."),
     N_("Do what the reason says, then: endpointctl order retry ID")},
    {"order_resolve", CODE_ERROR, N_("The outcome of an order was not stated clearly."),
     N_("Exactly one of these is expected: which document it is, or that there is none."),
     N_("Look in the ERP, then give either --exists-as NUMBER or --does-not-exist.")},
    {"order_state", CODE_ERROR, N_("The order's state does not allow that, or is not a state."),
     N_("It has changed in the meantime, is already settled, or the word is not a state."),
     N_("See its state with endpointctl order show ID. States: waiting, sending, handed-over, "
        "done, rejected, in-doubt.")},
    {"order_trimmed", CODE_ERROR, N_("The content of a finished order is no longer stored."),
     N_("It was removed when the time for keeping finished orders was over."),
     N_("Look at the document in the ERP, or at the order in the shop.")},
    {"order_unknown", CODE_ERROR, N_("There is no such order."),
     N_("The id or number is misspelled, or the order never came here; in the journal: the "
        "shop no longer knows it."),
     N_("endpointctl orders lists the orders. If the shop dropped the order, take care of its "
        "document in the ERP.")},
    {"order_which", CODE_ERROR, N_("Several orders have this name."),
     N_("Two orders have the same number, or two plugins have an order of this id."),
     N_("Name it by its id, and the plugin with --plugin.")},
    {"orders_asking", CODE_ERROR, N_("The panel is being asked about this start."),
     N_("After each start endpointd asks the panel whether the endpoint runs elsewhere, "
        "before it writes an order."),
     N_("Nothing to do: it is tried again automatically.")},
    {"orders_columns", CODE_ERROR,
     N_("The ERP's table has different columns than the mapping "
        "says."),
     N_("It is another version of the ERP, which lacks a column or requires another value."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"orders_context", CODE_ERROR,
     N_("A statement of the mapping returned several rows where one is needed."),
     N_("Something that the document needs (a register, a warehouse, a user) exists more than "
        "once."),
     N_("Choose one in the plugin's scenario, or correct the statement in the site's own "
        "mapping.")},
    {"orders_idle", CODE_ERROR, N_("A plugin that does not run has left orders behind."),
     N_("The plugin was disabled, removed or refused while some of its orders were not done."),
     N_("Enable the plugin in the panel again until they are done, or settle them: "
        "endpointctl orders, endpointctl order resolve")},
    {"orders_lease", CODE_ERROR, N_("New orders wait until another start has certainly ended."),
     N_("This endpoint was not stopped cleanly, or ran on another machine, and may still "
        "write there."),
     N_("Nothing to do: it is tried again automatically.")},
    {"orders_none", CODE_ERROR, N_("The ledger has no orders yet."),
     N_("The plugin for orders has not run here, or no order has come."),
     N_("Nothing to do: they appear with the first order.")},
    {"orders_panel", CODE_ERROR, N_("New orders wait because the panel has not answered."),
     N_("Only the panel knows whether another machine has taken this endpoint's place."),
     N_("It continues by itself when the panel answers: endpointctl test panel. To write "
        "without the panel: orders.without_panel = true.")},
    {"orders_rate", CODE_ERROR, N_("No exchange rate for the order's currency was found."),
     N_("The order has none, orders.exchange_rates has none, and the ERP's table of rates has "
        "none for its date."),
     N_("Load the rates in the ERP, or set one in orders.exchange_rates, then: endpointctl "
        "order retry ID")},
    {"orders_rates", CODE_ERROR, N_("orders.exchange_rates cannot be read."),
     N_("It is not a list of currencies and rates."),
     N_("Write it like \"EUR 4.25, USD 3.90\": endpointctl config set orders.exchange_rates")},
    {"orders_seen", CODE_ERROR, N_("The mapping cannot tell whether a marker is in the ERP."),
     N_("Its orders.sql.seen does not return one row with a number \"count\"."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"orders_sql", CODE_ERROR, N_("Rows cannot be written into the ERP."),
     N_("The ERP is not connected, the mapping has no rows part, or a statement is too long."),
     N_("Look at the ERP's check (endpointctl test), and make sure that orders.writer fits "
        "this ERP. It is tried again automatically.")},
    {"orders_sql_none", CODE_ERROR, N_("The order was not written before the service was stopped."),
     N_("After the start it was looked up in the ERP, which does not have it."),
     N_("Nothing to do: it is written now.")},
    {"orders_sql_off", CODE_ERROR, N_("Writing rows into the ERP is not switched on."),
     N_("orders.writer is \"sql\", and orders.sql_unsupported_by_vendor is not true."),
     N_("Read about it in endpoint-orders(7); then set orders.sql_unsupported_by_vendor = "
        "true, or choose another writer.")},
    {"orders_sql_refused", CODE_ERROR, N_("The ERP does not accept the document now."),
     N_("The mapping's query before inserting gave a reason, or the SQL Server refused a row; "
        "nothing was kept."),
     N_("Do what the reason says. It is tried again automatically; nothing was written.")},
    {"orders_sql_unnumbered", CODE_ERROR,
     N_("The inserted document got no number; it was rolled back."),
     N_("The ERP's own numbering gave none; another version of the ERP may behave so."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"orders_sql_unseen", CODE_ERROR, N_("The inserted document is not found by its marker."),
     N_("The mapping's orders.find does not look where the document was written, or another "
        "document hides it."),
     N_("Correct orders.find in the site's own mapping, see endpoint-erp(5). Nothing is "
        "written twice.")},
    {"orders_type", CODE_ERROR, N_("The ERP has no document of that type."),
     N_("orders.document_type names a type that the mapping does not know."),
     N_("endpointctl erp show NAME prints the types; correct orders.document_type.")},
    {"orders_writer", CODE_ERROR, N_("There is no such writer for this ERP."),
     N_("orders.writer names one that this version or the ERP's mapping does not have."),
     N_("Set orders.writer to one that fits the ERP: off, epp, command or sql, see "
        "endpoint-orders(7).")},
    {"orders_written", CODE_ERROR,
     N_("The inserted document could not be read back; it was rolled back."),
     N_("The ERP shows the document with different values: because of a trigger or another "
        "version."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"outcome_refused", CODE_ERROR, N_("The shop refused an order's outcome."),
     N_("The message has the shop's own words; its order may be closed or changed there."),
     N_("Look at the order in the shop. It is told again every hour.")},
    {"shop_clock", CODE_ERROR, N_("The shop's clock and this machine's differ."),
     N_("They differ by more than a day, so it is not known which orders are too old."),
     N_("Find out which clock is wrong: timedatectl shows this machine's. The orders go on "
        "when they agree.")},
    {"writer", CODE_ERROR, N_("The writer failed without a reason."),
     N_("It returned without saying what became of the order; the order is looked up in the "
        "ERP."),
     N_("This is a fault of the program: report it with a support bundle (endpointctl bundle).")},
};

const struct code_table codes_orders = {rows, COUNT_OF(rows)};
