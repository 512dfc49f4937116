/* Runs a fuzz driver over its corpus: what `make check` does, with any compiler.
 *
 * NAME_fuzz without arguments takes $ENDPOINT_SOURCE/tests/fuzz/corpus/NAME; arguments are files or
 * directories. Each file is given to the driver as it stands, cut off at every byte, and with single
 * bytes changed, so that a handful of samples reaches the ends of every length. Prints TAP; a fault is a
 * crash, as under libFuzzer (configure --enable-fuzz), which finds new samples. FUZZ_KEEP=FILE keeps the
 * input that crashed.
 */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/file.h"

#define SAMPLE_MAX (1 << 20)
#define CUTS_MAX   4000 /* of one sample */
#define BUDGET_MS  400  /* of a sample's cuts and of its changes, so that the suite stays short */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long samples, runs;
static const char *keep; /* $FUZZ_KEEP: the file that gets each input before it is run */

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A copy of exactly that length, so that a sanitizer sees one byte too far. */
static void run(const void *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    memcpy(copy, data, size);
    if (keep) {
        FILE *f = fopen(keep, "wb");
        if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
            abort();
    }
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    runs++;
}

static uint32_t dice(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

static void run_variants(char *data, size_t size)
{
    static const char odd[] = {0,   '\n', '"',        '\\',       '.',       '-',
                               '0', '9',  (char)0xFF, (char)0x80, (char)0x7F};
    uint64_t state = 20;
    int64_t until = now_ms() + BUDGET_MS;
    size_t step = size > CUTS_MAX ? size / CUTS_MAX : 1;
    for (size_t cut = 0; cut < size && now_ms() < until; cut += step)
        run(data, cut);
    until = now_ms() + BUDGET_MS;
    for (int i = 0; i < 2000 && size > 0 && now_ms() < until; i++) {
        size_t at = dice(&state) % size;
        char kept = data[at];
        data[at] = dice(&state) % 2 ? odd[dice(&state) % sizeof odd] : (char)dice(&state);
        run(data, size);
        data[at] = kept;
    }
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool replay(const char *path)
{
    struct stat st;
    struct error e = {0};
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        struct dirent **list;
        bool ok = true;
        int n = scandir(path, &list, NULL, by_name);
        for (int i = 0; i < n; i++) {
            char inner[PATH_MAX];
            if (list[i]->d_name[0] != '.' &&
                (!text_format(inner, sizeof inner, "%s/%s", path, list[i]->d_name) ||
                 !replay(inner)))
                ok = false;
            free(list[i]);
        }
        free(list);
        return ok && n >= 0;
    }
    struct buf b;
    buf_init(&b, SAMPLE_MAX);
    bool ok = file_read(path, &b, NULL, &e) == STATUS_OK;
    if (ok) {
        samples++;
        run(buf_text(&b), b.length);
        if (b.length)
            run_variants(b.data, b.length);
    } else {
        printf("# %s\n", e.text);
    }
    buf_free(&b);
    return ok;
}

int main(int argc, char **argv)
{
    char path[PATH_MAX], name[128];
    const char *slash = strrchr(argv[0], '/'), *source = getenv("ENDPOINT_SOURCE");
    bool ok = true;
    text_copy(name, sizeof name, slash ? slash + 1 : argv[0]);
    char *tail = strstr(name, "_fuzz");
    if (tail)
        *tail = '\0';
    keep = getenv("FUZZ_KEEP");
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("1..1");
    run("", 0);
    for (int i = 1; i < argc; i++)
        ok &= replay(argv[i]);
    if (argc == 1)
        ok = text_format(path, sizeof path, "%s/tests/fuzz/corpus/%s", source ? source : ".",
                         name) &&
             replay(path);
    printf("%s 1 - %s: %lu samples, %lu runs\n", ok && samples ? "ok" : "not ok", name, samples,
           runs);
    return ok && samples ? 0 : 1;
}
