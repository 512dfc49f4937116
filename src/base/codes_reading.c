/* Codes of mappings and of what is read from the ERP: see base/codes.h. Sorted by code. */
#include "base/codes_tables.h"

#include "base/i18n.h"
#include "base/memory.h"

static const struct code rows[] = {
    {"decimal_large", CODE_ERROR, N_("An amount is too large."),
     N_("A price, a quantity or a sum exceeds what is computed exactly."),
     N_("Correct the amount in the shop or the ERP.")},
    {"decimal_range", CODE_ERROR, N_("A number has too many digits."),
     N_("More digits stand before or behind the point than are taken."),
     N_("Correct the number in the shop or the ERP.")},
    {"decimal_syntax", CODE_ERROR, N_("A text is not a decimal number."),
     N_("A number like 12.34 is expected, with a point and without blanks or a currency."),
     N_("Correct it where it comes from: the shop, the ERP's field or the mapping.")},
    {"erp_alias", CODE_ERROR, N_("A statement of the mapping names its columns wrongly."),
     N_("A column has no alias, two have the same, or one that the stream needs is missing."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_column", CODE_ERROR, N_("The ERP has no column that the mapping names."),
     N_("It is another version of the ERP than the mapping was made for, or another ERP."),
     N_("Check erp.type and the ERP's version; endpointctl erp check names file and line. "
        "Correct the site's own copy of the mapping.")},
    {"erp_columns", CODE_ERROR, N_("A statement gives other columns than are needed."),
     N_("The mapping's statement lacks a column, gives too many, or one is not what it must "
        "be."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_extra", CODE_ERROR, N_("A statement gives too many further columns."),
     N_("The mapping's statement has more columns for \"extra\" than a record takes."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_field", CODE_ERROR, N_("The ERP has no custom field of that name."),
     N_("The plugin's scenario names a field that was renamed or removed in the ERP."),
     N_("Correct the name in the plugin's scenario; endpointctl lookup lists the fields that "
        "the ERP has.")},
    {"erp_file", CODE_ERROR, N_("A mapping file cannot be read."),
     N_("The file or its directory is missing, or the service's user may not read it."),
     N_("Look at the owner and mode of the file and of its directory: the user that the "
        "program runs as must be able to use both.")},
    {"erp_function", CODE_ERROR, N_("The SQL Server lacks a function that the mapping uses."),
     N_("The server is older than SQL Server 2012, or the mapping names a function that there "
        "is not."),
     N_("Have the server updated, or correct the site's own copy of the mapping; endpointctl "
        "erp check runs every statement.")},
    {"erp_key", CODE_ERROR, N_("A row of the ERP has no usable key."),
     N_("The statement's key column is NULL or not of the type that the mapping says."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_kits", CODE_ERROR, N_("The mapping does not say what kits are made of."),
     N_("The plugin's option kits is \"parts\", and the ERP's mapping has no statement for "
        "the parts."),
     N_("Set the option kits otherwise in the plugin's scenario, or add the statement to the "
        "site's own mapping.")},
    {"erp_long", CODE_ERROR, N_("A text or a statement is too long."),
     N_("A value does not fit the ERP's column, or a statement of the mapping exceeds what is "
        "taken."),
     N_("Correct orders.widths or the statement in the site's own mapping, see "
        "endpoint-erp(5).")},
    {"erp_lookup", CODE_ERROR, N_("A list cannot be had from the ERP."),
     N_("The mapping has no list of that name, or it gives more rows than are taken."),
     N_("endpointctl erp show NAME prints the lists that a mapping has; write what you want "
        "to choose by hand.")},
    {"erp_mapping", CODE_ERROR, N_("A mapping file is not in order."),
     N_("A part is missing, misspelled or not of its type; file and line are in the message."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_name", CODE_ERROR, N_("That is not the name of an ERP or of a mapping file."),
     N_("A name has letters, digits and dashes, and a mapping file is called NAME.conf."),
     N_("endpointctl erp list shows the names there are; correct erp.type or the file's name.")},
    {"erp_object", CODE_ERROR, N_("The ERP has no table that the mapping names."),
     N_("It is another ERP or another version, or the login may not see the table."),
     N_("Check erp.type and erp.database; if they are right, give the login the right to the "
        "table: endpointctl erp grants.")},
    {"erp_order", CODE_ERROR, N_("The ERP's rows came in another order than the mapping says."),
     N_("The statement's ORDER BY does not fit its key columns, or the server compares texts "
        "otherwise."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_orders", CODE_ERROR, N_("The mapping has no part for orders."),
     N_("For this ERP the mapping can only be read from."),
     N_("Switch the plugin for orders off, or add the part to the site's own mapping, see "
        "endpoint-erp(5).")},
    {"erp_parameters", CODE_ERROR, N_("A statement has too many parameters."),
     N_("More values were to be sent with a statement than fit."),
     N_("This is a fault of the program: report it with a support bundle (endpointctl bundle).")},
    {"erp_results", CODE_ERROR, N_("The SQL Server answers without an end."),
     N_("A statement that changes data gave more results than any of ours can."),
     N_("A trigger in the ERP may print results; ask its administrator. Nothing was kept of "
        "the change.")},
    {"erp_rows", CODE_ERROR, N_("The ERP has too many rows for one order."),
     N_("A product's code, a barcode or a tax number of the order belongs to more records of "
        "the ERP than can be compared."),
     N_("Look in the ERP for the values that many records share (an empty or \"0\" barcode), "
        "and correct them.")},
    {"erp_stamp", CODE_ERROR, N_("A stream's stamp cannot be used."),
     N_("The mapping has no stamp for the stream, or its safe stamp is not of the stamp's "
        "type."),
     N_("Correct stamp.safe of the stream in the site's own mapping, see endpoint-erp(5). "
        "Meanwhile everything is compared.")},
    {"erp_stream", CODE_ERROR, N_("The mapping has no such stream."),
     N_("The plugin's kind or the command names a stream that this ERP's mapping does not "
        "read."),
     N_("endpointctl erp show NAME prints the streams there are.")},
    {"erp_syntax", CODE_ERROR, N_("A statement of the mapping is not taken."),
     N_("The SQL Server finds a mistake in the statement's words."),
     N_("Correct the site's own copy of the mapping, see endpoint-erp(5), then run: "
        "endpointctl erp check. If you have no copy of your own, report it.")},
    {"erp_unknown", CODE_ERROR, N_("There is no mapping for that ERP."),
     N_("erp.type names an ERP for which there is no file, or the package with the mappings "
        "is not whole."),
     N_("endpointctl erp list shows those there are; correct erp.type.")},
    {"key_long", CODE_ERROR, N_("A record's key is too long."),
     N_("The key's columns in the ERP hold more text than a key may have."),
     N_("Look in the ERP for the record and shorten its code.")},
    {"key_nul", CODE_ERROR, N_("A record's key has a NUL character inside."),
     N_("Another program wrote it into the ERP's database."),
     N_("Type the record's code anew in the ERP.")},
    {"record_list", CODE_ERROR, N_("A record's list has too many members."),
     N_("A product has more barcodes, prices, pictures or other members than are taken."),
     N_("Remove in the ERP those that nobody needs. The row is held back meanwhile, the "
        "others go on.")},
    {"record_long", CODE_ERROR, N_("The texts of a record are too long."),
     N_("All texts of one record together exceed their bound."),
     N_("Shorten the longest in the ERP, mostly the description. The row is held back "
        "meanwhile, the others go on.")},
    {"record_value", CODE_ERROR, N_("A field's value cannot be taken."),
     N_("It is not of the form that the field needs: a number, a date, a code."),
     N_("Correct the field in the ERP. The row is held back meanwhile, the others go on.")},
    {"value_long", CODE_ERROR, N_("A text of the ERP is longer than is taken."),
     N_("One field of a record exceeds its bound, often a description with pictures inside."),
     N_("Shorten the text in the ERP. The row is held back meanwhile, the others go on.")},
    {"value_nul", CODE_ERROR, N_("A text of the ERP has a NUL character inside."),
     N_("Another program wrote it into the ERP's database."),
     N_("Type the text anew in the ERP. The row is held back meanwhile, the others go on.")},
    {"value_text", CODE_ERROR, N_("A text of the ERP ends in half a character."),
     N_("It was cut in the middle of a character when it was written."),
     N_("Type the text anew in the ERP. The row is held back meanwhile, the others go on.")},
    {"value_unread", CODE_ERROR, N_("A value of the ERP cannot be read."),
     N_("The driver could not convert it: a date, number or text of a form that it does not "
        "know."),
     N_("Look at the field in the ERP and save it anew. The row is held back meanwhile, the "
        "others go on.")},
};

const struct code_table codes_reading = {rows, COUNT_OF(rows)};
