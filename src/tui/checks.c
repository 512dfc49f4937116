#include "tui/checks.h"

#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/app.h"
#include "tui/view.h"

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

static void add_count(struct buf *b, enum check_result result, int count)
{
    switch (result) {
    case CHECK_FAIL: buf_printf(b, _("%d failed"), count); break;
    case CHECK_WARN: buf_printf(b, _("%d to look at"), count); break;
    case CHECK_OK: buf_printf(b, _("%d good"), count); break;
    default: buf_printf(b, _("%d not tried"), count); break;
    }
}

void checks_sum(struct view *v, const struct checks *k)
{
    static const enum check_result worst[] = {CHECK_FAIL, CHECK_WARN, CHECK_OK, CHECK_SKIPPED};
    struct buf b;
    bool head = true;
    if (k->stream || k->count == 0)
        return;
    buf_init(&b, 1024);
    for (size_t w = 0; w < COUNT_OF(worst); w++) {
        int count = 0;
        for (size_t i = 0; i < k->count; i++)
            count += k->list[i].result == worst[w];
        if (count == 0)
            continue;
        if (head)
            canvas_block_add(&b, worst[w], v->app->ascii);
        buf_add_text(&b, head ? MARK_STRONG : ", ");
        add_count(&b, worst[w], count);
        head = false;
    }
    buf_add_text(&b, MARK_END);
    form_text(&v->form, STYLE_NORMAL, buf_text(&b));
    buf_free(&b);
}
