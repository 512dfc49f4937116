/* A plugin's definition from the panel: one that is accepted has a next time, or waits for a person. */
#include "fuzz.h"

#include "base/json.h"
#include "base/text.h"
#include "config/plugin.h"
#include "config/schedule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t moments[] = {0, INT64_C(1774745999000), INT64_C(1792889999000),
                                      INT64_C(253402300799000)};
    struct error e = {0};
    json_t *plugin = json_parse((const char *)data, size, NULL);
    setenv("TZ", "Europe/Warsaw", 1);
    if (plugin_validate(plugin, &e) == STATUS_OK) {
        const json_t *schedule = json_object_get(plugin, "schedule");
        bool manual = json_is_true(json_object_get(schedule, "manual"));
        for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
            int64_t next = -1, now = moments[i];
            bool found = schedule_next(schedule, i ? 1000 : -1, now, &next);
            MUST(found == !manual);
            MUST(!found || next >= now);
        }
    } else {
        MUST(e.text[0] && text_is_utf8(e.text, strlen(e.text)));
    }
    json_decref(plugin);
    return 0;
}
