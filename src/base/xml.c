#include "base/xml.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

struct reader {
    json_t *elements[XML_DEPTH_MAX + 1]; /* the open ones; [0] holds the root */
    struct buf texts[XML_DEPTH_MAX + 1]; /* the text in each so far */
    size_t depth, nodes;
    xmlParserCtxtPtr parser;
    struct error why; /* status not OK: it was stopped */
};

/* Keep the first fault and stop reading. what: marked for translation. */
static void stop(struct reader *r, const char *code, const char *what)
{
    if (r->why.status != STATUS_OK)
        return;
    error_set(&r->why, STATUS_INVALID, code, "line %d: %-s", xmlSAX2GetLineNumber(r->parser), what);
    xmlStopParser(r->parser);
}

/* ---- the events of libxml2 ------------------------------------------------------------------------ */

static void on_doctype(void *user, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    struct reader *r = ((xmlParserCtxtPtr)user)->_private;
    (void)name;
    (void)external;
    (void)system;
    stop(r, "xml_doctype", N_("a document type is not taken"));
}

static bool count_nodes(struct reader *r, size_t more)
{
    r->nodes += more;
    if (r->nodes > XML_NODES_MAX)
        stop(r, "xml_large", N_("it has too many elements"));
    return r->why.status == STATUS_OK;
}

static void on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespaces, const xmlChar **spaces, int count, int defaulted,
                     const xmlChar **attributes)
{
    struct reader *r = ((xmlParserCtxtPtr)user)->_private;
    (void)name;
    (void)prefix;
    (void)uri;
    (void)namespaces;
    (void)spaces;
    (void)defaulted;
    if (r->why.status != STATUS_OK || !count_nodes(r, 1 + (size_t)count))
        return;
    if (r->depth == XML_DEPTH_MAX) {
        stop(r, "xml_deep", N_("elements are nested too deeply"));
        return;
    }
    json_t *element = json_object();
    r->elements[++r->depth] = element;
    buf_reset(&r->texts[r->depth]);
    for (int i = 0; i < count; i++) { /* name, prefix, URI, begin and end of the value */
        const xmlChar **a = attributes + (size_t)i * 5;
        char member[204];
        if (!text_format(member, sizeof member, "@%s", (const char *)a[0]))
            continue;
        json_object_set_new(element, member,
                            json_stringn((const char *)a[3], (size_t)(a[4] - a[3])));
    }
}

static void on_text(void *user, const xmlChar *text, int length)
{
    struct reader *r = ((xmlParserCtxtPtr)user)->_private;
    if (r->why.status == STATUS_OK)
        buf_add(&r->texts[r->depth], text, (size_t)length);
}

/* A single element with this name is a value, several are a list. */
static void append(json_t *parent, const char *name, json_t *value)
{
    json_t *before = json_object_get(parent, name);
    if (!before) {
        json_object_set_new(parent, name, value);
    } else if (json_is_array(before)) {
        json_array_append_new(before, value);
    } else {
        json_t *list = json_array();
        json_array_append(list, before);
        json_array_append_new(list, value);
        json_object_set_new(parent, name, list);
    }
}

static void on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct reader *r = ((xmlParserCtxtPtr)user)->_private;
    (void)prefix;
    (void)uri;
    if (r->why.status != STATUS_OK || r->depth == 0)
        return;
    json_t *element = r->elements[r->depth], *value = element;
    struct buf *b = &r->texts[r->depth];
    char *text = text_trim(b->data ? b->data : (char[]){""});
    if (json_object_size(element) == 0) {
        value = json_string(text);
        json_decref(element);
    } else if (*text) {
        json_object_set_new(element, "#", json_string(text));
    }
    r->elements[r->depth--] = NULL;
    append(r->elements[r->depth], (const char *)name, value);
}

/* Keep the first fault; libxml2 must not print anything. */
static void take_error(struct reader *r, xmlErrorPtr error)
{
    char words[200];
    if (r->why.status != STATUS_OK || error->level < XML_ERR_ERROR)
        return;
    text_copy(words, sizeof words, error->message);
    error_set(&r->why, STATUS_INVALID, "xml_syntax", "line %d: %s", xmlSAX2GetLineNumber(r->parser),
              text_trim(words));
}

static void on_error(void *user, xmlErrorPtr error)
{
    take_error(((xmlParserCtxtPtr)user)->_private, error);
}

/* libxml2 reports a byte that the document's encoding does not have only to the thread's handler,
 * which would print it (findings/libxml2-encoding-errors.sh). */
static void on_stray_error(void *user, xmlErrorPtr error)
{
    take_error(user, error);
}

/* ---- reading -------------------------------------------------------------------------------------- */

static xmlParserCtxtPtr parser_open(struct reader *r)
{
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .internalSubset = on_doctype,
                         .startElementNs = on_start,
                         .endElementNs = on_end,
                         .characters = on_text,
                         .ignorableWhitespace = on_text,
                         .cdataBlock = on_text,
                         .serror = on_error};
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
    if (!parser)
        return NULL;
    parser->_private = r;
    parser->userData = parser;
    r->parser = parser;
    xmlCtxtUseOptions(parser, XML_PARSE_NONET);
    return parser;
}

