"""Orders from the shop become documents in the ERP, and their numbers come back."""
import datetime
import json
import os
import resource
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from harness import Failure, House, Skip, check, equal, run_tests  # noqa: E402

MORE = """orders : {
    writer = "epp";
    epp_dir = %s;
};
"""


def now(days=0):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def order(identifier, *lines, revision=1, number=None, **more):
    """lines: (sku, quantity, gross price); all at 23 %."""
    total = sum(round(float(q) * float(p) * 100) for _, q, p in lines) / 100
    value = {"id": identifier, "number": number or "Z-" + identifier, "revision": revision,
             "placed_at": now(), "source": "sklep", "currency": "PLN", "total_gross": f"{total:.2f}",
             "buyer": {"name": "Żaneta Źdźbło", "email": "zaneta@example.com"},
             "delivery": {"name": "Żaneta Źdźbło", "street": "Długa 5/3", "city": "Kraków",
                          "postcode": "30-001", "country": "PL"},
             "lines": [{"id": str(i), "sku": sku, "name": sku, "quantity": q, "price_gross": p,
                        "vat_rate": "23"} for i, (sku, q, p) in enumerate(lines, 1)]}
    value.update(more)
    return value


def begin(h, operator=True, writer=True, daemon=True, kinds=("orders",), options=None, panel=(), inbox=None, **start):
    """ERP, panel, endpoint; the sandbox plays the operator ("keeps": his program leaves files where they are)."""
    h.inbox = inbox or h.write_dir("import")
    h.start_sandbox(*(("--import-dir", h.inbox) if operator else ()), *(("--keep-imported",) if operator == "keeps" else ()))
    h.start_panel(*panel)
    h.configure(more=MORE % json.dumps(h.inbox) if writer else "")
    h.register()
    for kind in kinds:
        h.add_plugin(kind, options=options if kind == "orders" else None)
    if daemon:
        h.start_daemon(**start)
    h.goods = [row[0] for row in h.sql(
        "SELECT TOP (5) t.tw_Symbol FROM dbo.tw__Towar AS t INNER JOIN dbo.sl_StawkaVAT AS v ON v.vat_Id = t.tw_IdVatSp "
        "WHERE t.tw_Rodzaj = 1 AND t.tw_Usuniety = 0 AND t.tw_Zablokowany = 0 AND v.vat_Symbol = '23' ORDER BY t.tw_Id")]
    h.until(lambda: not daemon or h.status().get("plugins"), "the plugin is there")


def place(h, *orders):
    h.panel("order", "add", "-", stdin=json.dumps(list(orders)))


def in_panel(h, identifier):
    """The newest outcome that the panel has of an order."""
    done = h.panel("order", "show", identifier, "--json", expect=None)
    if done.returncode:
        return {}
    return json.loads(done.stdout)


def mine(h, identifier):
    """What the endpoint says of an order."""
    done = h.ctl("order", "show", identifier, "--json", expect=None)
    return json.loads(done.stdout).get("order", {}) if done.returncode == 0 else {}


def panel_journal(h):
    return [json.loads(line) for line in h.panel("journal", "-n", "200", "--json").stdout.splitlines() if line.startswith("{")]


def state_of(h, identifier):
    return mine(h, identifier).get("state")


def until_state(h, identifier, *states, within=60):
    try:
        h.until(lambda: state_of(h, identifier) in states, f"{identifier} is {' or '.join(states)}", within)
    except Failure as why:
        raise Failure(f"{why}; it is {mine(h, identifier)}") from None
    return mine(h, identifier)


def until_told(h, identifier, state, within=60):
    """Wait until the panel was told this state; the outcome."""
    h.until(lambda: in_panel(h, identifier).get("state") == state, f"the panel knows that {identifier} is {state}", within)
    return in_panel(h, identifier)


def documents(h, marker):
    return [row[0] for row in h.sql("SELECT d.dok_NrPelny FROM dbo.dok__Dokument AS d WHERE d.dok_Typ = 16 AND "
                                    f"d.dok_NrPelnyOryg = N'{marker}' ORDER BY d.dok_Id")]


