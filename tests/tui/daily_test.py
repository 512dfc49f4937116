"""endpoint-tui in daily use: lists that are looked through, several orders at once, terminals that nobody knows here, and
what a hurried key must not do."""
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from screens_data import CTL, DAEMON, DAY, STATUS, plugin, registered  # noqa: E402
from terminal import FakeDaemon, Skip, check, equal, options, program, run_tests, start, with_stub  # noqa: E402


class Place:
    """endpoint-tui, an endpointctl and an endpointd that answer what they are told."""

    def __init__(self, house, daemon=None, ctl=None, **where):
        registered(house)
        self.daemon = FakeDaemon(house, dict(DAEMON) | (daemon or {}))
        self.t = start(house, binary=with_stub(house, dict(CTL) | (ctl or {})), **where)

    def __enter__(self):
        return self.t, self.daemon

    def __exit__(self, *_):
        self.t.close()
        self.daemon.close()


# ---- terminals --------------------------------------------------------------------------------------------

def terminfo_of_a_server(house):
    """A terminfo that knows xterm-256color and dumb, and none of the terminals of today."""
    there = house.write_dir("terminfo")
    for name in ("xterm-256color", "dumb"):
        for place in ("/lib/terminfo", "/usr/share/terminfo", "/etc/terminfo", "/usr/lib/terminfo"):
            file = os.path.join(place, name[0], name)
            if os.path.exists(file):
                os.makedirs(os.path.join(there, name[0]), exist_ok=True)
                shutil.copy(file, os.path.join(there, name[0], name))
                break
        else:
            raise Skip(f"no terminfo of {name} here")
    return {"TERMINFO": there, "TERMINFO_DIRS": there}


def test_terminals(house):
    """Terminals that the server does not know are driven as an xterm, and one quiet line says so until a key is pressed"""
    where = terminfo_of_a_server(house)
    with Place(house) as (known, _):
        known.see("[3 Summary]", "products")
        whole = known.screen()
    os.unlink(house.path("run", "control.sock"))
    for name in ("xterm-ghostty", "xterm-kitty", "foot", "wezterm", "not-made-yet"):
        with Place(house, environment=where | {"TERM": name}) as (t, _):
            line = f'"{name}" is not known here; xterm-256color is used.'
            screen = t.see("[3 Summary]", "products", line)
            check(screen.count(name) == 1 and line in screen.splitlines()[-2], f"not one line of help:\n{screen}")
            equal(screen.splitlines()[:-2], whole.splitlines()[:-2], f"the screen on {name}")
            t.keys("Down")
            t.gone(line)
            t.keys("Up", "F1")  # its keys are understood
            t.see("Ctrl-L")
            t.keys("Escape")
            t.see("[3 Summary]")
            t.keys("q")
            t.ended()
        os.unlink(house.path("run", "control.sock"))
    with Place(house, columns=60, rows=20, environment=where | {"TERM": "xterm-ghostty", "LANGUAGE": "pl"}) as (t, _):
        t.see("Nieznany terminal „xterm-ghostty”; użyto xterm-256color.")


def test_dumb(house):
    """A terminal of lines is told what to use instead, an unset TERM how to set it; nothing is taken over"""
    where = terminfo_of_a_server(house)
    registered(house)
    for name, texts in (("dumb", ('the terminal "dumb" cannot move its cursor', "endpointctl does the same line by line")),
                        ("", ("TERM is not set", "TERM=xterm-256color"))):
        t = start(house, environment=where | {"TERM": name})
        try:
            screen = t.see("ENDED 2", *texts)
            check("\x1b" not in screen and "Summary" not in screen, screen)
        finally:
            t.close()


# ---- the list of plugins ------------------------------------------------------------------------------------

