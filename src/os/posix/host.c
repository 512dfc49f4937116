#include "os/host.h"

#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/text.h"
#include "os/file.h"

void host_name(char *target, size_t size)
{
    struct utsname u;
    text_copy(target, size, uname(&u) == 0 ? u.nodename : "?");
}

bool host_system(struct host_system *s)
{
    struct utsname u;
    *s = (struct host_system){0};
    if (uname(&u) != 0)
        return false;
    text_copy(s->name, sizeof s->name, u.sysname);
    text_copy(s->release, sizeof s->release, u.release);
    text_copy(s->machine, sizeof s->machine, u.machine);
    return true;
}

int64_t host_process(void)
{
    return getpid();
}

bool host_program(char *target, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", target, size);
    if (length <= 0 || (size_t)length >= size)
        return false;
    target[length] = '\0';
    return true;
}

void host_give_memory_back(void)
{
    malloc_trim(0);
}

int64_t host_processor_ms(void)
{
    struct rusage use;
    if (getrusage(RUSAGE_SELF, &use) != 0)
        return -1;
    return ((int64_t)use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 +
           (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000;
}

void host_boot(struct buf *b)
{
    file_read("/proc/sys/kernel/random/boot_id", b, NULL, NULL);
}

void host_machine(struct buf *b)
{
    file_read("/etc/machine-id", b, NULL, NULL);
}

int64_t host_open_files(int64_t wanted)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return -1;
    if (files.rlim_cur < (rlim_t)wanted) {
        files.rlim_cur = (rlim_t)wanted < files.rlim_max ? (rlim_t)wanted : files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    return files.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)files.rlim_cur;
}

void host_set_variable(const char *name, const char *value)
{
    setenv(name, value, 1);
}
