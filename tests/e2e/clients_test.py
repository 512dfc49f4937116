"""Clients that know nothing of Endpoint take the sandbox for a SQL Server: FreeTDS' own programs, unixODBC's, pymssql,
and tedious, which shares no code with them. Each with TLS off, for the login only, and throughout."""
import datetime
import decimal
import glob
import json
import os
import shutil
import subprocess

from harness import SLOW, SOURCE, Skip, check, equal, house, run_tests

MODES = ("off", "login", "required")
ODD = "Zażółć gęślą jaźń '\"; – €"


def needs(name, package):
    if not shutil.which(name):
        raise Skip(f"{name} is not installed (Debian: {package})")


def modes(h):
    """The same company served in each mode."""
    for mode in MODES:
        h.encrypt = mode
        h.start_sandbox()
        yield mode
        h.stop("sandbox")


def environment(h):
    return dict(h.environment, FREETDSCONF=h.path("freetds.conf"), TDSVER="7.4")


def count(h):
    return int(h.value("SELECT COUNT(*) AS n FROM dbo.tw__Towar AS t"))


@house(rows=300)
def tsql(h):
    """tsql: rows, odd letters, a refused statement by its number, a wrong password"""
    for mode in modes(h):
        equal(count(h), 300 if mode == MODES[0] else count(h), f"{mode}: products")
        text = ODD.replace("'", "''")
        h.sql(f"UPDATE dbo.tw__Towar SET tw_Nazwa = N'{text}' WHERE tw_Id = 1")
        equal(h.value("SELECT t.tw_Nazwa FROM dbo.tw__Towar AS t WHERE t.tw_Id = 1"), ODD, f"{mode}: a name")
        done = h.run(["tsql", "-S", "sandbox", "-U", "sa", "-P", h.password, "-D", "FIRMA", "-o", "qh"],
                     stdin="SELECT x.a FROM dbo.nic AS x\nGO\n", environment=environment(h))
        check("Msg 208" in done.stderr and "dbo.nic" in done.stderr, f"{mode}: {done.stderr}")
        done = h.run(["tsql", "-S", "sandbox", "-U", "sa", "-P", "wrong", "-o", "qh"], stdin="", environment=environment(h))
        check("18456" in done.stdout + done.stderr, f"{mode}: {done.stdout}{done.stderr}")


@house(rows=300)
def freebcp(h):
    """freebcp: a result copied out is the result, field by field"""
    needs("freebcp", "freetds-bin")
    for mode in modes(h):
        wanted = h.sql("SELECT t.tw_Id, t.tw_Symbol, t.tw_Nazwa FROM dbo.tw__Towar AS t ORDER BY t.tw_Id")
        done = h.run(["freebcp", "SELECT t.tw_Id, t.tw_Symbol, t.tw_Nazwa FROM dbo.tw__Towar AS t ORDER BY t.tw_Id",
                      "queryout", h.path("out"), "-S", "sandbox", "-U", "sa", "-P", h.password, "-D", "FIRMA", "-c",
                      "-t", "\x1f", "-r", "\x1e"], environment=environment(h))
        equal(done.returncode, 0, f"{mode}: {done.stdout}{done.stderr}")
        got = [row.split("\x1f") for row in h.read("out").split("\x1e") if row]
        equal(got, wanted, f"{mode}: rows")
        os.unlink(h.path("out"))


@house(rows=300)
def isql(h):
    """isql over tdsodbc: rows by SQL typed into it"""
    needs("isql", "unixodbc")
    drivers = glob.glob("/usr/lib/*/odbc/libtdsodbc.so") + glob.glob("/usr/lib*/libtdsodbc.so*")
    if not drivers:
        raise Skip("FreeTDS' ODBC driver is not installed (Debian: tdsodbc)")
    # isql takes the password in its arguments only, and no odd one.
    h.password = "Plain-sandbox-1"
    h.write("erp-password", h.password)
    for mode in modes(h):
        h.write("odbc.ini", f"[sandbox]\nDriver = {drivers[0]}\nServername = sandbox\nDatabase = FIRMA\n")
        h.write("odbcinst.ini", "")
        done = h.run(["isql", "sandbox", "sa", h.password, "-b", "-d\x1f"],
                     stdin="SELECT COUNT(*) AS n, MAX(t.tw_Symbol) AS last_ FROM dbo.tw__Towar AS t\n",
                     environment=dict(environment(h), ODBCINI=h.path("odbc.ini"), ODBCSYSINI=h.dir))
        last = h.value("SELECT MAX(t.tw_Symbol) AS last_ FROM dbo.tw__Towar AS t")
        check(f"{count(h)}\x1f{last}" in done.stdout, f"{mode}: {done.stdout}{done.stderr}")