def test_plugins(house):
    """A plugin is one line at every size, with the details of the one in focus below; many are sorted, filtered and searched"""
    few = dict(STATUS, plugins=STATUS["plugins"][:4])
    rows = ("stock", "prices", "products", "orders")
    for columns, lines in ((80, 24), (60, 20), (132, 43)):
        with Place(house, {"status": [few]}, columns=columns, rows=lines) as (t, _):
            screen = t.see(*rows)
            listed = [line for line in screen.splitlines() if re.match(r" [ >] ■ ", line)]
            equal([line.split()[-len(line.split()) + (3 if ">" in line[:3] else 2)] for line in listed], list(rows),
                  f"the plugins at {columns} by {lines}")
            check(re.search(r"last pass +(rows read +)?changes +queue", screen), screen)
            check("Login failed" in next(line for line in listed if "products" in line), "no reason in the line")
            check(">" in listed[2][:3], f"the focus is not on the red one:\n{screen}")
            # "next" in the past is no time to wait for
            check("now" in listed[0] or columns == 60, f"what is due is not now:\n{listed[0]}")
        os.unlink(house.path("run", "control.sock"))
    many = [plugin(f"stock-{n:02}") | {"name": f"Magazyn {n:02}"} for n in range(1, 31)]
    many[20].update(error={"code": "tcp", "text": "no connection to 192.168.10.5 port 1433",
                           "remedy": "Check erp.server and erp.port."})
    many[4].update(name="Żółty")
    with Place(house, {"status": [dict(STATUS, plugins=many)]}) as (t, _):
        t.see("> ■ FAIL Magazyn 21", "no connection to 192.168.10.5")  # the worst has the focus, though it is far down
        t.keys("End")
        t.go("Show", key="BTab")
        t.keys("Space")
        t.see("‹ what is not green ›", "Magazyn 21")
        screen = t.gone("Magazyn 01")
        # The remedy names the fields of these screens.
        check('→ Check "SQL Server" (tab 1) and "TCP port" (tab 1).' in screen, screen)
        t.keys("Space")
        t.see("Magazyn 01")
        t.go("Sort")
        t.keys("Space")
        t.wait(lambda s: 0 < s.find("Magazyn 21") < s.find("Magazyn 01"), "the worst is first")
        t.keys("/")
        t.type("zol")
        t.see("Żółty")
        t.gone("Magazyn 01")
        t.keys("C-u")
        t.type("nothing of it")
        t.see("None of them contains the text.")


# ---- orders ---------------------------------------------------------------------------------------------------

def an_order(number, state="rejected", **facts):
    return {"id": f"shop:{number}:" + "x" * 80, "number": f"A-{number}", "plugin": "orders", "state": state, "document": None,
            "reason": "line 1: the ERP has no product with the SKU KUBEK-1" if state == "rejected" else "",
            "remedy": "", "revision": 1, "received": DAY + f"08:{number:02}:00.000Z", "changed": DAY + "09:00:00.000Z",
            "faults": []} | facts


def shown(screen):
    return re.findall(r"■ (?:OK|FAIL|WARN|--|\.\.) +(A-\d+)", screen)


