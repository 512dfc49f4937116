/* host.h – this machine, this process, this program. */
#ifndef ENDPOINT_OS_HOST_H
#define ENDPOINT_OS_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The machine's name, "?" when it has none. */
void host_name(char *target, size_t size);

/* The system: "Linux", its release and the processor's kind. False: not known, and empty texts. */
struct host_system {
    char name[65], release[65], machine[65];
};
bool host_system(struct host_system *s);

int64_t host_process(void); /* our own number among the processes */

/* The path of the file that this program was started from; false: not known. */
bool host_program(char *target, size_t size);

/* Give memory that is free back to the machine, where the library keeps it. */
void host_give_memory_back(void);

/* The processor time that this process has used; -1: not known. */
int64_t host_processor_ms(void);

/* Append an id of this start of the machine, and an id of the machine; nothing if not known. */
struct buf;
void host_boot(struct buf *b);
void host_machine(struct buf *b);

/* See to it that this process may open so many files; how many it may, which can be fewer, or -1: not known. */
int64_t host_open_files(int64_t wanted);

/* Give a variable of our environment this value, for a library that reads it. Before there are threads. */
void host_set_variable(const char *name, const char *value);

#endif
