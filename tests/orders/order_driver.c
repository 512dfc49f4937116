/* For tests: makes, writes and finds documents of orders as the worker does, but told to line by
 * line.
 *
 *     order_driver CONFIG STATE-DIR WORK-DIR < JSON lines > JSON lines
 *
 * {"do":"prepare", "order":{…}, "options":{…}, "key":"…"}  the document, or what is wrong
 * {"do":"write", …as prepare}                              and hand it over
 * {"do":"find", "markers":[…]}                             documents by their markers
 * {"do":"bench", "count":N, …as prepare}                   prepare and write N orders in batches of
 * 50
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "config/paths.h"
#include "document/order_lookup.h"
#include "document/order_prepare.h"
#include "document/writer.h"
#include "erp/access.h"
#include "os/clock.h"

#define BATCH 50

struct driver {
    struct config *config;
    struct mapping *mapping;
    struct session *session;
};

static const char *const written_words[] = {"not", "handed-over", "done", "rejected", "unknown"};

static void marker_of(const json_t *request, int number, char marker[ORDER_MARKER + 1])
{
    char key[600];
    text_format(key, sizeof key, "%s%.0d", json_text(request, "key", "key"), number);
    order_marker(key, marker);
}

static enum status prepare(const struct driver *d, const json_t *request, int number,
                           json_t *faults, struct order_document **document, struct error *e)
{
    struct order *o = NULL;
    struct order_context x = {.settings = order_settings_of(d->config),
                              .mapping = d->mapping,
                              .session = d->session,
                              .options = json_object_get(request, "options")};
    marker_of(request, number, x.marker);
    enum status status = order_parse(json_object_get(request, "order"), &o, faults, e);
    if (status == STATUS_OK)
        status = order_prepare(&x, o, document, faults, e);
    order_free(o);
    return status;
}

static void describe(json_t *answer, const struct order_document *document)
{
    char *hex = mem_alloc(2 * document->text.length + 1);
    crypto_hex(hex, (const uint8_t *)document->text.data, document->text.length);
    json_set_text(answer, "marker", document->marker);
    json_set_text(answer, "hex", hex);
    json_object_set(answer, "fields", document->fields);
    said_set_list(answer, "notes", document->notes);
    json_object_del(answer, "said");
    free(hex);
    struct buf shown;
    buf_init(&shown, 4 * ORDER_DOCUMENT_MAX);
    order_document_show(document, &shown);
    json_set_text(answer, "text", buf_text(&shown));
    buf_free(&shown);
}

static enum status hand_over(const struct driver *d, struct order_document *const *documents,
                             size_t count, json_t *answer, struct error *e)
{
    const struct writer_ops *ops = writer_find(config_text(d->config, "orders.writer"));
    const struct order_settings settings = order_settings_of(d->config);
    struct writer *w = NULL;
    struct writer_outcome out = {0};
    enum written written = WRITTEN_NOT;
    enum status status = ops ? ops->open(&settings, d->mapping, d->session, &w, e) : STATUS_INVALID;
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = ops->stage(w, documents[i], e);
    if (status == STATUS_OK)
        status = ops->flush(w, e);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        written = ops->write(w, documents[i], &out);
    if (status == STATUS_OK)
        status = ops->settle(w, e);
    json_set_text(answer, "written", written_words[written]);
    json_set_text(answer, "reason", out.error.text);
    json_set_text(answer, "document", out.document);
    if (w)
        ops->close(w);
    return status;
}

static void find(const struct driver *d, const json_t *request, json_t *answer, struct error *e)
{
    const json_t *list = json_object_get(request, "markers");
    size_t count = json_array_size(list), found_count = 0;
    char(*markers)[ORDER_MARKER + 1] = mem_array(count + 1, sizeof *markers);
    struct order_found *found = mem_array(count + 1, sizeof *found);
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++)
        text_copy(markers[i], sizeof markers[i], json_string_value(json_array_get(list, i)));
    int64_t began = clock_mono_ms();
    order_find(d->session, d->mapping, (const char(*)[ORDER_MARKER + 1]) markers, count, found,
               &found_count, e);
    json_set_number(answer, "ms", clock_mono_ms() - began);
    for (size_t i = 0; i < found_count; i++) {
        json_t *row = json_object();
        json_set_text(row, "marker", found[i].marker);
        json_set_text(row, "document", found[i].document);
        json_set_text(row, "id", found[i].document_id);
        json_set_number(row, "count", found[i].count);
        json_array_append_new(rows, row);
    }
    json_object_set_new(answer, "found", rows);
    free(markers);
    free(found);
}

static enum status bench(const struct driver *d, const json_t *request, json_t *answer,
                         struct error *e)
{
    int count = (int)json_number(request, "count", 100);
    struct order_document *documents[BATCH] = {NULL};
    int64_t began = clock_mono_ms(), prepared = 0;
    enum status status = STATUS_OK;
    for (int i = 0; i < count && status == STATUS_OK; i += BATCH) {
        size_t n = 0;
        int64_t start = clock_mono_ms();
        for (; n < BATCH && i + (int)n < count && status == STATUS_OK; n++) {
            json_t *faults = json_array();
            status = prepare(d, request, i + (int)n + 1, faults, &documents[n], e);
            json_decref(faults);
        }
        prepared += clock_mono_ms() - start;
        if (status == STATUS_OK)
            status = hand_over(d, documents, n, answer, e);
        while (n > 0) {
            order_document_free(documents[--n]);
            documents[n] = NULL;
        }
    }
    json_set_number(answer, "ms", clock_mono_ms() - began);
    json_set_number(answer, "prepare_ms", prepared);
    return status;
}

static json_t *serve(const struct driver *d, const json_t *request)
{
    const char *what = json_text(request, "do", "");
    json_t *answer = json_object(), *faults = json_array();
    struct order_document *document = NULL;
    struct error e = {0};
    if (text_equal(what, "find")) {
        find(d, request, answer, &e);
    } else if (text_equal(what, "bench")) {
        bench(d, request, answer, &e);
    } else if (prepare(d, request, 0, faults, &document, &e) == STATUS_OK) {
        describe(answer, document);
        if (text_equal(what, "write"))
            hand_over(d, &document, 1, answer, &e);
    }
    json_set_text(answer, "status", error_status_word(e.status));
    json_set_text(answer, "error", e.text);
    json_set_text(answer, "remedy", e.remedy);
    json_object_set_new(answer, "faults", faults);
    order_document_free(document);
    return answer;
}

static enum status open_all(struct driver *d, const char *config, const char *state,
                            const char *work, struct error *e)
{
    struct paths paths;
    enum status status = paths_choose(&paths, config, state, work, e);
    if (status == STATUS_OK)
        status = config_load(&paths, &d->config, NULL, NULL, e);
    if (status == STATUS_OK)
        status = mapping_load(paths.erp_dir, paths.config_dir, config_text(d->config, "erp.type"),
                              &d->mapping, NULL, NULL, e);
    const struct session_options o = access_options(d->config, work);
    return status == STATUS_OK ? session_open(&o, &d->session, e) : status;
}

int main(int argc, char **argv)
{
    struct driver d = {0};
    struct error e = {0};
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    if (argc != 4 || open_all(&d, argv[1], argv[2], argv[3], &e) != STATUS_OK) {
        fprintf(stderr, "order_driver CONFIG STATE WORK: %s\n", e.text);
        return 2;
    }
    while ((length = getline(&line, &size, stdin)) > 0) {
        json_t *request = json_parse(line, (size_t)length, &e);
        json_t *answer = serve(&d, request);
        struct buf text;
        buf_init(&text, 64 << 20);
        json_add(&text, answer);
        puts(buf_text(&text));
        fflush(stdout);
        buf_free(&text);
        json_decref(answer);
        json_decref(request);
    }
    free(line);
    session_close(d.session);
    mapping_free(d.mapping);
    config_free(d.config);
    return 0;
}
