#include "daemon/daemon.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "base/version.h"
#include "check/judge.h"
#include "daemon/chronicle.h"
#include "daemon/claim.h"
#include "daemon/health.h"
#include "daemon/intake.h"
#include "daemon/panel_link.h"
#include "daemon/places.h"
#include "daemon/supervisor.h"
#include "erp/checks_database.h"
#include "os/host.h"
#include "os/log.h"
#include "tds/messages.h"

/* The first plugin that cannot reach the ERP; NULL: all can. */
static const char *erp_away(const struct daemon *d)
{
    for (const struct plugin *p = d->plugins; p; p = p->next)
        if (p->error && p->state != PLUGIN_DISABLED &&
            messages_away(json_text(p->error, "code", "")))
            return p->id;
    return NULL;
}

json_t *daemon_status(struct daemon *d)
{
    json_t *o = json_object(), *endpoint = json_object(), *erp = json_object(),
           *plugins = json_array();
    json_t *checks = json_array(), *panel = d->link ? panel_link_to_json(d->link) : json_object();
    char at[CLOCK_TEXT];
    clock_format(at, d->started_ms);
    json_set_text(endpoint, "id", json_text(panel, "endpoint_id", ""));
    json_object_set(endpoint, "account", json_object_get(panel, "account"));
    json_set_text(endpoint, "version", ENDPOINT_VERSION);
    json_set_text(endpoint, "started", at);
    json_set_number(endpoint, "pid", host_process());
    json_object_del(panel, "endpoint_id");
    json_object_del(panel, "account");
    json_set_text(erp, "type", config_text(d->config, "erp.type"));
    json_set_text(erp, "server", config_text(d->config, "erp.server"));
    json_set_text(erp, "port", config_text(d->config, "erp.port"));
    json_set_text(erp, "database", config_text(d->config, "erp.database"));
    static const char *const said[] = {"company", "tax_id", "version"};
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        json_set_text(erp, said[i], json_text(d->checks_about, said[i], NULL));
    json_set_text(erp, "away", erp_away(d));
    for (const struct plugin *p = d->plugins; p; p = p->next)
        json_array_append_new(plugins, supervisor_plugin_json(p));
    intake_to_json(d, plugins);
    json_array_append_new(checks, check_to_json(&d->config_check));
    json_array_append_new(checks, places_to_json(d));
    if (d->link)
        panel_link_checks(d->link, checks);
    claim_add_check(d, checks);
    intake_checks(d, checks);
    health_to_json(d, checks);
    json_object_set_new(o, "endpoint", endpoint);
    json_object_set_new(o, "panel", panel);
    json_object_set_new(o, "erp", erp);
    json_object_set_new(o, "plugins", plugins);
    json_set_flag(o, "plugins_known", intake_known(d));
    json_object_set_new(o, "checks", checks);
    judge_mark(o);
    return o;
}

void daemon_changed(struct daemon *d)
{
    panel_link_changed(d->link);
}

void daemon_log_settings(const struct config *c)
{
    enum log_level level;
    if (log_level_parse(config_text(c, "log.level"), &level))
        log_set_level(level);
    log_to_file(config_text(c, "log.file"), config_integer(c, "log.file_mb") << 20,
                (int)config_integer(c, "log.files"));
}

void daemon_journal(struct daemon *d, const char *level, const char *plugin, const char *code,
                    const char *said)
{
    chronicle_add(d, level, plugin, NULL, NULL, code, said);
}

void daemon_tell(struct daemon *d, const char *level, const char *plugin, const char *order,
                 const char *correlation, const char *code, const char *said)
{
    char text[4096];
    enum log_level loudness = LOG_INFO;
    log_level_parse(level, &loudness);
    said_words(text, sizeof text, said);
    log_event(loudness, plugin, order, code, "%s%s%s", plugin ? plugin : "", plugin ? ": " : "",
              text);
    chronicle_add(d, level, plugin, order, correlation, code, said);
}