def files(h):
    """What lies in the import directory, but for the mark of whose it is."""
    return sorted(n for n in os.listdir(h.inbox) if n != ".endpoint-owner")


def number_comes_back(h):
    """an order becomes a ZK by way of a file, and its number returns to the panel"""
    begin(h)
    place(h, order("1001", (h.goods[0], "2", "19.99"), (h.goods[1], "1", "5.01"), note="Zażółć gęślą jaźń"))
    outcome = until_told(h, "1001", "done")
    o = mine(h, "1001")
    equal([o["document"]], documents(h, o["marker"]), "the one document with the marker")
    equal(outcome["document"], o["document"], "the number that the panel has")
    equal(h.value(f"SELECT d.dok_WartBrutto FROM dbo.dok__Dokument AS d WHERE d.dok_NrPelnyOryg = N'{o['marker']}'"),
          "44.9900", "its total")
    check(os.path.exists(os.path.join(h.inbox, "done", o["marker"] + ".epp")), "the file was imported")
    equal([s["state"] for s in o["history"]][::-1] if o["history"][0]["state"] == "done" else [s["state"] for s in o["history"]],
          ["waiting", "sending", "handed-over", "done"], "the order's life")
    counts = h.status()["plugins"][0]["orders"]
    equal((counts["done_today"], counts["waiting"], counts["handed_over"]), (1, 0, 0), "the counts of status")


def told_singly(h):
    """a panel that does not know the call for many outcomes is told one by one"""
    begin(h, panel=("--fault", "single-outcomes"))
    place(h, *(order(f"S{i}", (h.goods[0] if i % 3 else "NIE-MA", "1", "5.00")) for i in range(12)))
    for i in range(12):
        until_told(h, f"S{i}", "done" if i % 3 else "rejected")
    h.until(lambda: h.status()["plugins"][0]["orders"]["untold"] == 0, "nothing is left to tell")


def at_once(h):
    """an order is here at once however seldom the schedule, but not outside its hours, nor when it runs by hand only"""
    begin(h, operator=False, daemon=False)
    scenario = {"kind": "orders", "enabled": True, "channel": {"type": "panel", "shop": "b"}}
    h.panel("plugin", "edit", "orders", "-", stdin=json.dumps(dict(scenario, id="orders", schedule={"every": "24h"})))
    today = datetime.datetime.now().isoweekday()
    closed = {"every": "1s", "weekdays": [d for d in range(1, 8) if d not in (today, today % 7 + 1)]}
    for name, schedule in (("hand", {"manual": True}), ("closed", closed)):
        h.panel("plugin", "add", "--endpoint", h.endpoint, "-", stdin=json.dumps(
            dict(scenario, id=name, channel={"type": "panel", "shop": name}, schedule=schedule)))
    h.start_daemon()
    h.until(lambda: [p["state"] for p in h.status().get("plugins", [])] == 3 * ["waiting"], "all three wait", 60)
    runs = lambda: next(p for p in h.status()["plugins"] if p["id"] == "orders").get("last_run")
    h.until(runs, "its first pass is over", 60)
    def put(identifier, plugin, **more):
        h.panel("order", "add", "-", "--plugin", plugin, stdin=json.dumps(order(identifier, (h.goods[0], "1", "5.00"), **more)))
    for name in ("hand", "closed"):
        put("o-" + name, name)
    put("o1", "orders")
    h.until(lambda: state_of(h, "o1") == "handed-over", "it came in the 24 hours between two passes", 60)
    put("o1", "orders", revision=2)
    h.until(lambda: "revision 2" in mine(h, "o1")["reason"], "and so does the next word", 60)
    equal([state_of(h, "o-" + name) for name in ("hand", "closed")], [None, None], "what is not to run did not")
    h.ctl("sync", "hand")
    h.until(lambda: state_of(h, "o-hand") == "handed-over", "by hand it runs", 60)


