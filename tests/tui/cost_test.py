"""What endpoint-tui costs: time to the first paint, bytes for a key, for news, and for nothing.

As a part of make check the bytes are held; `make bench` (BENCH_FULL=1) holds the time, too.
"""
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from terminal import BUILD, SOURCE, FakeDaemon, check, options, run_tests, with_stub  # noqa: E402
from pty_tui import Pty  # noqa: E402
import screens_data  # noqa: E402

FULL = bool(os.environ.get("BENCH_FULL"))
TODAY = time.strftime("%Y-%m-%d", time.gmtime())
PAINT_MS, KEY_BYTES, NEWS_BYTES = 50, 250, 400


def status(turn, plugins=5):
    """An endpoint at work: every turn one plugin has run again."""
    def plugin(index):
        runs = turn // plugins + (1 if index < turn % plugins else 0)
        at = f"{TODAY}T08:{runs % 60:02}:{(index * 7) % 60:02}.000Z"
        return {"id": f"plugin{index}", "name": f"plugin{index}", "kind": "stock", "state": "waiting", "enabled": True,
                "queued": 0, "last_run": at, "last_ok": at, "next_run": at, "rows": 1000 + runs, "changes": [runs % 5] * 30,
                "restarts": 0, "error": None, "checks": []}
    return {"ok": True, "endpoint": {"id": "EP-7K2M-94QX", "account": {"id": "1", "name": "x"}}, "plugins":
            [plugin(index) for index in range(plugins)], "checks": [], "erp": {},
            "panel": {"url": "https://panel.example.pl", "state": "connected", "last_ok": "2026-03-02T08:14:03.000Z", "error": None}}


def environment(house):
    return dict(house.environment, TERM="xterm-256color", LC_ALL="C.UTF-8", TZ="UTC", NO_COLOR="",
                ENDPOINT_LOCALEDIR=os.path.join(BUILD, "locale"), ENDPOINT_ERP_DIR=os.path.join(SOURCE, "etc", "erp"))


def start(house, answers):
    screens_data.registered(house)
    daemon = FakeDaemon(house, {"status": answers})
    t = Pty([with_stub(house, {}), *options(house)], environment=environment(house))
    t.until(b"plugin4")
    t.quiet()
    return t, daemon


def test_paint(house):
    """The first paint of a cold process"""
    screens_data.registered(house)
    times = []
    for _ in range(21 if FULL else 3):
        t = Pty([with_stub(house, {}), *options(house)], environment=environment(house))
        t.until(b"Close")
        times.append((time.monotonic() - t.began) * 1000)
        t.close()
    median = statistics.median(times)
    print(f"# first paint: median {median:.1f} ms of {len(times)} (at most {PAINT_MS})")
    check(not FULL or median <= PAINT_MS, f"the first paint takes {median:.1f} ms")


def test_keys(house):
    """Bytes for an arrow key, on the Summary and on the Connection tab"""
    t, daemon = start(house, [status(0)])
    try:
        worst = {}
        for tab in (b"", b"1"):
            if tab:
                t.send(tab)
                t.reply()
            counts = []
            for key in (b"\x1b[B", b"\x1b[B", b"\x1b[B", b"\x1b[A", b"\x1b[A", b"\x1b[B"):
                t.send(key)
                counts.append(len(t.reply()))
            worst[tab.decode() or "3"] = max(counts)
            check(min(counts) > 0, f"a key shows nothing: {counts}")
        print(f"# bytes for an arrow key, at most: {worst} (at most {KEY_BYTES})")
        check(max(worst.values()) <= KEY_BYTES, f"an arrow key costs {worst} bytes")
    finally:
        errors = t.close()
        daemon.close()
        check("Sanitizer" not in errors, errors)


def test_news(house):
    """Bytes for news on the Summary"""
    turn = [0]

    def answers(_):
        turn[0] += 1
        return [status(turn[0])]
    t, daemon = start(house, answers)
    try:
        counts = []
        while len(counts) < 6:
            got = t.quiet(still=0.4)
            if got:
                counts.append(len(got))
        print(f"# bytes for news: {counts} (at most {NEWS_BYTES})")
        check(max(counts) <= NEWS_BYTES, f"news cost {counts} bytes")
    finally:
        t.close()
        daemon.close()


def test_nothing(house):
    """Not a byte when nothing changes"""
    t, daemon = start(house, [status(0)])
    try:
        asked = len(daemon.asked)
        seen, deadline = b"", time.monotonic() + 60
        while len(daemon.asked) < asked + 4 and time.monotonic() < deadline:
            seen += t.read(0.2)
        check(len(daemon.asked) >= asked + 4, "the daemon is not asked any more")
        check(seen == b"", f"{len(seen)} bytes were written for nothing: {seen[:200]!r}")
    finally:
        t.close()
        daemon.close()


run_tests([test_paint, test_keys, test_news, test_nothing])
