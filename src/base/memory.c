#include "base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *p, size_t size)
{
    if (!p) {
        fprintf(stderr, "out of memory (%zu bytes asked for)\n", size);
        abort();
    }
    return p;
}

void *mem_alloc(size_t size)
{
    return checked(calloc(1, size ? size : 1), size);
}

void *mem_array(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1), size);
}

void *mem_resize(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return checked(NULL, SIZE_MAX);
    size_t bytes = count * size;
    return checked(realloc(old, bytes ? bytes : 1), bytes);
}

char *mem_string(const char *s)
{
    return s ? mem_string_n(s, strlen(s)) : NULL;
}

char *mem_string_n(const char *s, size_t length)
{
    char *copy = mem_alloc(length + 1);
    memcpy(copy, s, length);
    return copy;
}

char *mem_format(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    char *s = mem_alloc(size);
    vsnprintf(s, size, format, again);
    va_end(again);
    return s;
}

void mem_wipe(void *p, size_t size)
{
    if (p && size)
        explicit_bzero(p, size);
}

void mem_free_secret(char *s)
{
    if (s) {
        mem_wipe(s, strlen(s));
        free(s);
    }
}