def test_orders(house):
    """Orders have dates, are sorted and searched; several are chosen and tried again at once; a refusal is counted and told"""
    orders = [an_order(1), an_order(2, "done", document="ZK 2/2026"), an_order(3), an_order(4, "in-doubt"), an_order(5)]
    refused = []

    def retry(request):
        if request["order"] in refused:
            return [{"ok": False, "error": {"code": "order_state", "text": "order A-3 is being written", "remedy": "Wait."}}]
        return [{"ok": True}]
    with Place(house, {"orders": lambda request: [{"ok": True, "orders": [
            o for o in orders if request.get("state") in (None, o["state"])]}], "order-retry": retry,
            "order-show": [{"ok": True, "order": orders[0]}]}) as (t, daemon):
        t.see("[3 Summary]")
        t.keys("o")
        screen = t.see("A-1", "[ ] ■ FAIL A-5", "2026-03-02 08:05", "ZK 2/2026")
        equal(shown(screen), ["A-5", "A-4", "A-3", "A-2", "A-1"], "the newest first")
        check("[ ]" not in next(line for line in screen.splitlines() if "A-4" in line), "one in doubt can be marked")
        t.go("Sort", key="BTab")
        t.keys("Right")
        t.wait(lambda s: shown(s) == ["A-1", "A-2", "A-3", "A-4", "A-5"], "the oldest first")
        t.keys("Left", "/")
        t.type("zk 2")
        t.wait(lambda s: shown(s) == ["A-2"], "the search finds the document")
        t.keys("C-u", "Tab")
        t.wait(lambda s: len(shown(s)) == 5, "all of them again")
        # One in focus, several that are marked, all.
        refused.append(orders[2]["id"])
        t.go("■ FAIL A-5")
        t.keys("Space")
        t.see("[x] ■ FAIL A-5", "Try marked ones again: 1")
        t.keys("a")
        t.see("Try marked ones again: 3")
        t.keys("r")
        t.see("To be tried again: 2, refused: 1. order A-3 is being written", "Wait.")
        asked = [(r["order"], r["plugin"]) for r in daemon.asked if r["do"] == "order-retry"]
        equal(sorted(asked), [(orders[n]["id"], "orders") for n in (0, 2, 4)], "what was tried again")
        t.gone("[x]")
        del daemon.asked[:], refused[:]
        t.keys("r")  # on one in doubt: nothing
        t.go("■ FAIL A-3")
        t.keys("r")
        t.see("To be tried again: 1; the next pass takes them.")
        equal(len([r for r in daemon.asked if r["do"] == "order-retry"]), 1, "orders tried again without a mark")
        # The rows stand for their orders, however long those ids are.
        t.go("■ FAIL A-1")
        t.keys("Enter")
        t.see("> Back <", "A-1  rejected")
        equal([r["order"] for r in daemon.asked if r["do"] == "order-show"][:1], [orders[0]["id"]], "the order that is opened")


def test_more_orders(house):
    """A list that is longer than what is shown says so, and a search finds what is not; what is settled is marked no more"""
    many = [an_order(1) | {"number": f"A-{n}", "id": str(n)} for n in range(1200)]

    def listed(request):
        found = [o for o in many if request.get("search", "") in o["number"].lower()]
        return [{"ok": True, "orders": found[:request["limit"]], "more": len(found) > request["limit"]}]
    with Place(house, {"orders": listed}) as (t, daemon):
        t.see("[3 Summary]")
        t.keys("o")
        t.see("There are more than the newest 1,000: use a state or a search to see them.")
        t.keys("a")
        t.see("Try marked ones again: 1000")
        t.keys("/")
        t.type("a-113")
        t.see("   [x] ■ FAIL A-113 ", "   [ ] ■ FAIL A-1133 ")  # the second is none of the thousand
        t.gone("There are more")
        check("a-113" in [r.get("search") for r in daemon.asked], "endpointd was not asked")
        t.keys("C-u")
        t.see("There are more", "Try marked ones again: 1000")  # what was out of sight is marked all the same
        t.go("State", key="BTab")
        del daemon.asked[:]
        many[:] = [dict(o, state="done") for o in many[:500]]
        t.gone("There are more")
        t.gone("Try marked ones")
        check(not any("search" in r for r in daemon.asked), "all are here, and endpointd is asked to search")


def test_order(house):
    """An order is shown as a person reads it: who, where to, what, how much, in words and with units; all of it"""
    with Place(house, columns=100, rows=60) as (t, _):
        t.see("[3 Summary]")
        t.keys("o")
        t.go("■ FAIL A-17")
        t.keys("Enter")
        screen = t.see("What the shop sent")
        wanted = ("What the shop sent", "Placed        2026-03-02 08:09, sklep.example.pl", "Buyer         Ewa Żuk, ewa@example.pl",
                  "Invoice       wanted, Żuk Sp. z o.o., NIP 5260250274, Polna 1, 00-001, Łódź, PL",
                  "Line 1        2 × 6.15 PLN, VAT 22  Kubek niebieski  SKU KUBEK-1  EAN 5901234123457",
                  "Delivery      kurier, 13.00 PLN", "Deliver to    Ewa Żuk, Polna 1", "Payment       przelew, paid 0 PLN",
                  "Total         25.30 PLN", "Note          Proszę dzwonić", "Besides:", "gift true")
        places = [screen.find(text) for text in wanted]
        check(-1 not in places and places == sorted(places), f"not in this order: {wanted}\n{places}\n{screen}")
        check("then: Retry (r in the list of orders)" in re.sub(r"\s+", " ", screen), screen)
        check("price_gross" not in screen and "total_gross" not in screen, f"names of members:\n{screen}")


