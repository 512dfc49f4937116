/* xml.h – XML from outside as a tree of JSON values, with bounds; and text written as XML.
 *
 * Expat reads: it is small, so processes that never meet XML pay nothing for it. Documents with a document type are
 * refused, so there are no entities to expand and nothing is fetched. Prefixes of names are dropped. Encodings are those
 * of expat (UTF-8, UTF-16, ISO-8859-1), windows-1250 and ISO-8859-2.
 *
 * An element becomes the value of a member of its parent:
 *
 *     <price>12.50</price>                      "price": "12.50"
 *     <state/>                                  "state": ""
 *     <product id="7"><sku>A</sku></product>    "product": {"@id": "7", "sku": "A"}
 *     <name lang="pl">Nóż</name>                "name": {"@lang": "pl", "#": "Nóż"}
 *     <sku>A</sku><sku>B</sku>                  "sku": ["A", "B"]
 *
 * So a single element and several of the same name differ in form: xml_list returns both as a list.
 * Text keeps its inner blanks and loses those around it.
 */
#ifndef ENDPOINT_BASE_XML_H
#define ENDPOINT_BASE_XML_H

#include <jansson.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

#define XML_DEPTH_MAX 64      /* elements within elements */
#define XML_NODES_MAX 2000000 /* elements and attributes of a document */

/* {"NAME": content} with the root's name. json_decref *tree. STATUS_INVALID: xml_syntax with the line, xml_doctype, xml_deep,
 * xml_large. The caller bounds the length. */
enum status xml_read(const char *bytes, size_t length, json_t **tree, struct error *e);

/* The member `name` of object as a list, which the caller decrefs: empty if there is none. */
json_t *xml_list(const json_t *object, const char *name);
/* The text of an element with or without attributes; `otherwise` if it is not a text. */
const char *xml_text(const json_t *element, const char *otherwise);

/* Append text as the content of an element or of an attribute in double quotes. Characters that XML
 * 1.0 cannot contain become U+FFFD. */
void xml_escape(struct buf *b, const char *text, size_t length);

/* Append a tree as XML, the reverse of xml_read, without a declaration. tree: {"NAME": content}; content is a text, an
 * object or a list of these. Names are written as they are, so they must be names of XML (those of xml_read are); members
 * that are neither text, object nor list are left out. A tree of xml_read, written and read again, is the same. */
void xml_write(struct buf *b, const json_t *tree);

#endif
