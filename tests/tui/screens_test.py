"""Every tab and dialog of endpoint-tui, compared with kept screens: languages, sizes, terminals."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from screens_data import CTL, DAEMON, SERVICE, a_check, registered  # noqa: E402
from terminal import FakeDaemon, Kept, Skip, check, equal, run_tests, start, with_stub  # noqa: E402

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
        t.keys("Up", "Up")  # the focus is on the red one
        t.wait(lambda screen: "stock" in t.focus(), "the focus on the first plugin")
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
        t.keys("Down", "Down", "Enter")
        self.note("Order, rejected", "VAT")
        self.back("A-19")
        t.keys("Up", "Enter")
        self.note("Order, in doubt", "ZK 7/2026", "It exists as...")
        t.press(self.word("It exists as..."))
        self.note("Its document", "ZK 12/2026.")
        self.back("ZK 7/2026")
        t.press(self.word("It does not exist"))
        self.note("Enter it again", "Enter it again?")
        self.back("ZK 7/2026")
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
        t.go(self.word("SQL Server"))
        t.keys("Tab", "Enter")
        self.note("Instances", "INSERTGT", "49731")
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
        self.note("Help", "endpointctl")
        self.back("[1 ")
        t.keys("F10")
        self.note("Leaving", "Unsaved changes")
        self.back("[1 ")
        t.keys("M-2")
        if os.geteuid() == 0:  # the tab names the user who looks at it
            self.note("Service user", "[2 ")
        t.see("[2 ")
        t.keys("M-4")
        self.note("Advanced", "[4 ", "SI-100482")
        t.press(self.word("Support bundle..."))
        t.see("about.json")
        t.go(self.word("File"))
        t.field("")  # it proposes a name with today's date
        self.note("Support bundle", "about.json")
        self.back("[4 ")
        t.press(self.word("Unregister..."))
        self.note("Unregister", "EP-7K2M-94QX")
        self.back("[4 ")
        t.keys("F10")
        t.see(self.word("Unsaved changes"))
        t.press(self.word("Discard"))
        t.ended()

    def ascii(self, text):
        return text


POLISH = {"SQL Server": "Serwer SQL", "It exists as...": "Istnieje jako...", "It does not exist": "Nie istnieje", "Enter it again?": "Wprowadzić jeszcze raz?",
          "Certificate check": "Sprawdzanie cert.", "Database": "Baza danych", "SQL login": "Login SQL",
          "This is needed.": "To pole jest wymagane.", "Unsaved changes": "Niezapisane zmiany", "Discard": "Porzuć", "Cancel": "Anuluj",
          "Support bundle...": "Paczka diagnostyczna...", "Unregister...": "Wyrejestruj...", "File": "Plik"}


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
            t.see("panel.example.pl")
            kept.note(t, f"Registration {columns}")
            t.press(button)
            t.see("panel.example.pl")
            t.type("panel.example.pl")
            t.go(name)
            t.see("https://panel.example.pl__")  # nobody has to type it
            t.type("EP1-secret")
            check("EP1-secret" not in t.screen(), "the token is readable")
            t.press(button)
            t.see("2026-11-20")
            t.gone("Cancel" if button == "Register" else "Anuluj")
            kept.note(t, f"A token that was used {columns}")
        finally:
            t.close()
    kept.close()


def step(word, result, text, undo=False):
    return {"event": "step", "step": word, "title": word, "result": result, "text": text, "undo": undo}


def test_service(house):
    """Tab 2: a change that is rolled back says why; start and stop; root only after a question; a cut session asked"""
    registered(house)
    refused = [step("rights", "ok", "root"), step("account", "ok", "jan exists"), step("start", "fail", "exit code 1"),
               step("ownership", "ok", "given back", True),
               {"ok": False, "error": {"code": "start", "text": "the service does not come up as jan: no access", "remedy": ""},
                "rolled_back": True}]
    cut = [{"ok": False, "error": {"code": "would_cut_session", "text": "this session runs inside the service", "remedy": ""},
            "rolled_back": None}]
    done = [step("restart", "ok", ""), {"ok": True, "status": dict(SERVICE[0], restarts=0, pid=4711)}]
    answers = dict(CTL) | {"service user jan": refused, "service restart": done, "service stop": cut,
                           "service stop --yes": [{"ok": True, "status": dict(SERVICE[0], state="stopped", pid=None)}],
                           "service user system": [{"ok": True, "status": dict(SERVICE[0], account="system", user="root")}]}
    t = start(house, binary=with_stub(house, answers))
    try:
        t.see("[3 Summary]")
        t.keys("M-2")
        t.see("(•) the endpoint's own user", "[x] Start with the system", "running since 2026-03-02 08:12, pid 812", "exposure 1.1")
        t.go("chosen user")
        t.keys("Space")
        t.go("Name")
        t.type("jan")
        t.see("[2 Service user*]")
        t.keys("C-s")
        t.see("does not come up as jan", "Everything is back as it was")
        t.resize(80, 40)
        t.see("■ OK   account", "■ FAIL start", "exit code 1", "undone: ownership")
        t.press("Undo")
        t.see("[2 Service user]")
        # From here on the service is as the last command left it, also for who looks again.
        with_stub(house, answers | {"service status": [done[-1]["status"]]})
        t.press("Restart")
        t.see("Done.", "pid 4711")
        t.press("Stop")
        t.see("Stop the endpoint?", "> Back <")
        t.keys("Enter")
        t.gone("Stop the endpoint?")
        t.press("Stop")
        t.press("Stop it")
        t.see("This ends your own session", "inside the service")
        with_stub(house, answers | {"service status": [answers["service stop --yes"][0]["status"]]})
        t.press("Do it")
        t.see("■ --   stopped")
        t.go("special user")
        t.keys("Space")
        t.keys("C-s")
        t.see("Run as SYSTEM?", "breaks into it")
        t.keys("Enter")
        t.see("[2 Service user*]")
        t.keys("C-s")
        with_stub(house, answers | {"service status": [answers["service user system"][0]["status"]]})
        t.press("Run it as root")
        t.see("Done.", "(•) special user", "[2 Service user]")
    finally:
        t.close()


def test_application_of(house):
    """Tab 2 as root: an application needs a name, and every command is for that user; the screens say whose settings they show"""
    if os.geteuid() != 0:
        raise Skip("only root chooses whose application it is")
    registered(house)
    jan = dict(SERVICE[0], mode="application", account="application", user="jan", autostart="login")
    jan["for"] = "jan"
    answers = dict(CTL) | {"service mode application --for ola": [{"ok": True, "status": jan}],
                           "service autostart off --for ola": [{"ok": True, "status": dict(jan, autostart="off")}]}
    t = start(house, rows=40, binary=with_stub(house, answers))
    try:
        t.see("[3 Summary]")
        t.keys("M-2")
        t.see("(•) the endpoint's own user")
        t.go("Run as an application")
        t.keys("Space")
        t.see("[2 Service user*]")
        t.keys("C-s")
        t.see("This is needed.")
        t.type("ola")
        t.go("Start with the system")
        t.keys("Space")
        t.keys("C-s")
        t.see("Done.")
    finally:
        t.close()
    t = start(house, rows=40, binary=with_stub(house, answers | {"service status": [jan]}))
    try:
        t.see("[3 Summary]")
        t.keys("M-2")
        t.see("(•) Run as an application", "runs as jan", "sudo -u jan endpoint-tui")
        t.go("User")
        t.field("ola")
        t.keys("C-s")
        t.see("Done.")
    finally:
        t.close()


def test_service_without(house):
    """Tab 2 where there is no systemd, and where there are no rights"""
    registered(house)
    t = start(house, binary=with_stub(house, dict(CTL) | {"service status": [dict(SERVICE[0], systemd=False)]}))
    try:
        t.see("[3 Summary]")
        t.keys("M-2")
        t.see("no systemd on this machine", "endpointd")
    finally:
        t.close()
    t = start(house, binary=with_stub(house, dict(CTL) | {"service status": [dict(SERVICE[0], rights=False, sudo="sudo ")]}))
    try:
        t.see("[3 Summary]")
        t.keys("M-2")
        t.see("sudo endpoint-tui")
    finally:
        t.close()


def test_advanced(house):
    """Tab 4: the account; renewing the key; a bundle listed before it is written; unregistering wants the id"""
    registered(house)
    files = [{"name": "status.json", "size": 1234, "what": "the daemon's state"}]
    answers = dict(CTL) | {"key renew": [{"ok": True}], "bundle --list": [{"ok": True, "files": files}],
                           "bundle /": [{"ok": True, "file": "x", "files": files}],
                           "unregister EP-7K2M-94QX": [{"ok": True, "endpoint_id": "EP-7K2M-94QX"}]}
    t = start(house, binary=with_stub(house, answers))
    try:
        t.see("[3 Summary]")
        t.keys("M-4")
        t.see("SI-100482", "Hurtownia Żuk", "https://panel.example.pl")
        t.press("Renew")
        t.see("Renew the identity key?", "> Back <")
        t.keys("Enter")
        t.gone("Renew the identity key?")
        check("The key is renewed" not in t.screen(), "it was renewed without a yes")
        t.press("Renew")
        t.press("Renew it")
        t.see("The key is renewed")
        t.press("Support bundle...")
        t.see("status.json", "1,234 bytes")
        t.press("Write it")
        t.see("Written to /")
        t.keys("Escape")
        t.see("[4 Advanced]")
        t.go("Log level")
        t.keys("Right")
        t.see("[4 Advanced*]")
        t.keys("C-s")
        t.see("Saved.")
        with open(house.path("etc/endpoint.conf"), encoding="utf-8") as file:
            text = file.read()
        check('level = "debug"' in text and "# Kept by hand." in text, text)
        t.press("Unregister...")
        t.see("Type it here")
        t.type("EP-WRONG")
        t.press("Unregister")
        t.see("This is not the endpoint's id.")
        t.go("Type it here")
        t.field("EP-7K2M-94QX")
        os.unlink(house.path("state/identity.json"))
        t.press("Unregister")
        t.see("The identity is forgotten here", "Revoke the endpoint in the panel")
    finally:
        t.close()


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
           test_ascii_polish, test_colours, test_registration, test_service, test_application_of, test_service_without, test_advanced,
           test_too_small])
