/* settings.h – settings on the screens. */
#ifndef ENDPOINT_TUI_SETTINGS_H
#define ENDPOINT_TUI_SETTINGS_H

#include "tui/app.h"

/* ---- the file ---- */
void settings_load(struct app *a);

void settings_load_identity(struct app *a);

/* Save the changes on the tabs. The notice goes to v. */
void settings_save(struct app *a, struct view *v);

size_t settings_changes(const struct app *a, struct config_change changes[APP_CHANGES]);

void settings_save_now(struct app *a, struct view *v);

void settings_saved_reload(struct app *a);

/* Add the field of a setting, with label, help, filter and choices from the table. */
struct item *settings_add(struct view *v, const char *path);

/* Validate items whose id is a setting's path; for form.validate, with the app as user. */
bool settings_validate(void *app, const struct item *item, char reason[400]);

/* Add https:// to an address without a scheme; for form.tidy. */
void settings_tidy(void *app, struct item *item);

/* A value as its field shows it: a number whose 0 means "none" is then empty. */
const char *settings_shown(const struct setting *s, const char *value);

bool settings_unsaved(const struct app *a);

/* All settings with their values on the screens, including typed secrets; json_decref. */
json_t *settings_values(const struct app *a);

/* A choice's value in the words of its field; the value itself if there are none. */
const char *settings_choice_label(const struct setting *s, const char *value);

#endif
