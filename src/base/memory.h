/* memory.h – allocation that does not return NULL.
 *
 * A machine out of memory ends the process with abort(), after one line in the log. That loses
 * nothing: everything that must last is in SQLite before it is acknowledged, and the supervisor
 * (or systemd) starts the process again. Sizes from outside are bounded before they get here, so
 * that no stranger can use up the memory.
 */
#ifndef ENDPOINT_BASE_MEMORY_H
#define ENDPOINT_BASE_MEMORY_H

#include <stddef.h>

void *mem_alloc(size_t size);               /* zeroed; free() it */
void *mem_array(size_t count, size_t size); /* zeroed, overflow checked; free() it */
void *mem_resize(void *old, size_t count, size_t size);
char *mem_string(const char *s);                  /* copy of s; NULL stays NULL */
char *mem_string_n(const char *s, size_t length); /* copy of length bytes plus a NUL */
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Overwrite a secret before it is freed or goes out of scope. */
void mem_wipe(void *p, size_t size);
void mem_free_secret(char *s); /* wipe a NUL-terminated string, then free it; NULL is fine */

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

#endif
