#include "net/upload.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "net/proxy.h"

#define URL_MAX    1200
#define SLOW_BYTES 1 /* a second: below this, for so long as the time-out, it stands still */

struct transfer {
    CURL *curl;
    FILE *file;
    struct curl_slist *headers, *after;
    char error[CURL_ERROR_SIZE];
    char url[URL_MAX];
    const volatile int *cancel;
};

static const char *const schemes[] = {"https://", "sftp://", "ftps://", "ftpes://"};

bool upload_is_url(const char *text)
{
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (text_starts(text, schemes[i]))
            return true;
    return false;
}

static int on_progress(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct transfer *t = user;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return t->cancel && *t->cancel;
}

static size_t on_read(char *bytes, size_t one, size_t count, void *user)
{
    struct transfer *t = user;
    size_t got = fread(bytes, one, count, t->file);
    return ferror(t->file) ? CURL_READFUNC_ABORT : got;
}

/* What a server says in its answer's body is not kept. */
static size_t on_write(char *bytes, size_t one, size_t count, void *user)
{
    (void)bytes;
    (void)user;
    return one * count;
}

/* ---- setting up ----------------------------------------------------------------------------------- */

static void after(struct transfer *t, const char *command, const char *name, const char *other)
{
    char line[2 * URL_MAX + 40];
    text_format(line, sizeof line, other ? "%s\"%s\" \"%s\"" : "%s%s", command, name, other);
    t->after = curl_slist_append(t->after, line);
}

/* Commands after the upload: remove what has the name (it may not be there), rename; of a trial, remove what was written. */
static bool set_after(struct transfer *t, const char *from, const char *to, bool trial)
{
    bool sftp = text_starts(t->url, "sftp://");
    char quoted[URL_MAX + 20];
    if (strpbrk(from, "\"\\\r\n") || strpbrk(to, "\"\\\r\n")) /* they would end the command */
        return false;
    text_format(quoted, sizeof quoted, "\"%s\"", trial ? from : to);
    if (sftp)
        after(t, trial ? "rm " : "*rm ", quoted, NULL);
    else
        after(t, trial ? "DELE " : "*DELE ", trial ? from : to, NULL);
    if (trial)
        return true;
    if (sftp) {
        after(t, "rename ", from, to);
    } else {
        after(t, "RNFR ", from, NULL);
        after(t, "RNTO ", to, NULL);
    }
    return true;
}

/* The path of a URL with its escapes undone. */
static bool path_of(CURL *curl, const char *url, char *path, size_t size)
{
    const char *at = strchr(strstr(url, "://") + 3, '/');
    int length = 0;
    char *plain = at && at[1] ? curl_easy_unescape(curl, at, 0, &length) : NULL;
    bool good = plain && strlen(plain) == (size_t)length && text_copy(path, size, plain);
    curl_free(plain);
    return good;
}

static enum status temporary_name(struct transfer *t, const struct upload *u, struct error *e)
{
    char path[URL_MAX], temp[URL_MAX + 10];
    bool sftp = text_starts(u->url, "sftp://");
    const char *slash = strrchr(u->url, '/');
    if (!path_of(t->curl, u->url, path, sizeof path) ||
        !text_format(t->url, sizeof t->url, "%.*s/.%s.tmp", (int)(slash - u->url), u->url,
                     slash + 1))
        return error_set(e, STATUS_INVALID, "upload_url", "%s is no address of a file", u->url);
    const char *name = strrchr(path, '/') + 1;
    if (sftp) /* whole paths; of FTP names in the directory to which curl has gone */
        text_format(temp, sizeof temp, "%.*s.%s.tmp", (int)(name - path), path, name);
    else
        text_format(temp, sizeof temp, ".%s.tmp", name);
    return set_after(t, temp, sftp ? path : name, u->trial)
               ? STATUS_OK
               : error_set(e, STATUS_INVALID, "upload_url", "the name in %s cannot be used",
                           u->url);
}

