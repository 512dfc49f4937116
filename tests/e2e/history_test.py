"""Stamps against a random history: what they bring is byte for byte what a full compare would have sent.

Edits go through SQL as the ERP's program would make them: nexo moves row versions by itself, in Optima the
program writes the time beside what it changes. Some transactions take their version early and commit late.
After every few hundred edits `sync --simulate`, which compares everything and changes nothing, may find nothing
but deletions; in the end the panel must hold exactly what a plugin without any ledger would send.
HISTORY_EDITS: how many (10000; under the sanitizers 1000).
"""
import contextlib
import json
import os
import random
import socket
import sqlite3
import subprocess

from harness import SLOW, Failure, check, equal, house, run_tests

EDITS = int(os.environ.get("HISTORY_EDITS", "1000" if SLOW > 1 else "10000"))
ROUNDS = 10 if SLOW == 1 else 4
M = "ModelDanychContainer."
KINDS = {"kits": "stock"}  # a plugin's kind, where that is not its name
WORDS = ("Łyżka", "O'Brien; DROP", "żółw \"x\"", "ąęśćźń", "Kawa 1 kg", "{changed}", "a,b;c", "100%_")


class Connection:
    """FreeTDS' client, fed statement by statement; all of them are done when done() returns."""

    def __init__(self, h):
        self.h = h
        environment = dict(h.environment, FREETDSCONF=h.path("freetds.conf"), TDSVER="7.4")
        self.process = subprocess.Popen(
            ["stdbuf", "-oL", "tsql", "-S", "sandbox", "-U", "sa", "-P", h.password, "-D", h.database, "-o", "qh"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
        self.marks = 0

    def say(self, *statements):
        self.process.stdin.write("".join(s + "\nGO\n" for s in statements))

    def done(self):
        self.marks += 1
        self.say(f"SELECT N'mark {self.marks}' AS mark")
        self.process.stdin.flush()
        while True:
            line = self.process.stdout.readline()
            if not line or "Msg " in line:
                self.process.stdin.close()
                raise Failure(f"an edit failed: {line}{self.process.stdout.read()[:1000]}")
            if f"mark {self.marks}" in line:
                return

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(60)


def text(dice):
    return f"N'{dice.choice(WORDS)} {dice.randrange(10**6)}'".replace("O'Brien", "O''Brien")


def nexo_edit(dice, ids):
    """One change of any table that a stream looks at."""
    product, unit = dice.choice(ids["products"]), dice.choice(ids["units"])
    number = dice.randrange(100000) / 100
    return dice.choices((
        f"UPDATE {M}StanyMagazynowe SET IloscDostepna = {number} WHERE Id = {dice.choice(ids['stock'])}",
        f"UPDATE {M}StanyMagazynowe SET IloscZarezerwowanaIlosciowo = {number} WHERE Asortyment_Id = {product}",
        f"UPDATE {M}Asortymenty SET Nazwa = {text(dice)} WHERE Id = {product}",
        f"UPDATE {M}Asortymenty SET Symbol = N'S{dice.randrange(10**7)}' WHERE Id = {product}",
        f"UPDATE {M}Asortymenty SET IsInRecycleBin = {dice.randrange(2)} WHERE Id = {product}",
        f"UPDATE {M}PozycjeCennika SET CenaNetto = {number}, CenaBrutto = {number * 1.23:.2f} "
        f"WHERE Id = {dice.choice(ids['prices'])}",
        f"UPDATE {M}KodyKreskowe SET Kod = N'59{dice.randrange(10**11):011}' WHERE JednostkaMiaryAsortymentu_Id = {unit}",
        f"INSERT INTO {M}KodyKreskowe (Kod, JednostkaMiaryAsortymentu_Id) VALUES (N'20{dice.randrange(10**6):06}', {unit})",
        f"DELETE FROM {M}StanyMagazynowe WHERE Id = {dice.choice(ids['stock'])}",
        f"DELETE FROM {M}PozycjeCennika WHERE Id = {dice.choice(ids['prices'])}",
        f"UPDATE {M}Magazyny SET Symbol = N'M{dice.randrange(1000)}' WHERE Id = 1",
        f"UPDATE {M}Podmioty SET Telefon = N'{dice.randrange(10**9)}' WHERE Id = {dice.choice(ids['customers'])}",
        f"UPDATE {M}Firmy SET Nazwa = {text(dice)} WHERE Firma_Podmiot_Id = {dice.choice(ids['customers'])}",
        f"UPDATE {M}SkladnikiKompletu SET Ilosc = {1 + number / 100} WHERE Komplet_Id = {dice.choice(ids['kits'])}",
        f"INSERT INTO {M}SkladnikiKompletu (Komplet_Id, Skladnik_Id, Ilosc) VALUES ({dice.choice(ids['kits'])}, {product}, 1)",
        f"DELETE FROM {M}SkladnikiKompletu WHERE Komplet_Id = {dice.choice(ids['kits'])}",
    ), (30, 6, 10, 4, 2, 15, 6, 2, 1, 1, 1, 5, 5, 1, 3, 1))[0]


def optima_edit(dice, ids):
    product, customer = dice.choice(ids["products"]), dice.choice(ids["customers"])
    return dice.choices((
        f"UPDATE CDN.Towary SET Twr_Nazwa = {text(dice)}, Twr_TS_Mod = GETDATE() WHERE Twr_TwrId = {product}",
        f"UPDATE CDN.Towary SET Twr_Kod = N'S{dice.randrange(10**7)}', Twr_TS_Mod = GETDATE() WHERE Twr_TwrId = {product}",
        f"UPDATE CDN.Towary SET Twr_NieAktywny = {dice.randrange(2)}, Twr_TS_Mod = GETDATE() WHERE Twr_TwrId = {product}",
        f"UPDATE CDN.Kontrahenci SET Knt_Miasto = {text(dice)}, Knt_TS_Mod = GETDATE() WHERE Knt_KntId = {customer}",
    ), (5, 2, 1, 3))[0]


def settle(h, streams):
    """Every stream has been asked for its changes once more since now, and the panel has them."""
    before = {s: runs(h, s)[0]["started"] for s in streams}
    for stream in streams:
        # Two passes: the first may have begun before the last edit was committed.
        h.until(lambda s=stream: sum(r["started"] > before[s] for r in runs(h, s)) >= 2 and runs(h, s)[0]["ok"] and
                plugin(h, s).get("queued") == 0, f"{stream} was read again", 60)


def runs(h, stream):
    """The last passes, the newest first."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(h.path("run", "control.sock"))
        s.sendall(json.dumps({"do": "runs", "plugin": stream}).encode() + b"\n")
        with s.makefile("r", encoding="utf-8") as lines:
            return json.loads(lines.readline()).get("runs") or [{"started": "", "ok": False}]


def plugin(h, stream):
    return next((p for p in h.status().get("plugins", []) if p["id"] == stream), {})


def held(h, identifier):
    """What the panel holds of one plugin."""
    with sqlite3.connect(f"file:{h.path('panel', 'panel.db')}?mode=ro", uri=True) as db:
        return {key: json.loads(data) for key, data in
                db.execute("SELECT key,data FROM rows WHERE plugin_id=? AND deleted=0", (identifier,))}


def would_change(h, identifier):
    done = h.ctl("sync", identifier, "--simulate", "--json")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{") and '"op"' in line]


def run_history(h, streams, edit, ids, late):
    dice = random.Random(20261126)
    h.until(lambda: all(plugin(h, s).get("read") == "changed" and plugin(h, s).get("queued") == 0 for s in streams),
            "the first sync is done", 60)
    main = Connection(h)
    with contextlib.closing(main):
        for _ in range(ROUNDS):
            slow = Connection(h) if late else None
            if slow:
                slow.say("EXEC sandbox_hold")
                slow.done()
            for _ in range(EDITS // ROUNDS):
                (slow if slow and dice.random() < 0.1 else main).say(edit(dice, ids))
            main.done()
            if slow:
                slow.done()
                slow.say("EXEC sandbox_release")
                slow.done()
                slow.close()
            settle(h, streams)
            for stream in streams:
                found = [c for c in would_change(h, stream) if c["op"] != "delete"]
                equal(found, [], f"{stream}: what the stamps did not bring")
                check(plugin(h, stream)["read"] == "changed", f"{stream} went by its stamps")
    for stream in streams:
        h.ctl("sync", stream, "--accept-deletions")
        h.until(lambda s=stream: plugin(h, s).get("queued") == 0, "the deletions arrived")
        kind = KINDS.get(stream, stream)
        h.add_plugin(kind, identifier=f"fresh-{stream}", every="24h", enabled=False,
                     options={"kits": "parts"} if stream == "kits" else None)
    for stream in streams:
        h.until(lambda s=stream: any(p["id"] == f"fresh-{s}" for p in h.status()["plugins"]), "the fresh plugin is known")
        fresh = {c["key"]: c["data"] for c in would_change(h, f"fresh-{stream}")}
        check(0 < len(fresh) < 1000, f"{len(fresh)} records, simulate shows at most 1000")
        equal(held(h, stream), fresh, f"{stream}: the panel and a fresh reading")


def ids_of(h, **statements):
    return {name: [row[0] for row in h.sql(statement)] for name, statement in statements.items()}


@house(erp="nexo", rows=250, plugins=("stock", "products", "prices", "customers"))
def test_nexo(h):
    """nexo: a random history arrives by row versions as a full compare would send it, late commits, counted kits and all"""
    h.up(daemon=False)
    h.add_plugin("stock", "kits", options={"kits": "parts"})
    h.start_daemon()
    ids = ids_of(h, products=f"SELECT a.Id FROM {M}Asortymenty AS a", stock=f"SELECT s.Id FROM {M}StanyMagazynowe AS s",
                 prices=f"SELECT c.Id FROM {M}PozycjeCennika AS c", customers=f"SELECT p.Id FROM {M}Podmioty AS p",
                 units=f"SELECT j.Id FROM {M}JednostkiMiarAsortymentow AS j",
                 kits=f"SELECT a.Id FROM {M}Asortymenty AS a WHERE a.Rodzaj_Id = 4")
    run_history(h, ("stock", "products", "prices", "customers", "kits"), nexo_edit, ids, late=True)


@house(erp="optima", rows=250, plugins=("products", "customers"))
def test_optima(h):
    """Optima: a random history arrives by the times that the program writes down"""
    h.up()
    ids = ids_of(h, products="SELECT t.Twr_TwrId FROM CDN.Towary AS t",
                 customers="SELECT k.Knt_KntId FROM CDN.Kontrahenci AS k WHERE k.Knt_KntId <> 1")
    run_history(h, ("products", "customers"), optima_edit, ids, late=False)


if __name__ == "__main__":
    run_tests([test_nexo, test_optima])
