#include "config/config_save.h"

#include "config/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/internal.h"
#include "config/proxy_login.h"
#include "config/scan.h"
#include "config/sealed.h"
#include "config/setting_value.h"
#include "config/settings.h"
#include "os/dir.h"

static void add_quoted(struct buf *b, const char *text)
{
    buf_add_byte(b, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            buf_printf(b, "\\%c", c);
        else if (c == '\n')
            buf_add_text(b, "\\n");
        else if (c == '\t')
            buf_add_text(b, "\\t");
        else if (c < 0x20)
            buf_printf(b, "\\x%02x", c);
        else
            buf_add_byte(b, c);
    }
    buf_add_byte(b, '"');
}

static void add_literal(struct buf *b, const struct setting *s, const char *value)
{
    if (s->type == SETTING_INTEGER || s->type == SETTING_BOOL)
        buf_add_text(b, value);
    else
        add_quoted(b, value);
}

/* text with bytes [from, to) replaced. */
static void splice(struct buf *text, size_t from, size_t to, const char *with)
{
    struct buf made;
    buf_init(&made, CONFIG_FILE_MAX);
    buf_add(&made, buf_text(text), from);
    buf_add_text(&made, with);
    buf_add(&made, buf_text(text) + to, text->length - to);
    mem_wipe(text->data, text->length);
    buf_free(text);
    *text = made;
}

static bool blank_before(const char *text, size_t at)
{
    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t'))
        at--;
    return at == 0 || text[at - 1] == '\n';
}

/* Add a missing setting at the end of its group, or a new group at the end of the file. */
static void insert(struct buf *text, const struct scan_place *place, const char *group,
                   const char *name, const char *literal)
{
    char *line;
    if (!place->group_found) {
        const char *newline = text->length && text->data[text->length - 1] != '\n' ? "\n" : "";
        line = mem_format("%s%s : {\n    %s = %s;\n};\n", newline, group, name, literal);
        splice(text, text->length, text->length, line);
        free(line);
        return;
    }
    size_t at = place->group_end;
    const char *before = buf_text(text);
    /* The setting before may lack its terminator (libconfig does not require the last one). */
    if (blank_before(before, at)) {
        while (at > 0 && (before[at - 1] == ' ' || before[at - 1] == '\t'))
            at--;
        line = mem_format("    %s = %s;\n", name, literal);
    } else {
        line = mem_format(" %s = %s; ", name, literal);
    }
    splice(text, at, at, line);
    free(line);
}

static void remove_setting(struct buf *text, const struct scan_place *place)
{
    size_t from = place->setting_start, to = place->setting_end;
    const char *s = buf_text(text);
    size_t rest = to;
    while (rest < text->length && (s[rest] == ' ' || s[rest] == '\t'))
        rest++;
    if (blank_before(s, from) && rest < text->length && s[rest] == '\n') {
        while (from > 0 && s[from - 1] != '\n')
            from--;
        to = rest + 1;
    }
    splice(text, from, to, "");
}

static enum status unreadable(const struct paths *p, struct error *e)
{
    return error_set(e, STATUS_INVALID, "config_syntax", "%s is not a well-formed configuration",
                     p->config_file);
}

static enum status apply(const struct paths *p, struct buf *text, const struct setting *s,
                         const char *value, struct error *e)
{
    char group[64];
    text_copy(group, sizeof group, s->path);
    char *dot = strchr(group, '.');
    *dot = '\0';
    const char *name = dot + 1;
    struct scan_place place;
    if (!scan_find(buf_text(text), text->length, group, name, &place))
        return unreadable(p, e);
    if (!value) {
        if (place.found)
            remove_setting(text, &place);
        return STATUS_OK;
    }
    struct buf literal;
    buf_init(&literal, 16384);
    add_literal(&literal, s, value);
    if (place.found)
        splice(text, place.value_start, place.value_end, buf_text(&literal));
    else
        insert(text, &place, group, name, buf_text(&literal));
    buf_free(&literal);
    return text->failed
               ? error_set(e, STATUS_FULL, "config_long", "%s would be too long", p->config_file)
               : STATUS_OK;
}

