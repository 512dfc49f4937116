"""The main line, end to end: what the ERP has is what the panel holds."""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import check, equal, house, run_tests  # noqa: E402

AWKWARD = ["zażółć gęślą jaźń ZAŻÓŁĆ GĘŚLĄ JAŹŃ", "O'Brien's", 'a "b" c', "x; DROP TABLE t; --",
           "line\nbreak\ttab", "€uro…–„”™", "<b>&amp;</b>", "{}[]\\/", "100%_[a]"]


def quote(text):
    return "N'" + text.replace("'", "''") + "'"


@house(plugins=("products", "stock", "prices", "customers"))
def first_sync(h):
    """a first sync carries every product, stock level, price and customer"""
    h.up()
    products = int(h.value("SELECT COUNT(*) FROM dbo.tw__Towar AS t WHERE t.tw_Usuniety = 0"))
    check(products > 100, "the demo company has products")
    h.until(lambda: h.panel_count("products") == products, "all products are in the panel", 60)
    h.until_in_step()
    h.until(lambda: h.panel_count("prices") == 10 * products, "ten prices a product", 60)
    customers = int(h.value(
        "SELECT COUNT(*) FROM dbo.kh__Kontrahent AS k INNER JOIN dbo.adr__Ewid AS a "
        "ON a.adr_IdObiektu = k.kh_Id AND a.adr_TypAdresu = 1"))
    h.until(lambda: h.panel_count("customers") == customers, "all customers are in the panel", 60)
    names = {r[0]: r[1] for r in h.sql("SELECT t.tw_Id, t.tw_Symbol FROM dbo.tw__Towar AS t "
                                       "WHERE t.tw_Usuniety = 0")}
    held = h.panel_rows("products")
    equal({k: v["sku"] for k, v in held.items()}, {k: v.rstrip() for k, v in names.items()},
          "symbols of all products")
    gross = {r[0]: r[1] for r in h.sql("SELECT c.tc_IdTowar, c.tc_CenaBrutto3 FROM dbo.tw_Cena AS c")}
    for key, data in h.panel_rows("prices").items():
        product, level = key.split("/")
        if level == "3":
            check(float(gross[product]) == float(data["gross"]), f"gross price 3 of {product}")


def change_arrives(h):
    """a stock level changed in the ERP arrives, and only it is sent"""
    h.up()
    h.until_in_step()
    before = h.status()["plugins"][0]["acked"]
    product, warehouse = h.sql("SELECT TOP (1) s.st_TowId, s.st_MagId FROM dbo.tw_Stan AS s INNER JOIN "
                               "dbo.tw__Towar AS t ON t.tw_Id = s.st_TowId WHERE t.tw_Usuniety = 0 "
                               "AND t.tw_Rodzaj = 1 ORDER BY s.st_TowId")[0]
    h.sql(f"UPDATE dbo.tw_Stan SET st_Stan = 123.4567, st_StanRez = 0.0067 WHERE st_TowId = {product} "
          f"AND st_MagId = {warehouse}")
    key = f"{product}/{warehouse}"
    h.until(lambda: h.panel_stock().get(key) == ("123.4567", "0.0067"), "the level is in the panel")
    row = h.panel_rows("stock")[key]
    equal(row["available"], "123.45", "available is on hand less reserved, exactly")
    h.until(lambda: h.status()["plugins"][0]["acked"] == before + 1, "one row was sent, not more")


@house(plugins=("products",))
def awkward_texts(h):
    """Polish letters, quotes, semicolons, newlines and cp1250's odd characters arrive unchanged"""
    h.up()
    ids = [r[0] for r in h.sql(f"SELECT TOP ({len(AWKWARD)}) t.tw_Id FROM dbo.tw__Towar AS t "
                               "WHERE t.tw_Usuniety = 0 ORDER BY t.tw_Id")]
    for identifier, text in zip(ids, AWKWARD):
        h.sql(f"UPDATE dbo.tw__Towar SET tw_Nazwa = {quote(text)} WHERE tw_Id = {identifier}")
    def arrived():
        held = h.panel_rows("products")
        return all(held.get(i, {}).get("name") == t for i, t in zip(ids, AWKWARD))
    try:
        h.until(arrived, "all names are in the panel")
    except Exception:
        held = h.panel_rows("products")
        for i, t in zip(ids, AWKWARD):
            equal(held.get(i, {}).get("name"), t, f"name of product {i}")
        raise


