#include "link/incarnation.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/file.h"
#include "os/host.h"
#include "os/path.h"

#define FILE_NAME "incarnation.json"

static void add(struct buf *b, void (*what)(struct buf *b))
{
    struct buf content;
    buf_init(&content, 4096);
    what(&content);
    if (!content.failed)
        buf_add(b, content.data, content.length);
    buf_add_byte(b, '/');
    buf_free(&content);
}

/* Equal only for starts in one directory during one boot of one machine: there a lock keeps two
 * from running. A copied directory has another inode, and a cloned machine another boot id. */
static void set_place(const char *state_dir, struct incarnation *i)
{
    struct buf b;
    struct file_look l;
    uint8_t hash[CRYPTO_HASH];
    buf_init(&b, 16384);
    add(&b, host_machine);
    add(&b, host_boot);
    if (file_look(state_dir, &l))
        buf_printf(&b, "%llu/%llu", (unsigned long long)l.device, (unsigned long long)l.inode);
    else
        buf_add_text(&b, i->life);
    crypto_sha256(buf_text(&b), b.length, hash);
    crypto_hex(i->place, hash, 16);
    buf_free(&b);
}

void incarnation_begin(const char *state_dir, const char *endpoint_id, struct incarnation *i)
{
    char path[PATH_MAX];
    struct buf b;
    memset(i, 0, sizeof *i);
    crypto_random_id(i->life);
    text_copy(i->endpoint_id, sizeof i->endpoint_id, endpoint_id);
    host_name(i->host, sizeof i->host);
    set_place(state_dir, i);
    buf_init(&b, 65536);
    json_t *o = NULL;
    if (path_join(path, sizeof path, state_dir, FILE_NAME, NULL) == STATUS_OK &&
        file_read(path, &b, NULL, NULL) == STATUS_OK)
        o = json_parse(buf_text(&b), b.length, NULL);
    if (text_equal(json_text(o, "endpoint_id", NULL), endpoint_id)) {
        i->last = json_number(o, "last", 0);
        i->held = json_flag(o, "held", false);
    }
    if (i->last < 0)
        i->last = 0;
    json_decref(o);
    buf_free(&b);
}

enum status incarnation_save(const char *state_dir, const struct incarnation *i, struct error *e)
{
    char path[PATH_MAX];
    enum status status = path_join(path, sizeof path, state_dir, FILE_NAME, e);
    if (status != STATUS_OK)
        return status;
    json_t *o = json_object();
    json_set_text(o, "endpoint_id", i->endpoint_id);
    json_set_number(o, "last", i->last);
    json_set_flag(o, "held", i->held);
    char *text = json_dumps(o, JSON_INDENT(1));
    json_decref(o);
    status = file_replace(path, text, strlen(text), 0600, NULL, e);
    free(text);
    return status;
}
