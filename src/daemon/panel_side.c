#include "daemon/panel_side.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/said.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/log.h"

#define MOMENT_MS  3000  /* shorter failures are not news */
#define SAY_MS     60000 /* failing this long: write it into the journal */
#define REFUSED_MS INT64_C(604800000)

bool panel_side_red(const struct panel_side *s, const struct daemon *d)
{
    return s->failures >= 2 && clock_mono(d->clock) - s->since_mono >= MOMENT_MS;
}

void panel_side_ok(struct panel_side *s, struct daemon *d)
{
    bool was = s->failures > 0;
    char said[300];
    if (s->said) {
        said_format(said, sizeof said, "%-s: the panel takes it again", s->title);
        daemon_tell(d, "info", NULL, NULL, NULL, "panel_side_back", said);
    }
    s->failures = 0;
    s->said = false;
    s->last_ok_ms = clock_wall(d->clock);
    error_clear(&s->error);
    if (was)
        daemon_changed(d);
}

void panel_side_failed(struct panel_side *s, struct daemon *d, const struct error *e, bool away)
{
    int64_t now = clock_mono(d->clock);
    bool news = !text_equal(s->error.code, e->code);
    if (!s->failures++)
        s->since_mono = now;
    s->error = *e;
    if (away)
        return;
    if (news)
        log_problem(LOG_WARNING, s->title, e);
    if (!s->said && s->failures >= 2 && now - s->since_mono >= SAY_MS) {
        char said[SAID_MAX];
        s->said = true;
        said_format(said, sizeof said, "%-s: %-s; %-s", s->title, error_said(e), s->meanwhile);
        daemon_tell(d, "error", NULL, NULL, NULL, s->code, said);
    }
    daemon_changed(d);
}

void panel_side_reset(struct panel_side *s)
{
    s->failures = 0;
    s->said = false;
    s->last_ok_ms = 0;
    error_clear(&s->error);
}

json_t *panel_side_to_json(const struct panel_side *s, const struct daemon *d, bool away)
{
    struct check c = {.duration_ms = -1};
    char at[CLOCK_TEXT];
    text_copy(c.code, sizeof c.code, s->code);
    text_copy(c.title, sizeof c.title, s->title);
    clock_format(at, s->refused_at_ms);
    if (away) {
        c.result = check_answer(&c, CHECK_SKIPPED, "the panel is away");
    } else if (panel_side_red(s, d)) {
        c.result = check_answer(&c, CHECK_FAIL, "%-s; %-s", error_said(&s->error), s->meanwhile);
        check_remedy(&c, "%-s", error_advice_said(&s->error));
    } else if (s->refused && clock_wall(d->clock) - s->refused_at_ms < REFUSED_MS) {
        c.result =
            check_answer(&c, CHECK_WARN, "the panel refused %lld %-s for good, the last at %s",
                         (long long)s->refused, s->refused_is, at);
        check_remedy(&c, "They are not offered to it again; endpointctl journal shows them here. "
                         "Tell the panel's administrator.");
    } else if (s->refused) {
        c.result = check_answer(&c, CHECK_OK, "the panel refused %lld %-s for good, the last at %s",
                                (long long)s->refused, s->refused_is, at);
    } else {
        c.result = check_say(&c, CHECK_OK,
                             s->last_ok_ms ? N_("the panel takes it") : N_("nothing was sent yet"));
    }
    return check_to_json(&c);
}
