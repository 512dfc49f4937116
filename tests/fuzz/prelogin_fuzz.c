/* What answers on the ERP's port: any bytes, then the end of the connection. */
#include "fuzz.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tds/prelogin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct prelogin_seen seen;
    struct error e = {0};
    int pair[2], room = 1 << 20;
    signal(SIGPIPE, SIG_IGN);
    if (size > 100000)
        return 0;
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    for (size_t sent = 0; sent < size;) {
        ssize_t n = send(pair[1], data + sent, size - sent, MSG_DONTWAIT);
        if (n <= 0)
            break;
        sent += (size_t)n;
    }
    shutdown(pair[1], SHUT_WR);
    enum status status =
        prelogin_talk(pair[0], "erp.example", 1433, 1000, size % 2 ? "" : NULL, &seen, &e);
    MUST(status == STATUS_OK || e.text[0]);
    MUST(status != STATUS_OK || !seen.encrypts || seen.certificate.fingerprint[0]);
    close(pair[0]);
    close(pair[1]);
    return 0;
}