/* curl knows FTP that turns to TLS as "ftp", and CURLUSESSL_ALL keeps it from going on in the clear. */
static void set_address(struct transfer *t, const char *url)
{
    char scheme[8], address[URL_MAX];
    text_format(scheme, sizeof scheme, "%.*s", (int)strcspn(url, ":"), url);
    if (text_equal(scheme, "ftpes")) {
        text_copy(scheme, sizeof scheme, "ftp");
        text_format(address, sizeof address, "ftp%s", t->url + strlen("ftpes"));
        text_copy(t->url, sizeof t->url, address);
    }
    curl_easy_setopt(t->curl, CURLOPT_URL, t->url);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(t->curl, CURLOPT_PROTOCOLS_STR, scheme);
#else
    curl_easy_setopt(t->curl, CURLOPT_PROTOCOLS,
                     text_equal(scheme, "https")  ? CURLPROTO_HTTPS
                     : text_equal(scheme, "sftp") ? CURLPROTO_SFTP
                     : text_equal(scheme, "ftp")  ? CURLPROTO_FTP
                                                  : CURLPROTO_FTPS);
#endif
}

static void set_security(CURL *c, const struct http_options *o, const struct upload *u)
{
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    if (o->ca_file[0]) {
        curl_easy_setopt(c, CURLOPT_CAINFO, o->ca_file);
        curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    }
    if (text_starts(u->url, "sftp://")) {
        curl_easy_setopt(c, CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256, u->host_key);
        curl_easy_setopt(c, CURLOPT_SSH_AUTH_TYPES,
                         (long)(u->key_file[0] ? CURLSSH_AUTH_PUBLICKEY : CURLSSH_AUTH_PASSWORD));
        if (u->key_file[0])
            curl_easy_setopt(c, CURLOPT_SSH_PRIVATE_KEYFILE, u->key_file);
    }
    if (u->user[0]) {
        curl_easy_setopt(c, CURLOPT_USERNAME, u->user);
        curl_easy_setopt(c, CURLOPT_PASSWORD, u->password);
    }
}

static void set_body(struct transfer *t, const struct upload *u, long size)
{
    char header[120];
    curl_easy_setopt(t->curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(t->curl, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(t->curl, CURLOPT_READDATA, t);
    curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, on_write);
    curl_easy_setopt(t->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)size);
    if (text_starts(u->url, "https://")) {
        text_format(header, sizeof header, "Content-Type: %s", u->content_type);
        t->headers = curl_slist_append(NULL, header);
        t->headers = curl_slist_append(t->headers, "Expect:");
        curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, t->headers);
        curl_easy_setopt(t->curl, CURLOPT_FAILONERROR, 1L);
    } else {
        curl_easy_setopt(t->curl, CURLOPT_POSTQUOTE, t->after);
    }
}

/* Is it an address that we write to? A login in it would stand in messages and logs. */
static enum status check_address(const struct upload *u, struct error *e)
{
    if (!upload_is_url(u->url))
        return error_set(e, STATUS_INVALID, "upload_url",
                         "%s does not begin with https://, sftp://, ftpes:// or ftps://", u->url);
    const char *host = strstr(u->url, "://") + 3;
    if (memchr(host, '@', strcspn(host, "/"))) {
        error_set(e, STATUS_INVALID, "upload_url", "the address has a login in it");
        return error_remedy(e, "Leave out what stands before \"@\", and set user and password.");
    }
    if (text_starts(u->url, "sftp://") && text_empty(u->host_key)) {
        error_set(e, STATUS_INVALID, "upload_host_key",
                  "the fingerprint of the SSH host key is not set");
        return error_remedy(
            e,
            "On that server: ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key.pub, then set host_key to what "
            "stands behind \"SHA256:\".");
    }
    return STATUS_OK;
}

static enum status set_up(struct transfer *t, const struct http_options *o, const struct upload *u,
                          long size, struct error *e)
{
    CURL *c = t->curl;
    enum status status = check_address(u, e);
    if (status != STATUS_OK)
        return status;
    if (!text_starts(u->url, "https://"))
        status = temporary_name(t, u, e);
    else if (!text_copy(t->url, sizeof t->url, u->url))
        status = error_set(e, STATUS_INVALID, "upload_url", "the address is too long");
    if (status != STATUS_OK)
        return status;
    set_address(t, u->url);
    set_security(c, o, u);
    set_body(t, u, size);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(o->connect_timeout_ms ? o->connect_timeout_ms : 10000));
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)((u->timeout_ms + 999) / 1000));
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->error);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
    proxy_setup(c, o);
    /* Without a tunnel an HTTP proxy of FTP would be given the file and the login in the clear. */
    curl_easy_setopt(c, CURLOPT_HTTPPROXYTUNNEL, 1L);
    return STATUS_OK;
}