@house(rows=300)
def pymssql(h):
    """pymssql: parameters, types, a transaction undone, errors by their numbers"""
    try:
        import pymssql as client
    except ImportError:
        raise Skip("python3-pymssql is not installed") from None
    for mode in modes(h):
        with client.connect("127.0.0.1", "sa", h.password, "FIRMA", port=h.erp_port, tds_version="7.3",
                            charset="UTF-8") as connection:
            cursor = connection.cursor()
            cursor.execute("UPDATE dbo.tw__Towar SET tw_Nazwa = %s WHERE tw_Id = %d", (ODD, 2))
            equal(cursor.rowcount, 1, f"{mode}: rows changed")
            connection.commit()
            cursor.execute("SELECT t.tw_Nazwa, s.st_Stan, CAST(s.st_Stan AS DECIMAL(19,4)) AS d, CAST('20260131' AS DATE) AS day_, "
                           "CAST(NULL AS INT) AS nothing FROM dbo.tw__Towar AS t INNER JOIN dbo.tw_Stan AS s ON "
                           "s.st_TowId = t.tw_Id AND s.st_MagId = 1 WHERE t.tw_Id = %d", (2,))
            name, stock, exact, day, nothing = cursor.fetchone()
            equal((name, day, nothing), (ODD, datetime.date(2026, 1, 31), None), f"{mode}: values")
            check(isinstance(exact, decimal.Decimal) and exact == stock, f"{mode}: {exact!r} {stock!r}")
            cursor.execute("DELETE FROM dbo.tw_Stan")
            connection.rollback()
            cursor.execute("SELECT COUNT(*) AS n FROM dbo.tw_Stan AS s")
            check(cursor.fetchone()[0] > 0, f"{mode}: the rows are there again")
            for statement, number in (("SELECT x.a FROM dbo.nic AS x", 208), ("SELECT FROM", 102),
                                      ("INSERT INTO dbo.sl_Magazyn (mag_Id, mag_Symbol, mag_Nazwa) SELECT m.mag_Id, "
                                       "m.mag_Symbol, m.mag_Nazwa FROM dbo.sl_Magazyn AS m", 2627)):
                try:
                    cursor.execute(statement)
                    check(False, f"{mode}: {statement} was taken")
                except client.Error as e:
                    equal(e.args[0], number, f"{mode}: {statement}: {e}")
                connection.rollback()


@house(rows=300)
def tedious(h):
    """tedious: typed parameters, a transaction undone, an attention in mid-result, errors by their numbers"""
    node = os.environ.get("NODE", "node")
    if not shutil.which(node):
        raise Skip("there is no node")
    modules = os.path.join(os.environ.get("ENDPOINT_CLIENTS", ""), "node_modules")
    if not os.path.isdir(os.path.join(modules, "tedious")):
        raise Skip("tedious is not installed: ./check gets it with npm; ENDPOINT_CLIENTS says where it is")
    for mode in modes(h):
        done = subprocess.run([node, os.path.join(SOURCE, "tests", "e2e", "clients.js"), str(h.erp_port),
                               "no" if mode == "off" else "yes"], input=h.password, capture_output=True, text=True,
                              timeout=120 * SLOW, env=dict(os.environ, NODE_PATH=modules), check=False)
        check(done.stdout.startswith("{"), f"{mode}: {done.stdout}{done.stderr}")
        seen = json.loads(done.stdout)
        check("error" not in seen, f"{mode}: {seen}")
        equal(seen["values"][0:1] + seen["values"][2:], [-5, 12.5, "2026-01-31T23:59:59.000Z", True, "00ff", None, ""],
              f"{mode}: values")
        check(seen["same"], f"{mode}: the text came back as {seen['values'][1]!r}")
        equal((seen["count"], seen["rows"]), (count(h), count(h)), f"{mode}: rows")
        equal((seen["missing"], seen["undone"], seen["cancelled"], seen["after"]), (208, 0, "ECANCEL", 7), f"{mode}")
        equal(h.value("SELECT t.tw_Nazwa FROM dbo.tw__Towar AS t WHERE t.tw_Id = 1"), "Źdźbło", f"{mode}: what it wrote")


if __name__ == "__main__":
    run_tests([tsql, freebcp, isql, pymssql, tedious])
