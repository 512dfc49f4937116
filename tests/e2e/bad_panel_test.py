"""A panel, or what stands before it, that misbehaves: no busy loop, nothing lost, and words for every answer."""
import json
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from bad_panel import Answer, bad_panel, html, plugin, problem  # noqa: E402
from harness import check, equal, house, run_tests  # noqa: E402


def checks(h):
    return {c["code"]: c for c in h.status().get("checks", [])}


def red(h, code):
    return checks(h).get(code, {}).get("result") == "fail"


def texts(panel):
    with panel.lock:
        return [e["text"] for e in panel.journal.values()]


def polls(h):
    """one that answers the poll at once is asked ever more seldom, and heard again when it mends"""
    with bad_panel(h, erp=False) as p:
        h.until(lambda: p.of("config"), "the first poll")
        started = time.monotonic()
        p.behave["config"] = lambda r: Answer(204)
        p.changed()
        h.until(lambda: checks(h).get("panel.poll", {}).get("result") == "warn", "amber", 40)
        count, took = len(p.of("config")), time.monotonic() - started
        check(count < 20 + 2 * took, f"{count} polls in {took:.1f} s")
        done = h.ctl("status", expect=None).stdout
        check("asked less often" in done, "status says so: " + done)
        # The same with a revision that rises and says nothing new.
        p.behave["config"] = lambda r: Answer(200, dict(p.config(), rev=len(p.requests)))
        before, at = len(p.of("config")), time.monotonic()
        h.until(lambda: time.monotonic() > at + 3, "three seconds", 10)
        check(len(p.of("config")) - before < 15, "a rising revision is no news")


def commands(h):
    """ids of commands are percent-encoded; a result that is refused stands in no other's way and is set aside"""
    strange = ["a/b c", "ż?x=1#y", "..", "%41"]

    def refuse(request):
        if request.ids and request.ids[0] == "zatruty":
            return problem(422, "result_invalid")
        if request.ids and request.ids[0] == "długi" and b"could not be given" not in request.body:
            return html(413)
        return None

    with bad_panel(h, erp=False) as p:
        p.behave["result"] = refuse
        for identifier in ["zatruty", "długi", *strange]:
            p.command(identifier, "run-now", plugin="nie ma")
        h.until(lambda: set(p.results) >= {"długi", *strange}, "all others have their results", 30)
        check("413" in p.results["długi"]["text"], f"the long one's says why: {p.results['długi']}")
        equal(p.results["a/b c"]["text"], "there is no such plugin", "each result is its own")
        h.until(lambda: checks(h)["panel.results"]["result"] == "warn", "amber for the refused one", 20)
        check("1 results of commands" in checks(h)["panel.results"]["text"], str(checks(h)["panel.results"]))
        h.until(lambda: any("run-now for good" in t for t in texts(p)), "in the journal, too")
        check(len([r for r in p.of("result") if r.ids[0] == "zatruty"]) <= 6, "it is not offered for ever")


@house(rows=20)
def crowd(h):
    """many commands and plugins at once: only so many processes, the others wait for their turn, none is lost"""
    many = [plugin(f"p{i}", every="1h") for i in range(7)]
    with bad_panel(h, many, more="limits : { simulations = 2; workers = 3; };\n") as p:
        most = {"run": 0, "shots": 0}

        def look():
            pids = h.run(["ps", "--ppid", str(h.processes["endpointd"].pid), "-o", "pid="]).stdout.split()
            busy = len(h.workers())
            most["run"] = max(most["run"], busy)
            most["shots"] = max(most["shots"], len(pids) - busy)

        def first_pass():
            look()
            return all(x.get("last_run") for x in h.status()["plugins"]) and len(h.status()["plugins"]) == 7

        h.until(lambda: h.status().get("plugins"), "plugins are there")
        words = h.ctl("status", expect=None).stdout
        check("queued" in words and "limits.workers" in words, "status says who waits: " + words)
        h.until(first_pass, "each had its turn", 90)
        # One that runs by hand only gave its place up, too, and is there when a person asks.
        p.changed(plugins=many + [plugin("m", every="manual")])
        h.until(lambda: [x for x in h.status()["plugins"] if x["id"] == "m"], "one more")
        h.ctl("sync", "m")
        check(most["run"] <= 3, f"{most} workers at once")
        with p.lock:
            # More than it keeps at once; the first ones take their time, those behind only wait for them.
            p.commands = [{"id": f"c{i}", "do": "simulate", "with": {"plugin": f"p{i}" if i < 7 else "nix"}}
                          for i in range(90)]
        p.changed()

        def answered():
            look()
            return len(p.results) == 90

        h.until(lambda: checks(h)["panel.commands"]["result"] == "warn", "status says that they wait", 20)
        h.until(answered, "every one has its result", 120)
        check(all("rows" in p.results[f"c{i}"] for i in range(7)), f"they are simulations: {p.results['c1']}")
        check(most["shots"] <= 3, f"{most} processes beside the workers")


