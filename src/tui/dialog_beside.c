/* An ordinary user on a machine where Endpoint runs as a service: here the user would set up a
 * second, private one. */
#include "tui/dialog_beside.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/beside.h"
#include "config/paths.h"
#include "os/account.h"
#include "tui/app.h"
#include "tui/dialog.h"

/* Are these the default places? Then nobody meant to use other ones. */
static bool usual_places(const struct app *a)
{
    struct paths usual;
    return paths_choose(&usual, NULL, NULL, NULL, NULL) == STATUS_OK &&
           text_equal(usual.config_file, a->paths.config_file) &&
           text_equal(usual.state_dir, a->paths.state_dir) &&
           text_equal(usual.runtime_dir, a->paths.runtime_dir);
}

static void chosen(struct app *a, void *user, const char *id)
{
    (void)user;
    if (text_equal(id, "sudo") || text_equal(id, "quit")) {
        a->sudo = text_equal(id, "sudo");
        a->quit = true;
    } else if (text_equal(id, "service")) {
        a->tab = TAB_SERVICE;
    } else if (text_equal(id, "own") && !a->endpoint_id[0]) {
        app_register_first(a);
    }
}

/* Root, but the endpoint is a user's application: root would set up a second one here. */
static bool dialog_application(struct app *a)
{
    const struct dialog_button buttons[] = {{"quit", _("Quit")},
                                            {"service", _("Only change who runs it")}};
    struct beside b;
    char text[1400];
    beside_find(&a->paths, &b);
    if (b.kind != BESIDE_APPLICATION || a->endpoint_id[0])
        return false;
    text_format(
        text, sizeof text,
        _("Endpoint runs as an application of %s, with %s. To see it and set it up:\n \nsudo "
          "-u %s endpoint-tui\n \nAs root you set up another endpoint here."),
        b.user, b.file, b.user);
    dialog_ask(a, _("An application of a user"), text, buttons, COUNT_OF(buttons), chosen, NULL);
    return true;
}

bool dialog_beside(struct app *a)
{
    const struct dialog_button buttons[] = {
        {"sudo", _("Start with sudo")}, {"own", _("Set up my own")}, {"quit", _("Quit")}};
    struct beside b;
    char text[1400];
    if (!usual_places(a))
        return false;
    if (account_is_root())
        return dialog_application(a);
    beside_find(&a->paths, &b);
    if (b.kind != BESIDE_SERVICE && (b.kind != BESIDE_INSTALLED || a->endpoint_id[0]))
        return false;
    text_format(
        text, sizeof text,
        b.kind == BESIDE_SERVICE
            ? _("Endpoint runs on this machine as a service, with %s. Only root may see it "
                "and set it up.\n \nWithout sudo you set up another endpoint, your own, with "
                "%s.")
            : _("Endpoint is installed on this machine as a service, with %s. Only root may "
                "set it up.\n \nWithout sudo you set up another endpoint, your own, with %s."),
        b.file, a->paths.config_file);
    dialog_ask(a, _("This machine's service"), text, buttons, COUNT_OF(buttons), chosen, NULL);
    return true;
}
