"""Every tab and dialog of endpoint-tui, compared with kept screens: languages, sizes, terminals."""
import base64
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from terminal import FakeDaemon, Kept, check, equal, run_tests, start, with_stub  # noqa: E402

CONFIG = """# Kept by hand.
erp : {
    type = "subiekt-gt";
    server = "192.168.10.5";
    port = 1433;
    database = "FIRMA";
    user = "endpoint"; # may only read
    tls_verify = "ca";
    tls_ca = "/etc/endpoint/erp-ca.pem";
    operator = "Szef";
};
panel : { url = "https://panel.example.pl"; };
endpoint : { name = "srv-erp"; };
"""


def a_check(code, title, result, text, remedy="", took=4):
    return {"event": "check", "check": {"code": code, "title": title, "result": result, "text": text, "remedy": remedy,
                                        "duration_ms": took}}


TESTED = [a_check("erp.name", "ERP: server's name", "ok", "192.168.10.5", took=0),
          a_check("erp.tcp", "ERP: connection", "ok", "port 1433 answers", took=1),
          a_check("erp.tls", "ERP: encryption", "warn", "the certificate is not verified",
                  "Give the authority's file, or trust this certificate only.", 9),
          a_check("erp.login", "ERP: login", "fail", "SQL Server refuses the login endpoint (18456)",
                  "Check the password. SQL logins need mixed authentication.", 14),
          a_check("erp.kind", "ERP: right database", "skipped", 'waits for "ERP: login"', took=0),
          {"ok": False, "checks": []}]

CERTIFICATE = [{"ok": True, "subject": "CN = srv-erp", "issuer": "CN = srv-erp", "names": "srv-erp, 192.168.10.5",
                "fingerprint": "4f1c" * 16, "not_before": "2026-01-01T00:00:00.000Z",
                "not_after": "2028-01-01T00:00:00.000Z", "self_signed": True}]

SERVICE = [{"ok": True, "systemd": True, "foreground": "endpointd", "mode": "service", "unit": "endpointd.service",
            "installed": True, "enabled": True, "autostart": "boot", "linger": False, "state": "running", "reason": None,
            "since": "2026-03-02T08:12:00.000Z", "pid": 812, "restarts": 0, "watchdog_ms": 60000, "exposure": "1.1",
            "account": "own", "user": "endpoint", "registered": True, "answers": True, "version": "0.1.0", "rights": True,
            "sudo": None, "cuts_session": False}]

CTL = {"test": TESTED, "erp certificate": CERTIFICATE, "service status": SERVICE,
       "erp databases": [{"ok": True, "databases": [{"id": "FIRMA", "name": "FIRMA"}, {"id": "ŻUK", "name": "ŻUK"}]}],
       "lookup operators": [[{"id": "Szef", "name": "Nowak"}, {"id": "Ewa", "name": "Żółć"}]]}

DAY = "2026-03-02T"


def plugin(name, **facts):
    row = {"id": name, "name": name, "kind": "stock", "source": "panel", "enabled": True, "state": "waiting", "pid": 100,
           "restarts": 0, "error": None, "checks": [], "queued": 0, "oldest": None, "acked": 10, "snapshot": 10,
           "last_run": DAY + "08:14:02.000Z", "last_ok": DAY + "08:14:02.000Z", "next_run": DAY + "08:15:02.000Z",
           "rows": 10412, "sent": 3, "changes": [0, 0, 1, 0, 5, 0, 0, 12, 0, 3]}
    row.update(facts)
    return row


STATUS = {"ok": True, "endpoint": {"id": "EP-7K2M-94QX", "account": {"id": "SI-100482", "name": "Hurtownia Żuk"},
                                   "version": "0.1.0", "started": DAY + "07:00:00.000Z", "pid": 812},
          "panel": {"url": "https://panel.example.pl", "state": "connected", "last_ok": DAY + "08:14:03.000Z", "rev": 1,
                    "clock_offset_ms": 0, "error": None},
          "erp": {"type": "subiekt-gt", "server": "192.168.10.5", "port": "1433", "database": "FIRMA"},
          "checks": [],
          "plugins": [
              plugin("stock"),
              plugin("prices", last_ok=None, state="running", progress={
                  "phase": "read", "done": 610, "of": 1000, "stream": "prices", "began": "1970-01-01T00:00:00.000Z"}),
              plugin("products", state="backing-off", restarts=3, queued=1200, oldest=DAY + "07:50:00.000Z", error={
                  "code": "erp_login", "text": "the SQL Server refuses the login endpoint",
                  "remedy": "Check the password on tab 1."}),
              plugin("orders", kind="orders", orders={"waiting": 1, "handed_over": 1, "done_today": 41, "rejected": 1,
                                                      "in_doubt": 1, "oldest_handed_over": None}),
              plugin("invoices", enabled=False, state="disabled")]}