@house(erp="nexo", rows=60, plugins=("products", "stock", "customers"))
def wide_texts(h):
    """where the ERP's texts are Unicode, emoji and every awkward text arrive unchanged, in names and symbols"""
    h.up()
    texts = AWKWARD + ["🦔 jeż 👩‍👩‍👧", "שלום – 你好", "ǆ ﬁ ß İ"]
    m = "ModelDanychContainer"
    ids = [r[0] for r in h.sql(f"SELECT TOP ({len(texts)}) a.Id FROM {m}.Asortymenty AS a WHERE a.IsInRecycleBin = 0 AND "
                               "a.Rodzaj_Id <> 1 ORDER BY a.Id")]
    people = [r[0] for r in h.sql(f"SELECT TOP ({len(texts)}) f.Firma_Podmiot_Id FROM {m}.Firmy AS f "
                                  "ORDER BY f.Firma_Podmiot_Id")]
    for i, text in enumerate(texts):
        h.sql(f"UPDATE {m}.Asortymenty SET Nazwa = {quote(text)}, Symbol = {quote(text[:17].strip())} WHERE Id = {ids[i]}")
        if i < len(people):
            h.sql(f"UPDATE {m}.Firmy SET Nazwa = {quote(text)} WHERE Firma_Podmiot_Id = {people[i]}")
    wanted = {(text, text[:17].strip()) for text in texts}

    def arrived():
        products = {(r["name"], r["sku"]) for r in h.panel_rows("products").values()}
        stock = {r["sku"] for r in h.panel_rows("stock").values()}
        return wanted <= products and {text[:17].strip() for text in texts} <= stock
    try:
        h.until(arrived, "names and symbols are in the panel", 60)
    except Exception:
        equal({(r["name"], r["sku"]) for r in h.panel_rows("products").values()} & wanted, wanted, "names and symbols")
        raise
    held = h.panel_rows("customers")
    shown = [i for i in people[:len(texts)] if i in held]
    check(shown, "there are customers that are companies")
    h.until(lambda: all(h.panel_rows("customers")[i]["name"] == texts[people.index(i)] for i in shown), "names of customers", 60)


@house(plugins=("products",))
def renamed_deleted(h):
    """a renamed product changes, a deleted one goes, symbols that differ by case or blanks stay apart"""
    h.up()
    ids = [r[0] for r in h.sql("SELECT TOP (4) t.tw_Id FROM dbo.tw__Towar AS t "
                               "WHERE t.tw_Usuniety = 0 ORDER BY t.tw_Id")]
    count = int(h.value("SELECT COUNT(*) FROM dbo.tw__Towar AS t WHERE t.tw_Usuniety = 0"))
    h.until(lambda: h.panel_count("products") == count, "first sync")
    h.sql(f"UPDATE dbo.tw__Towar SET tw_Nazwa = N'Nowa nazwa' WHERE tw_Id = {ids[0]}")
    h.sql(f"UPDATE dbo.tw__Towar SET tw_Usuniety = 1 WHERE tw_Id = {ids[1]}")
    h.sql(f"UPDATE dbo.tw__Towar SET tw_Symbol = N'Ab-1' WHERE tw_Id = {ids[2]}")
    h.sql(f"UPDATE dbo.tw__Towar SET tw_Symbol = N'aB-1  ' WHERE tw_Id = {ids[3]}")
    def arrived():
        held = h.panel_rows("products")
        return (held.get(ids[0], {}).get("name") == "Nowa nazwa" and ids[1] not in held
                and held.get(ids[2], {}).get("sku") == "Ab-1"
                and held.get(ids[3], {}).get("sku") == "aB-1")
    h.until(arrived, "rename, deletion and both symbols are in the panel")
    equal(h.panel_count("products"), count - 1, "no other product went")


