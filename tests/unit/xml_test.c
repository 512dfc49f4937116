/* XML from shops and files becomes a tree, and what is hostile or cut does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"

static const struct {
    const char *xml, *json;
} trees[] = {
    {"<a/>", "{\"a\":\"\"}"},
    {"<a> 12.50 </a>", "{\"a\":\"12.50\"}"},
    {"<a x=\"1\">t</a>", "{\"a\":{\"@x\":\"1\",\"#\":\"t\"}}"},
    {"<a><b>1</b><c/></a>", "{\"a\":{\"b\":\"1\",\"c\":\"\"}}"},
    {"<a><b>1</b><b>2</b><b/></a>", "{\"a\":{\"b\":[\"1\",\"2\",\"\"]}}"},
    {"<p:a xmlns:p=\"urn:x\"><p:b p:y=\"z\"/></p:a>", "{\"a\":{\"b\":{\"@y\":\"z\"}}}"},
    {"<a><![CDATA[<Nó\xc5\xbc & widelec>]]></a>", "{\"a\":\"<Nó\xc5\xbc & widelec>\"}"},
    {"<a>&lt;b&gt; &amp; &quot;&#322;&quot;</a>", "{\"a\":\"<b> & \\\"\xc5\x82\\\"\"}"},
    {"<?xml version=\"1.0\" encoding=\"windows-1250\"?><a>\xb3\xf3\xbf</a>",
     "{\"a\":\"\xc5\x82\xc3\xb3\xc5\xbc\"}"},
    {"\xef\xbb\xbf<a>b</a>", "{\"a\":\"b\"}"},
    {"<a>one<b/>two</a>", "{\"a\":{\"b\":\"\",\"#\":\"onetwo\"}}"},
    {"<!-- c --><a><?go on?><!-- d --></a>", "{\"a\":\"\"}"},
};

static void an_element_becomes_a_member(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(trees); i++) {
        json_t *tree = NULL, *wanted = json_loads(trees[i].json, 0, NULL);
        struct error e = {0};
        assert_non_null(wanted);
        if (xml_read(trees[i].xml, strlen(trees[i].xml), &tree, &e) != STATUS_OK ||
            !json_equal(tree, wanted)) {
            char *seen = json_dumps(tree, JSON_COMPACT);
            fail_msg("%s: %s%s", trees[i].xml, seen ? seen : "", e.text);
        }
        json_decref(tree);
        json_decref(wanted);
    }
}

static void a_tree_that_is_written_is_read_as_the_same(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4000);
    for (size_t i = 0; i < COUNT_OF(trees); i++) {
        json_t *tree = NULL, *wanted = json_loads(trees[i].json, 0, NULL);
        buf_reset(&b);
        xml_write(&b, wanted);
        if (xml_read(b.data, b.length, &tree, NULL) != STATUS_OK || !json_equal(tree, wanted))
            fail_msg("%s became %s", trees[i].json, buf_text(&b));
        json_decref(tree);
        json_decref(wanted);
    }
    buf_free(&b);
}

static void what_is_written_has_its_form(void **state)
{
    static const char *const rows[][2] = {
        {"{\"a\":{\"@x\":\"1\\n\\t\\\"<\",\"b\":[\"1\",\"2 & 3\",\"\"],\"#\":\"t\"}}",
         "<a x=\"1&#10;&#9;&quot;&lt;\">t<b>1</b><b>2 &amp; 3</b><b></b></a>"},
        {"{\"a\":{\"b\":1,\"c\":null,\"d\":true,\"e\":[],\"f\":[[\"x\"]]}}", "<a></a>"},
        {"{}", ""}};
    (void)state;
    struct buf b;
    buf_init(&b, 4000);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *tree = json_loads(rows[i][0], 0, NULL);
        buf_reset(&b);
        xml_write(&b, tree);
        assert_string_equal(buf_text(&b), rows[i][1]);
        json_decref(tree);
    }
    buf_free(&b);
}

static void utf16_is_read_by_its_mark(void **state)
{
    (void)state;
    static const char bytes[] = "\xff\xfe<\0a\0>\0\x42\x01<\0/\0a\0>\0";
    json_t *tree = NULL;
    struct error e = {0};
    assert_int_equal(xml_read(bytes, sizeof bytes - 1, &tree, &e), STATUS_OK);
    assert_string_equal(json_text(tree, "a", ""), "\xc5\x82");
    json_decref(tree);
}

static void refused(const char *xml, size_t length, const char *code)
{
    json_t *tree = NULL;
    struct error e = {0};
    if (xml_read(xml, length, &tree, &e) != STATUS_INVALID || !text_equal(e.code, code) || tree)
        fail_msg("%.80s: %s %s instead of %s", xml, e.code, e.text, code);
}

static void what_is_no_xml_is_named_with_its_line(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      " ",
                                      "hello",
                                      "<a>",
                                      "<a></b>",
                                      "<a/><b/>",
                                      "<a x=1/>",
                                      "<a>&nbsp;</a>",
                                      "<a>\x01</a>",
                                      "<?xml version='1.0' encoding='windows-1250'?><a>b\x88</a>",
                                      "<?xml version='1.0' encoding='x'?><a/>",
                                      "<html><body><br></body></html>",
                                      "{\"errors\":[]}",
                                      "<a>\xb3</a>",
                                      "<a x='1' x='2'/>"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        refused(bad[i], strlen(bad[i]), "xml_syntax");
    json_t *tree = NULL;
    struct error e = {0};
    static const char third[] = "<a>\n\n<b></c></a>";
    assert_int_equal(xml_read(third, sizeof third - 1, &tree, &e), STATUS_INVALID);
    assert_true(text_starts(e.text, "line 3: "));
}

static void a_document_type_is_refused_in_every_encoding(void **state)
{
    (void)state;
    static const char plain[] = "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>";
    static const char outside[] = "<!DOCTYPE a SYSTEM \"file:///etc/hostname\"><a/>";
    static const char html[] = "<!DOCTYPE html><html/>";
    refused(plain, sizeof plain - 1, "xml_doctype");
    refused(outside, sizeof outside - 1, "xml_doctype");
    refused(html, sizeof html - 1, "xml_doctype");
    struct buf wide;
    buf_init(&wide, 1000);
    buf_add(&wide, "\xff\xfe", 2);
    text_to_utf16(&wide, plain, sizeof plain - 1);
    refused(wide.data, wide.length, "xml_doctype");
    buf_free(&wide);
}

/* A parser that prints would put a shop's data into the log (findings/libxml2-encoding-errors.sh). */
static void a_byte_that_no_encoding_has_is_said_in_the_error_only(void **state)
{
    (void)state;
    static const char xml[] = "<?xml version=\"1.0\" encoding=\"windows-1250\"?><a>secret\x88</a>";
    char path[] = "/tmp/endpoint-xml.XXXXXX", printed[200] = "";
    struct error e = {0};
    json_t *tree = NULL;
    int file = mkstemp(path), kept = dup(2);
    assert_true(file >= 0 && kept >= 0);
    dup2(file, 2);
    enum status status = xml_read(xml, sizeof xml - 1, &tree, &e);
    dup2(kept, 2);
    ssize_t length = pread(file, printed, sizeof printed - 1, 0);
    close(kept);
    close(file);
    unlink(path);
    assert_int_equal(status, STATUS_INVALID);
    assert_true(text_starts(e.text, "line 1: "));
    assert_int_equal(length, 0);
}

