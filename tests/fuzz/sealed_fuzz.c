/* STATE/secrets.json: a damaged store, and sealed values that are none. */
#include "fuzz.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "config/sealed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[256], key[256], secret[300];
    struct error e = {0};
    const char *dir = fuzz_directory();
    mkdir(dir, 0700);
    umask(077);
    text_format(key, sizeof key, "%s/secrets.key", dir);
    fuzz_write(key, "0123456789abcdef0123456789abcdef", 32);
    text_format(path, sizeof path, "%s/secrets.json", dir);
    fuzz_write(path, data, size);
    enum status status = sealed_get(dir, "erp.password", secret, sizeof secret, &e);
    MUST(status == STATUS_OK || e.text[0]);
    status = sealed_put(dir, "erp.password", "tajne", &e);
    MUST(status == STATUS_OK || (status == STATUS_INVALID && e.remedy[0]));
    if (status == STATUS_OK) {
        MUST(sealed_get(dir, "erp.password", secret, sizeof secret, &e) == STATUS_OK);
        MUST(strcmp(secret, "tajne") == 0);
    }
    remove(path);
    /* The key file, too. */
    fuzz_write(key, data, size);
    status = sealed_put(dir, "erp.password", "tajne", &e);
    MUST(status == STATUS_OK || e.text[0]);
    remove(path);
    remove(key);
    rmdir(dir);
    return 0;
}