def word_is_kept(h):
    """word of an order is kept until it was fetched: through lost answers, and a panel that is killed"""
    begin(h, operator=False, daemon=False, kinds=(), panel=("--fault", "drop-order-reply=2"))
    h.add_plugin("orders", every="24h")
    h.start_daemon()
    h.until(lambda: h.status().get("plugins") and h.status()["plugins"][0].get("last_ok"), "its first pass is over", 60)
    place(h, order("w1", (h.goods[0], "1", "5.00")))
    h.until(lambda: state_of(h, "w1") == "handed-over", "it came though two answers were lost", 60)
    h.kill("panel")
    place(h, order("w2", (h.goods[0], "1", "5.00")))
    h.start_panel(port=h.panel_port)
    h.until(lambda: state_of(h, "w2") == "handed-over", "it came when the panel was back", 60)
    h.kill("panel")
    h.ctl("sync", expect=None)
    h.until(lambda: h.status()["plugins"][0].get("error"), "that the panel is away is seen", 60)
    h.start_panel(port=h.panel_port)
    h.until(lambda: not h.status()["plugins"][0].get("error"), "and that it is back, though nothing new came", 90)
    os.kill(h.workers()["orders"], signal.SIGKILL)
    place(h, order("w3", (h.goods[0], "1", "5.00")))
    h.until(lambda: state_of(h, "w3") == "handed-over", "it came when the worker was back", 60)


def unknown_product(h):
    """an order with an unknown product is rejected with its symbol named, here and in the panel"""
    begin(h)
    place(h, order("1002", (h.goods[0], "1", "10.00"), ("NIE-MA-TAKIEGO", "1", "1.00")))
    outcome = until_told(h, "1002", "rejected")
    check("NIE-MA-TAKIEGO" in outcome["reason"], f"the panel names it: {outcome}")
    listed = h.ctl("orders", "--state", "rejected").stdout
    check("Z-1002" in listed and "NIE-MA-TAKIEGO" in listed, "endpointctl orders names it: " + listed)
    equal([n for n in files(h) if n not in ("done", "rejected")], [], "nothing was written")
    place(h, order("1002", (h.goods[0], "1", "10.00"), revision=2))
    until_told(h, "1002", "done")


def simulation(h):
    """sync --simulate shows the document and what would be rejected, and writes nothing"""
    begin(h, operator=False, daemon=False, kinds=())
    h.add_plugin("orders", every="manual")
    place(h, order("2001", (h.goods[0], "2", "19.99"), note="Zażółć"), order("2002", ("NIE-MA", "1", "1.00")))
    h.start_daemon()
    h.until(lambda: h.status().get("plugins"), "the plugin is there")
    h.ctl("sync", "orders")
    h.until(lambda: state_of(h, "2001") == "handed-over", "the first pass is over", 60)
    place(h, order("2003", (h.goods[0], "3", "1.10")), order("2004", ("NIE-MA", "1", "1.00")))
    before = sorted(os.listdir(h.inbox))
    shown = h.ctl("sync", "orders", "--simulate").stdout
    for text in ("Z-2003", "would become a document with the marker EP", "[INFO]", "Z-2004 would be rejected", "NIE-MA",
                 "1 would become documents, 1 would be rejected"):
        check(text in shown, f"the simulation has {text!r}: {shown}")
    rows = [json.loads(line) for line in h.ctl("sync", "orders", "--simulate", "--json").stdout.splitlines()]
    equal([(r.get("op"), r.get("key")) for r in rows[:-1]], [("document", "2003"), ("rejected", "2004")], "as JSON")
    equal(sorted(os.listdir(h.inbox)), before, "what is in the directory")
    equal(state_of(h, "2003"), None, "the ledger does not know it")
    h.ctl("sync", "orders")
    until_state(h, "2003", "handed-over")
    with open(os.path.join(h.inbox, mine(h, "2003")["marker"] + ".epp"), "rb") as file:
        equal(file.read().decode("cp1250").splitlines(), rows[0]["data"]["text"].splitlines(), "the file, as it was shown")


