/* files_tree.h – a file of orders, in any of the forms, as one tree of JSON values. */
#ifndef ENDPOINT_CHANNEL_FILES_TREE_H
#define ENDPOINT_CHANNEL_FILES_TREE_H

#include <jansson.h>
#include <stddef.h>

#include "base/error.h"
#include "channel/files_layout.h"

#define FILES_TREE_COLUMNS 500
#define FILES_TREE_ROWS    200000

/* JSON stays as it is. XML is converted as base/xml.h describes. CSV, whose first line names the
 * columns, becomes an array of objects of texts; quoted cells may contain line breaks, and in a row
 * with fewer cells than names the missing cells are "". suffix: "json", "xml", "csv". The layout
 * gives the separator and encoding of CSV; the others must be UTF-8 (or what the XML says).
 * json_decref *tree. STATUS_INVALID, with the line if there is one. */
enum status files_tree_read(const char *bytes, size_t length, const char *suffix,
                            const struct files_layout *layout, json_t **tree, struct error *e);

#endif
