"""endpointctl in Polish: nothing is left in English in any line, whoever made the text; and no name or value is translated."""
import datetime
import json
import os
import re
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tui"))
from harness import SOURCE, check, equal, house, run_tests  # noqa: E402
from terminal import start  # noqa: E402

# Words that are in nearly every English sentence and in no Polish one.
ENGLISH = re.compile(r"(?<![\w./`'\"-])(the|of|is|are|was|were|and|not|which|with|has|have|this|there|from|been|cannot|what|when|an|"
                     r"its|that|ago|waiting|rejected|running|connected|last|next|queue)(?![\w./=-])")
# What is typed or looked for as it stands: commands, options, settings, states after --state.
LITERAL = re.compile(r"(sudo )?(endpointctl|endpoint-tui|endpoint-panel|systemctl|journalctl|timedatectl|getent|openssl|nc|chmod|ALTER "
                     r"DATABASE)( [-a-z_.=]+| [A-Z]+)*|waiting, sending, handed-over, done, rejected|`[^`]*`|--state [a-z-]+|\"[^\"]*\"|„[^”]*”")


def english_in(text):
    wrong = []
    for line in text.splitlines():
        said = LITERAL.sub("", line)
        if ENGLISH.search(said):
            wrong.append(f"{ENGLISH.search(said).group(1)!r} in: {line}")
    return wrong


def order(identifier, sku):
    at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"id": identifier, "number": "Z-" + identifier, "revision": 1, "placed_at": at, "source": "sklep", "currency": "PLN",
            "total_gross": "10.00", "buyer": {"name": "Żaneta Źdźbło", "email": "zaneta@example.com"},
            "delivery": {"name": "Żaneta Źdźbło", "street": "Długa 5/3", "city": "Kraków", "postcode": "30-001", "country": "PL"},
            "lines": [{"id": "1", "sku": sku, "name": sku, "quantity": "1", "price_gross": "10.00", "vat_rate": "23"}]}