# ---- the journal -----------------------------------------------------------------------------------------------

def entry(number, plugin_id, level, text):
    return {"id": number, "at": DAY + "08:00:00.000Z", "level": level, "plugin": plugin_id, "order": None, "code": "x", "text": text}


def test_journal(house):
    """The journal of a plugin says that it is filtered, wherever one looks, and shows all when asked; levels and words are sought"""
    entries = [entry(n, "stock" if n % 2 else None, ("info", "warning", "error")[n % 3], f"entry {n:03}") for n in range(60)]

    def journal(request):
        return [{"ok": True, "entries": [e for e in entries if request.get("plugin") in (None, e["plugin"])]}]
    with Place(house, {"journal": journal}) as (t, daemon):
        t.see("[3 Summary]", "products")
        t.keys("Up", "Up", "j")
        screen = t.see("entry 059")
        check("Journal: only plugin stock" in screen.splitlines()[1], f"the title does not say it:\n{screen}")
        t.keys("Home")
        t.see("Only of plugin stock; the endpoint's own entries are left out.", "‹ stock ›", "2026-03-02", "entry 001")
        t.go("Plugin")
        t.keys("Left")
        t.see("entry 000")
        check("only plugin" not in t.screen(), "still said to be filtered")
        check(any("plugin" not in r for r in daemon.asked if r["do"] == "journal"), "not asked for all")
        t.go("Show")
        t.keys("Right", "Right")
        t.see("‹ errors only ›", "Journal · filtered")
        t.gone("entry 000")
        t.keys("/")
        t.type("059")
        t.see("entry 059")
        t.gone("entry 002")
        t.keys("C-u")
        t.type("nothing of it")
        t.see("None of them contains the text.")


# ---- fields and buttons ------------------------------------------------------------------------------------------

def test_focus(house):
    """A screen opens with the focus on nothing that acts at once; help opens at its top; Test all ends in one line of results"""
    with Place(house, columns=60, rows=20) as (t, _):
        t.see("[3 Summary]", "products")
        t.keys("Enter")
        t.see("> Journal <", "Run now")
        t.keys("Escape")
        t.see("[3 Summary]")
        t.keys("M-4")
        t.see("Renew", "> Readable secondary")
        t.keys("M-1")
        t.see("[1 Connection]")
        t.go("Certificate check")
        t.keys("Tab", "Enter")
        t.see("> Back <", "< Trust this certificate only >")
        t.keys("Escape")
        t.see("[1 Connection")
        t.go("SQL login")
        t.keys("F1")
        screen = t.wait(lambda s: s.splitlines()[1].strip() == "Help", "help is open")
        check("A SQL Server login" in "\n".join(screen.splitlines()[3:6]), f"help is not at its top:\n{screen}")
        t.keys("Escape")
        t.see("[1 Connection")
        t.press("Test all")
        t.see("■ FAIL 1 failed, 1 to look at, 2 good, 1 not tried")


def test_fields(house):
    """No port is an empty field, and an emptied one is tested and saved as none; https:// need not be typed; numbers have units"""
    with Place(house) as (t, _):
        t.see("[3 Summary]")
        t.keys("M-1")
        t.go("TCP port")
        t.field("")
        t.see("TCP port            __________  empty: found by itself")
        t.keys("C-s")
        t.see("Saved")
        config = house.read("etc/endpoint.conf")
        check(re.search(r"port = 0;", config), f"the port that was emptied is still set:\n{config}")
        t.see("TCP port            __________  empty: found by itself")
        t.keys("M-4")
        t.go("Panel")
        t.field("inny.example.pl")
        t.keys("C-s")
        t.see("Saved", "https://inny.example.pl__")
        check('url = "https://inny.example.pl"' in house.read("etc/endpoint.conf"), house.read("etc/endpoint.conf"))
        t.go("Panel")
        t.field("http://inny.example.pl")
        t.keys("C-s")
        t.see("must begin with https://")
        for name, unit in (("Queue limit", "changes"), ("Disk room", "MiB"), ("Shrink guard", "%"), ("Plugins at once", "processes")):
            screen = t.see(name) if name in t.screen() else (t.go(name), t.screen())[1]
            check(re.search(re.escape(name) + r" +\d+_* +" + re.escape(unit), screen), f"{name} without {unit}:\n{screen}")


