/* An ERP's mapping file: any bytes give a mapping or faults with a text. */
#include "fuzz.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "mapping/grants.h"
#include "mapping/mapping.h"
#include "mapping/places.h"

LIBCONFIG_LEAKS

/* Whatever columns a mapping gives, their places can be filled. */
static void show_rows(const struct mapping_insert *t)
{
    json_t *document = json_pack("{s:s,s:[]}", "marker", "EP1", "lines");
    const struct place_values values = {.document = document, .line = document};
    for (size_t i = 0; i < t->count; i++) {
        struct place_list list = {0};
        struct buf sql;
        buf_init(&sql, 1 << 20);
        places_fill(t->columns[i].value, &values, &sql, &list);
        places_show(t->columns[i].value, &values, &sql);
        MUST(!sql.failed && sql.length);
        buf_free(&sql);
        places_free(&list);
    }
    json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config_fault faults[CONFIG_FAULTS];
    char path[256];
    size_t count = 0;
    struct mapping *m = NULL;
    struct error e = {0};
    mkdir(fuzz_directory(), 0700);
    text_format(path, sizeof path, "%s/fuzz.conf", fuzz_directory());
    fuzz_write(path, data, size);
    enum status status =
        mapping_load(fuzz_directory(), "/nonexistent", "fuzz", &m, faults, &count, &e);
    MUST((status == STATUS_OK) == (m != NULL));
    MUST((status == STATUS_OK) == (count == 0));
    for (size_t i = 0; i < count; i++)
        MUST(faults[i].text[0] && faults[i].file[0]);
    if (m) {
        for (size_t i = 0; i < m->stream_count; i++)
            MUST(m->streams[i].statement.sql && m->streams[i].statement.line > 0);
        json_decref(mapping_to_json(m));
        struct buf script;
        buf_init(&script, 1 << 24);
        grants_script(m, true, "FIRMA", "endpoint", &script);
        MUST(!script.failed && script.length);
        buf_free(&script);
        show_rows(&m->orders.sql.document);
        show_rows(&m->orders.sql.lines);
    }
    mapping_free(m);
    remove(path);
    rmdir(fuzz_directory());
    return 0;
}
