/* settings.h – the table of settings. */
#ifndef ENDPOINT_TUI_SETTINGS_H
#define ENDPOINT_TUI_SETTINGS_H

#include "tui/app.h"

/* ---- config.c of this room: the file ---- */
void settings_load(struct app *a);

void settings_load_identity(struct app *a);

/* Save what was changed on the tabs. notice goes to v. */
void settings_save(struct app *a, struct view *v);

size_t settings_changes(const struct app *a, struct config_change changes[APP_CHANGES]);

void settings_save_now(struct app *a, struct view *v);

void settings_saved_reload(struct app *a);

/* The field of a setting, with label, help, filter and choices from the table. */
struct item *settings_add(struct view *v, const char *path);

/* Validates items whose id is a setting's path; for form.validate with the app as user. */
bool settings_validate(void *app, const struct item *item, char reason[400]);

/* Gives an address without a scheme its https://; for form.tidy. */
void settings_tidy(void *app, struct item *item);

/* A value as its field has it: a number whose 0 means "none" is empty then. */
const char *settings_shown(const struct setting *s, const char *value);

bool settings_unsaved(const struct app *a);

/* All settings as they stand on the screens, secrets that were typed among them; json_decref. */
json_t *settings_values(const struct app *a);

/* A choice's value in the words of its field; the value itself where there are none. */
const char *settings_choice_label(const struct setting *s, const char *value);

#endif