def test_tested_empty_port(house):
    """Test with an emptied port tests, by endpointctl itself"""
    registered(house)
    t = start(house)
    try:
        t.see("[3 Summary]")
        t.keys("M-1")
        t.go("SQL Server")
        t.field("127.0.0.1")
        t.go("TCP port")
        t.field("")
        t.press("Test connection")
        screen = t.see("ERP: connection", "not tried")
        check("whole number" not in screen, screen)
    finally:
        t.close()


def test_pick(house):
    """A long list to pick from is searched; what is set already has the focus; a short list has no search"""
    many = [{"id": f"FIRMA_{n:02}", "name": f"FIRMA_{n:02}"} for n in range(40)] + [{"id": "ŻUK", "name": "ŻUK"}]
    for rows, searched in ((many, True), (many[:5], False)):
        with Place(house, ctl={"erp databases": [{"ok": True, "databases": rows}]}) as (t, _):
            t.see("[3 Summary]")
            t.keys("M-1")
            t.go("Database")
            t.field("FIRMA_03")
            t.keys("Tab", "Enter")
            t.see("> FIRMA_03")
            equal("Search" in t.screen(), searched, f"a search over {len(rows)} rows")
            if searched:
                t.keys("/")
                t.type("zuk")
                t.gone("FIRMA_03")
                t.go("ŻUK")
                t.keys("Enter")
                t.see("Database            ŻUK___")
        os.unlink(house.path("run", "control.sock"))


def test_tab_names(house):
    """Tab 2 is called as the description calls it, in both languages; all four tabs are there at 60 columns"""
    for columns, more, name, parts in ((80, (), "2 Service user", ()), (80, ("--lang", "pl"), "2 Użytkownik usługi", ()),
                                       (60, (), "2 Service user", ("4 Advanced",)), (60, ("--lang", "pl"), "2 Użytk", ("1 ", "4 "))):
        registered(house)
        t = start(house, *more, binary=with_stub(house, CTL), columns=columns)
        try:
            screen = t.see("[3 ")
            tabs = screen.splitlines()[1]
            check(name in tabs and all(part in tabs for part in parts) and len(tabs) <= columns, f"the tabs are:\n{tabs}")
        finally:
            t.close()


def test_unregister(house):
    """An id is typed in part to confirm, with or without its dashes"""
    registered(house)
    long_id = "3f2a91c077de4b5a8c9d0e1f2a3b4c5d"
    text = house.read("state/identity.json").replace("EP-7K2M-94QX", long_id)
    house.write("state/identity.json", text)
    answers = dict(CTL) | {"unregister " + long_id: [{"ok": True, "endpoint_id": long_id}]}
    t = start(house, binary=with_stub(house, answers))
    try:
        t.see("[3 Summary]", "3f2a-91c0-77de-4b5a-8c9d-0e1f-2a3b-4c5d")
        t.keys("M-4")
        t.press("Unregister...")
        t.see("3f2a-91c0-77de-4b5a-8c9d-0e1f-2a3b-4c5d")
        t.type("3f2a-91")
        t.press("Unregister")
        t.see("This is not the endpoint's id.")
        t.go("Type it here")
        t.field("3F2A 91c0")
        os.unlink(house.path("state/identity.json"))
        t.press("Unregister")
        t.see("The identity is forgotten here")
    finally:
        t.close()


run_tests([test_terminals, test_dumb, test_plugins, test_orders, test_more_orders, test_order, test_journal, test_focus, test_fields,
           test_tested_empty_port, test_pick, test_tab_names, test_unregister])
