#include "base/xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "base/cp1250.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/latin2.h"
#include "base/memory.h"
#include "base/text.h"

#define PIECE 65536 /* bytes that are parsed at once */

struct reader {
    json_t *elements[XML_DEPTH_MAX + 1]; /* the open ones; [0] holds the root */
    struct buf texts[XML_DEPTH_MAX + 1]; /* the text in each so far */
    size_t depth, nodes;
    XML_Parser parser;
    struct error why; /* status not OK: it was stopped */
};

/* Keep the first fault and stop reading. what: marked for translation. */
static void stop(struct reader *r, const char *code, const char *what)
{
    if (r->why.status != STATUS_OK)
        return;
    error_set(&r->why, STATUS_INVALID, code, "line %d: %-s",
              (int)XML_GetCurrentLineNumber(r->parser), what);
    XML_StopParser(r->parser, XML_FALSE);
}

/* ---- the events of expat -------------------------------------------------------------------------- */

static void on_doctype(void *user, const XML_Char *name, const XML_Char *system,
                       const XML_Char *public, int inner)
{
    (void)name;
    (void)system;
    (void)public;
    (void)inner;
    stop(user, "xml_doctype", N_("a document type is not taken"));
}

/* Without its prefix. */
static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static void on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *r = user;
    (void)name;
    if (r->why.status != STATUS_OK)
        return;
    if (r->depth == XML_DEPTH_MAX) {
        stop(r, "xml_deep", N_("elements are nested too deeply"));
        return;
    }
    json_t *element = json_object();
    r->elements[++r->depth] = element;
    buf_reset(&r->texts[r->depth]);
    r->nodes++;
    for (size_t i = 0; attributes[i]; i += 2) { /* name, value */
        char member[204];
        r->nodes++;
        if (text_starts(attributes[i], "xmlns") ||
            !text_format(member, sizeof member, "@%s", local_name(attributes[i])))
            continue;
        json_object_set_new(element, member, json_string(attributes[i + 1]));
    }
    if (r->nodes > XML_NODES_MAX)
        stop(r, "xml_large", N_("it has too many elements"));
}

static void on_text(void *user, const XML_Char *text, int length)
{
    struct reader *r = user;
    if (r->why.status == STATUS_OK)
        buf_add(&r->texts[r->depth], text, (size_t)length);
}

/* One element of this name is a value, several are a list. */
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

static void on_end(void *user, const XML_Char *name)
{
    struct reader *r = user;
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
    append(r->elements[r->depth], local_name(name), value);
}

/* Expat itself knows UTF-8, UTF-16, ISO-8859-1 and ASCII; these two are what Polish shops have besides. */
static int on_encoding(void *user, const XML_Char *name, XML_Encoding *encoding)
{
    bool cp1250 = text_equal_nocase(name, "windows-1250") || text_equal_nocase(name, "cp1250");
    bool latin2 = text_equal_nocase(name, "iso-8859-2") || text_equal_nocase(name, "latin2");
    (void)user;
    if (!cp1250 && !latin2)
        return XML_STATUS_ERROR;
    for (int i = 0; i < 256; i++) {
        uint32_t point = cp1250 ? cp1250_point((uint8_t)i) : latin2_point((uint8_t)i);
        encoding->map[i] = point == 0xFFFD ? -1 : (int)point; /* -1: no character */
    }
    return XML_STATUS_OK;
}

/* ---- reading -------------------------------------------------------------------------------------- */

static void parse(struct reader *r, const char *bytes, size_t length)
{
    enum XML_Status status = XML_STATUS_OK;
    XML_SetUserData(r->parser, r);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetUnknownEncodingHandler(r->parser, on_encoding, NULL);
    bool last = false;
    for (size_t at = 0; !last && status == XML_STATUS_OK; at += PIECE) {
        last = length - at <= PIECE;
        status = XML_Parse(r->parser, bytes + at, (int)(last ? length - at : PIECE), last);
    }
    if (status != XML_STATUS_OK && r->why.status == STATUS_OK)
        error_set(&r->why, STATUS_INVALID, "xml_syntax", "line %d: %s",
                  (int)XML_GetCurrentLineNumber(r->parser),
                  XML_ErrorString(XML_GetErrorCode(r->parser)));
}

enum status xml_read(const char *bytes, size_t length, json_t **tree, struct error *e)
{
    struct reader *r = mem_alloc(sizeof *r);
    *r = (struct reader){.elements = {json_object()}, .parser = XML_ParserCreate(NULL)};
    for (size_t i = 0; i <= XML_DEPTH_MAX; i++)
        buf_init(&r->texts[i], length + 1);
    *tree = NULL;
    if (r->parser)
        parse(r, bytes, length);
    else
        error_set(&r->why, STATUS_INTERNAL, "xml_parser", "the XML parser has no memory");
    XML_ParserFree(r->parser);
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
