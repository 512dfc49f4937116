/* Codes of mappings and of what is read from the ERP: see base/codes.h. Sorted by code. */
#include "base/codes_tables.h"

#include "base/i18n.h"
#include "base/memory.h"

static const struct code rows[] = {
    {"decimal_large", CODE_ERROR, N_("An amount is too large."),
     N_("A price, a quantity or a sum is too large to compute exactly."),
     N_("Correct the amount in the shop or the ERP.")},
    {"decimal_range", CODE_ERROR, N_("A number has too many digits."),
     N_("There are too many digits before or after the point."),
     N_("Correct the number in the shop or the ERP.")},
    {"decimal_syntax", CODE_ERROR, N_("A text is not a decimal number."),
     N_("A number like 12.34 is expected, with a point and without blanks or a currency."),
     N_("Correct it at its source: the shop, the ERP's field or the mapping.")},
    {"erp_alias", CODE_ERROR, N_("A statement of the mapping has wrong column names."),
     N_("A column has no alias, two have the same, or one that the stream needs is missing."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_column", CODE_ERROR, N_("The ERP has no column that the mapping names."),
     N_("It is another version of the ERP than the mapping was made for, or another ERP."),
     N_("Check erp.type and the ERP's version; endpointctl erp check names file and line. "
        "Correct the site's own copy of the mapping.")},
    {"erp_columns", CODE_ERROR, N_("A statement returns the wrong columns."),
     N_("The mapping's statement lacks a column, returns too many, or one is wrong."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_extra", CODE_ERROR, N_("A statement returns too many extra columns."),
     N_("The mapping's statement has more columns for \"extra\" than a record can have."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_field", CODE_ERROR, N_("The ERP has no custom field with that name."),
     N_("The plugin's scenario names a field that was renamed or removed in the ERP."),
     N_("Correct the name in the plugin's scenario; endpointctl lookup lists the ERP's fields.")},
    {"erp_file", CODE_ERROR, N_("A mapping file cannot be read."),
     N_("The file or its directory is missing, or the service's user may not read it."),
     N_("Check the owner and mode of the file and of its directory: the user that the program "
        "runs as must be able to use both.")},
    {"erp_function", CODE_ERROR, N_("The SQL Server lacks a function that the mapping uses."),
     N_("The server is older than SQL Server 2012, or the mapping names a function that does "
        "not exist."),
     N_("Have the server updated, or correct the site's own copy of the mapping; endpointctl "
        "erp check runs every statement.")},
    {"erp_key", CODE_ERROR, N_("A row of the ERP has no usable key."),
     N_("The statement's key column is NULL or does not have the type that the mapping says."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_kits", CODE_ERROR, N_("The mapping does not say what kits are made of."),
     N_("The plugin's option kits is \"parts\", but the ERP's mapping has no statement for "
        "the parts."),
     N_("Change the option kits in the plugin's scenario, or add the statement to the site's "
        "own mapping.")},
    {"erp_long", CODE_ERROR, N_("A text or a statement is too long."),
     N_("A value does not fit the ERP's column, or a statement of the mapping is too long."),
     N_("Correct orders.widths or the statement in the site's own mapping, see "
        "endpoint-erp(5).")},
    {"erp_lookup", CODE_ERROR, N_("A list cannot be read from the ERP."),
     N_("The mapping has no list with that name, or the list has too many rows."),
     N_("endpointctl erp show NAME prints a mapping's lists; type the value by hand.")},
    {"erp_mapping", CODE_ERROR, N_("A mapping file has faults."),
     N_("A part is missing, misspelled or has the wrong type; file and line are in the "
        "message."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_name", CODE_ERROR, N_("That is not the name of an ERP or of a mapping file."),
     N_("A name has letters, digits and dashes, and a mapping file is called NAME.conf."),
     N_("endpointctl erp list shows the existing names; correct erp.type or the file's name.")},
    {"erp_object", CODE_ERROR, N_("The ERP has no table that the mapping names."),
     N_("It is another ERP or another version, or the login may not see the table."),
     N_("Check erp.type and erp.database; if they are right, give the login the right to the "
        "table: endpointctl erp grants.")},
    {"erp_order", CODE_ERROR,
     N_("The ERP's rows did not come in the order that the mapping "
        "says."),
     N_("The statement's ORDER BY does not fit its key columns, or the server compares texts "
        "differently."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_orders", CODE_ERROR, N_("The mapping has no part for orders."),
     N_("The mapping of this ERP can only be used for reading."),
     N_("Switch the plugin for orders off, or add the part to the site's own mapping, see "
        "endpoint-erp(5).")},
    {"erp_parameters", CODE_ERROR, N_("A statement has too many parameters."),
     N_("A statement had more values than can be sent."),
     N_("This is a fault of the program: report it with a support bundle (endpointctl bundle).")},
    {"erp_results", CODE_ERROR, N_("The SQL Server's answer does not end."),
     N_("A statement that changes data returned more results than it ever should."),
     N_("A trigger in the ERP may print results; ask its administrator. The change was not "
        "kept.")},
    {"erp_rows", CODE_ERROR, N_("The ERP has too many rows for one order."),
     N_("A product's code, a barcode or a tax number of the order belongs to more records in "
        "the ERP than can be compared."),
     N_("Look in the ERP for the values that many records share (an empty or \"0\" barcode), "
        "and correct them.")},
    {"erp_stamp", CODE_ERROR, N_("A stream's stamp cannot be used."),
     N_("The mapping has no stamp for the stream, or its safe stamp has the wrong type."),
     N_("Correct stamp.safe of the stream in the site's own mapping, see endpoint-erp(5). "
        "Until then everything is compared.")},
    {"erp_stream", CODE_ERROR, N_("The mapping has no such stream."),
     N_("The plugin's kind or the command names a stream that this ERP's mapping does not "
        "read."),
     N_("endpointctl erp show NAME prints the existing streams.")},
    {"erp_syntax", CODE_ERROR, N_("A statement of the mapping is not accepted."),
     N_("The SQL Server finds a syntax error in the statement."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_unknown", CODE_ERROR, N_("There is no mapping for that ERP."),
     N_("erp.type names an ERP without a mapping file, or the package with the mappings is "
        "incomplete."),
     N_("endpointctl erp list shows the existing ones; correct erp.type.")},
    {"key_long", CODE_ERROR, N_("A record's key is too long."),
     N_("The key's columns in the ERP hold more text than a key may have."),
     N_("Look in the ERP for the record and shorten its code.")},
    {"key_nul", CODE_ERROR, N_("A record's key has a NUL character inside."),
     N_("Another program wrote it into the ERP's database."),
     N_("Type the record's code again in the ERP.")},
    {"record_list", CODE_ERROR, N_("A record's list has too many members."),
     N_("A product has too many barcodes, prices, pictures or other members."),
     N_("Remove those that nobody needs in the ERP. Until then the row is held back; the "
        "others go on.")},
    {"record_long", CODE_ERROR, N_("The texts of a record are too long."),
     N_("Together, the texts of one record exceed their limit."),
     N_("Shorten the longest one in the ERP, usually the description. Until then the row is "
        "held back; the others go on.")},
    {"record_value", CODE_ERROR, N_("A field's value cannot be used."),
     N_("It does not have the form that the field needs: a number, a date, a code."),
     N_("Correct the field in the ERP. Until then the row is held back; the others go on.")},
    {"value_long", CODE_ERROR, N_("A text of the ERP is too long."),
     N_("One field of a record exceeds its limit, often a description with pictures inside."),
     N_("Shorten the text in the ERP. Until then the row is held back; the others go on.")},
    {"value_nul", CODE_ERROR, N_("A text of the ERP has a NUL character inside."),
     N_("Another program wrote it into the ERP's database."),
     N_("Type the text again in the ERP. Until then the row is held back; the others go on.")},
    {"value_text", CODE_ERROR, N_("A text of the ERP ends in half a character."),
     N_("It was cut in the middle of a character when it was written."),
     N_("Type the text again in the ERP. Until then the row is held back; the others go on.")},
    {"value_unread", CODE_ERROR, N_("A value of the ERP cannot be read."),
     N_("The driver could not convert it: a date, number or text in a form that it does not "
        "know."),
     N_("Look at the field in the ERP and save it again. Until then the row is held back; the "
        "others go on.")},
};

const struct code_table codes_reading = {rows, COUNT_OF(rows)};