def halved_read(h):
    """a read that lost more than half of the keys is refused and shown, and can be accepted"""
    h.up()
    h.until_in_step()
    held = h.panel_stock()
    half = h.value("SELECT COUNT(*) FROM dbo.tw_Stan AS s")
    h.sql("UPDATE dbo.tw__Towar SET tw_Usuniety = 1 WHERE tw_Id > (SELECT MIN(t.tw_Id) FROM "
          "dbo.tw__Towar AS t)")
    def refused():
        plugins = h.status().get("plugins", [])
        return plugins and (plugins[0].get("error") or {}).get("code") == "read_shrunken"
    h.until(refused, "status shows the refused read")
    equal(h.panel_stock(), held, f"nothing of {half} rows was deleted in the panel")
    text = h.ctl("status", expect=1).stdout
    check("--accept-deletions" in text, "status says how to accept it:\n" + text)
    h.ctl("sync", "stock", "--accept-deletions")
    h.until_in_step()


def panel_away(h):
    """with the panel away changes queue up and arrive when it is back; status is red meanwhile"""
    h.up()
    h.until_in_step()
    port = h.panel_port
    h.stop("panel")
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 1 WHERE st_MagId = 1")
    h.until(lambda: (h.status().get("plugins") or [{}])[0].get("queued", 0) > 0, "changes are queued")
    done = h.ctl("status", expect=1)
    check("[FAIL]" in done.stdout, "status shows red:\n" + done.stdout)
    h.start_panel(port=port)
    h.until_in_step(90)
    h.until(lambda: h.ctl("status", expect=None).returncode == 0, "status is green again", 60)


def panel_away_at_start(h):
    """the daemon starts without its panel and works from the cached configuration"""
    h.up()
    h.until_in_step()
    h.stop("endpointd")
    port = h.panel_port
    h.stop("panel")
    h.start_daemon()
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 2 WHERE st_MagId = 1")
    h.until(lambda: (h.status().get("plugins") or [{}])[0].get("queued", 0) > 0,
            "the plugin runs and queues")
    h.start_panel(port=port)
    h.until_in_step(90)


def erp_away_at_start(h):
    """an ERP that is down at start is a red check and a retry, not an exit"""
    h.up(daemon=False)
    port = h.erp_port
    h.stop("sandbox")
    daemon = h.start_daemon()
    h.until(lambda: any(p.get("error") for p in h.status().get("plugins", [])), "status shows why")
    check(daemon.poll() is None, "the daemon still runs")
    check("[FAIL] ERP" in h.ctl("status", expect=1).stdout, "the ERP's line is red, too")
    equal(h.status()["erp"]["away"], "stock", "who says so, for screens and scripts")
    h.start_sandbox(port=port)
    h.until_in_step(90)
    h.until(lambda: h.status()["erp"]["away"] is None, "it is green again")


def erp_away_for_a_moment(h):
    """an ERP that was away is read again when it is back, however seldom the schedule"""
    h.start_sandbox()
    h.start_panel()
    h.configure()
    h.register()
    h.add_plugin("stock", every="24h")
    h.start_daemon()
    h.until_in_step()
    h.kill("sandbox")
    h.ctl("sync", "stock", expect=1)
    check(h.until(lambda: h.status()["plugins"][0].get("error"), "that it is away is seen", 60), "red")
    h.start_sandbox(port=h.erp_port)
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 3 WHERE st_MagId = 1")
    h.until_in_step()
    h.until(lambda: not h.status()["plugins"][0].get("error"), "and green again", 60)