static enum status apply_all(const struct paths *p, struct buf *text,
                             const struct config_change *changes, size_t count, struct error *e)
{
    for (size_t i = 0; i < count; i++) {
        const struct setting *s = setting_find(changes[i].path);
        const char *value = changes[i].value;
        char expected[SETTING_EXPECTED], reference[96];
        if (!s) {
            const char *nearest = setting_nearest(changes[i].path);
            error_set(e, STATUS_NOT_FOUND, "config_unknown", "there is no setting %s%-s%s%s",
                      changes[i].path, nearest ? N_("; did you mean ") : "", nearest ? nearest : "",
                      nearest ? "?" : "");
            return error_remedy(e, "`endpointctl config list` shows all of them.");
        }
        if (value && !setting_accepts(s, value, expected)) {
            bool secret = s->type == SETTING_SECRET;
            return secret ? error_set(e, STATUS_INVALID, "config_value", "%s: the value is not %-s",
                                      s->path, expected)
                          : error_set(e, STATUS_INVALID, "config_value",
                                      "%s: \"%.100s\" is not %-s", s->path, value, expected);
        }
        if (value && text_equal(s->path, "panel.proxy") && proxy_login_in(value)) {
            error_set(e, STATUS_INVALID, "secret_argument",
                      "panel.proxy must not contain the proxy's login, because others can "
                      "read it");
            return error_remedy(e, "Set panel.proxy without it, then panel.proxy_user, then: "
                                   "endpointctl config set panel.proxy_password");
        }
        if (value && s->type == SETTING_SECRET) {
            text_format(reference, sizeof reference, SEALED_PREFIX "%s", s->path);
            value = reference;
        }
        enum status status = apply(p, text, s, value, e);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* If a directory passes its group on (/etc/endpoint, for the service's user), that group should be
 * able to read the file. */
static unsigned new_file_mode(const struct paths *p)
{
    struct file_look l;
    return file_look(p->config_dir, &l) && (l.mode & FILE_HANDS_GROUP_ON) ? 0640 : 0600;
}

static bool is_secret(const struct config_change *c)
{
    const struct setting *s = setting_find(c->path);
    return s && s->type == SETTING_SECRET;
}

/* Put secrets into the store, then the file into its place; if that fails, restore the store. */
static enum status put_in_place(const struct paths *p, const struct config_change *changes,
                                size_t count, const struct buf *text,
                                const struct file_stamp *stamp, struct error *e)
{
    struct buf kept;
    enum status status = sealed_keep(p->state_dir, &kept, e);
    bool sealed = false;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (is_secret(&changes[i]) && changes[i].value) {
            status = sealed_put(p->state_dir, changes[i].path, changes[i].value, e);
            sealed = true;
        }
    }
    if (status == STATUS_OK)
        status =
            file_replace(p->config_file, buf_text(text), text->length, new_file_mode(p), stamp, e);
    if (status != STATUS_OK && sealed)
        sealed_restore(p->state_dir, &kept, NULL);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        if (is_secret(&changes[i]) && !changes[i].value)
            sealed_remove(p->state_dir, changes[i].path, NULL); /* nothing refers to it any more */
    buf_free(&kept);
    return status;
}

/* A file may be started, repaired and completed setting by setting, but a complete file must not
 * become incomplete. */
static bool no_worse(const struct faults *before, const struct faults *after)
{
    return after->fatal - after->missing <= before->fatal - before->missing &&
           (!before->begun || after->missing <= before->missing);
}

enum status config_save(const struct paths *p, const struct config_change *changes, size_t count,
                        const struct file_stamp *stamp, struct error *e)
{
    struct buf text;
    struct file_stamp now = {0};
    struct config_fault *list = mem_array(CONFIG_FAULTS, sizeof *list);
    struct faults f = {.list = list, .file = p->config_file}, before = {.file = p->config_file};
    struct config *checked = NULL;
    buf_init(&text, CONFIG_FILE_MAX);
    enum status status = file_read(p->config_file, &text, &now, e);
    if (status == STATUS_NOT_FOUND)
        status = dir_ensure(p->config_dir, 0755, e);
    if (status == STATUS_OK &&
        config_load_text(p, buf_text(&text), text.length, &checked, &before, NULL) == STATUS_OK) {
        config_free(checked);
        checked = NULL;
    }
    if (status == STATUS_OK)
        status = apply_all(p, &text, changes, count, e);
    if (status == STATUS_OK) {
        status = config_load_text(p, buf_text(&text), text.length, &checked, &f, e);
        if (status == STATUS_INVALID && no_worse(&before, &f))
            status = STATUS_OK;
    }
    if (status == STATUS_OK)
        status = put_in_place(p, changes, count, &text, stamp ? stamp : &now, e);
    config_free(checked);
    mem_wipe(text.data, text.length);
    buf_free(&text);
    free(list);
    return status;
}