RUNS = [{"started": DAY + "08:14:02.000Z", "ended": DAY + "08:14:03.500Z", "rows": 10412, "upserts": 3, "deletes": 0,
         "ok": True, "error": None},
        {"started": DAY + "08:13:02.000Z", "ended": DAY + "08:13:02.100Z", "rows": 0, "upserts": 0, "deletes": 0, "ok": False,
         "error": {"code": "tcp", "text": "192.168.10.5:1433 does not answer", "remedy": ""}}]

ENTRIES = [{"id": 1, "at": DAY + "08:00:00.000Z", "level": "info", "plugin": None, "order": None, "code": "started",
            "text": "endpointd 0.1.0 started"},
           {"id": 2, "at": DAY + "08:13:02.000Z", "level": "error", "plugin": "stock", "order": None, "code": "tcp",
            "text": "192.168.10.5:1433 does not answer"},
           {"id": 3, "at": DAY + "08:14:02.000Z", "level": "warning", "plugin": "orders", "order": "A-17", "code": "order",
            "text": "rejected: the product KUBEK-1 is not in the ERP"}]

ORDERS = [{"id": "17", "number": "A-17", "plugin": "orders", "state": "rejected", "document": None,
           "reason": "the product KUBEK-1 is not in the ERP", "remedy": "Add the product, then Retry.", "revision": 1,
           "received": DAY + "08:10:00.000Z", "changed": DAY + "08:10:01.000Z", "faults": []},
          {"id": "18", "number": "A-18", "plugin": "orders", "state": "in-doubt", "document": None,
           "reason": "two files of this order were found", "remedy": "Look in the ERP.", "revision": 1,
           "received": DAY + "08:11:00.000Z", "changed": DAY + "08:11:01.000Z", "faults": []},
          {"id": "19", "number": "A-19", "plugin": "orders", "state": "done", "document": "ZK 12/2026", "reason": "",
           "remedy": "", "revision": 1, "received": DAY + "08:12:00.000Z", "changed": DAY + "08:12:01.000Z", "faults": []}]


def show_order(request):
    order = dict(next(o for o in ORDERS if o["id"] == request["order"]))
    order["faults"] = [{"text": "line 1: the product KUBEK-1 is not in the ERP", "remedy": "Add the product."},
                       {"text": "line 2: the VAT rate 22 is unknown", "remedy": ""}] if order["id"] == "17" else []
    order["history"] = [{"at": DAY + "08:10:00.000Z", "state": "waiting", "reason": "received"},
                        {"at": DAY + "08:10:01.000Z", "state": order["state"], "reason": order["reason"]}]
    order["content"] = {"number": order["number"], "total": "12.30", "lines": [{"sku": "KUBEK-1", "quantity": "2"}]}
    return [{"ok": True, "order": order}]


DAEMON = {"status": [STATUS], "runs": [{"ok": True, "runs": RUNS}], "journal": [{"ok": True, "entries": ENTRIES}],
          "orders": lambda request: [{"ok": True, "orders": [o for o in ORDERS if request.get("state") in (None, o["state"])]}],
          "order-show": show_order, "order-retry": [{"ok": True}], "order-resolve": [{"ok": True}],
          "reload": [{"ok": True}],
          "sync": [{"event": "row", "data": {"op": "upsert", "key": "12/1", "data": {"sku": "KUBEK-1", "on_hand": "3.0000"}}},
                   {"event": "row", "data": {"op": "delete", "key": "13/1", "data": None}},
                   {"ok": True, "stream": "stock", "rows": 831, "upserts": 1, "deletes": 1, "shown": 2, "refused": None}]}


def registered(house):
    house.write("etc/endpoint.conf", CONFIG)
    key = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
    house.write("state/identity.json", json.dumps({
        "endpoint_id": "EP-7K2M-94QX", "account_id": "SI-100482", "account_name": "Hurtownia Żuk",
        "panel_url": "https://panel.example.pl", "registered_ms": 1772000000000, "private_key": key}))


