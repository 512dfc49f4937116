"""A change that a command makes reaches who waits for it at once; while nothing happens the panel sleeps."""
import glob
import json
import os
import re
import stat
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from harness import SLOW, check, equal, run_tests  # noqa: E402
from panel_client import PLUGIN, database, joined, order  # noqa: E402

SOCKET = "notice.sock"
AT_ONCE = 0.5 * SLOW


def wait_for(c, path):
    """Ask and come back before the answer does."""
    c.connection.request("GET", "/api/v1" + path, None, {"Authorization": "Bearer " + c.token(request="GET " + path)})


def parked(h, c, path):
    """The panel has looked, and the answer waits."""
    heard = database(h, "SELECT count(*) FROM seen")
    wait_for(c, path)
    h.until(lambda: database(h, "SELECT count(*) FROM seen") != heard, "the panel has the question")


def config(c):
    return f"/endpoint/config?after={c.config().json['rev']}&wait=50"


def seconds(c, code=200):
    """How long the answer took from now on."""
    began = time.monotonic()
    reply = c.connection.getresponse()
    reply.read()
    equal(reply.status, code, "the answer")
    return time.monotonic() - began


def at_once(h):
    """each kind of change by a command is answered within a fraction of a second"""
    c = joined(h)
    changed = json.dumps(dict(PLUGIN, name="Inne"))
    for words, stdin in ((("command", "add", c.id, "lookup", "{}"), None), (("plugin", "disable", "zam"), None),
                         (("plugin", "enable", "zam"), None), (("plugin", "edit", "zam", "-"), changed),
                         (("command", "add", c.id, "test", "{}"), None)):
        parked(h, c, config(c))
        h.panel(*words, stdin=stdin)
        check((took := seconds(c)) < AT_ONCE, f"{words[:2]}: {took:.2f} s")
    cursor = ""
    for revision in (1, 2, 3):
        parked(h, c, f"/plugins/zam/orders?after={cursor}&wait=50")
        h.panel("order", "add", "-", stdin=json.dumps(order(revision=revision)))
        check((took := seconds(c)) < AT_ONCE, f"order, revision {revision}: {took:.2f} s")
        cursor = c.orders("zam", cursor).json["cursor"]
    parked(h, c, config(c))
    h.panel("endpoint", "revoke", c.id)
    check((took := seconds(c, 401)) < AT_ONCE, f"revoked: {took:.2f} s")


def lost(h):
    """word that gets lost delays a change by seconds, no more; a panel that was killed hears again"""
    c = joined(h)
    socket = h.path("panel", SOCKET)
    mode = os.stat(socket).st_mode
    check(stat.S_ISSOCK(mode) and stat.S_IMODE(mode) & 0o177 == 0, f"for the owner only: {mode:o}")
    os.unlink(socket)
    for _ in range(2): # word from before may still be on its way when the first one waits
        parked(h, c, config(c))
        h.panel("command", "add", c.id, "lookup", "{}")
        check((took := seconds(c)) < 10 * SLOW, f"seen all the same: {took:.2f} s")
    h.stop("panel")
    h.start_panel(port=h.panel_port)
    c.close()
    h.kill("panel")
    check(os.path.exists(socket), "what was killed leaves its socket")
    h.panel("command", "add", c.id, "lookup", "{}")
    h.start_panel(port=h.panel_port)
    for _ in range(4):
        c.config()
        parked(h, c, config(c))
        h.panel("command", "add", c.id, "lookup", "{}")
        check((took := seconds(c)) < AT_ONCE, f"heard again: {took:.2f} s")
    h.stop("panel")
    check(not os.path.exists(socket), "it is gone with the panel")


def wake_ups(h):
    """How often any thread of the panel began to run anew."""
    total = 0
    for name in glob.glob(f"/proc/{h.processes['panel'].pid}/task/*/status"):
        with open(name, encoding="ascii") as file:
            total += int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", file.read(), re.M).group(1))
    return total


def idle(h):
    """between two looks at who is gone, seconds apart, it hardly wakes while an endpoint waits for news"""
    c = joined(h)

    def look():
        return database(h, "SELECT last_ms FROM listening")

    parked(h, c, config(c))
    before = h.until(look, "the panel looks")
    h.until(lambda: look() != before, "it looks again")
    at, woken = look(), wake_ups(h)
    h.until(lambda: look() != at, "and once more")
    ms, count = look()[0][0] - at[0][0], wake_ups(h) - woken
    check(ms > 4000, f"{ms} ms between")
    check(count * 1000 < 5 * ms, f"woken {count} times in {ms} ms")
    h.panel("command", "add", c.id, "lookup", "{}")
    check((took := seconds(c)) < AT_ONCE, f"and hears at once: {took:.2f} s")


if __name__ == "__main__":
    run_tests([at_once, lost, idle])
