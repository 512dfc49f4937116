/* Texts of endpointd and its workers in the reader's language. */
#include "ctl/words.h"

#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "ctl/ctl.h"

#define TEXT_MAX 262144

const char *words_said(char target[CTL_TEXT_SIZE], const json_t *object, const char *name)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    said_show(&b, object, name);
    ctl_shown(target, buf_text(&b));
    buf_free(&b);
    return target;
}

void words_print(const json_t *object, const char *name)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    said_show(&b, object, name);
    ctl_print_text(buf_text(&b));
    buf_free(&b);
}

const char *words_said_at(char target[CTL_TEXT_SIZE], const json_t *object, const char *name,
                          size_t index)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    said_show_at(&b, object, name, index);
    ctl_shown(target, buf_text(&b));
    buf_free(&b);
    return target;
}

/* States of plugins, of the panel, of orders, and results of a row. */
static const struct {
    const char *word, *text;
} states[] = {{"running", N_("running")},
              {"waiting", N_("waiting")},
              {"backing-off", N_("restarts soon")},
              {"queued", N_("queued")},
              {"held", N_("held")},
              {"stopping", N_("stopping")},
              {"disabled", N_("disabled")},
              {"refused", N_("refused")},
              {"connected", N_("connected")},
              {"away", N_("not answering")},
              {"connecting", N_("connecting")},
              {"asking", N_("asking")},
              {"not-registered", N_("not registered")},
              {"sending", N_("sending")},
              {"handed-over", N_("handed over")},
              {"done", N_("done")},
              {"rejected", N_("rejected")},
              {"in-doubt", N_("in doubt")},
              {"bad-value", N_("bad value")},
              {"unknown", N_("not in the shop")},
              {"ambiguous", N_("several in the shop")},
              {"later", N_("later")},
              {"stopped", N_("stopped")},
              {"failed", N_("failed")},
              {"starting", N_("starting")},
              {"waiting-registration", N_("waits for the registration")}};

const char *words_state(char target[CTL_TEXT_SIZE], const char *word)
{
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (i18n_catalogue() && text_equal(states[i].word, word))
            return i18n_text(states[i].text);
    return ctl_shown(target, word);
}

const char *words_padded(char target[CTL_TEXT_SIZE], const char *text, int columns)
{
    struct buf b;
    int points = (int)text_points(text, strlen(text));
    buf_init(&b, 4096);
    buf_printf(&b, "%s%*s", text, points < columns ? columns - points : 0, "");
    ctl_shown(target, buf_text(&b));
    buf_free(&b);
    return target;
}