def half(h):
    """each direction has its check: status, journal and results may fail while the poll works"""
    answers = {"status": html(500), "journal": html(401), "result": html(502)}
    with bad_panel(h, erp=False) as p:
        h.until(lambda: p.of("status") and p.of("journal"), "the first words")
        for kind, answer in answers.items():
            p.behave[kind] = lambda r, a=answer: a
        p.command("c", "run-now", plugin="nix")
        p.changed(plugins=[plugin("x", kind="nowy")])  # for the journal
        h.until(lambda: red(h, "panel.status") and red(h, "panel.journal") and red(h, "panel.results"), "all are red", 60)
        done = h.ctl("status", expect=1).stdout
        check("shows an old state" in done and "500 Internal Server Error" in done, "in words: " + done)
        check("[FAIL] Panel " in done and "not all of it works" in done, "at a glance: " + done)
        equal(h.status()["panel"]["error"], None, "the poll itself is well")
        for name in ("status", "journal", "results"):
            check(checks(h)["panel." + name]["remedy"], name + " has a remedy")
        p.behave.clear()
        h.until(lambda: not any(red(h, "panel." + n) for n in ("status", "journal", "results")), "green again", 60)
        equal(p.results["c"]["text"], "there is no such plugin", "the result was kept")


def poison(h):
    """an entry of the journal that the panel refuses for good is set aside, counted, shown; the others arrive"""
    def refuse(request):
        return problem(422, "journal_invalid") if "started" in [e["code"] for e in request.lines] else None

    with bad_panel(h, erp=False) as p:
        p.behave["journal"] = refuse
        # Entries behind the refused one: plugins that this endpoint does not know.
        for i in range(3):
            p.changed(plugins=[plugin("x", kind=f"nowy-{i}")])
            h.until(lambda: str(p.rev) in [r.query.get("after") for r in p.of("config")], "taken")
        h.until(lambda: any("nowy-2" in t for t in texts(p)), "the others arrived", 60)
        h.until(lambda: checks(h)["panel.journal"]["result"] == "warn", "it is counted and shown", 60)
        h.until(lambda: any("refused an entry of the journal for good" in t for t in texts(p)), "and told", 30)
        check("panel.journal" not in [c for c in checks(h) if red(h, c)], "not red")
        done = h.ctl("status", expect=None).stdout  # red for the plugins that are refused
        check("1 entries of the journal" in done, "status: " + done)
        asked = len(p.of("journal"))
        h.stop("endpointd")
        h.start_daemon()
        h.until(lambda: len(p.of("journal")) > asked, "after a restart")
        h.until(lambda: "1 entries" in checks(h).get("panel.journal", {}).get("text", ""), "the count lasts")


def journal_lives(h):
    """entries of a journal that was lost, or restored from a copy, arrive: no id means two entries"""
    def told(word):
        p.changed(plugins=[plugin("x", kind=word)])
        h.until(lambda: any(word in t for t in texts(p)), word + " arrived", 40)

    with bad_panel(h, erp=False) as p:
        told("life-1")
        h.stop("endpointd")
        kept = {n: h.path("state", n) for n in os.listdir(h.path("state")) if n.startswith("journal.db")}
        for name, path in kept.items():
            shutil.copy(path, h.path(name + ".kept"))
        h.start_daemon()
        for i in range(5):
            told(f"life-2-{i}")
        h.stop("endpointd")
        for name in [n for n in os.listdir(h.path("state")) if n.startswith("journal.db")]:
            os.unlink(h.path("state", name))
        for name, path in kept.items():
            shutil.copy(h.path(name + ".kept"), path)
        h.start_daemon()
        for i in range(5):
            told(f"life-3-{i}")  # restored: once it gave these the ids of life 2
        h.stop("endpointd")
        for name in [n for n in os.listdir(h.path("state")) if n.startswith("journal.db")]:
            os.unlink(h.path("state", name))
        h.start_daemon()
        told("life-4")  # lost


def refused_whole(h):
    """a panel that refuses the whole journal for a while loses none of it"""
    with bad_panel(h, erp=False) as p:
        p.behave["journal"] = lambda r: problem(400, "bad_request")
        for i in range(4):
            p.changed(plugins=[plugin("x", kind=f"nowy-{i}")])
            h.until(lambda: str(p.rev) in [r.query.get("after") for r in p.of("config")], "taken")
        h.until(lambda: len(p.of("journal")) > 4, "tried", 60)
        p.behave.clear()
        h.until(lambda: sum("nowy" in t for t in texts(p)) == 4, "all arrived", 60)
        check(any("endpointd" in t and "started" in t for t in texts(p)), "the first one, too")
        check(checks(h)["panel.journal"]["result"] == "ok", "nothing was set aside")


