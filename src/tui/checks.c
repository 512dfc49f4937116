#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "tui/app.h"

void checks_take(struct checks *k, const json_t *line)
{
    const json_t *o = json_object_get(line, "check");
    struct check now;
    size_t at = 0;
    if (!json_is_object(o))
        return;
    check_from_json(&now, o);
    while (at < k->count && !text_equal(k->list[at].code, now.code))
        at++;
    if (at == CHECKS_SHOWN)
        return;
    k->list[at] = now;
    if (at == k->count)
        k->count++;
}

void checks_stop(struct checks *k, const char *why)
{
    for (size_t i = 0; i < k->count; i++)
        if (k->list[i].result == CHECK_WAIT) {
            k->list[i].result = CHECK_SKIPPED;
            text_copy(k->list[i].text, sizeof k->list[i].text, why);
        }
}

void checks_add(struct view *v, const struct checks *k)
{
    for (size_t i = 0; i < k->count; i++)
        view_add_check(v, &k->list[i]);
}
