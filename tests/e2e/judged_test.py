"""One judgment: status, orders, plugins, metrics and the panel say the same; what nobody has seen to work is not green."""
import contextlib
import json
import os
import shutil
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tui"))
from terminal import Terminal  # noqa: E402
from harness import check, equal, house, program, run_tests
from orders_test import begin, order, place, until_state


def line_of(text, word):
    return next((line for line in text.splitlines() if f"] {word}" in line), "")


def panels(h):
    """The panel's own word on the endpoint, and on the line for people."""
    row = json.loads(h.panel("endpoint", "list", "--json").stdout.splitlines()[-1])
    return row["result"], h.panel("endpoint", "list").stdout


@house(rows=20)
def orders_wait(h):
    """a rejected order is red in status, plugins, orders, metrics and the panel; the code says that only orders wait; one that the shop took back is not"""
    begin(h)
    place(h, order("1", (h.goods[0], "1", "5.00")))
    until_state(h, "1", "done")
    h.until(lambda: h.ctl("status", expect=None).returncode == 0, "all is green")
    equal(h.status()["result"], "ok", "and says so")
    check("endpoint_ok 1\n" in h.ctl("metrics").stdout, "metrics are green")
    place(h, order("2", ("NIE-MA", "1", "5.00")))
    until_state(h, "2", "rejected")
    h.until(lambda: h.status()["plugins"][0]["orders"]["rejected"] == 1, "status counts it")
    done = h.ctl("status", expect=7)
    check(line_of(done.stdout, "orders").startswith("[FAIL]"), done.stdout)
    check("> 1 order waits for a person: endpointctl orders --state rejected" in done.stdout, done.stdout)
    equal(json.loads(h.ctl("status", "--json", expect=7).stdout)["plugins"][0]["result"], "fail", "the plugin")
    check(line_of(h.ctl("plugins", expect=7).stdout, "orders").startswith("[FAIL]"), "plugins")
    check("[FAIL] rejected" in h.ctl("orders").stdout, "orders")
    check("[FAIL] orders     order Z-2: rejected" in h.ctl("journal").stdout, h.ctl("journal").stdout)
    metrics = h.ctl("metrics").stdout
    check("endpoint_ok 0\n" in metrics and 'endpoint_plugin_ok{plugin="orders",kind="orders"} 0\n' in metrics, metrics)
    h.until(lambda: panels(h)[0] == "fail", "the panel has it")
    check("[FAIL] heard" in panels(h)[1] and "> It says itself that something is red: endpoint-panel status" in panels(h)[1], panels(h)[1])
    equal(json.loads(h.panel("status", expect=1).stdout)["result"], "fail", "the panel's status")
    # The shop takes it back: nobody has to do anything about it.
    h.panel("order", "cancel", "2")
    h.until(lambda: h.status()["plugins"][0]["orders"]["closed"] == 1, "status counts it")
    h.ctl("status")
    check("[ -- ] rejected" in h.ctl("orders").stdout, "orders")
    equal(h.status()["result"], "ok", "green again")


@house(rows=20)
def many_at_once(h):
    """order retry takes several ids, or all that are rejected but for those that nobody has to look at; orders says that there are more"""
    begin(h)
    place(h, *(order(f"R{i}", ("NIE-MA", "1", "5.00")) for i in range(5)), order("old", (h.goods[0], "1", "5.00"), placed_at="2020-01-01T00:00:00Z"))
    for i in range(5):
        until_state(h, f"R{i}", "rejected")
    until_state(h, "old", "rejected")
    done = h.ctl("orders", "--state", "rejected", "-n", "3")
    equal(done.stdout.count("rejected    "), 3, "three of them")
    check("These are the newest 3, and there are more: -n N shows more at once" in done.stdout, done.stdout)
    check("there are more" not in h.ctl("orders", "-n", "6").stdout, "six are all")
    check(json.loads(h.ctl("orders", "-n", "3", "--json").stdout)["more"] is True, "as JSON")
    # The product comes: they can be taken.
    h.sql("UPDATE dbo.tw__Towar SET tw_Symbol = 'NIE-MA' WHERE tw_Id = (SELECT MIN(t.tw_Id) FROM dbo.tw__Towar AS t WHERE t.tw_Symbol "
          f"= N'{h.goods[1]}')")
    done = h.ctl("order", "retry", "R0", "R1", "no-such", expect=4)
    check("2 tried again, 1 refused" in done.stdout and "no-such" in done.stderr, str(done))
    for name in ("R0", "R1"):
        until_state(h, name, "done", "handed-over")
    done = h.ctl("order", "retry", "--state", "rejected")
    check("3 tried again, 0 refused" in done.stdout and "1 were left: cancelled in the shop, or just too old" in done.stdout, done.stdout)
    for name in ("R2", "R3", "R4"):
        until_state(h, name, "done", "handed-over")
    equal(json.loads(h.ctl("order", "retry", "--state", "rejected", "--json").stdout), {"ok": True, "orders": [], "left": 1}, "nothing is left")
    h.ctl("order", "retry", "old")
    until_state(h, "old", "done", "handed-over")