def without_remedy(value, where="status"):
    """What is red or amber in an answer and does not say what to do."""
    found = []
    if isinstance(value, dict):
        red = value.get("result") in ("fail", "warn") or "code" in value and "status" in value
        if (red and "text" in value or value.get("state") == "rejected") and not value.get("remedy"):
            found.append(f"{where}: {value}")
        for key, inner in value.items():
            found += without_remedy(inner, f"{where}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += without_remedy(inner, f"{where}[{index}]")
    return found


class Polish:
    """What endpointctl says to somebody whose system is Polish; every answer is looked through."""

    def __init__(self, h, **environment):
        self.h, self.wrong, self.said = h, [], ""
        self.environment = dict(h.environment, LANG="pl_PL.UTF-8", NO_COLOR="1", **environment)

    def ask(self, *words, expect=None, **more):
        done = self.h.ctl(*words, expect=expect, environment=self.environment, **more)
        text = done.stdout + done.stderr
        self.wrong += [f"endpointctl {' '.join(words)}: {line}" for line in english_in(text)]
        self.said += text
        return text

    def judge(self):
        check(not self.wrong, "\n".join(self.wrong))


VERBS = [("help",), ("help", "orders"), ("help", "service"), ("status",), ("plugins",), ("test",), ("held",), ("orders",),
         ("orders", "--state", "done"), ("journal", "-n", "100"), ("erp", "check"), ("erp", "certificate"), ("config", "check"),
         ("config", "get", "none"), ("config", "set", "erp.port", "x"), ("reload",), ("plugin", "options", "orders"),
         ("plugin", "options", "stock"), ("sync", "none"), ("sync", "stock", "--simulate"), ("order", "show", "none"),
         ("order", "resolve", "1"), ("lookup", "none"), ("nonsense",), ("--nonsense",), ("orders", "-n", "x"), ("explain",),
         ("explain", "erp_login"), ("service", "status"), ("bundle", "--list"), ("key", "none"), ("take-over",), ("register",)]


@house(rows=20)
def all_is_well_and_all_is_red(h):
    """every verb, on a green endpoint with a rejected order, and on a red one without ERP, panel and daemon, where all that is
    red says what to do"""
    inbox = h.write_dir("import")
    h.start_sandbox("--import-dir", inbox)
    h.start_panel()
    pl = Polish(h)
    h.configure(more=f'orders : {{\n    writer = "epp";\n    epp_dir = {json.dumps(inbox)};\n}};\n')
    pl.ask("status", expect=8)
    h.register()
    h.add_plugin("stock")
    h.add_plugin("orders")
    h.start_daemon()
    good = h.value("SELECT TOP (1) t.tw_Symbol FROM dbo.tw__Towar AS t INNER JOIN dbo.sl_StawkaVAT AS v ON v.vat_Id = t.tw_IdVatSp "
                   "WHERE t.tw_Rodzaj = 1 AND t.tw_Usuniety = 0 AND t.tw_Zablokowany = 0 AND v.vat_Symbol = '23'")
    h.until(lambda: len(h.status().get("plugins", [])) == 2, "the plugins are there")
    h.panel("order", "add", "-", stdin=json.dumps([order("1", good), order("2", "NIE-MA-TAKIEGO")]))

    def states():
        return {o["id"]: o["state"] for o in json.loads(h.ctl("orders", "--json").stdout)["orders"]}
    h.until(lambda: states() == {"1": "done", "2": "rejected"}, "one is done, one rejected", 60)
    for words in VERBS:
        pl.ask(*words)
    pl.judge()
    shown = pl.ask("order", "show", "2") + pl.ask("order", "show", "1")
    check(re.search(r"odrzucone? +Z-2", shown) and "wykonane" in shown and "przekazane" in shown, shown)
    check("nie ma towaru" in pl.ask("orders", "--state", "rejected"), "the reason of the worker is Polish")
    h.stop("panel")
    h.stop("sandbox")
    h.until(lambda: json.loads(h.ctl("status", "--json", expect=None).stdout)["panel"].get("error"), "the panel is red", 60)
    h.until(lambda: any(p.get("error") for p in h.status()["plugins"]), "a plugin is red", 90)
    for words in (("status",), ("test",), ("sync", "stock"), ("journal", "-n", "100"), ("orders",), ("erp", "databases")):
        pl.ask(*words)
    red = [json.loads(h.ctl(*words, "--json", expect=None).stdout) for words in (("status",), ("orders",), ("test",))]
    check(len(json.dumps(red)) > 2000 and not without_remedy(red), "\n".join(without_remedy(red)))
    h.stop("endpointd")
    for words in VERBS:
        pl.ask(*words)
    pl.judge()


@house(rows=20)
def language_is_chosen(h):
    """LC_ALL, LANG and LANGUAGE choose as gettext does; --lang goes before them; C is English; JSON's codes stay"""
    base = {key: value for key, value in h.environment.items() if key not in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")}

    def said(*words, **environment):
        return h.ctl(*words, "nonsense", expect=2, environment=dict(base, **environment)).stderr
    polish, english = "nie ma polecenia", "there is no command"
    for environment in ({"LANG": "pl_PL.UTF-8"}, {"LC_ALL": "pl_PL.UTF-8", "LANG": "C"}, {"LC_MESSAGES": "pl_PL", "LANG": "C.UTF-8"},
                        {"LANG": "C.UTF-8", "LANGUAGE": "pl"}, {"LANG": "en_US.UTF-8", "LANGUAGE": "de:pl:en"}):
        check(polish in said(**environment), f"{environment}: {said(**environment)}")
    for environment in ({}, {"LANG": "C"}, {"LANG": "C", "LANGUAGE": "pl"}, {"LANG": "de_DE.UTF-8"}, {"LANG": "pl_PL.UTF-8", "LC_ALL": "C"},
                        {"LANG": "pl_PL.UTF-8", "LANGUAGE": "en"}):
        check(english in said(**environment), f"{environment}: {said(**environment)}")
    check(polish in said("--lang", "pl", LANG="C"), "--lang pl")
    check(english in said("--lang", "en", LANG="pl_PL.UTF-8"), "--lang en")
    answer = json.loads(h.ctl("nonsense", "--json", expect=2, environment=dict(base, LANG="pl_PL.UTF-8")).stdout)
    equal(answer["error"]["code"], "usage", "a code is the same in every language")


@house(rows=20)
def longest_names(h):
    """a login of 128 Polish letters, as SQL Server takes it, logs in; a database's goes there whole; one letter more is refused before"""
    login, database = "zażółć" * 21 + "ŁÓ", "Łąkowa" * 21 + "ŃĄ"
    equal((len(login), len(database)), (128, 128), "as long as may be")
    h.start_sandbox("--user", login)
    h.panel_port = 1
    h.configure(erp={"user": login})
    check(json.loads(h.ctl("lookup", "warehouses", "--json").stdout), "the login works")
    h.configure(erp={"user": login, "database": database})
    error = json.loads(h.ctl("lookup", "warehouses", "--json", expect=None).stdout)["error"]
    check(f"'{database}'" in error["text"], f"the server was asked for the whole name: {error}")
    for setting in ("user", "database"):
        refused = h.ctl("config", "set", f"erp.{setting}", login + "ą", expect=2).stderr
        check("a name of at most 128 characters" in refused, refused)
    h.configure(erp={"user": login + "ą"})
    check("a name of at most 128 characters" in (h.ctl("config", "check", expect=2).stdout + h.ctl("config", "check", expect=2).stderr), "in the file")


# Texts of ours, letter by letter, as somebody may call a product or an order.
OURS = ("received", "nothing was sent yet", "endpointd stopped")


def in_polish(h, *words):
    done = h.ctl("--lang", "pl", *words, expect=None)
    return re.sub(r"\s+", " ", done.stdout + done.stderr)


def on_screen(h, key, *wanted):
    t = start(h, "--lang", "pl", columns=200, rows=50)
    try:
        t.see("[3 ")
        t.keys(key)
        for text in wanted:
            t.see(text)
    finally:
        t.close()


def ours_are_known():
    with open(os.path.join(SOURCE, "po", "pl.po"), encoding="utf-8") as file:
        known = file.read()
    for text in OURS:
        check(f'msgid "{text}"\nmsgstr "' in known, f"{text} is a text that the catalogue has")


@house(rows=20)
def names_in_orders(h):
    """an SKU and an order's number that read as our own texts stay as they are; a reason inside an entry, and the system's words
    inside an error, are Polish in every place that shows them"""
    ours_are_known()
    inbox = h.write_dir("import")
    h.start_sandbox("--import-dir", inbox)
    h.start_panel()
    h.configure(more=f'orders : {{\n    writer = "epp";\n    epp_dir = {json.dumps(inbox)};\n}};\n')
    h.register()
    h.add_plugin("stock")
    h.add_plugin("orders")
    h.start_daemon()
    h.until(lambda: len(h.status().get("plugins", [])) == 2, "the plugins are there")
    asked = [dict(order(str(i), text), number=text) for i, text in enumerate(OURS, 1)]
    h.panel("order", "add", "-", stdin=json.dumps(asked))
    h.until(lambda: [o["state"] for o in json.loads(h.ctl("orders", "--json").stdout)["orders"]] == ["rejected"] * 3, "rejected", 60)
    everywhere = in_polish(h, "orders", "--state", "rejected"), in_polish(h, "journal", "-n", "100")
    for one in asked:
        text = one["number"]
        for shown in (*everywhere, in_polish(h, "order", "show", one["id"])):
            check(f"pozycja 1: w ERP nie ma towaru, którego SKU to {text}" in shown, f"{text} in\n{shown}")
        check(f"zamówienie {text}: odrzucone – pozycja 1: w ERP nie ma towaru, którego SKU to {text}" in everywhere[1], everywhere[1])
        known = json.loads(h.ctl("--lang", "pl", "order", "show", one["id"], "--json").stdout)["order"]
        equal(known["reason"], f"line 1: the ERP has no product with the SKU {text}", "programs read English")
        equal(known["said"]["reason"][-1][-1][-1], text, f"and how it was made: {known['said']}")
    on_screen(h, "o", *(f"towaru, którego SKU to {text}" for text in OURS))
    on_screen(h, "j", *(f"zamówienie {text}: odrzucone" for text in OURS))
    h.stop("sandbox")
    h.until(lambda: any((p.get("error") or {}).get("said") for p in h.status()["plugins"]), "a plugin is red", 90)
    for words in (("status",), ("journal", "-n", "100")):
        shown = in_polish(h, *words)
        check("odmowa połączenia" in shown.lower() and "refused" not in shown, shown)


@house(erp="generic", plugins=("products",))
def names_in_the_erp(h):
    """a product whose symbol is one of our texts keeps it where it is held, and why it is held is Polish"""
    h.start_sandbox()
    with open(os.path.join(SOURCE, "etc", "erp", "mssql-example.conf"), encoding="utf-8") as file:
        text = file.read()
    h.write_dir("etc/erp")
    h.write("etc/erp/mssql-example.conf", text.replace("t.Kolor AS colour", "CAST(t.Kolor AS NVARCHAR(MAX)) AS opis", 1))
    h.up()
    with sqlite3.connect(h.path("firma.db"), timeout=60) as db:
        db.create_collation("PL", lambda a, b: (a > b) - (a < b))
        db.execute('UPDATE "sklep.Towary" SET Kod=CAST(? AS TEXT), Kolor=CAST(? AS TEXT) WHERE Kod='
                   '(SELECT MIN(Kod) FROM "sklep.Towary" WHERE Skasowany=0)', (OURS[1], "a" * 70000))
    db.close()
    held = h.until(lambda: json.loads(h.ctl("held", "--json").stdout)["held"], "a row is held")
    h.until(lambda: any(p.get("held") for p in h.status()["plugins"]), "the status has it")
    equal(held[0]["key"], OURS[1], "its symbol")
    for words in (("held",), ("journal", "-n", "50")):
        shown = in_polish(h, *words)
        check(OURS[1] in shown and "dłuższ" in shown and "longer" not in shown, shown)


run_tests([language_is_chosen, longest_names, all_is_well_and_all_is_red, names_in_orders, names_in_the_erp])
