/* The panel as a channel: POST /plugins/{id}/changes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/zip.h"
#include "channel/channel.h"
#include "link/link.h"

#define ZIP_FROM   1024  /* bytes: below this compressing does not pay */
#define TIMEOUT_MS 60000

struct channel {
    struct link link;
    struct http_client *client;
    struct http_options options;
    const volatile int *cancel;
    char path[160];
    struct buf packed;
};

static enum status open_panel(const char *plugin_id, const json_t *settings, const char *state_dir,
                              const char *panel_url, const struct http_options *http,
                              const volatile int *cancel, struct channel **out, struct error *e)
{
    struct identity id;
    (void)settings;
    *out = NULL;
    enum status status = identity_load(state_dir, &id, e);
    if (status != STATUS_OK)
        return status;
    if (!id.endpoint_id[0]) {
        error_set(e, STATUS_DENIED, "not_registered", "this endpoint is not registered with a panel yet");
        return error_remedy(e, "Get a token from the panel, then: endpointctl register");
    }
    struct channel *c = mem_alloc(sizeof *c);
    link_init(&c->link, panel_url, &id);
    identity_wipe(&id);
    c->cancel = cancel;
    buf_init(&c->packed, 32 << 20);
    text_format(c->path, sizeof c->path, "/plugins/%s/changes", plugin_id);
    status = http_client_open(http, &c->client, e);
    if (status != STATUS_OK) {
        channel_panel.close(c);
        return status;
    }
    *out = c;
    return STATUS_OK;
}

static void close_panel(struct channel *c)
{
    if (!c)
        return;
    http_client_close(c->client);
    link_wipe(&c->link);
    buf_free(&c->packed);
    free(c);
}

static enum status take_acked(const json_t *json, uint64_t *acked, struct error *e)
{
    const json_t *value = json_object_get(json, "acked");
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return error_set(e, STATUS_UNREACHABLE, "panel_answer", "the panel's answer has no \"acked\"");
    *acked = (uint64_t)json_integer_value(value);
    return STATUS_OK;
}

static enum status send_panel(struct channel *c, const struct channel_batch *batch, uint64_t *acked,
                              int64_t *retry_after_ms, struct error *e)
{
    char range[96];
    const char *body = batch->lines, *encoding = NULL;
    size_t length = batch->length;
    json_t *json = NULL;
    *retry_after_ms = -1;
    text_format(range, sizeof range, "Endpoint-Batch: %" PRIu64 "-%" PRIu64, batch->first, batch->last);
    if (length >= ZIP_FROM) {
        buf_reset(&c->packed);
        if (zip_pack(&c->packed, batch->lines, batch->length, NULL) == STATUS_OK) {
            body = buf_text(&c->packed);
            length = c->packed.length;
            encoding = "Content-Encoding: zstd";
        }
    }
    enum status status = link_call(&c->link, c->client, "POST", c->path, "application/x-ndjson", body, length,
                                   range, encoding, TIMEOUT_MS, c->cancel, &json, retry_after_ms, e);
    if (status == STATUS_OK || status == STATUS_EXISTS) {
        struct error parse = {0};
        if (take_acked(json, acked, &parse) != STATUS_OK) {
            if (e)
                *e = parse;
            status = STATUS_UNREACHABLE;
        }
    }
    json_decref(json);
    return status;
}

const struct channel_ops channel_panel = {"panel", open_panel, close_panel, send_panel};
