/* fuzz.h – what the fuzz drivers share. */
#ifndef ENDPOINT_TESTS_FUZZ_H
#define ENDPOINT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input; a crash says which did not. */
#define MUST(what)                                                                    \
    do {                                                                              \
        if (!(what)) {                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #what); \
            abort();                                                                  \
        }                                                                             \
    } while (0)

/* libconfig forgets the text that it was reading when a file ends in a syntax error. Put once into a
 * driver that parses with it. */
#define LIBCONFIG_LEAKS                            \
    const char *__lsan_default_suppressions(void); \
    const char *__lsan_default_suppressions(void)  \
    {                                              \
        return "leak:libconfig";                   \
    }

/* The input as a C string; free it. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    MUST(text != NULL);
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

/* A directory of the driver's own, removed when it ends; mode 0700. */
static inline const char *fuzz_directory(void)
{
    static char path[] = "/tmp/endpoint-fuzz.XXXXXX";
    if (strcmp(path + sizeof path - 7, "XXXXXX") == 0)
        MUST(mkdtemp(path) != NULL);
    return path;
}

/* Write a file of the driver's own (0600), in place: no fsync, it is only read again at once. */
static inline void fuzz_write(const char *path, const void *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    MUST(f != NULL);
    MUST(fwrite(data, 1, size, f) == size);
    MUST(fclose(f) == 0);
}

#endif