def directory_faults(h):
    """while the directory is missing orders wait and a check is red; afterwards they are written"""
    begin(h)
    os.rename(h.inbox, h.inbox + ".away")
    place(h, order("3001", (h.goods[0], "1", "10.00")))
    outcome = until_told(h, "3001", "waiting")
    h.until(lambda: any(c["code"] == "orders.directory" and c["result"] == "fail" for c in h.status()["plugins"][0]["checks"]),
            "the check is red", 60)
    check(h.status()["plugins"][0].get("error"), "and so is the plugin")
    outcome = in_panel(h, "3001")
    check(h.inbox in (outcome.get("reason") or ""), f"the shop is told why it waits: {outcome}")
    tested = h.ctl("test", expect=1).stdout
    check("Orders: writing" in tested and h.inbox in tested, "endpointctl test says it: " + tested)
    os.rename(h.inbox + ".away", h.inbox)
    h.ctl("sync", "orders", expect=None)
    until_state(h, "3001", "done")
    h.until(lambda: not h.status()["plugins"][0].get("error"), "status is green again", 60)
    equal(len(documents(h, mine(h, "3001")["marker"])), 1, "documents")


def shared_directory(h):
    """two endpoints do not write into one directory: the second waits and says whose it is, until a person decides"""
    mark = lambda: json.loads(h.read(os.path.join(h.inbox, ".endpoint-owner")))
    def refused(house, identifier, whose):
        place(house, order(identifier, (house.goods[0], "1", "10.00")))
        house.until(lambda: whose in (in_panel(house, identifier).get("reason") or ""), f"it waits because of {whose}", 60)
        house.until(lambda: any(c["code"] == "orders.directory" and c["result"] == "fail" and "take-directory" in c["remedy"]
                                for c in house.status()["plugins"][0]["checks"]), "the check is red", 60)
        check(whose in house.ctl("test", expect=1).stdout, "and so is the test")
    def taken(house, identifier, whose):
        done = house.ctl("order", "take-directory", expect=6)
        check(whose in done.stdout and "--yes" in done.stderr, f"says whose it was: {done.stdout} {done.stderr}")
        house.ctl("order", "take-directory", "--yes")
        house.ctl("sync", expect=None)
        until_state(house, identifier, "handed-over")
        equal(mark()["endpoint"], house.endpoint, "whose it is now")
    begin(h, operator=False)
    place(h, order("d1", (h.goods[0], "1", "10.00")))
    until_state(h, "d1", "handed-over")
    first, known = files(h), mark()
    equal(known["endpoint"], h.endpoint, "whose it is")
    h.ctl("order", "take-directory")  # it is ours: nothing to confirm
    equal(mark(), known, "and nothing changes")
    other = House(rows=20)
    try:
        begin(other, operator=False, inbox=h.inbox)
        refused(other, "d2", h.endpoint)
        equal(files(h), first, "what lies in the directory")
        taken(other, "d2", h.endpoint)
        refused(h, "d3", other.endpoint)
        equal(len(files(h)), 2, "the first one's file is left, the second one's has come")
        h.write(os.path.join(h.inbox, ".endpoint-owner"), json.dumps(dict(mark(), host="dawna-nazwa")))
        refused(other, "d4", "dawna-nazwa")  # a copy of the machine, or another name: a person knows
        taken(other, "d4", "dawna-nazwa")
    finally:
        other.close()


def writer_off(h):
    """nothing is written unless the administrator has chosen how: orders wait and say why"""
    begin(h, writer=False)
    place(h, order("4001", (h.goods[0], "1", "10.00")))
    h.until(lambda: state_of(h, "4001") == "waiting", "it is here", 60)
    h.until(lambda: any(c["code"] == "orders.off" and c["result"] == "warn" for c in h.status()["plugins"][0]["checks"]),
            "status says that nothing is written", 60)
    check("orders.writer is off" in h.ctl("status", expect=None).stdout, "for people, too")
    equal([n for n in files(h) if n not in ("done", "rejected")], [], "files")
    h.ctl("config", "set", "orders.epp_dir", h.inbox)
    h.ctl("config", "set", "orders.writer", "epp")
    h.processes["endpointd"].send_signal(signal.SIGHUP)
    until_state(h, "4001", "done")


