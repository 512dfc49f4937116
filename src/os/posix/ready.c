#include "os/posix/ready.h"

size_t ready_ask(const struct ready *list, size_t count, struct pollfd *fds)
{
    size_t used = count < READY_MOST ? count : READY_MOST;
    for (size_t i = 0; i < used; i++)
        fds[i] = (struct pollfd){
            .fd = list[i].fd,
            .events = (short)((list[i].to_read ? POLLIN : 0) | (list[i].to_write ? POLLOUT : 0))};
    return used;
}

size_t ready_answer(struct ready *list, size_t count, const struct pollfd *fds, bool any)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        short seen = any && i < READY_MOST ? fds[i].revents : 0;
        bool gone = (seen & (POLLERR | POLLHUP | POLLNVAL)) != 0;
        list[i].readable = (seen & POLLIN) || (gone && list[i].to_read);
        list[i].writable = (seen & POLLOUT) || (gone && list[i].to_write);
        list[i].gone = gone;
        found += list[i].readable || list[i].writable;
    }
    return found;
}

size_t ready_wait(struct ready *list, size_t count, int timeout_ms)
{
    struct pollfd fds[READY_MOST];
    size_t used = ready_ask(list, count, fds);
    return ready_answer(list, count, fds, poll(fds, used, timeout_ms) > 0);
}
