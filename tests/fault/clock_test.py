#!/usr/bin/env python3
"""A clock that is set while endpointd runs, and a plugin whose passes do not come: seen, and not for ever."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from harness import Skip, check, house, run_tests  # noqa: E402

WORKER = """#!/usr/bin/env python3
import json, os, select, sys, time
job = json.load(os.fdopen(3))
def say(**event):
    os.write(4, json.dumps(event).encode() + b"\\n")
say(event="idle-until", at="2099-01-01T00:00:00.000Z")
while True:
    if select.select([4], [], [], 1)[0]:
        order = os.read(4, 65536)
        if b"stop" in order or not order:
            sys.exit(0)
        if b"run-now" in order and os.path.exists("GO"):
            say(event="pass", started="2026-01-01T00:00:00.000Z", ended="2026-01-01T00:00:01.000Z", rows=1, upserts=0,
                deletes=0, ok=True, error=None)
    say(event="alive")
"""


def library():
    path = next((p for p in ("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
                             "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1") if os.path.exists(p)), None)
    if not path:
        raise Skip("faketime is not installed")
    if os.environ.get("SANITIZER_RUN"):
        raise Skip("the sanitizers do not go with a preloaded library")
    return path


def first(h):
    return (h.status().get("plugins") or [{}])[0]


def hours_ahead(text):
    """How far a time of a status lies ahead of ours."""
    stamp = time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")
    return (time.mktime(stamp) - time.timezone - time.time()) / 3600


@house(rows=20, every="500ms")
def set_back(h):
    """a clock that is two hours ahead and set back while all runs stops nothing: the next change is in the panel at once"""
    moved = dict(h.environment, LD_PRELOAD=library(), DONT_FAKE_MONOTONIC="1", HOME=h.dir)
    for name in ("FAKETIME", "FAKETIME_TIMESTAMP_FILE"):
        moved.pop(name, None)
    h.up(daemon=False)
    h.write(".faketimerc", "+2h\n")
    h.start_daemon(environment=moved)
    h.until_in_step()
    h.until(lambda: hours_ahead(first(h).get("last_run") or "2000-01-01T00:00:00") > 1, "its clock is ahead")
    h.write(".faketimerc", "+0\n")  # the library reads it anew every ten seconds
    h.until(lambda: hours_ahead(first(h)["next_run"] or "2099-01-01T00:00:00") < 0.5, "the clock is set back", 40)
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = 79 WHERE st_TowId = (SELECT MIN(t.tw_Id) FROM dbo.tw__Towar AS t)")
    h.until_in_step(20)
    check(hours_ahead(first(h)["last_run"]) < 0.01, f"it says that it ran at {first(h)['last_run']}")
    check("last run in " not in h.ctl("status", expect=None).stdout, "a last run in the future")


@house(rows=20, every="1s")
def no_pass(h):
    """a plugin that says it waits, and whose pass is late by three intervals, is red, told to run, and green when it has"""
    h.start_sandbox()
    h.start_panel()
    h.configure()
    h.register()
    h.add_plugin("stock")
    worker = h.write("worker", WORKER.replace("GO", h.path("go")), 0o700)
    h.start("endpointd", [os.path.join(os.environ.get("ENDPOINT_BUILD", os.getcwd()), "endpointd"), "--config",
                          h.path("etc/endpoint.conf"), "--state-dir", h.path("state"), "--runtime-dir", h.path("run"),
                          "--worker", worker])
    h.until(lambda: (first(h).get("error") or {}).get("code") == "plugin.overdue", "it is red", 60)
    check("no pass for" in h.ctl("status", expect=1).stdout, "status does not say it")
    check("plugin_overdue" in h.ctl("journal", "--json").stdout, "the journal does not say it")
    h.write("go", "")
    h.ctl("sync", "stock")
    h.until(lambda: not first(h)["error"], "it is green again")


if __name__ == "__main__":
    run_tests([set_back, no_pass])
