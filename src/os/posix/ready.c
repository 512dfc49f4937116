#include "os/ready.h"

#include <poll.h>

#define MOST 64

size_t ready_wait(struct ready *list, size_t count, int timeout_ms)
{
    struct pollfd fds[MOST];
    size_t used = count < MOST ? count : MOST, found = 0;
    for (size_t i = 0; i < used; i++)
        fds[i] = (struct pollfd){
            .fd = list[i].fd,
            .events = (short)((list[i].to_read ? POLLIN : 0) | (list[i].to_write ? POLLOUT : 0))};
    int n = poll(fds, used, timeout_ms);
    for (size_t i = 0; i < count; i++) {
        short seen = n > 0 && i < used ? fds[i].revents : 0;
        bool gone = (seen & (POLLERR | POLLHUP | POLLNVAL)) != 0;
        list[i].readable = (seen & POLLIN) || (gone && list[i].to_read);
        list[i].writable = (seen & POLLOUT) || (gone && list[i].to_write);
        found += list[i].readable || list[i].writable;
    }
    return found;
}
