"""A SQL Server that goes silent, cuts or babbles in every phase of a conversation, and a driver that runs in circles.

Each case is a process of its own with one session through a proxy; many run at once. What counts: it ends within
its limit, says why, and the next session works.
"""
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
from harness import SLOW, Skip, check, equal, house, program, run_tests  # noqa: E402
from tds_proxy import Fault, Proxy  # noqa: E402

CONNECT, QUERY = 1, 1  # seconds, the smallest that the settings take
AT_ONCE = 6
FIRST = 3  # of a session's requests that reads: the two before say that it gives way


class Case:
    """One process with its own proxy and configuration."""

    numbers = itertools.count(1)

    def __init__(self, h, fault, *what, erp=None, environment=None):
        number = next(Case.numbers)
        self.h, self.fault = h, fault
        self.proxy = Proxy(h.erp_port, fault, once=True)
        name = f"etc/case{number}.conf"
        settings = {"type": h.mapping, "server": "127.0.0.1", "port": self.proxy.port, "database": h.database,
                    "user": "sa", "password": "sealed:erp.password", "encryption": h.encrypt, "tls_verify": "none",
                    "connect_timeout": f"{CONNECT}s", "query_timeout": f"{QUERY}s"}
        settings.update(erp or {})
        lines = "".join(f"    {key} = {json.dumps(value)};\n" for key, value in settings.items())
        h.write(name, "erp : {\n%s};\n" % lines)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [program("session_driver"), h.path(name), h.path("state"), h.write_dir(f"work{number}"), *what],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=dict(h.environment, **(environment or {})))
        h.processes[f"case{number}"] = self.process

    def end(self, within):
        try:
            out, errors = self.process.communicate(timeout=within * SLOW)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            check(False, f"{self.fault}: it did not end within {within} s")
        finally:
            self.proxy.close()
        check(out, f"{self.fault}: it said nothing, exit {self.process.returncode}: {errors}")
        return json.loads(out.splitlines()[-1])


def all_of(h, faults, judge, *what, within=25, **more):
    """Run a case for each fault, a few at a time, and judge how it ended."""
    wrong, room = [], threading.Semaphore(AT_ONCE)

    def one(fault):
        with room:
            try:
                judge(fault, Case(h, fault, *what, **more).end(within))
            except Exception as e:
                wrong.append(f"{fault}: {e}")
    threads = [threading.Thread(target=one, args=(fault,)) for fault in faults]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(not wrong, "\n".join(wrong))


def up(h):
    h.start_sandbox()
    h.panel_port = 1
    h.configure()
    if not os.path.exists(program("session_driver")):
        raise Skip("session_driver was not built")


# Where an answer may stop: nothing of it, in a packet's header, in a token, in the names of columns, in rows.
PLACES = (0, 4, 8, 30, 200, 5000)


def silent(fault, end):
    """What holds: a time-out that names its limit, in time, and a connection that is made anew."""
    equal(end["status"], "timeout", str(end))
    limit = ("_timeout" if fault.kind == "byte" else "erp.query_timeout" if fault.kind == "request" else
             "erp.connect_timeout")
    check("within 1 s (" in end["text"] and f"{limit})" in end["text"], end["text"])
    check(end["took_ms"] < 9000 * SLOW, f"it took {end['took_ms']} ms")
    equal(end["again"], "ok", "the next session")


def broken(_fault, end):
    """A connection that broke is told as one."""
    check(end["status"] in ("unreachable", "denied"), str(end))
    check(end["took_ms"] < 9000 * SLOW, f"it took {end['took_ms']} ms")
    equal(end["again"], "ok", "the next session")


@house(rows=1000, encrypt="off")
def silences(h):
    """a server that goes silent before, in and between its answers: a limit told as a limit, then a new session"""
    up(h)
    faults = [Fault(kind, 1, after) for kind in ("prelogin", "login", "request") for after in (0, 4, 20)]
    faults += [Fault("connect", 1, 0)] + [Fault("request", FIRST, after) for after in PLACES]
    all_of(h, faults, silent, "read", "products")


@house(rows=1000, encrypt="off")
def cuts(h):
    """a connection that is cut or reset at any place is a broken one, never the end of the rows"""
    up(h)
    faults = [Fault(kind, FIRST if kind == "request" else 1, after, action) for action in ("cut", "reset")
              for kind, places in (("prelogin", (0, 4)), ("login", (0, 20)), ("request", PLACES + (9999,)))
              for after in places]
    all_of(h, faults, broken, "read", "products")


@house(rows=1000, encrypt="off")
def babbles(h):
    """bytes that are no answer never look like the end of the rows; one byte at a time is a time-out"""
    up(h)

    def judge(fault, end):
        check(end["status"] not in ("ok", "end"), f"taken for a whole answer: {end}")
        check(end["took_ms"] < 12000 * SLOW, f"it took {end['took_ms']} ms")
        equal(end["again"], "ok", "the next session")
        if fault.action == "drip":
            check("within 1" in end["text"] and "_timeout)" in end["text"], end["text"])
    faults = [Fault("request", FIRST, after, "flood") for after in (0, 105, 4096, 5000, 5001, 9999)]
    faults += [Fault("request", FIRST, after, "drip") for after in (0, 30, 5000)]
    faults += [Fault("login", 1, 0, "flood"), Fault("login", 1, 0, "drip"), Fault("prelogin", 1, 0, "drip")]
    all_of(h, faults, judge, "read", "products")