def changes_of_the_shop(h):
    """a revision or a cancellation counts before it is written; afterwards a person is told"""
    begin(h, operator=False)
    os.rename(h.inbox, h.inbox + ".away")
    place(h, order("5001", (h.goods[0], "1", "10.00")), order("5002", (h.goods[0], "1", "10.00")))
    until_told(h, "5002", "waiting")
    place(h, order("5001", (h.goods[0], "4", "10.00"), revision=2))
    h.panel("order", "cancel", "5002")
    until_told(h, "5002", "rejected")
    equal(in_panel(h, "5002")["reason"], "cancelled in the shop", "why")
    h.until(lambda: mine(h, "5001").get("revision") == 2, "the revision is here", 60)
    os.rename(h.inbox + ".away", h.inbox)
    h.ctl("sync", expect=None)
    o = until_state(h, "5001", "handed-over")
    place(h, order("5001", (h.goods[0], "5", "10.00"), revision=3))
    h.until(lambda: "revision 3" in (in_panel(h, "5001").get("reason") or ""), "the late revision is said", 60)
    done = h.run([os.path.join(os.environ.get("ENDPOINT_BUILD", os.getcwd()), "endpoint-sandbox"), "import",
                  os.path.join(h.inbox, o["marker"] + ".epp"), "--data", h.path("firma.db")])
    equal(done.returncode, 0, done.stdout + done.stderr)
    outcome = until_told(h, "5001", "done")
    check("revision 3" in outcome["reason"] and outcome["document"] in outcome["remedy"], f"what a person has to do: {outcome}")
    equal(h.value("SELECT d.dok_WartBrutto FROM dbo.dok__Dokument AS d WHERE d.dok_NrPelnyOryg = N'%s'" % o["marker"]),
          "40.0000", "revision 2 was written")


def import_by_hand(h):
    """The operator imports all that lies there; his program leaves it there. How many files there were."""
    lying = [os.path.join(h.inbox, n) for n in files(h) if n.endswith(".epp")]
    if lying:
        done = h.run([os.path.join(os.environ.get("ENDPOINT_BUILD", os.getcwd()), "endpoint-sandbox"), "import", *lying,
                      "--data", h.path("firma.db")])
        equal(done.returncode, 0, done.stdout + done.stderr)
    return len(lying)


def imported_again(h):
    """a file leaves the import directory when its order is done: importing all once more makes no second document"""
    begin(h, operator=False)
    names = ("i1", "i2")
    place(h, *(order(i, (h.goods[0], "1", "10.00")) for i in names))
    for i in names:
        until_state(h, i, "handed-over")
    equal(import_by_hand(h), 2, "files")
    for i in names:
        until_told(h, i, "done")
    h.until(lambda: files(h) == ["done"], "both files left", 60)
    equal(import_by_hand(h), 0, "files that can be imported again")
    for i in names:
        equal(documents(h, mine(h, i)["marker"]), [in_panel(h, i)["document"]], "documents")
    done = os.path.join(h.inbox, "done")
    equal(sorted(os.listdir(done)), sorted(mine(h, i)["marker"] + ".epp" for i in names), "files in done")
    # One that cannot be moved is said, and moved later.
    if os.getuid() == 0:
        os.rename(done, done + ".away")
        h.write(done, "no directory")
        place(h, order("i3", (h.goods[0], "1", "10.00")))
        until_state(h, "i3", "handed-over")
        import_by_hand(h)
        until_told(h, "i3", "done")
        said = lambda: [c for c in h.status()["plugins"][0]["checks"] if c["code"] == "orders.files"]
        h.until(lambda: any(c["result"] == "warn" and "i3" not in c["text"] and "cannot be" in c["text"] for c in said()),
                "a check says that a file still lies there", 60)
        os.unlink(done)
        h.ctl("sync", "orders", expect=None)
        h.until(lambda: files(h) == ["done", "done.away"], "it went at last", 60)
        h.until(lambda: all(c["result"] == "ok" for c in said()), "and the check is green", 60)
    # Removed instead, and old ones in done are deleted.
    old = os.path.join(done, "EP000000000000000000-2.epp")
    strange = os.path.join(done, "umowa.epp")
    for name in (old, strange):
        h.write(name, "x")
        os.utime(name, (1, 1))
    h.ctl("config", "set", "orders.epp_done=remove", "orders.epp_done_keep=1h")
    h.processes["endpointd"].send_signal(signal.SIGHUP)
    place(h, order("i4", (h.goods[0], "1", "10.00")))
    marker = until_state(h, "i4", "handed-over")["marker"]
    import_by_hand(h)
    until_told(h, "i4", "done")
    h.until(lambda: not os.path.exists(os.path.join(h.inbox, marker + ".epp")), "it is gone", 60)
    check(not os.path.exists(os.path.join(done, marker + ".epp")), "and not kept")
    h.until(lambda: not os.path.exists(old), "what lay there for long is deleted", 60)
    check(os.path.exists(strange), "a file of somebody else is left alone")