/* ---- what became of it ---------------------------------------------------------------------------- */

static enum status say_http(const struct transfer *t, const char *where, struct error *e)
{
    long code = 0;
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &code);
    if (code == 401 || code == 403) {
        error_set(e, STATUS_DENIED, "upload_login", "%s does not let us in (HTTP %ld)", where,
                  code);
        return error_remedy(e, "Check user and password, and that this user may write there.");
    }
    if (code >= 500 || code == 408 || code == 429)
        return error_set(e, STATUS_UNREACHABLE, "upload_failed",
                         "%s cannot take the file now (HTTP %ld)", where, code);
    error_set(e, STATUS_REFUSED, "upload_refused", "%s refuses the file (HTTP %ld)", where, code);
    return error_remedy(e, "Check the address, and that the server takes a PUT there.");
}

static enum status say_failure(const struct transfer *t, CURLcode code, const char *where,
                               struct error *e)
{
    const char *why = t->error[0] ? t->error : curl_easy_strerror(code);
    switch (code) {
    case CURLE_HTTP_RETURNED_ERROR: return say_http(t, where, e);
    case CURLE_ABORTED_BY_CALLBACK:
        return error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
    case CURLE_OPERATION_TIMEDOUT:
        return error_set(e, STATUS_TIMEOUT, "upload_slow", "%s took nothing more for too long",
                         where);
    case CURLE_LOGIN_DENIED:
        error_set(e, STATUS_DENIED, "upload_login", "%s does not let us in: %s", where, why);
        return error_remedy(e, "Check user and password.");
    case CURLE_PEER_FAILED_VERIFICATION:
        if (!text_starts(t->url, "sftp://")) {
            error_set(e, STATUS_DENIED, "tls_untrusted",
                      "the certificate of %s is not accepted: %s", where, why);
            return error_remedy(
                e, "If the server has an authority of its own, give its file in the setting ca.");
        }
        error_set(e, STATUS_DENIED, "upload_host_key",
                  "%s shows another SSH host key than host_key says", where);
        return error_remedy(
            e,
            "Ask whoever runs the server whether its key was changed; if so, set host_key anew. If not, do not "
            "send anything there.");
    case CURLE_QUOTE_ERROR:
    case CURLE_REMOTE_ACCESS_DENIED:
    case CURLE_UPLOAD_FAILED:
    case CURLE_REMOTE_FILE_NOT_FOUND:
        error_set(e, STATUS_REFUSED, "upload_refused", "%s refuses the file: %s", where, why);
        return error_remedy(
            e, "Does the directory exist there, and may this user write and rename in it?");
    default:
        return error_set(e, STATUS_UNREACHABLE, "upload_failed", "%s cannot be reached: %s", where,
                         why);
    }
}

enum status upload_put(const struct http_options *o, const struct upload *u,
                       const volatile int *cancel, struct error *e)
{
    struct transfer t = {.curl = curl_easy_init(), .file = fopen(u->path, "rb"), .cancel = cancel};
    char where[200];
    enum status status;
    long size = -1;
    if (t.file && fseek(t.file, 0, SEEK_END) == 0) {
        size = ftell(t.file);
        rewind(t.file);
    }
    if (!t.curl)
        status = error_set(e, STATUS_INTERNAL, "curl", "libcurl could not be initialised");
    else if (size < 0)
        status = error_set(e, STATUS_IO, "file_open", "cannot read %s", u->path);
    else
        status = set_up(&t, o, u, size, e);
    if (status == STATUS_OK) {
        const char *host = strstr(u->url, "://") + 3;
        text_format(where, sizeof where, "%.*s",
                    (int)((size_t)(host - u->url) + strcspn(host, "/")), u->url);
        CURLcode code = curl_easy_perform(t.curl);
        if (code != CURLE_OK)
            status = say_failure(&t, code, where, e);
    }
    curl_slist_free_all(t.headers);
    curl_slist_free_all(t.after);
    curl_easy_cleanup(t.curl);
    if (t.file)
        fclose(t.file);
    return status;
}