def panel_commands(h):
    """commands from the panel: run-now, simulate, lookup and test answer with their results"""
    h.up()
    h.until_in_step()
    def ask(do, arguments):
        done = h.panel("command", "add", h.endpoint, do, json.dumps(arguments), "--json")
        return json.loads(done.stdout)["id"]
    asked = {do: ask(do, arguments) for do, arguments in (
        ("run-now", {"plugin": "stock"}), ("simulate", {"plugin": "stock"}),
        ("lookup", {"name": "warehouses"}), ("test", {}))}
    for do, identifier in asked.items():
        def answered(identifier=identifier):
            shown = json.loads(h.panel("command", "show", identifier, "--json").stdout)
            return shown if shown.get("result") is not None else None
        shown = h.until(answered, f"{do} is answered", 60)
        check(shown["result"].get("ok", True) is not False, f"{do} succeeded: {shown}")
        if do == "lookup":
            rows = json.dumps(shown["result"], ensure_ascii=False)
            symbol = h.value("SELECT TOP (1) m.mag_Symbol FROM dbo.sl_Magazyn AS m ORDER BY m.mag_Id")
            check(symbol.strip() in rows, f"warehouse {symbol} is among {rows}")


def plugin_disabled(h):
    """a plugin disabled in the panel stops, enabled it goes on; an edit narrows what is sent"""
    h.up()
    h.until_in_step()
    h.panel("plugin", "disable", "stock")
    h.until(lambda: not h.workers(), "no worker runs")
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 5 WHERE st_MagId = 1")
    h.panel("plugin", "enable", "stock")
    h.until_in_step()
    symbol = h.value("SELECT TOP (1) m.mag_Symbol FROM dbo.sl_Magazyn AS m ORDER BY m.mag_Id").strip()
    plugin = {"id": "stock", "kind": "stock", "name": "stock", "enabled": True,
              "channel": {"type": "panel"}, "schedule": {"every": "1s"},
              "options": {"warehouses": [symbol]}}
    h.panel("plugin", "edit", "stock", "-", stdin=json.dumps(plugin))
    h.until(lambda: {d["warehouse"] for d in h.panel_rows("stock").values()} == {symbol},
            "only the chosen warehouse is left in the panel", 60)


def file_plugins(h):
    """plugins of endpoint.conf run without any from the panel; a bad reload keeps the good state"""
    h.start_sandbox()
    h.start_panel()
    more = ('plugins = ( { id = "magazyn"; kind = "stock"; name = "Stany"; enabled = true; '
            'channel = { type = "panel"; }; schedule = { every = "1s"; }; } );\n')
    h.configure(more=more)
    h.register()
    h.add_plugin("stock", identifier="magazyn")
    h.start_daemon()
    h.until_in_step()
    good = h.read("etc/endpoint.conf")
    h.write("etc/endpoint.conf", good.replace('kind = "stock"', 'kind = "stok"'))
    done = h.ctl("config", "check", expect=2)
    check("stok" in done.stdout + done.stderr, "config check quotes the value")
    h.processes["endpointd"].send_signal(1)
    h.until(lambda: any(c["result"] == "fail" for c in h.status().get("checks", [])),
            "status shows the faulty file")
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 3 WHERE st_MagId = 1")
    h.until_in_step()
    h.write("etc/endpoint.conf", good)
    h.processes["endpointd"].send_signal(1)
    h.until(lambda: all(c["result"] != "fail" for c in h.status().get("checks", [])),
            "the mended file is taken")


def simulate(h):
    """a simulated sync shows what would be sent and sends nothing"""
    h.up(daemon=False)
    h.panel("plugin", "disable", "stock")
    h.start_daemon()
    h.until(lambda: h.status().get("plugins"), "the plugin is known")
    done = h.ctl("sync", "stock", "--simulate")
    check("upsert" in done.stdout, "rows are shown:\n" + done.stdout[:500])
    equal(h.panel_count("stock"), 0, "rows in the panel")


if __name__ == "__main__":
    run_tests([first_sync, change_arrives, awkward_texts, wide_texts, renamed_deleted, halved_read, panel_away,
               panel_away_at_start, erp_away_at_start, erp_away_for_a_moment, panel_commands, plugin_disabled, file_plugins,
               simulate])
