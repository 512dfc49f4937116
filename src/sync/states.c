#include "sync/states.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "store/orders.h"
#include "store/orders_read.h"

struct states {
    const struct flow_source *source;
    const json_t *map;
    struct orders_index *index;
    struct record out;
    int external_id, state;
};

enum status states_open(const char *state_dir, const struct flow_source *source,
                        const json_t *options, struct states **out, struct error *e)
{
    const struct stream_def *stream = stream_find("order-states");
    struct orders_index *index = NULL;
    *out = NULL;
    enum status status = orders_index_open(state_dir, &index, e);
    if (status != STATUS_OK)
        return status;
    struct states *s = mem_alloc(sizeof *s);
    s->source = source;
    s->map = json_object_get(options, "state_map");
    s->index = index;
    s->external_id = stream_field(stream, "external_id");
    s->state = stream_field(stream, "state");
    record_init(&s->out, stream);
    *out = s;
    return STATUS_OK;
}

void states_close(struct states *s)
{
    if (!s)
        return;
    orders_index_close(s->index);
    record_free(&s->out);
    free(s);
}

/* The order whose marker is in one of the hidden columns. */
static bool find_order(struct states *s, const struct record *rec, char id[ORDER_ID_MAX + 1])
{
    for (size_t i = 0; i < rec->extra_count; i++) {
        const struct value *v = &rec->extra[i];
        char marker[ORDER_MARKER + 1];
        if (rec->extra_names[i][0] != '_' || !v->present || v->length < ORDER_MARKER)
            continue;
        memcpy(marker, record_text(rec, v), ORDER_MARKER);
        marker[ORDER_MARKER] = '\0';
        if (memcmp(marker, "EP", 2) == 0 && orders_index_find(s->index, marker, id))
            return true;
    }
    return false;
}

/* The marker may be in a column that could not be read: the record must not look deleted. */
static bool may_be_ours(const struct record *rec)
{
    for (size_t i = 0; i < rec->extra_count; i++)
        if (rec->extra_names[i][0] == '_' && rec->extra[i].bad)
            return true;
    return rec->fault.keyless;
}

/* The shop's word for the state; a state that is not in the map stays as it is. */
static enum status name_state(struct states *s, struct error *e)
{
    char word[64];
    const struct value *v = &s->out.fields[s->state];
    if (!s->map || !v->present || v->length >= sizeof word)
        return STATUS_OK;
    memcpy(word, record_text(&s->out, v), v->length);
    word[v->length] = '\0';
    const char *name = json_text(s->map, word, NULL);
    return name ? record_set(&s->out, (size_t)s->state, name, strlen(name), e) : STATUS_OK;
}

enum status states_next(void *user, const struct record **record, struct error *e)
{
    struct states *s = user;
    const struct record *rec;
    char id[ORDER_ID_MAX + 1];
    for (;;) {
        enum status status = s->source->next(s->source->user, &rec, e);
        if (status != STATUS_OK)
            return status;
        bool found = find_order(s, rec, id);
        if (rec->fault.is && (found || may_be_ours(rec))) {
            *record = rec;
            return STATUS_OK;
        }
        if (!found)
            continue;
        record_copy(&s->out, rec);
        status = record_set(&s->out, (size_t)s->external_id, id, strlen(id), e);
        if (status == STATUS_OK)
            status = name_state(s, e);
        *record = &s->out;
        return status;
    }
}