def every_answer(h):
    """every kind of answer has words and a remedy; a redirect says where to"""
    with bad_panel(h, erp=False) as p:
        h.until(lambda: p.of("config"), "the first poll")
        cases = [(html(301, Location="https://nowy.example.com/panel"), "https://nowy.example.com/panel"),
                 (html(302, Location="/login?next=\x1b[31m"), "/login?next="),
                 (html(200), "not JSON"), (Answer(200, b""), "an empty body"), (html(403), "403 Forbidden"),
                 (html(404), "404 Not Found"), (html(407), "407 Proxy"), (html(502), "502 Bad Gateway"),
                 (problem(500, "store"), "500: it is so"), (Answer(200, b'"' + b"x" * (17 << 20) + b'"'), "longer than"),
                 (Answer(418, {"hello": 1}), "418")]
        for answer, words in cases:
            p.behave["config"] = lambda r, a=answer: a
            p.changed()
            h.ctl("reload")  # asks at once
            error = h.until(lambda w=words: (lambda e: e if e and w in e["text"] else None)(h.status()["panel"]["error"]),
                            f"status says {words!r}", 40)
            check(error["remedy"], f"{words} has a remedy")
            check("\x1b" not in json.dumps(error, ensure_ascii=False), "nothing that steers a terminal")
        p.behave.clear()
        h.ctl("reload")
        h.until(lambda: h.status()["panel"]["error"] is None, "well again", 40)


@house(rows=20)
def clock(h):
    """a panel whose clock is years ahead: red, and its orders wait instead of being rejected as too old"""
    from panel_client import order
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    orders = plugin("zam", "orders", "1s", options={"days_back": 30})
    with bad_panel(h, [orders], more=f'orders : {{ writer = "epp"; epp_dir = "{h.write_dir("epp")}"; }};\n') as p:
        h.until(lambda: h.status().get("plugins"), "the plugin is there")
        p.ahead = 3 * 365 * 86400
        sku = h.value("SELECT TOP 1 t.tw_Symbol FROM dbo.tw__Towar AS t WHERE t.tw_Usuniety = 0 AND t.tw_Rodzaj = 1 ORDER BY t.tw_Id")
        lines = [{"id": "1", "sku": sku, "name": "x", "quantity": "1", "price_gross": "10.00", "vat_rate": "23"}]
        p.changed(orders=[order("1", placed_at=now, confirmed_at=now, lines=lines, delivery=None, total_gross="10.00")],
                  mark="1")
        h.until(lambda: red(h, "panel.clock"), "red", 30)
        h.until(lambda: h.status()["plugins"][0].get("orders", {}).get("waiting") == 1, "it waits", 30)
        shown = h.until(lambda: (lambda o: o if "clock" in (o.get("reason") or "") else None)
                        (json.loads(h.ctl("orders", "--json").stdout)["orders"][0]), "and says why", 30)
        equal(shown["state"], "waiting", "not rejected")
        p.ahead = 0
        p.changed(mark="2")
        h.until(lambda: h.status()["plugins"][0]["orders"]["waiting"] == 0, "it goes on", 40)
        equal(h.status()["plugins"][0]["orders"]["rejected"], 0, "none was rejected")


@house(rows=20)
def outcomes(h):
    """a shop that refuses an order's outcome for good: amber with the number and, in the journal, the shop's words"""
    from panel_client import order
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    lines = [{"id": "1", "sku": "NIE-MA", "name": "x", "quantity": "1", "price_gross": "10.00", "vat_rate": "23"}]

    def refuse(request):
        return Answer(200, {"results": [{"order": o["order"], "ok": False, "code": "outcome_late", "detail": "a closed month"}
                                        for o in request.json["outcomes"]]})

    def check_of():
        plugins = h.status().get("plugins") or [{}]
        return next((c for c in plugins[0].get("checks", []) if c["code"] == "orders.outcomes"), {})
    more = f'orders : {{ writer = "epp"; epp_dir = "{h.write_dir("epp")}"; }};\n'
    with bad_panel(h, [plugin("zam", "orders", "1s")], more=more) as p:
        p.behave["outcomes"] = refuse
        p.changed(orders=[order("1", placed_at=now, confirmed_at=now, lines=lines, delivery=None, total_gross="10.00")],
                  mark="1")
        c = h.until(lambda: check_of() if check_of().get("result") == "warn" else None, "amber", 60)
        check("outcomes of 1 order" in c["text"] and "every hour" in c["remedy"], str(c))
        check("a closed month" in h.ctl("journal").stdout, "the journal has the shop's words")
        check(len(p.of("outcomes")) < 5, "it is not asked again and again")


if __name__ == "__main__":
    run_tests([polls, commands, half, poison, journal_lives, refused_whole, every_answer, clock, outcomes, crowd])
