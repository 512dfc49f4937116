/* The meaning of an answer from the panel, or from whatever answers in its place: a proxy, a
 * sign-in page, a web server without a panel. Each gets a text that says what to do. */
#include "link/link_answer.h"

#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"

#define WAIT_SAID_MS 60000

enum status link_answer_status(int code)
{
    switch (code) {
    case 401:
    case 403: return STATUS_DENIED;
    case 404: return STATUS_NOT_FOUND;
    case 409: return STATUS_EXISTS;
    case 413: return STATUS_FULL;
    case 408:
    case 425: return STATUS_UNREACHABLE;
    case 429:
    case 503: return STATUS_BUSY;
    default: return code >= 400 && code < 500 ? STATUS_REFUSED : STATUS_UNREACHABLE;
    }
}

bool link_answer_final(int code)
{
    switch (code) {
    case 401:
    case 407:
    case 408:
    case 421:
    case 425:
    case 429: return false;
    default: return code >= 400 && code < 500;
    }
}

/* What to do about the panel's own codes. */
static const char *remedy_of_code(const char *code)
{
    static const char *const remedies[][2] = {
        {"token_unknown", N_("Check the token, or make a new one in the panel.")},
        {"token_used", N_("A token works once: make a new one in the panel.")},
        {"token_expired", N_("Make a new token in the panel.")},
        {"endpoint_revoked",
         N_("This endpoint was revoked in the panel. If that was not meant, make a new token and "
            "register again: endpointctl register --again")},
        {"signature_invalid",
         N_("Check this machine's clock and panel.url; if both are right, register again.")},
        {"token_replayed", N_("It is tried again by itself.")},
        {"plugin_unknown", N_("The plugin does not exist in the panel any more.")},
    };
    for (size_t i = 0; i < COUNT_OF(remedies); i++)
        if (text_equal(remedies[i][0], code))
            return remedies[i][1];
    return NULL;
}

