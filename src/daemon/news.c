#include "daemon/news.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/said.h"
#include "base/text.h"

void news_begin(struct daemon *d)
{
    d->news = true;
}

void news_plugin(struct daemon *d, const char *id, const json_t *before, const json_t *now,
                 bool from_file)
{
    bool was = json_flag(before, "enabled", true), is = json_flag(now, "enabled", true);
    char said[400];
    if (!d->news)
        return;
    if (!before && from_file)
        said_format(said, sizeof said, "plugin %s is new, from endpoint.conf", id);
    else if (!before)
        said_format(said, sizeof said, "plugin %s is new, from the panel", id);
    else if (!now)
        said_format(said, sizeof said,
                    "plugin %s was removed; what it has queued stays on the disk", id);
    else if (was != is && is)
        said_format(said, sizeof said, "plugin %s was switched on", id);
    else if (was != is)
        said_format(said, sizeof said, "plugin %s was switched off", id);
    else
        said_format(said, sizeof said, "plugin %s was changed, and goes on as it is set up now",
                    id);
    if (!before)
        daemon_tell(d, "info", id, NULL, NULL, "plugin_added", said);
    else if (!now)
        daemon_tell(d, "info", id, NULL, NULL, "plugin_removed", said);
    else
        daemon_tell(d, "info", id, NULL, NULL, "plugin_changed", said);
}

void news_settings(struct daemon *d, const json_t *changed, bool mapped)
{
    struct buf b;
    char said[4096];
    size_t i;
    json_t *name;
    if (json_array_size(changed)) {
        buf_init(&b, 8192);
        json_array_foreach (changed, i, name)
            buf_printf(&b, "%s%s", i ? ", " : "", json_string_value(name));
        said_format(said, sizeof said, "settings were changed: %s", buf_text(&b));
        daemon_journal(d, "info", NULL, "settings_changed", said);
        buf_free(&b);
    }
    if (mapped)
        daemon_journal(d, "info", NULL, "mapping_changed", N_("an ERP's mapping was changed"));
}