class Walk:
    """Through all screens, each noted under its name."""

    def __init__(self, house, name, *more, words, **where):
        self.kept = Kept(name)
        self.daemon = FakeDaemon(house, DAEMON)
        self.words, self.screens = words, []
        self.t = start(house, *more, binary=with_stub(house, CTL), **where)

    def word(self, english):
        return self.words.get(english, english)

    def note(self, title, *texts):
        for text in texts:
            self.t.see(self.word(text))
        self.screens.append((title, self.kept.note(self.t, title)))

    def back(self, *texts):
        self.t.keys("Escape")
        for text in texts:
            self.t.see(self.word(text))

    def close(self):
        self.t.close()
        self.daemon.close()

    def walk(self):
        t = self.t
        self.note("Summary", "EP-7K2M-94QX", "prices", "[3 ")
        t.keys("Enter")
        self.note("Plugin", "100 ms")
        t.keys("s")
        self.note("Simulation", "13/1")
        self.back("100 ms")
        t.keys("j")
        self.note("Journal of a plugin", "KUBEK-1")
        self.back("100 ms")
        self.back("[3 ")
        t.keys("o")
        self.note("Orders", "A-19")
        t.keys("Down", "Enter")
        self.note("Order, rejected", "VAT")
        self.back("A-19")
        t.keys("Down", "Enter")
        self.note("Order, in doubt", "two files", "It exists as...")
        t.press(self.word("It exists as..."))
        self.note("Its document", "ZK 12/2026.")
        self.back("two files")
        t.press(self.word("It does not exist"))
        self.note("Enter it again", "Enter it again?")
        self.back("two files")
        self.back("A-19")
        self.back("[3 ")
        t.keys("1")
        self.note("Connection", "[1 ", "192.168.10.5")
        t.keys("F5")
        t.see("18456", "ERP: login")
        t.gone(f"< {self.word('Cancel')} >")
        self.note("Connection, tested")
        t.go(self.word("ERP"))
        t.keys("Enter")
        self.note("Choice", "Comarch ERP Optima")
        self.back("[1 ")
        t.go(self.word("Certificate check"))
        t.keys("Tab", "Enter")
        self.note("Certificate", "SHA-256")
        self.back("[1 ")
        t.go(self.word("Database"))
        t.keys("Tab", "Enter")
        self.note("Databases", self.ascii("ŻUK"))
        self.back("[1 ")
        t.go(self.word("SQL login"))
        t.field("")
        t.keys("C-s")
        self.note("Not saved", "This is needed.")
        t.type("sa")
        t.keys("F1")
        self.note("Help", "Ctrl-L")
        self.back("[1 ")
        t.keys("F10")
        self.note("Leaving", "Unsaved changes")
        self.back("[1 ")
        t.keys("M-2")
        t.see("[2 ")
        t.keys("M-4")
        t.see("[4 ")
        t.keys("F10")
        t.see(self.word("Unsaved changes"))
        t.press(self.word("Discard"))
        t.ended()

    def ascii(self, text):
        return text


POLISH = {"It exists as...": "Istnieje jako...", "It does not exist": "Nie istnieje", "Enter it again?": "Wprowadzić jeszcze raz?",
          "Certificate check": "Sprawdzanie cert.", "Database": "Baza danych", "SQL login": "Login SQL",
          "This is needed.": "To pole jest wymagane.", "Unsaved changes": "Niezapisane zmiany", "Discard": "Porzuć", "Cancel": "Anuluj"}


def all_screens(house, name, *more, words=None, **where):
    registered(house)
    w = Walk(house, name, *more, words=words or {}, **where)
    try:
        w.walk()
        w.kept.close()
    finally:
        w.close()


def test_english(house):
    """80 by 24 in English"""
    all_screens(house, "en-80x24")


def test_polish(house):
    """80 by 24 in Polish"""
    all_screens(house, "pl-80x24", "--lang", "pl", words=POLISH)


def test_small(house):
    """60 by 20"""
    all_screens(house, "en-60x20", columns=60, rows=20)


def test_small_polish(house):
    """60 by 20 in Polish, the language from the locale"""
    all_screens(house, "pl-60x20", columns=60, rows=20, words=POLISH, environment={"LANGUAGE": "pl"})


def test_large(house):
    """132 by 43"""
    all_screens(house, "en-132x43", columns=132, rows=43)


def test_vt100(house):
    """A vt100, which has no colours: the same screens as everywhere"""
    all_screens(house, "en-80x24", environment={"TERM": "vt100"})


def test_console(house):
    """The Linux console, whose font lacks some signs"""
    all_screens(house, "console", environment={"TERM": "linux"})


def ascii_words(words):
    table = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ„”", "acelnoszzACELNOSZZ\"\"")
    return {english: text.translate(table) for english, text in words.items()}