enum status xml_read(const char *bytes, size_t length, json_t **tree, struct error *e)
{
    struct reader *r = mem_alloc(sizeof *r);
    *r = (struct reader){.elements = {json_object()}};
    for (size_t i = 0; i <= XML_DEPTH_MAX; i++)
        buf_init(&r->texts[i], length + 1);
    *tree = NULL;
    xmlParserCtxtPtr parser = parser_open(r);
    if (!parser) {
        error_set(&r->why, STATUS_INTERNAL, "xml_parser", "libxml2 has no memory");
    } else {
        xmlSetStructuredErrorFunc(r, on_stray_error);
        for (size_t at = 0; at < length && r->why.status == STATUS_OK;) {
            size_t piece = length - at < 65536 ? length - at : 65536;
            xmlParseChunk(parser, bytes + at, (int)piece, 0);
            at += piece;
        }
        if (r->why.status == STATUS_OK)
            xmlParseChunk(parser, NULL, 0, 1);
        if (r->why.status == STATUS_OK &&
            (!parser->wellFormed || json_object_size(r->elements[0]) != 1))
            error_set(&r->why, STATUS_INVALID, "xml_syntax", "the XML ends early");
        xmlSetStructuredErrorFunc(NULL, NULL);
        xmlFreeDoc(parser->myDoc);
        xmlFreeParserCtxt(parser);
    }
    for (size_t i = 0; i <= XML_DEPTH_MAX; i++) {
        buf_free(&r->texts[i]);
        if (i > 0)
            json_decref(r->elements[i]);
    }
    struct error why = r->why;
    if (why.status == STATUS_OK)
        *tree = r->elements[0];
    else
        json_decref(r->elements[0]);
    free(r);
    if (e && why.status != STATUS_OK)
        *e = why;
    return why.status;
}

json_t *xml_list(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name), *list = json_array();
    if (json_is_array(value))
        json_array_extend(list, value);
    else if (value)
        json_array_append(list, value);
    return list;
}

const char *xml_text(const json_t *element, const char *otherwise)
{
    if (json_is_object(element))
        element = json_object_get(element, "#");
    return json_is_string(element) ? json_string_value(element) : otherwise;
}

/* ---- writing -------------------------------------------------------------------------------------- */

/* Char of XML 1.0 (W3C, fifth edition, 2.2). */
static bool may_stand(int32_t point)
{
    return point == '\t' || point == '\n' || point == '\r' ||
           (point >= 0x20 && point != 0xFFFE && point != 0xFFFF);
}

void xml_escape(struct buf *b, const char *text, size_t length)
{
    for (size_t i = 0, used = 1; i < length; i += used) {
        int32_t point = text_decode(text + i, length - i, &used);
        if (!may_stand(point))
            buf_add_text(b, "\xEF\xBF\xBD");
        else if (point == '&')
            buf_add_text(b, "&amp;");
        else if (point == '<')
            buf_add_text(b, "&lt;");
        else if (point == '>')
            buf_add_text(b, "&gt;");
        else if (point == '"')
            buf_add_text(b, "&quot;");
        else if (point == '\r')
            buf_add_text(b, "&#13;");
        else
            buf_add(b, text + i, used);
    }
}

/* An attribute's line ends and tabs would be read as blanks. */
static void write_attribute(struct buf *b, const char *name, const char *value)
{
    buf_printf(b, " %s=\"", name);
    for (size_t length; *value; value += length) {
        length = strcspn(value, "\t\n");
        xml_escape(b, value, length);
        if (value[length])
            buf_printf(b, "&#%d;", value[length++]);
    }
    buf_add_byte(b, '"');
}

static void write_element(struct buf *b, const char *name, const json_t *content, int depth)
{
    const char *member;
    json_t *value;
    size_t i;
    if (json_is_array(content)) {
        json_array_foreach (content, i, value)
            if (!json_is_array(value))
                write_element(b, name, value, depth);
        return;
    }
    if (depth > XML_DEPTH_MAX || (!json_is_string(content) && !json_is_object(content)))
        return;
    buf_printf(b, "<%s", name);
    json_object_foreach ((json_t *)content, member, value)
        if (*member == '@' && json_is_string(value))
            write_attribute(b, member + 1, json_string_value(value));
    buf_add_byte(b, '>');
    const char *text = xml_text(content, "");
    xml_escape(b, text, strlen(text));
    json_object_foreach ((json_t *)content, member, value)
        if (*member != '@' && *member != '#')
            write_element(b, member, value, depth + 1);
    buf_printf(b, "</%s>", name);
}

void xml_write(struct buf *b, const json_t *tree)
{
    const char *name;
    json_t *content;
    json_object_foreach ((json_t *)tree, name, content)
        write_element(b, name, content, 1);
}