def begun_and_switched_off(h):
    """an order that was being written when its writer was switched off is judged by that writer, or said to be stuck"""
    begin(h, operator=False, daemon=False)
    def dies_at(point, identifier):
        h.write("die", "")
        h.start_daemon(environment=dict(h.environment, ENDPOINT_FAULT=f"{point}@{h.path('die')}"))
        h.until(lambda: h.status().get("plugins"), "it is up", 60)
        place(h, order(identifier, (h.goods[0], "1", "10.00")))
        h.until(lambda: not os.path.exists(h.path("die")), f"the worker died at {point}", 60)
        h.kill("endpointd")
        h.ctl("config", "set", "orders.writer", "off")
    def stuck():
        return [c for c in h.status()["plugins"][0]["checks"] if c["code"] == "orders.sending" and c["result"] == "warn"]
    dies_at("settled", "s1")
    os.rename(h.inbox, h.inbox + ".away")
    h.start_daemon()
    h.until(lambda: h.status().get("plugins") and stuck(), "a check says that nobody can tell", 60)
    check(h.inbox in stuck()[0]["text"], f"and why: {stuck()}")
    equal(state_of(h, "s1"), "sending", "its state")
    check("cannot be told now" in until_told(h, "s1", "waiting")["reason"], "the shop is told")
    os.rename(h.inbox + ".away", h.inbox)
    h.ctl("sync", "orders", expect=None)
    until_state(h, "s1", "handed-over")
    h.until(lambda: not stuck(), "the check is gone", 60)
    h.stop("endpointd")
    h.ctl("config", "set", "orders.writer", "epp")
    dies_at("staged", "s2")  # only made ready: it was not written, and its temporary file goes
    h.start_daemon()
    until_state(h, "s2", "waiting")
    equal([n for n in files(h) if n.startswith(".")], [], "temporary files")


def told_beside_writing(h):
    """the shop is told outcomes while others are still being written"""
    begin(h, operator=False, daemon=False)
    many = 2000
    place(h, *(order(f"t{i}", (h.goods[i % 5], "1", "10.00")) for i in range(many)))
    h.start_daemon()
    seen, began = [], time.monotonic()
    def counts():
        plugins = h.status().get("plugins")
        return (plugins[0].get("orders") or {}) if plugins else {}
    def written():
        n = counts()
        if n.get("waiting") and n["handed_over"] > n["untold"]:
            seen.append(n)
        return seen or n.get("handed_over") == many
    h.until(written, "orders are written", 120)
    check(seen or time.monotonic() - began < 9, f"outcomes are told before all is written: {counts()}")


