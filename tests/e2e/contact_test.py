"""A panel says of an endpoint that it has not heard how long that is, and what to do."""
import datetime
import json
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import check, equal, run_tests  # noqa: E402
from panel_client import database, joined  # noqa: E402

GREEN = {"endpoint": {"version": "0.1.0"}, "plugins": [], "checks": []}


def ago(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def listed(h):
    return json.loads(h.panel("endpoint", "list", "--json").stdout)


def entries(h):
    found = [json.loads(line) for line in h.panel("journal", "-n", "100", "--json").stdout.splitlines()]
    return [e for e in found if e["code"] in ("endpoint_gone", "endpoint_back")]


def silent(h, c, seconds):
    """As if it had been heard so long ago, and the panel had listened all the time."""
    database(h, "UPDATE endpoints SET last_seen=? WHERE id=?", ago(seconds), c.id)
    database(h, "UPDATE listening SET since_ms=since_ms-3600000")


def dead(h):
    """green, then grey after two missed intervals, then red with time and remedy: in list, status and journal, and back"""
    c = joined(h)
    equal(listed(h)["contact"]["state"], "never", "registered, and not started")
    equal(c.post("/endpoint/status", GREEN).code, 200, "status")
    status = json.loads(h.panel("status").stdout)
    equal((status["endpoint"]["version"], status["contact"]["state"]), ("0.1.0", "ok"), "just heard")
    check(status["contact"]["age_s"] < 60 and status["contact"]["last_seen"], str(status))
    h.until(lambda: database(h, "SELECT * FROM listening"), "the panel listens")

    silent(h, c, 200)
    line = h.panel("endpoint", "list").stdout
    check("[ .. ] not heard for 3 min" in line, line)
    equal(json.loads(h.panel("status").stdout)["contact"]["state"], "silent", "grey is no failure yet")

    silent(h, c, 400)
    done = h.panel("status", expect=1)
    check("not heard for 6 min" in done.stderr, done.stderr)
    contact = json.loads(done.stdout)["contact"]
    equal(contact["state"], "gone", "gone")
    check("no order reaches the ERP" in contact["text"] and "endpointctl" in contact["remedy"], str(contact))
    line = h.panel("endpoint", "list").stdout
    check("[FAIL] not heard for 6 min" in line and "> On its machine" in line, line)
    h.until(lambda: entries(h), "the journal says it", 30)
    # Whoever only asks who it is, as endpointctl test does, is no sign of life.
    equal(c.get("/endpoint").code, 200, "who am I")
    equal(listed(h)["contact"]["state"], "gone", "still gone")

    equal(c.post("/endpoint/status", GREEN).code, 200, "status")
    equal(json.loads(h.panel("status").stdout)["contact"]["state"], "ok", "back")
    h.until(lambda: len(entries(h)) == 2, "the journal says it", 30)
    equal([(e["level"], e["code"]) for e in entries(h)], [("error", "endpoint_gone"), ("info", "endpoint_back")],
          "one entry each")

    # A red status is red here, too.
    red = dict(GREEN, plugins=[{"id": "stany", "error": {"code": "x", "text": "y"}}])
    equal(c.post("/endpoint/status", red).code, 200, "status")
    h.panel("status", expect=1)
    equal(c.post("/endpoint/status", GREEN).code, 200, "status")

    # What the panel did not hear because it did not listen itself is nobody's fault.
    h.stop("panel")
    database(h, "UPDATE endpoints SET last_seen=?", ago(4000))
    database(h, "UPDATE listening SET since_ms=since_ms-4000000,last_ms=last_ms-4000000")
    line = h.panel("endpoint", "list").stdout
    check("this panel did not listen itself" in line, line)
    h.start_panel(port=h.panel_port)
    h.until(lambda: database(h, "SELECT 1 FROM listening WHERE last_ms-since_ms<60000"), "it listens anew")
    equal(listed(h)["contact"]["state"], "unknown", "not known yet")
    h.panel("endpoint", "revoke", c.id)
    check("[ -- ] revoked" in h.panel("endpoint", "list").stdout, "revoked")
    equal(len(entries(h)), 2, "no entry for that")


if __name__ == "__main__":
    run_tests([dead])
