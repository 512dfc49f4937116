#include "channel/files_place.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "net/upload.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/path.h"

#define TIMEOUT_MS 60000 /* without progress */
#define FILE_MODE  0644  /* another program must read it; the directory limits the access */
#define TIME_TEXT  20    /* "20261130T101500123Z" */

/* ---- names ---------------------------------------------------------------------------------------- */

static void add_time(struct buf *b, int64_t ms)
{
    char text[CLOCK_TEXT];
    clock_format(text, ms);
    for (const char *c = text; *c; c++)
        if (*c != '-' && *c != ':' && *c != '.')
            buf_add_byte(b, *c);
}

/* The pattern with its places filled. */
static bool fill_name(const struct files_place *p, int64_t now_ms, char *name, size_t size)
{
    struct buf b;
    buf_init(&b, size);
    for (const char *c = p->name; *c;) {
        if (text_starts(c, "{stream}")) {
            buf_add_text(&b, p->stream);
            c += 8;
        } else if (text_starts(c, "{plugin}")) {
            buf_add_text(&b, p->plugin);
            c += 8;
        } else if (text_starts(c, "{time}")) {
            add_time(&b, now_ms);
            c += 6;
        } else {
            buf_add_byte(&b, *c++);
        }
    }
    bool fits = !b.failed && text_copy(name, size, buf_text(&b));
    buf_free(&b);
    return fits;
}

/* Is it a plain file name: no directory, not hidden, without characters that mean something on
 * other systems? */
static bool name_ok(const char *pattern)
{
    return pattern[0] && pattern[0] != '.' && !strpbrk(pattern, "/\\\"\r\n:*?<>|");
}

/* ---- settings ------------------------------------------------------------------------------------- */

static enum status bad_place(struct error *e, const char *text)
{
    error_set(e, STATUS_INVALID, "files_place", "\"place\" is \"%.200s\"", text);
    return error_remedy(
        e, "Give a directory with its full path, or an address that begins with sftp://, "
           "ftpes://, ftps:// or https:// (endpoint-file(7)).");
}

static enum status read_where(struct files_place *p, const char *text, struct error *e)
{
    bool url = upload_is_url(text);
    if (!url && text[0] != '/')
        return bad_place(e, text);
    char *target = url ? p->url : p->directory;
    if (!text_copy(target, url ? sizeof p->url : sizeof p->directory, text))
        return bad_place(e, text);
    for (size_t n = strlen(target); n > 1 && target[n - 1] == '/'; n--)
        target[n - 1] = '\0';
    return STATUS_OK;
}

static enum status read_login(struct files_place *p, const struct channel_place *place,
                              struct error *e)
{
    const json_t *s = place->settings;
    struct error why = {0};
    if (!text_copy(p->user, sizeof p->user, json_text(s, "user", "")) ||
        !text_copy(p->key_file, sizeof p->key_file, json_text(s, "key_file", "")) ||
        !text_copy(p->host_key, sizeof p->host_key, json_text(s, "host_key", "")))
        return error_set(e, STATUS_INVALID, "files_place",
                         "user, key_file or host_key is too long");
    if (!p->url[0] || !p->user[0] || p->key_file[0])
        return STATUS_OK;
    enum status status =
        place->secret(place->secret_user, "password", p->password, sizeof p->password, &why);
    if (status == STATUS_NOT_FOUND) {
        error_set(e, STATUS_DENIED, "files_password", "there is no password for %s", p->user);
        return error_remedy(e, "Set it: endpointctl channel set %s password", place->plugin_id);
    }
    if (e && status != STATUS_OK)
        *e = why;
    return status;
}

