/* An ERP's mapping file: any bytes give a mapping or faults with a text. */
#include "fuzz.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "erp/mapping.h"

LIBCONFIG_LEAKS

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
        erp_grants(m, "FIRMA", "endpoint", &script);
        MUST(!script.failed && script.length);
        buf_free(&script);
    }
    mapping_free(m);
    remove(path);
    rmdir(fuzz_directory());
    return 0;
}
