/* Settings of the channel `file` (channel/files.h). */
#include "config/channel_settings.h"
#include "base/i18n.h"

#define ROWS (FOR_OUTWARD)
#define BOTH (FOR_OUTWARD | FOR_ORDERS)

static const char *const format_words[] = {"csv", "xml", "jsonl", NULL};
static const char *const content_words[] = {"whole", "changes", NULL};
static const char *const separator_words[] = {"semicolon", "comma", "tab", "pipe", NULL};
static const char *const decimal_words[] = {"point", "comma", NULL};
static const char *const encoding_words[] = {"utf-8", "utf-8-bom", "windows-1250", "iso-8859-2",
                                             NULL};
static const char *const taken_words[] = {"keep", "remove", NULL};

const struct option_def channel_settings_file[] = {
    {"place", BOTH, OPTION_TEXT, NULL, 0, 0, NULL, NULL,
     N_("Where the files are: a directory with its full path, or (for writing) an address: "
        "sftp://, ftpes://, ftps:// or https://. Orders are read from a directory.")},
    {"format", ROWS, OPTION_CHOICE, "csv", 0, 0, format_words, NULL, N_("The form of the file.")},
    {"content", ROWS, OPTION_CHOICE, "whole", 0, 0, content_words, NULL,
     N_("Always the whole stream in one file (whole), or a file for each batch of changes "
        "(changes).")},
    {"name", ROWS, OPTION_TEXT, "{stream}.csv", 0, 0, NULL, NULL,
     N_("The file's name, with {stream}, {plugin} and {time}, which is UTC. Files of changes "
        "need {time}; their default is {stream}-{time}.csv.")},
    {"columns", ROWS, OPTION_TEXTS, "all", 0, 0, NULL, NULL,
     N_("The columns in order, each as NAME=FIELD or FIELD.")},
    {"header", ROWS, OPTION_FLAG, "true", 0, 0, NULL, NULL, N_("CSV begins with a line of names.")},
    {"separator", BOTH, OPTION_CHOICE, "semicolon", 0, 0, separator_words, NULL,
     N_("The character between the cells of CSV.")},
    {"decimal", BOTH, OPTION_CHOICE, "point", 0, 0, decimal_words, NULL,
     N_("12.50 (point) or 12,50 (comma).")},
    {"encoding", BOTH, OPTION_CHOICE, "utf-8", 0, 0, encoding_words, NULL,
     N_("The encoding of CSV, and of XML that is written.")},
    {"crlf", ROWS, OPTION_FLAG, "false", 0, 0, NULL, NULL, N_("CSV lines end as on Windows.")},
    {"whole_quantities", ROWS, OPTION_FLAG, "false", 0, 0, NULL, NULL,
     N_("Quantities are rounded down to whole ones.")},
    {"xml_root", ROWS, OPTION_TEXT, N_("the stream"), 0, 0, NULL, NULL,
     N_("The outer XML element.")},
    {"xml_row", ROWS, OPTION_TEXT, N_("product, price, customer or order"), 0, 0, NULL, NULL,
     N_("The XML element of each record.")},
    {"user", ROWS, OPTION_TEXT, "", 0, 0, NULL, NULL, N_("Who logs in at the address.")},
    {"password", ROWS, OPTION_SECRET, "", 0, 0, NULL, NULL, N_("The password of that user.")},
    {"key_file", ROWS, OPTION_TEXT, "", 0, 0, NULL, NULL,
     N_("For SFTP: a file with a private key instead of the password; only the service's user "
        "may read it.")},
    {"host_key", ROWS, OPTION_TEXT, "", 0, 0, NULL, NULL,
     N_("For SFTP: the fingerprint of the server's key, as ssh-keygen -l prints it after "
        "SHA256:. Required.")},
    {"shop", FOR_ORDERS, OPTION_TEXT, N_("the plugin's id"), 0, 0, NULL, NULL,
     N_("Whose orders they are: ids of orders are unique within the type and this name. Do "
        "not change it while orders are open.")},
    {"order_map", FOR_ORDERS, OPTION_MAP, "", 0, 0, NULL, NULL,
     N_("Where in the files each member of an order is: {\"id\": \"Header.Number\", "
        "\"lines\": \"Lines.Line\", \"currency\": \"=PLN\"}. Without it the files must be in "
        "the form of doc/panel-api.yaml.")},
    {"zone", FOR_ORDERS, OPTION_TEXT, "Europe/Warsaw", 0, 0, NULL, NULL,
     N_("The time zone of times that name none.")},
    {"taken", FOR_ORDERS, OPTION_CHOICE, "keep", 0, 0, taken_words, NULL,
     N_("Files whose orders were taken move to taken/ below the directory (keep), or are removed.")},
    {0}};