@house(rows=20)
def not_green(h):
    """nothing is green that nobody has seen: an ERP that was never asked, one that is not chosen, an endpoint without a registration"""
    h.start_sandbox()
    h.start_panel()
    h.write("etc/endpoint.conf", "")
    h.start_daemon()
    h.until(lambda: h.status().get("ok"), "it is up")
    done = h.ctl("status", expect=8)
    check("[WARN] ERP    not chosen yet\n" in done.stdout and "[WARN] Panel  not registered\n" in done.stdout, done.stdout)
    check("endpoint-tui" in done.stdout and "[ OK ]" not in done.stdout, done.stdout)
    equal({name: h.status()[name]["result"] for name in ("erp", "panel")}, {"erp": "warn", "panel": "warn"}, "as JSON")
    h.stop("endpointd")
    h.configure()
    h.register()
    h.start_daemon()
    h.until(lambda: h.status().get("panel", {}).get("state") == "connected", "the panel answers")
    done = h.ctl("status")
    check("[ .. ] ERP    subiekt-gt" in done.stdout and "not asked yet" in done.stdout, done.stdout)
    equal((h.status()["erp"]["result"], h.status()["result"]), ("wait", "wait"), "as JSON")
    done = h.ctl("sync", expect=4)
    check("there is no plugin to run" in done.stderr and not done.stdout, str(done))
    h.add_plugin("stock")
    h.until_in_step()
    h.until(lambda: "[ OK ] ERP" in h.ctl("status").stdout, "now it was seen")


@house(rows=20, plugins=("stock",))
def busy(h):
    """endpointd with too many to talk to: every command says that it is busy, exit 9, and none shows something else"""
    h.up()
    h.until_in_step()
    with contextlib.ExitStack() as held:
        for _ in range(32):
            s = held.enter_context(socket.socket(socket.AF_UNIX))
            s.connect(h.path("run", "control.sock"))
            s.sendall(b'{"do":"ping"}\n')
            check(b"true" in s.recv(1000), "it has time for this one")
        for words in (("status",), ("plugins",), ("metrics",), ("orders",), ("held",), ("reload",), ("take-over",), ("journal",), ("sync",)):
            for more in ((), ("--json",)):
                done = h.ctl(*words, *more, expect=9)
                said = done.stdout + done.stderr
                check("too many programs talk to endpointd" in said, f"{words}: {done}")
                check("[ OK ]" not in said and "No plugins" not in said and "goes on" not in said, f"{words}: {done}")
        check(h.endpoint[:4] + "-" + h.endpoint[4:8] in h.ctl("status", expect=9).stdout, "who it is is known all the same")
        if shutil.which("tmux"):
            t = Terminal(h.dir, columns=100, command=f"{program('endpoint-tui')} --lang en --config {h.path('etc/endpoint.conf')} "
                         f"--state-dir {h.path('state')} --runtime-dir {h.path('run')}")
            try:
                t.see("too many programs talk to endpointd at once", "busy")
                check("OK" not in t.screen().splitlines()[0] and "No plugins" not in t.screen(), t.screen())
            finally:
                t.close()
        # Somebody leaves in time.
        waits = h.start("asker", [program("endpointctl"), "--config", h.path("etc/endpoint.conf"), "--state-dir", h.path("state"),
                                  "--runtime-dir", h.path("run"), "metrics"])
        held.close()
        equal(waits.wait(30), 0, "it was tried again")
        check("endpoint_ok 1" in h.read("asker.log"), h.read("asker.log"))
        h.processes.pop("asker")
    h.ctl("status")


if __name__ == "__main__":
    run_tests([orders_wait, many_at_once, not_green, busy])
