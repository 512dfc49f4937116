/* endpoint.conf: any bytes give a configuration or faults; and what libconfig takes, scan.c finds its way
 * in, or a change would go to the wrong place. */
#include "fuzz.h"

#include "base/memory.h"
#include "base/text.h"
#include "config/internal.h"
#include "config/scan.h"
#include "config/settings.h"

LIBCONFIG_LEAKS

static void check_places(const struct config *c, const char *text, size_t size)
{
    for (size_t i = 0; setting_at(i); i++) {
        char group[64];
        struct scan_place place;
        text_copy(group, sizeof group, setting_at(i)->path);
        char *dot = strchr(group, '.');
        *dot = '\0';
        MUST(scan_find(text, size, group, dot + 1, &place));
        MUST(place.found == config_is_set(c, setting_at(i)->path));
        if (place.found) {
            MUST(place.setting_start < place.value_start);
            MUST(place.value_start < place.value_end);
            MUST(place.value_end <= place.setting_end);
            MUST(place.setting_end <= size);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config_fault list[CONFIG_FAULTS];
    struct faults f = {.list = list, .file = "fuzz.conf"};
    struct paths p = {.config_file = "fuzz.conf", .state_dir = "/nonexistent"};
    struct config *c = NULL;
    struct error e = {0};
    json_t *all = NULL;
    char *text = fuzz_text(data, size);
    enum status status = config_load_text(&p, text, size, &c, &f, &e);
    MUST((status == STATUS_OK) == (c != NULL));
    MUST((status == STATUS_OK) == (f.fatal == 0));
    MUST(status == STATUS_OK || e.text[0]);
    for (size_t i = 0; i < f.count; i++)
        MUST(list[i].text[0]);
    if (c) {
        MUST(config_to_json(c, false, &all, &e) == STATUS_OK);
        json_decref(all);
        check_places(c, text, size);
    }
    config_free(c);
    free(text);
    return 0;
}