static void depth_has_a_bound(void **state)
{
    (void)state;
    struct buf b;
    json_t *tree = NULL;
    for (int depth = XML_DEPTH_MAX; depth <= XML_DEPTH_MAX + 1; depth++) {
        buf_init(&b, 10000);
        for (int i = 0; i < depth; i++)
            buf_add_text(&b, "<a>");
        for (int i = 0; i < depth; i++)
            buf_add_text(&b, "</a>");
        if (depth > XML_DEPTH_MAX)
            refused(b.data, b.length, "xml_deep");
        else
            assert_int_equal(xml_read(b.data, b.length, &tree, NULL), STATUS_OK);
        buf_free(&b);
    }
    json_decref(tree);
}

static void every_cut_is_an_error_and_leaks_nothing(void **state)
{
    (void)state;
    static const char whole[] =
        "<?xml version=\"1.0\"?><a x=\"1\"><b>t&amp;u</b><![CDATA[c]]><b/></a>";
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        json_t *tree = NULL;
        assert_int_equal(xml_read(whole, n, &tree, NULL), STATUS_INVALID);
        assert_null(tree);
    }
}

static void one_and_many_are_lists(void **state)
{
    (void)state;
    json_t *tree = NULL;
    static const char xml[] = "<a><b>1</b><b l=\"2\">2</b><c>3</c><d l=\"4\"/></a>";
    assert_int_equal(xml_read(xml, sizeof xml - 1, &tree, NULL), STATUS_OK);
    json_t *a = json_object_get(tree, "a"), *b = xml_list(a, "b"), *c = xml_list(a, "c"),
           *none = xml_list(a, "x");
    assert_int_equal(json_array_size(b), 2);
    assert_int_equal(json_array_size(c), 1);
    assert_int_equal(json_array_size(none), 0);
    assert_string_equal(xml_text(json_array_get(b, 1), "?"), "2");
    assert_string_equal(xml_text(json_array_get(c, 0), "?"), "3");
    assert_string_equal(xml_text(json_object_get(a, "d"), "?"), "?");
    json_decref(b);
    json_decref(c);
    json_decref(none);
    json_decref(tree);
}

static void what_is_escaped_comes_back(void **state)
{
    (void)state;
    static const char text[] = "a<b>&\"c\" 'd' \xc5\x82\r\nx\x01\x7f]]>";
    struct buf b;
    json_t *tree = NULL;
    buf_init(&b, 1000);
    buf_add_text(&b, "<a x=\"");
    xml_escape(&b, text, sizeof text - 1);
    buf_add_text(&b, "\">");
    xml_escape(&b, text, sizeof text - 1);
    buf_add_text(&b, "</a>");
    assert_int_equal(xml_read(b.data, b.length, &tree, NULL), STATUS_OK);
    assert_string_equal(xml_text(json_object_get(tree, "a"), ""),
                        "a<b>&\"c\" 'd' \xc5\x82\r\nx\xEF\xBF\xBD\x7f]]>");
    json_decref(tree);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_element_becomes_a_member),
        cmocka_unit_test(a_tree_that_is_written_is_read_as_the_same),
        cmocka_unit_test(what_is_written_has_its_form),
        cmocka_unit_test(utf16_is_read_by_its_mark),
        cmocka_unit_test(what_is_no_xml_is_named_with_its_line),
        cmocka_unit_test(a_document_type_is_refused_in_every_encoding),
        cmocka_unit_test(a_byte_that_no_encoding_has_is_said_in_the_error_only),
        cmocka_unit_test(depth_has_a_bound),
        cmocka_unit_test(every_cut_is_an_error_and_leaks_nothing),
        cmocka_unit_test(one_and_many_are_lists),
        cmocka_unit_test(what_is_escaped_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