enum status files_place_read(struct files_place *p, const struct channel_place *place,
                             const char *stream, const char *suffix, bool changes, struct error *e)
{
    char otherwise[60];
    *p = (struct files_place){.http = place->http, .cancel = place->cancel};
    text_format(otherwise, sizeof otherwise, changes ? "{stream}-{time}.%s" : "{stream}.%s",
                suffix);
    const char *name = json_text(place->settings, "name", otherwise);
    text_copy(p->stream, sizeof p->stream, stream);
    text_copy(p->plugin, sizeof p->plugin, place->plugin_id);
    text_copy(p->suffix, sizeof p->suffix, suffix);
    if (!name_ok(name) || !text_copy(p->name, sizeof p->name, name))
        return error_set(e, STATUS_INVALID, "files_name", "\"%.200s\" cannot be the name of a file",
                         name);
    if (changes && !strstr(name, "{time}")) {
        error_set(e, STATUS_INVALID, "files_name",
                  "files of changes need {time} in their name, \"%.200s\" has none", name);
        return error_remedy(e, "Otherwise a new file would replace one that nobody has read "
                               "yet.");
    }
    enum status status = read_where(p, json_text(place->settings, "place", ""), e);
    if (status == STATUS_OK)
        status = read_login(p, place, e);
    if (status == STATUS_OK && !text_format(p->spool, sizeof p->spool, "%s/files/%s.out",
                                            place->state_dir, place->plugin_id))
        status =
            error_set(e, STATUS_INVALID, "path_long", "the state directory's path is too long");
    return status;
}

void files_place_wipe(struct files_place *p)
{
    mem_wipe(p->password, sizeof p->password);
}

/* ---- writing -------------------------------------------------------------------------------------- */

enum status files_place_begin(struct files_place *p, int64_t now_ms, struct part **part, char *name,
                              size_t size, struct error *e)
{
    char path[1000];
    do {
        if (!fill_name(p, now_ms, name, size))
            return error_set(e, STATUS_INVALID, "files_name",
                             "the name of the file would be too long");
        if (p->url[0])
            return part_open(p->spool, 0600, part, e);
        enum status status = path_join(path, sizeof path, p->directory, name, e);
        if (status != STATUS_OK)
            return status;
        now_ms++;
    } while (strstr(p->name, "{time}") && file_exists(path));
    return part_open(path, FILE_MODE, part, e);
}

static const char *content_type(const char *suffix)
{
    return text_equal(suffix, "csv")   ? "text/csv"
           : text_equal(suffix, "xml") ? "application/xml"
                                       : "application/x-ndjson";
}

static enum status put(struct files_place *p, const char *name, bool trial, struct error *e)
{
    struct buf url;
    buf_init(&url, sizeof p->url + 800);
    buf_add_text(&url, p->url);
    buf_add_text(&url, "/");
    text_percent(&url, name);
    const struct upload u = {.url = buf_text(&url),
                             .path = p->spool,
                             .user = p->user,
                             .password = p->password,
                             .key_file = p->key_file,
                             .host_key = p->host_key,
                             .content_type = content_type(p->suffix),
                             .timeout_ms = TIMEOUT_MS,
                             .trial = trial};
    enum status status = upload_put(p->http, &u, p->cancel, e);
    buf_free(&url);
    return status;
}

enum status files_place_finish(struct files_place *p, struct part *part, const char *name,
                               struct error *e)
{
    enum status status = part_finish(part, e);
    return status == STATUS_OK && p->url[0] ? put(p, name, false, e) : status;
}

/* ---- trying --------------------------------------------------------------------------------------- */

static enum check_result try_directory(struct files_place *p, struct check *c)
{
    char path[1000];
    struct error e = {0};
    struct part *part = NULL;
    enum status status = path_join(path, sizeof path, p->directory, "endpoint-test", &e);
    if (status == STATUS_OK)
        status = part_open(path, FILE_MODE, &part, &e);
    if (status == STATUS_OK)
        status = part_write(part, "test\n", 5, &e);
    part_drop(part);
    if (status != STATUS_OK) {
        check_failed(c, &e);
        check_remedy(c, "Make the directory %s, and let the service's user write there.",
                     p->directory);
        return CHECK_FAIL;
    }
    return check_answer(c, CHECK_OK, "files can be written to %s", p->directory);
}

static enum check_result try_url(struct files_place *p, struct check *c)
{
    struct error e = {0};
    if (text_starts(p->url, "https://"))
        return check_answer(
            c, CHECK_SKIPPED,
            "a test file put to %s would stay there; the next real file will show whether it "
            "works",
            p->url);
    enum status status = file_replace(p->spool, "test\n", 5, 0600, NULL, &e);
    if (status == STATUS_OK)
        status = put(p, "endpoint-test", true, &e);
    return status == STATUS_OK ? check_answer(c, CHECK_OK, "files can be written to %s", p->url)
                               : check_failed(c, &e);
}

enum check_result files_place_try(struct files_place *p, struct check *c)
{
    return p->url[0] ? try_url(p, c) : try_directory(p, c);
}
