/* panel_side.h – one direction of the conversation with the panel, and its check, so that a panel
 * that accepts one kind of request and not another is noticed.
 */
#ifndef ENDPOINT_DAEMON_PANEL_SIDE_H
#define ENDPOINT_DAEMON_PANEL_SIDE_H

#include <jansson.h>

#include "daemon/daemon.h"

struct panel_side {
    const char *code, *title;
    const char *meanwhile;  /* what a failure means for people */
    unsigned failures;      /* in a row */
    int64_t since_mono;     /* of the first of them */
    int64_t last_ok_ms;     /* wall clock; 0: not since the start */
    bool said;              /* in the journal */
    int64_t refused;        /* things that the panel refused for good */
    int64_t refused_at_ms;  /* the last of them, wall clock */
    const char *refused_is; /* "%lld … were refused for good": what they are */
    struct error error;
};

void panel_side_ok(struct panel_side *s, struct daemon *d);
/* away: the whole panel is away, which is reported separately. */
void panel_side_failed(struct panel_side *s, struct daemon *d, const struct error *e, bool away);
/* Forget the failures: another panel, other settings. */
void panel_side_reset(struct panel_side *s);
/* Is it failing, and not only for a moment? */
bool panel_side_red(const struct panel_side *s, const struct daemon *d);
/* Red while it fails; amber for a week after something was refused for good. */
json_t *panel_side_to_json(const struct panel_side *s, const struct daemon *d, bool away);

#endif
