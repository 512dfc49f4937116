"""Change stamps: what moved arrives at once, what moved without its stamp is found by the full compare."""
import contextlib
import os
import subprocess

from harness import House, check, equal, house, run_tests

STOCK = ("SELECT TOP (2) s.Id, s.Asortyment_Id, s.Magazyn_Id FROM ModelDanychContainer.StanyMagazynowe AS s "
         "INNER JOIN ModelDanychContainer.Asortymenty AS a ON a.Id = s.Asortyment_Id WHERE a.IsInRecycleBin = 0 "
         "AND a.Rodzaj_Id <> 1 ORDER BY s.Id")
SET = "UPDATE ModelDanychContainer.StanyMagazynowe SET IloscDostepna = {} WHERE Id = {}"


def plugin(h, identifier):
    for row in h.status()["plugins"]:
        if row["id"] == identifier:
            return row
    return {}


def until_quiet(h, stream):
    """The first sync is done, and a pass asked only for what changed."""
    h.until(lambda: h.panel_count(stream) > 0 and plugin(h, stream).get("read") == "changed" and
            plugin(h, stream).get("queued") == 0, f"{stream}: the first sync is done", 60)


def level(h, row):
    return float(h.panel_rows("stock")[f"{row[1]}/{row[2]}"]["available"])


@contextlib.contextmanager
def late_session(h):
    """A connection that takes its row version now and writes with it later, as a long transaction does."""
    environment = dict(h.environment, FREETDSCONF=h.path("freetds.conf"), TDSVER="7.4")
    process = subprocess.Popen(["tsql", "-S", "sandbox", "-U", "sa", "-P", h.password, "-D", h.database, "-o", "qh"],
                               stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
                               env=environment)

    def say(statement):
        process.stdin.write(statement + "\nGO\n")
        process.stdin.flush()

    say("EXEC sandbox_hold")
    try:
        h.until(lambda: h.value("SELECT CAST(CASE WHEN MIN_ACTIVE_ROWVERSION() <= @@DBTS THEN 1 ELSE 0 END AS INT) AS "
                                "held") == "1", "the row version is held")
        yield say
    finally:
        process.stdin.close()
        process.wait(60)


def row_versions(h):
    """nexo: a level that changes arrives though only what changed is read"""
    until_quiet(h, "stock")
    row = h.sql(STOCK)[0]
    total = h.panel_count("stock")
    h.sql(SET.format(4711, row[0]))
    h.until(lambda: level(h, row) == 4711, "the level arrives")
    equal(plugin(h, "stock")["read"], "changed", "how the passes read")
    check(plugin(h, "stock")["rows"] < total / 10, f"{plugin(h, 'stock')['rows']} rows of {total} were read")
    equal(h.panel_count("stock"), total, "rows in the panel")


def late_commit(h):
    """nexo: a change that took its row version early and is committed late is not skipped"""
    until_quiet(h, "stock")
    early, other = h.sql(STOCK)
    with late_session(h) as say:
        h.sql(SET.format(1002, other[0]))
        h.until(lambda: level(h, other) == 1002, "the later change arrives first")
        say(SET.format(1001, early[0]))
        say("EXEC sandbox_release")
    h.until(lambda: level(h, early) == 1001, "the late change arrives")


def code_moved(h):
    """nexo: a new barcode, which stands in a table of its own, brings its product again, whole"""
    until_quiet(h, "products")
    unit, product = h.sql("SELECT TOP (1) j.Id, j.Asortyment_Id FROM ModelDanychContainer.JednostkiMiarAsortymentow AS j "
                          "INNER JOIN ModelDanychContainer.Asortymenty AS a ON a.Id = j.Asortyment_Id "
                          "INNER JOIN ModelDanychContainer.KodyKreskowe AS k ON k.JednostkaMiaryAsortymentu_Id = j.Id "
                          "WHERE a.IsInRecycleBin = 0 ORDER BY j.Id")[0]
    before = h.panel_rows("products")[product]["eans"]
    h.sql("UPDATE ModelDanychContainer.KodyKreskowe SET Kod = N'5900000099999' WHERE JednostkaMiaryAsortymentu_Id = "
          f"{unit}")
    h.until(lambda: "5900000099999" in h.panel_rows("products")[product]["eans"], "the code arrives")
    equal(plugin(h, "products")["read"], "changed", "how the passes read")
    check(len(h.panel_rows("products")[product]["eans"]) <= max(1, len(before)), "codes of the product")


def deletion_waits_for_the_compare(h):
    """nexo: what is deleted is found by the full compare, which `endpointctl sync` runs at once"""
    until_quiet(h, "stock")
    row = h.sql(STOCK)[0]
    total = h.panel_count("stock")
    h.sql(f"DELETE FROM ModelDanychContainer.StanyMagazynowe WHERE Id = {row[0]}")
    h.ctl("sync", "stock")
    h.until(lambda: h.panel_count("stock") == total - 1, "the deletion arrives")
    check(f"{row[1]}/{row[2]}" not in h.panel_rows("stock"), "the row is gone")


def missed_by_stamps(h):
    """Optima: what changes without its stamp is found by the full compare, said, and looked for more often"""
    until_quiet(h, "products")
    key = h.value("SELECT TOP (1) t.Twr_TwrId FROM CDN.Towary AS t ORDER BY t.Twr_TwrId")
    h.sql(f"UPDATE CDN.Towary SET Twr_Nazwa = N'Zażółć' WHERE Twr_TwrId = {key}")
    h.ctl("sync", "products")
    h.until(lambda: h.panel_rows("products")[key]["name"] == "Zażółć", "the full compare finds it")
    h.until(lambda: any(c["code"] == "plugin.stamps" and c["result"] == "warn" for c in plugin(h, "products")["checks"]),
            "the check is amber")
    text = [c["text"] for c in plugin(h, "products")["checks"] if c["code"] == "plugin.stamps"][0]
    check("1 records had changed" in text and "every 90 min" in text, text)
    h.ctl("sync", "products")
    h.until(lambda: [c["result"] for c in plugin(h, "products")["checks"] if c["code"] == "plugin.stamps"] == ["ok"],
            "a compare without misses makes it green again")


def stamp_moves(h):
    """Optima: a card that its program changed, stamp and all, is read alone"""
    until_quiet(h, "products")
    key = h.value("SELECT TOP (1) t.Twr_TwrId FROM CDN.Towary AS t ORDER BY t.Twr_TwrId DESC")
    h.sql(f"UPDATE CDN.Towary SET Twr_Nazwa = N'Łódź', Twr_TS_Mod = GETDATE() WHERE Twr_TwrId = {key}")
    h.until(lambda: h.panel_rows("products")[key]["name"] == "Łódź", "the name arrives")
    equal(plugin(h, "products")["read"], "changed", "how the passes read")


@house(erp="nexo", plugins=("stock", "products"))
def test_nexo(h):
    """nexo: row versions tell what moved, also what is committed late; deletions wait for the full compare"""
    h.up()
    for step in (row_versions, late_commit, code_moved, deletion_waits_for_the_compare):
        step(h)


@house(erp="optima", plugins=("products",))
def test_optima(h):
    """Optima: times tell what moved; what they miss is found, said, and looked for more often"""
    h.up()
    for step in (stamp_moves, missed_by_stamps):
        step(h)


if __name__ == "__main__":
    run_tests([test_nexo, test_optima])
