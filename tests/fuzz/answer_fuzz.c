/* What a panel may answer: three bytes of code and headers, then the body. */
#include "fuzz.h"

#include "base/json.h"
#include "base/text.h"
#include "link/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int codes[] = {200, 201, 204, 400, 401, 403, 404, 408,
                                409, 413, 429, 500, 502, 503, 302, 199};
    struct identity id = {.endpoint_id = "ep"};
    struct http_answer answer;
    struct link l;
    struct error e = {0};
    json_t *json = NULL;
    int64_t retry = 0;
    if (size < 3)
        return 0;
    link_init(&l, "https://panel.example/", &id);
    MUST(strcmp(l.base, "https://panel.example") == 0);
    http_answer_init(&answer, size);
    answer.code = codes[data[0] % 16];
    answer.date_ms = data[1] ? data[1] * INT64_C(10000000000) : -1;
    answer.retry_after_ms = data[2] ? data[2] * 1000 : -1;
    buf_add(&answer.body, data + 3, size - 3);
    enum status status = link_answer(&l, &answer, &json, &retry, &e);
    bool good = answer.code >= 200 && answer.code < 300;
    MUST(good || status != STATUS_OK);
    MUST(status != STATUS_OK || answer.code == 204 || json != NULL);
    MUST(status == STATUS_OK || (e.text[0] && text_is_utf8(e.text, strlen(e.text)) && e.code[0]));
    MUST(status == STATUS_OK || e.remedy[0]);
    MUST(retry == answer.retry_after_ms);
    MUST(status == STATUS_OK || !json || answer.code == 409);
    json_decref(json);
    http_answer_free(&answer);
    link_wipe(&l);
    return 0;
}