@house(rows=1000)
def encrypted(h):
    """the same inside TLS: silence and cuts in the handshake, at login and in rows"""
    up(h)
    all_of(h, [Fault("tls", 1, after) for after in (0, 100, 900)] + [Fault("byte", 1, 2600), Fault("byte", 1, 30000)],
           silent, "read", "products")
    all_of(h, [Fault(kind, 1, after, action) for action in ("cut", "reset")
               for kind, after in (("tls", 0), ("tls", 900), ("byte", 2600), ("byte", 30000))],
           broken, "read", "products")


@house(rows=3000, encrypt="off")
def closing(h):
    """a result that is not wanted to its end is cancelled; a server that does not confirm that is left, soon"""
    up(h)
    case = Case(h, None, "read", "products", "5")
    end = case.end(20)
    equal((end["status"], end["rows"], end["dead"]), ("ok", 5, False), "five of many records")
    equal(case.proxy.connections[0].seen.get("attention"), 1, "the server was told to stop")
    end = Case(h, Fault("attention", 1, 0), "read", "products", "5").end(20)
    equal((end["rows"], end["dead"], end["again"]), (5, True, "ok"), "the silent one was left: " + str(end))
    check(end["all_ms"] < 9000 * SLOW, f"not soon: {end['all_ms']} ms")


@house(rows=300, encrypt="off")
def stopping(h):
    """told to stop, the worker cancels what runs; a server that ignores that does not keep it"""
    up(h)
    def answered(case):
        h.until(lambda: case.proxy.connections and case.proxy.connections[0].held.is_set(), "it waits")
        case.process.send_signal(signal.SIGTERM)
        return case.end(25)
    slow = {"query_timeout": "5min"}
    case = Case(h, Fault("request", FIRST, 0), "read", "products", erp=slow)
    end = answered(case)
    equal(end["status"], "cancelled", str(end))
    equal(case.proxy.connections[0].seen.get("attention"), 1, "the server was told")
    check(end["took_ms"] < 12000 * SLOW, f"it took {end['took_ms']} ms")


SPINNER = r"""
/* poll(2) that says at once that the socket can be read, as a driver in a circle sees it. With .stuck it does not
 * even come back. Only when a file beside this library says so, and only for TCP. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
static int wanted(const char *end)
{
    Dl_info info;
    char path[4096];
    if (!dladdr((void *)wanted, &info))
        return 0;
    snprintf(path, sizeof path, "%s.%s", info.dli_fname, end);
    return access(path, F_OK) == 0;
}
int poll(struct pollfd *fds, nfds_t n, int timeout)
{
    int (*real)(struct pollfd *, nfds_t, int) = dlsym(RTLD_NEXT, "poll");
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    if (n == 0 || getpeername(fds[0].fd, (struct sockaddr *)&peer, &length) != 0 || peer.ss_family != AF_INET ||
        !(fds[0].events & POLLIN))
        return real(fds, n, timeout);
    while (wanted("stuck"))
        ;
    if (!wanted("spin"))
        return real(fds, n, timeout);
    for (nfds_t i = 0; i < n; i++)
        fds[i].revents = 0;
    fds[0].revents = POLLIN;
    return 1;
}
"""


def spinner(h):
    """A library that makes the driver run in circles, to be loaded before the others."""
    source, library = h.write("spin.c", SPINNER), h.path("spin.so")
    try:
        subprocess.run([os.environ.get("CC", "cc").split()[-1], "-shared", "-fPIC", "-O1", "-o", library, source,
                        "-ldl"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as e:
        raise Skip(f"no C compiler for the library: {e}") from None
    if os.environ.get("SANITIZER_RUN"):
        raise Skip("the sanitizers' own library has to be the first")
    return library


@house(rows=1000, encrypt="off")
def circles(h):
    """a driver that spins is noticed within seconds, its connection ended; one that never comes back ends the process"""
    up(h)
    library = spinner(h)

    def run(how):
        case = Case(h, Fault("request", FIRST, 5000), "read", "products", erp={"query_timeout": "5min"},
                    environment={"LD_PRELOAD": library})
        h.until(lambda: case.proxy.connections and case.proxy.connections[0].held.is_set(), "it reads rows")
        began = time.monotonic()
        open(f"{library}.{how}", "w", encoding="ascii").close()
        case.proxy.connections[0].nudge()  # it comes back from the poll(2) that it is in
        if how == "spin":
            h.until(lambda: case.proxy.connections[0].client_gone_at, "its connection was ended", 150)
            took = case.proxy.connections[0].client_gone_at - began
            os.unlink(f"{library}.{how}")
            end = case.end(60)
            equal((end["status"], end["code"], end["again"]), ("unreachable", "erp_driver", "ok"), str(end))
            check("ran in circles" in end["text"], end["text"])
        else:
            end = case.end(150)
            took = time.monotonic() - began
            os.unlink(f"{library}.{how}")
            equal(end.get("lost", {}).get("code"), "worker_driver", str(end))
            check("did not return" in end["lost"]["text"] and "ran in circles" in end["lost"]["text"], str(end))
            equal(case.process.returncode, 9, "exit code")
        print(f"# {how}: {took:.1f} s", flush=True)  # some seconds of processor time: longer beside other work
    run("spin")
    run("stuck")


if __name__ == "__main__":
    run_tests([silences, cuts, babbles, encrypted, closing, stopping, circles])