/* RFC 9110's names, for people who look for them. */
static const char *reason_of(int code)
{
    static const struct {
        int code;
        const char *reason;
    } reasons[] = {{300, "Multiple Choices"},
                   {301, "Moved Permanently"},
                   {302, "Found"},
                   {303, "See Other"},
                   {304, "Not Modified"},
                   {307, "Temporary Redirect"},
                   {308, "Permanent Redirect"},
                   {400, "Bad Request"},
                   {401, "Unauthorized"},
                   {402, "Payment Required"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {405, "Method Not Allowed"},
                   {407, "Proxy Authentication Required"},
                   {408, "Request Timeout"},
                   {409, "Conflict"},
                   {410, "Gone"},
                   {413, "Content Too Large"},
                   {414, "URI Too Long"},
                   {415, "Unsupported Media Type"},
                   {421, "Misdirected Request"},
                   {422, "Unprocessable Content"},
                   {429, "Too Many Requests"},
                   {431, "Request Header Fields Too Large"},
                   {451, "Unavailable For Legal Reasons"},
                   {500, "Internal Server Error"},
                   {501, "Not Implemented"},
                   {502, "Bad Gateway"},
                   {503, "Service Unavailable"},
                   {504, "Gateway Timeout"}};
    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        if (reasons[i].code == code)
            return reasons[i].reason;
    return "";
}

/* The panel itself says so, in its own words. */
static const char *remedy_of_panel(int code)
{
    if (code == 401 || code == 403)
        return N_("Ask the panel's administrator whether this endpoint may do that.");
    if (code == 429 || code == 503)
        return N_("It is tried again automatically, when the panel asks for it.");
    if (code >= 500)
        return N_("The panel's own log says why; tell its administrator. It is tried again "
                  "automatically.");
    return N_("The versions of panel and endpoint may not fit: update the older one. The "
              "panel's own log may say more.");
}

/* Something else answers in the panel's place. */
static const char *remedy_of_gateway(int code)
{
    switch (code) {
    case 401:
    case 403:
        return N_("Something in front of the panel (a proxy, a firewall, a sign-in page) "
                  "turns this machine away: it must let requests below /api/v1 through "
                  "unchanged.");
    case 404:
    case 410:
        return N_("There is no panel at panel.url: check the address, and the path if it has "
                  "one. A web server in front of the panel must pass on everything below "
                  "/api/v1.");
    case 407: return N_("The proxy requires a name and a password: give them in panel.proxy.");
    case 413:
        return N_("The web server in front of the panel accepts only short bodies: it must "
                  "accept 16 MiB (nginx: client_max_body_size 16m).");
    case 414:
    case 431:
        return N_("The web server in front of the panel accepts only short headers: it must "
                  "accept 8 KiB.");
    case 408:
    case 425:
    case 429:
        return N_("The web server in front of the panel slows this endpoint down. It is tried "
                  "again automatically.");
    case 502:
    case 503:
    case 504:
        return N_("The web server in front of the panel cannot reach it: is the panel "
                  "running? It is tried again automatically.");
    default: break;
    }
    if (code >= 500)
        return N_("The web server at panel.url has a fault; its log says which. It is tried "
                  "again automatically.");
    return N_("Check panel.url, and what is between this machine and the panel.");
}

/* Describe what came instead of JSON: its type and its beginning, cleaned; a said text. */
static void describe(const struct http_answer *answer, char *target, size_t size)
{
    struct buf b;
    char kind[64], said[100];
    size_t length = strcspn(answer->content_type, "; ");
    text_copy(kind, sizeof kind, length ? answer->content_type : N_("no content type"));
    if (length && length < sizeof kind)
        kind[length] = '\0';
    buf_init(&b, 400);
    text_printable(&b, answer->body.length ? buf_text(&answer->body) : "",
                   answer->body.length < 60 ? answer->body.length : 60);
    if (length)
        said_value(said, sizeof said, kind);
    else
        text_copy(said, sizeof said, kind);
    if (answer->body.length)
        said_format(target, size, "%-s, \"%s\"", said, buf_text(&b));
    else
        said_format(target, size, "%-s, an empty body", said);
    buf_free(&b);
}

enum status link_answer_not_json(const char *base, const struct http_answer *answer,
                                 struct error *e)
{
    char what[512];
    describe(answer, what, sizeof what);
    error_set(e, STATUS_UNREACHABLE, "panel_answer",
              "the panel's answer is not JSON: %s answers with %-s", base, what);
    return error_remedy(
        e, "Something answers in the panel's place (a sign-in page, a proxy, another program): "
           "open panel.url in a browser on this machine, and check the address.");
}

/* It asks for a long pause: people should know how long. */
static void say_wait(const struct http_answer *answer, struct error *e)
{
    char wait[40];
    if (!e || answer->retry_after_ms < WAIT_SAID_MS)
        return;
    text_from_duration(wait, sizeof wait, answer->retry_after_ms);
    const struct error before = *e;
    error_set(e, before.status, before.code, "%-s; it asks us to try again in %s",
              error_said(&before), wait);
    if (before.remedy[0])
        error_remedy(e, "%-s", error_advice_said(&before));
}

static enum status redirected(const char *base, const struct http_answer *answer, struct error *e)
{
    char to[SAID_MAX];
    said_value_or(to, sizeof to, answer->location, N_("an address that it does not name"));
    error_set(e, STATUS_UNREACHABLE, "panel_redirect", "%s answers with a redirect (%d) to %-s",
              base, answer->code, to);
    return error_remedy(
        e, "Redirects are not followed, because a request is signed for one address. If the "
           "panel has moved there, set panel.url; if it is a sign-in page, requests below "
           "/api/v1 must be let through.");
}

enum status link_answer_refused(const char *base, const struct http_answer *answer,
                                const json_t *problem, struct error *e)
{
    const char *code = json_string_value(json_object_get(problem, "code"));
    enum status status = link_answer_status(answer->code);
    char what[512], detail[SAID_MAX];
    said_get(problem, "detail", detail, sizeof detail);
    if (!*detail)
        said_get(problem, "title", detail, sizeof detail);
    if (answer->code >= 300 && answer->code < 400)
        return redirected(base, answer, e);
    if (!text_empty(code)) {
        const char *remedy = remedy_of_code(code);
        error_set(e, status, code, "the panel says %d: %-s", answer->code,
                  *detail ? detail : N_("no reason given"));
        error_remedy(e, "%-s", remedy ? remedy : remedy_of_panel(answer->code));
        say_wait(answer, e);
        return status;
    }
    describe(answer, what, sizeof what);
    error_set(e, status, "panel_error",
              "%s answers %d %s (%-s), which is not a panel's "
              "answer",
              base, answer->code, reason_of(answer->code), what);
    error_remedy(e, "%-s", remedy_of_gateway(answer->code));
    say_wait(answer, e);
    return status;
}
