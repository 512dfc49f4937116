/* STATE/identity.json and STATE/config-cache.json: damaged ones are refused in words, good ones survive
 * being written again. */
#include "fuzz.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "link/identity.h"
#include "link/link.h"
#include "link/link_cache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[256];
    struct identity id, again;
    struct error e = {0};
    json_t *cached = NULL;
    const char *dir = fuzz_directory();
    mkdir(dir, 0700);
    umask(077);
    text_format(path, sizeof path, "%s/config-cache.json", dir);
    fuzz_write(path, data, size);
    enum status status = link_cache_load(dir, &cached, &e);
    MUST((status == STATUS_OK) == (cached != NULL) && (cached || e.text[0]));
    json_decref(cached);
    remove(path);
    text_format(path, sizeof path, "%s/identity.json", dir);
    fuzz_write(path, data, size);
    status = identity_load(dir, &id, &e);
    if (status == STATUS_OK) {
        MUST(identity_save(dir, &id, &e) == STATUS_OK);
        MUST(identity_load(dir, &again, &e) == STATUS_OK);
        MUST(memcmp(id.seed, again.seed, CRYPTO_KEY) == 0 &&
             strcmp(id.endpoint_id, again.endpoint_id) == 0);
        MUST(id.has_pending == again.has_pending);
    } else {
        MUST(status == STATUS_INVALID && e.remedy[0]);
    }
    remove(path);
    rmdir(dir);
    return 0;
}