class AsciiWalk(Walk):
    def ascii(self, text):
        return text.translate(str.maketrans("ŻÓŁĆ", "ZOLC"))


def only_ascii(house, name, *more, words, environment=None):
    registered(house)
    w = AsciiWalk(house, name, *more, words=ascii_words(words), environment=environment)
    try:
        w.walk()
        for title, screen in w.screens:
            check(screen.isascii(), f"{title} has other signs than ASCII:\n{screen}")
        w.kept.close()
    finally:
        w.close()


def test_c_locale(house):
    """The C locale: lines and blocks in ASCII, words in brackets"""
    only_ascii(house, "ascii", words={}, environment={"LC_ALL": "C"})


def test_ascii_polish(house):
    """--ascii in Polish: letters without their marks"""
    only_ascii(house, "ascii-pl", "--ascii", "--lang", "pl", words=POLISH)


COLOUR = re.compile(r"\x1b\[(?:[0-9]+;)*(3[0-8]|4[0-8]|9[0-7])[;m]")


def colours_of(house, *more, environment=None):
    registered(house)
    daemon = FakeDaemon(house, DAEMON)
    t = start(house, *more, binary=with_stub(house, CTL), environment=environment)
    try:
        t.see("products", "[FAIL]" if "--ascii" in more else "FAIL")
        return t.screen(colours=True), t.screen()
    finally:
        t.close()
        daemon.close()
        os.unlink(house.path("run", "control.sock"))


def test_colours(house):
    """Colours by default; none with NO_COLOR or --color=never, and nothing is lost without them"""
    coloured, plain = colours_of(house)
    check(COLOUR.search(coloured), "there are no colours")
    for more, environment in (((), {"NO_COLOR": "1"}), (("--color=never",), None), (("--scheme=monochrome",), None)):
        bare, text = colours_of(house, *more, environment=environment)
        check(not COLOUR.search(bare), f"{more} {environment}: there are colours")
        equal(text, plain, f"the screen with {more} {environment}")
    for scheme in ("light", "high-contrast"):
        other, text = colours_of(house, "--scheme", scheme)
        check(COLOUR.search(other) and other != coloured, f"{scheme} looks like the default")
        equal(text, plain, f"the screen with {scheme}")
    always, _ = colours_of(house, "--color=always", environment={"NO_COLOR": "1"})
    check(COLOUR.search(always), "--color=always with NO_COLOR: there are no colours")


def test_registration(house):
    """The registration dialog: with its reasons, in both languages and at the smallest size"""
    kept = Kept("registration")
    answers = {"register": [a_check("panel.name", "Panel: name", "ok", "panel.example.pl is 203.0.113.7"),
                            a_check("panel.tls", "Panel: encryption", "ok", "verified", took=31),
                            a_check("panel.token", "Panel: token", "fail", 'this token was used on 2026-11-20 by "biuro"',
                                    "Generate a new one in the panel; a token works once."),
                            {"ok": False, "error": {"code": "token_used", "text": "used", "remedy": ""}}]}
    for more, columns, rows, name, button in (((), 80, 24, "Token", "Register"), (("--lang", "pl"), 60, 20, "Token", "Zarejestruj")):
        house.write("etc/endpoint.conf", 'endpoint : { name = "srv-erp"; };\n')
        t = start(house, *more, binary=with_stub(house, answers), columns=columns, rows=rows)
        try:
            t.see("https://...")
            kept.note(t, f"Registration {columns}")
            t.press(button)
            t.see("https://...")
            t.type("https://panel.example.pl")
            t.go(name)
            t.type("EP1-secret")
            check("EP1-secret" not in t.screen(), "the token is readable")
            t.press(button)
            t.see("2026-11-20")
            t.gone("Cancel" if button == "Register" else "Anuluj")
            kept.note(t, f"A token that was used {columns}")
        finally:
            t.close()
    kept.close()


def test_too_small(house):
    """A terminal that is too small says what it needs, and goes on when it has grown"""
    registered(house)
    t = start(house, columns=50, rows=12, binary=with_stub(house, CTL))
    try:
        t.see("50 columns and 12 lines")
        t.resize(80, 24)
        t.see("[3 Summary]", "EP-7K2M-94QX")
        t.keys("q")
        t.ended()
    finally:
        t.close()


run_tests([test_english, test_polish, test_small, test_small_polish, test_large, test_vt100, test_console, test_c_locale,
           test_ascii_polish, test_colours, test_registration, test_too_small])