def people_decide(h):
    """retry and resolve, from here and from the panel; what may not be is refused in words"""
    begin(h, operator=False)
    place(h, order("6001", (h.goods[0], "1", "10.00")), order("6002", ("NIE-MA", "1", "1.00")),
          order("6003", (h.goods[0], "1", "10.00")))
    until_state(h, "6001", "handed-over")
    until_state(h, "6002", "rejected")
    refused = h.ctl("order", "retry", "6001", expect=1)
    check("not written again" in refused.stderr and "Import its file" in refused.stderr, refused.stderr)
    check("rejected" not in h.ctl("order", "resolve", "6001", "--exists-as", "ZK 77/2026").stdout, "resolved")
    equal(until_told(h, "6001", "done")["document"], "ZK 77/2026", "the number that a person gave")
    h.ctl("order", "show", "NIE-MA", expect=4)
    h.ctl("order", "resolve", "6001", expect=2)
    before = len(mine(h, "6002")["history"])
    h.panel("order", "retry", "6002")
    h.until(lambda: len(mine(h, "6002")["history"]) > before and state_of(h, "6002") == "rejected", "it was tried again", 60)
    h.panel("order", "resolve", "6003", "--exists-as", "ZK 78/2026")
    equal(until_told(h, "6003", "done")["document"], "ZK 78/2026", "resolved from the panel")
    for name in ("6001", "6003"):
        h.until(lambda: not os.path.exists(os.path.join(h.inbox, mine(h, name)["marker"] + ".epp")),
                "its file is where nobody imports it", 60)
    shown = h.ctl("order", "show", "Z-6001").stdout
    check("resolved by hand" in shown and mine(h, "6001")["marker"] in shown, "order show: " + shown)
    journal = h.ctl("journal", "-n", "200", "--json").stdout
    entries = [json.loads(line) for line in journal.splitlines()]
    equal({e["correlation"] for e in entries if e.get("order") == "6001"}, {mine(h, "6001")["correlation"]},
          "one correlation id through the journal")
    equal(in_panel(h, "6001")["correlation"], mine(h, "6001")["correlation"], "and in the panel")
    h.until(lambda: {e.get("correlation") for e in panel_journal(h) if e.get("order") == "6001"} == {mine(h, "6001")["correlation"]},
            "and in the panel's journal")


def what_became_of_it(h):
    """order-states tells the shop that the operator made an invoice of it"""
    begin(h, kinds=("orders", "order-states"))
    place(h, order("7001", (h.goods[0], "1", "10.00")))
    outcome = until_told(h, "7001", "done")
    invoice = h.realise_order(outcome["document"])
    h.until(lambda: any(r["external_id"] == "7001" and r["state"] == "realised" and r["invoice"] == invoice
                        for r in h.panel_rows("order-states").values()), "the panel knows the invoice", 60)


def given_twice(h):
    """the same orders given to two plugins at once become one document each, and both tell its number"""
    begin(h, kinds=(), daemon=False)
    for name in ("one", "two"):
        h.add_plugin("orders", identifier=name)
    same = [order(f"8{i:03d}", (h.goods[i % 5], "1", "10.00")) for i in range(60)]
    for name in ("one", "two"):
        h.panel("order", "add", "-", "--plugin", name, stdin=json.dumps(same))
    h.start_daemon()
    def all_done():
        listed = json.loads(h.ctl("orders", "--state", "done", "-n", "1000", "--json", expect=None).stdout or "{}")
        return len(listed.get("orders", [])) == 2 * len(same) and listed["orders"]
    done = h.until(all_done, "both plugins have them done", 90)
    equal(int(h.value("SELECT COUNT(*) FROM dbo.dok__Dokument AS d WHERE d.dok_Typ = 16 AND d.dok_NrPelnyOryg LIKE 'EP%'")),
          len(same), "documents")
    numbers = {}
    for o in done:
        numbers.setdefault(o["id"], set()).add(o["document"])
    equal({len(n) for n in numbers.values()}, {1}, "numbers of an order")


def faketime(move):
    """The environment of a program whose clock is moved."""
    library = next((p for p in ("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
                                "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1") if os.path.exists(p)), None)
    if not library:
        raise Skip("faketime is not installed")
    if os.environ.get("SANITIZER_RUN"):
        raise Skip("the sanitizers do not go with a preloaded library")
    return {"LD_PRELOAD": library, "FAKETIME": move, "DONT_FAKE_MONOTONIC": "1"}


