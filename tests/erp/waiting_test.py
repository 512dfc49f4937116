"""Long waits and hangs as a user sees them: what is waited for is told, a limit is a limit, a hang is called one."""
import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
from harness import check, equal, free_port, house, run_tests  # noqa: E402
from tds_proxy import Fault, Proxy  # noqa: E402

FIRST = 3  # of a session's requests that reads
ALIVE = 10  # seconds, the least that worker.alive_timeout takes


def up(h, more=""):
    """All of it, with a proxy before the ERP and one before the panel."""
    h.start_sandbox()
    port = free_port()
    h.before_erp, h.before_panel = Proxy(h.erp_port), Proxy(port)
    h.start_panel("--base-url", f"https://localhost:{h.before_panel.port}", port=port)
    h.configure(erp={"port": h.before_erp.port}, panel={"url": f"https://localhost:{h.before_panel.port}"},
                more='worker : { alive_timeout = "%ds"; };\n%s' % (ALIVE, more))
    h.register()
    h.add_plugin("stock")
    h.start_daemon()
    h.until_in_step()


def plugin(h):
    return (h.status().get("plugins") or [{}])[0]


def waiting(h):
    return plugin(h).get("waiting") or {}


def held(proxy):
    return [c for c in proxy.connections if c.held.is_set()]


def release(proxy):
    proxy.fault = None
    for c in proxy.connections:
        c.release()


def change(h):
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 3 WHERE st_MagId = 1")


@house(encrypt="off")
def longer_than_the_watchdog(h):
    """a statement and an HTTP call longer than the watchdog's patience: told, waited for, and the process lives"""
    up(h)
    pid = plugin(h)["pid"]
    h.before_erp.fault = Fault("request", FIRST, 0)
    h.until(lambda: held(h.before_erp), "the ERP thinks")
    h.until(lambda: "SQL Server" in waiting(h).get("for", ""), "status says that the ERP is waited for", 20)
    shown = h.ctl("status", expect=None).stdout
    check("(at most 5 min) for the SQL Server: stream stock" in shown, shown)
    h.until(lambda: waiting(h).get("waited_ms", 0) > (ALIVE + 2) * 1000, "it waits on, behind the watchdog", 40)
    release(h.before_erp)
    change(h)
    h.until_in_step()
    equal((plugin(h)["pid"], plugin(h)["restarts"]), (pid, 0), "the same process")

    first = next(c for c in h.before_panel.connections if c.hello)
    h.before_panel.fault = Fault("byte", 1, first.hello + 1)
    change(h)
    h.until(lambda: "the answer of https://localhost" in waiting(h).get("for", ""), "status says that the panel is", 20)
    h.until(lambda: waiting(h).get("waited_ms", 0) > (ALIVE + 2) * 1000, "it waits on, behind the watchdog", 40)
    release(h.before_panel)
    h.until_in_step()
    equal((plugin(h)["pid"], plugin(h)["restarts"]), (pid, 0), "the same process")
    check(h.until(lambda: not waiting(h), "and says no more that it waits"), "")


@house(encrypt="off")
def a_limit_is_told(h):
    """a statement over erp.query_timeout is a red check that names the limit, and no dead process"""
    up(h)
    h.ctl("config", "set", "erp.query_timeout=1s")
    h.ctl("reload")
    h.until_in_step()
    pid = h.until(lambda: plugin(h).get("pid"), "it runs")
    h.before_erp.fault = Fault("request", FIRST, 0)
    error = h.until(lambda: plugin(h).get("error"), "it is red", 40)
    equal(error["code"], "erp_timeout", str(error))
    check("within 1 s (erp.query_timeout)" in error["text"], str(error))
    h.before_erp.fault = None
    h.until(lambda: not plugin(h).get("error"), "it is green again", 60)
    equal((plugin(h)["pid"], plugin(h)["restarts"]), (pid, 0), "the same process")


@house(encrypt="off")
def why_it_ended(h):
    """a process that hangs is told as hung, with what it waited for last; one that others kill as killed by others"""
    up(h)
    h.before_erp.fault = Fault("request", FIRST, 0)
    h.until(lambda: waiting(h), "it waits", 30)
    os.kill(plugin(h)["pid"], signal.SIGSTOP)
    error = h.until(lambda: plugin(h).get("restarts") and plugin(h).get("error"), "it is ended", 40)
    equal(error["code"], "worker_hung", str(error))
    check("hung" in error["text"] and "the SQL Server: stream stock" in error["text"], str(error))
    journal = h.ctl("journal", "--limit", "20").stdout
    check("hung" in journal and "signal 9" not in journal, journal)
    release(h.before_erp)
    h.until(lambda: not plugin(h).get("error"), "green again", 60)
    pid = h.until(lambda: plugin(h).get("pid"), "it runs")
    os.kill(pid, signal.SIGKILL)
    h.until(lambda: "killed (signal 9), not by this service" in h.ctl("journal", "--limit", "5").stdout, "who was it")
    h.until_in_step()


@house(encrypt="off")
def stopped_in_a_statement(h):
    """told to stop in a long statement the worker cancels it on the server and ends at once"""
    up(h)
    h.before_erp.fault = Fault("request", FIRST, 0)
    h.until(lambda: waiting(h), "it waits", 30)
    connection = held(h.before_erp)[0]
    h.stop("endpointd", within=12)
    equal(connection.seen.get("attention"), 1, "the server was told that nobody waits any more")


if __name__ == "__main__":
    run_tests([longer_than_the_watchdog, a_limit_is_told, why_it_ended, stopped_in_a_statement])