def clock_wrong(h):
    """with the clock a day ahead or behind orders are taken all the same, and outcomes stay in their order"""
    faketime("+0d")
    begin(h, daemon=False)
    for i, move in enumerate(("+1d", "-1d", "+0d")):
        h.start_daemon(environment=dict(h.environment, **faketime(move)))
        place(h, order(f"c{i}", (h.goods[0], "1", "10.00")))
        until_told(h, f"c{i}", "done", 90)
        equal(len(documents(h, mine(h, f"c{i}")["marker"])), 1, "documents")
        h.stop("endpointd")


def off_for_long(h):
    """an order that came in time is written a month later, when a writer is chosen; one that comes then is too old"""
    later = faketime("+30d")
    begin(h, writer=False)
    place(h, order("in-time", (h.goods[0], "1", "10.00")))
    h.until(lambda: state_of(h, "in-time") == "waiting", "it is here", 60)
    h.stop("endpointd")
    h.stop("panel")
    h.environment.update(later)
    h.start_panel(port=h.panel_port)
    h.ctl("config", "set", "orders.epp_dir", h.inbox)
    h.ctl("config", "set", "orders.writer=epp", "orders.document_type=XX")
    check('no document of the type "XX"' in h.ctl("test", expect=1).stdout.replace("\n" + " " * 31, " "), "the test says so")
    h.ctl("config", "set", "orders.document_type", "")
    place(h, order("late", (h.goods[0], "1", "10.00")))
    h.start_daemon()
    until_told(h, "in-time", "done", 90)
    check("14 days" in until_told(h, "late", "rejected", 90)["reason"], "why it is rejected")


def disk_full(h):
    """with no room for the ledger nothing is lost: it is red, and goes on when there is room"""
    begin(h, daemon=False)
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (160 * 1024, 160 * 1024))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    h.start_daemon(preexec=small_files)
    many = [order(f"d{i}", (h.goods[i % 5], "1", "10.00"), note="x" * 3000) for i in range(60)]
    place(h, *many)
    h.until(lambda: any(c["result"] == "fail" for p in h.status().get("plugins", []) for c in p["checks"]),
            "status is red", 90)
    check(h.processes["endpointd"].poll() is None, "the daemon still runs")
    h.stop("endpointd")
    h.start_daemon()
    for o in many:
        until_told(h, o["id"], "done", 90)
    equal(int(h.value("SELECT COUNT(*) FROM dbo.dok__Dokument AS d WHERE d.dok_Typ = 16 AND d.dok_NrPelnyOryg LIKE 'EP%'")),
          len(many), "documents")


def killed(h):
    """killed with -9 at every step of an order there is still one document, and its number comes back"""
    flag = h.path("kill-now")
    points = ("order-stored", "found", "sending", "staged-file", "staged", "renamed", "settled", "handed-over", "done",
              "outcome-sent")
    begin(h, daemon=False)
    for i, point in enumerate(points):
        h.write("kill-now", "")
        h.start_daemon(environment=dict(h.environment, ENDPOINT_FAULT=f"{point}@{flag}"))
        h.until(lambda: h.status().get("plugins"), "it is up", 60)
        identifier = ("x" * 59) + str(i)
        place(h, order(identifier, (h.goods[0], "1", "10.00")))
        h.until(lambda: not os.path.exists(flag), f"the worker died at {point}", 60)
        h.ctl("sync", expect=None)
        outcome = until_told(h, identifier, "done", 90)
        equal([outcome["document"]], documents(h, mine(h, identifier)["marker"]), f"documents after death at {point}")
        h.stop("endpointd")


if __name__ == "__main__":
    run_tests([number_comes_back, told_singly, at_once, word_is_kept, unknown_product, simulation, directory_faults, shared_directory, writer_off, imported_again, begun_and_switched_off, told_beside_writing, changes_of_the_shop,
               people_decide, what_became_of_it, given_twice, clock_wrong, off_for_long, disk_full, killed])
