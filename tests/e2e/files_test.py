"""The channel `file`: streams of the ERP as files that others read, orders as files that others write."""
import csv
import http.server
import io
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(__file__))
from harness import SOURCE, check, equal, house, number, run_tests  # noqa: E402
from proxy import Proxy  # noqa: E402
from orders_test import MORE, documents, mine, order, until_state  # noqa: E402


def rows_of(h, path, delimiter=";", encoding="utf-8"):
    """A CSV file as an importer reads it: key → (on hand, reserved)."""
    with open(path, newline="", encoding=encoding) as file:
        rows = list(csv.DictReader(file, delimiter=delimiter))
    return {row["key"]: (number(row["on_hand"].replace(",", ".")), number(row["reserved"].replace(",", "."))) for row in rows}


def said(h, code, result="fail", word=""):
    """A check of the plugin that says so; None: there is none."""
    for plugin in h.status().get("plugins", []):
        for c in plugin.get("checks", []):
            if c["code"] == code and c["result"] == result and word in c["text"]:
                return c
    return None


COLUMNS = ["key", "sku", "warehouse", "on_hand", "reserved"]


def begin(h, kind="stock", daemon=True, **channel):
    h.start_sandbox()
    h.start_panel()
    h.configure()
    h.register()
    h.out = h.write_dir("shop")
    h.add_plugin(kind, channel=dict({"type": "file", "place": h.out, "columns": COLUMNS}, **channel))
    if daemon:
        h.start_daemon()


def in_file(h, name="stock.csv"):
    path = os.path.join(h.out, name)
    return os.path.exists(path) and rows_of(h, path) == h.erp_stock()


def a_whole_file_follows_the_erp(h):
    """the file has all of the stock, follows each change, and is never seen half written"""
    begin(h)
    seen, stop, path = [], threading.Event(), os.path.join(h.out, "stock.csv")

    def watch():
        while not stop.wait(0.002):
            try:
                with open(path, "rb") as file:
                    seen.append(file.read())
            except FileNotFoundError:
                pass
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        h.until(lambda: in_file(h), "the file has the stock")
        total = len(h.erp_stock())
        for i in range(5):
            h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 1 WHERE st_MagId = 1")
            h.until(lambda: in_file(h), "the file has the change")
        h.sql("UPDATE dbo.tw__Towar SET tw_Usuniety = 1 WHERE tw_Id IN (SELECT TOP (3) t.tw_Id FROM dbo.tw__Towar AS t "
              "INNER JOIN dbo.tw_Stan AS s ON s.st_TowId = t.tw_Id WHERE t.tw_Rodzaj <> 2 ORDER BY t.tw_Id)")
        h.until(lambda: in_file(h), "what was deleted is gone")
    finally:
        stop.set()
        watcher.join()
    check(seen, "it was looked at")
    least = len(h.erp_stock())
    check(least < total, "something was deleted")
    for text in set(seen):
        count = text.count(b"\n") - 1
        check(least <= count <= total, f"a file of {count} rows was seen")
    check(not [n for n in os.listdir(h.out) if n != "stock.csv"], f"nothing else is left: {os.listdir(h.out)}")


def lost_rows_are_sent_again(h):
    """the rows are lost, or the ledger is: the next file is whole all the same"""
    begin(h)
    h.until(lambda: in_file(h), "the file has the stock")
    for lost in ("files", "ledgers"):
        h.stop("endpointd")
        shutil.rmtree(h.path("state", lost))
        os.unlink(os.path.join(h.out, "stock.csv"))
        h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 1 WHERE st_MagId = 1")
        h.start_daemon()
        h.until(lambda: in_file(h), f"the file is whole again after {lost} were lost")
    check(not said(h, "plugin.send"), "it is well")


def a_test_says_who_may_write_and_changes_nothing(h):
    """channel test asks from the service's place: green, red without the directory; the next file needs no second sending"""
    begin(h)
    h.until(lambda: in_file(h), "the file has the stock")
    done = json.loads(h.ctl("channel", "test", "stock", "--json").stdout)
    equal([(c["code"], c["result"]) for c in done["checks"]], [("channel.files", "ok")], "the checks")
    os.rename(h.out, h.out + ".away")
    done = json.loads(h.ctl("channel", "test", "stock", "--json", expect=1).stdout)
    check(done["checks"][0]["result"] == "fail" and h.out in done["checks"][0]["remedy"], f"{done}")
    os.rename(h.out + ".away", h.out)
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 1 WHERE st_MagId = 1")
    h.until(lambda: in_file(h), "the file has the change")
    check("files_lost" not in h.read("endpointd.log"), "nothing was sent a second time")


def a_place_that_is_away_is_red_and_keeps_everything(h):
    """the directory is away: red, with what to do; it comes back: the file is there without a new change"""
    begin(h, daemon=False)
    os.rmdir(h.out)
    h.start_daemon()
    says = h.until(lambda: said(h, "plugin.send", word=h.out), "it is red, and names the directory")
    check(says["remedy"], f"{says}")
    os.mkdir(h.out)
    h.ctl("sync", "stock")
    h.until(lambda: in_file(h), "the file is there")
    h.until(lambda: not said(h, "plugin.send"), "nothing is red")


def changes_only(h):
    """files of changes: each change is in one of them, newer ones later by name"""
    begin(h, content="changes", name="{stream}-{time}.csv", columns=["op"] + COLUMNS, encoding="windows-1250", decimal="comma")

    def after_all():
        state = {}
        for name in sorted(n for n in os.listdir(h.out) if n.endswith(".csv")):
            with open(os.path.join(h.out, name), newline="", encoding="cp1250") as file:
                for row in csv.DictReader(file, delimiter=";"):
                    if row["op"] == "delete":
                        state.pop(row["key"], None)
                    else:
                        state[row["key"]] = tuple(number(row[c].replace(",", ".")) for c in ("on_hand", "reserved"))
        return state
    h.until(lambda: after_all() == h.erp_stock(), "the files say the stock")
    for _ in range(3):
        h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 0.5 WHERE st_MagId = 1")
        h.until(lambda: after_all() == h.erp_stock(), "a further file has the change")
    check(len(os.listdir(h.out)) >= 4, "there is a file for each")


# ---- orders -------------------------------------------------------------------------------------

def orders_of_another_form(h):
    """an XML file of another shop's form becomes documents; each order's outcome lies beside it; a bad file is said"""
    h.inbox, h.shop = h.write_dir("import"), h.write_dir("orders")
    h.start_sandbox("--import-dir", h.inbox)
    h.start_panel()
    h.configure(more=MORE % json.dumps(h.inbox))
    h.register()
    h.add_plugin("orders", channel={
        "type": "file", "place": h.shop, "decimal": "comma",
        "order_map": {"orders": "Zamowienia.Zamowienie", "id": "@nr", "placed_at": "Data", "buyer.name": "Klient",
                      "lines": "Poz", "lines.sku": "Kod", "lines.quantity": "Ile", "lines.price_gross": "Cena",
                      "lines.vat_rate": "=23", "currency": "=PLN"}})
    goods = [row[0] for row in h.sql(
        "SELECT TOP (2) t.tw_Symbol FROM dbo.tw__Towar AS t INNER JOIN dbo.sl_StawkaVAT AS v ON v.vat_Id = t.tw_IdVatSp "
        "WHERE t.tw_Rodzaj = 1 AND t.tw_Usuniety = 0 AND t.tw_Zablokowany = 0 AND v.vat_Symbol = '23' ORDER BY t.tw_Id")]
    at = order("x")["placed_at"]
    text = "<Zamowienia>" + "".join(
        f"<Zamowienie nr='{n}'><Data>{at}</Data><Klient>Żaneta Źdźbło</Klient>"
        f"<Poz><Kod>{goods[0]}</Kod><Ile>2</Ile><Cena>1 019,99</Cena></Poz>"
        f"<Poz><Kod>{goods[1]}</Kod><Ile>1</Ile><Cena>5,01</Cena></Poz></Zamowienie>" for n in ("A1", "A2")) + "</Zamowienia>"
    with open(os.path.join(h.shop, "z.xml"), "w", encoding="utf-8") as file:
        file.write(text)
    with open(os.path.join(h.shop, "bad.xml"), "w", encoding="utf-8") as file:
        file.write("<Zamowienia><Zamowienie>")
    os.utime(os.path.join(h.shop, "bad.xml"), (1, 1_700_000_000))
    h.start_daemon()
    for n in ("A1", "A2"):
        found = until_state(h, n, "done", within=90)
        equal(len(documents(h, found["marker"])), 1, f"documents of {n}")
        path = os.path.join(h.shop, "results", n + ".json")
        h.until(lambda p=path: os.path.exists(p) and json.load(open(p, encoding="utf-8"))["state"] == "done", "its result is written")
        equal(json.load(open(path, encoding="utf-8"))["document"], found["document"], "the document's number")
    bad = until_state(h, "file:bad.xml", "rejected")
    check("cannot be read" in bad["reason"] and "line 1" in bad["reason"], bad["reason"])
    h.until(lambda: sorted(os.listdir(os.path.join(h.shop, "taken"))) == ["bad.xml", "z.xml"], "the files were put away")
    equal(mine(h, "A1")["state"], "done", "and nothing came twice")


# ---- other machines -----------------------------------------------------------------------------

class Put(http.server.BaseHTTPRequestHandler):
    """A web server that takes files by PUT, of those who know the password; answers the first with 503."""

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        server.asked += 1
        allowed = self.headers.get("Authorization") == "Basic c2tsZXA6SGFzxYJvIDEyMw=="  # sklep:Hasło 123
        code = 401 if not allowed else 503 if server.asked == server.busy_at else 201
        if code == 201:
            server.files[self.path] = (body, self.headers["Content-Type"])
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def https_put(h):
    """a file goes by HTTPS PUT: with a wrong password red, with the right one there, after a busy answer again"""
    h.start_sandbox()
    h.start_panel()  # its certificate is used for the shop, too
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Put)
    server.files, server.asked, server.busy_at = {}, 0, 0
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(h.path("panel-tls", "server.pem"), h.path("panel-tls", "server.key"))
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        h.configure()
        h.register()
        h.add_plugin("stock", channel={"type": "file", "place": f"https://localhost:{server.server_port}/dav", "name": "stan ąę.csv",
                                       "columns": COLUMNS, "user": "sklep", "ca": h.path("panel-tls", "ca.pem")})
        h.start_daemon()
        h.until(lambda: h.status().get("plugins"), "the plugin is there")
        h.until(lambda: said(h, "plugin.send", word="password"), "the password is missing")
        h.ctl("channel", "set", "stock", "password", stdin="falsch\n")
        h.ctl("sync", "stock")
        h.until(lambda: said(h, "plugin.send", word="401"), "it is refused")
        server.busy_at = server.asked + 1
        h.ctl("channel", "set", "stock", "password", stdin="Hasło 123\n")
        h.until(lambda: server.files, "the file is there", 60)
        path, (body, kind) = next(iter(server.files.items()))
        equal(path, "/dav/stan%20%C4%85%C4%99.csv", "its address")
        equal(kind, "text/csv", "its type")
        with open(h.path("got.csv"), "wb") as file:
            file.write(body)
        equal(rows_of(h, h.path("got.csv")), h.erp_stock(), "what it holds")
        for name in ("endpointd.log",):
            check("Hasło 123" not in h.read(name), "the password is in no log")
    finally:
        server.shutdown()
        server.server_close()


def remote(h, program, url, panel=None, **channel):
    """A file goes to a server that is a Python program of tests/shops, twice, so that the second replaces the first."""
    h.start_sandbox()
    h.start_panel()
    root = h.write_dir("remote")
    os.makedirs(os.path.join(root, "in"))
    port_file = h.path("remote.port")
    h.start("remote", [sys.executable, os.path.join(SOURCE, "tests", "shops", program), root, port_file, h.path("panel-tls", "server.pem"),
                       h.path("panel-tls", "server.key")], ready=port_file)
    port, key = h.read("remote.port").split()
    h.configure(panel=panel)
    h.register()
    h.add_plugin("stock", channel={"type": "file", "place": url.format(port=port, root=root), "columns": COLUMNS, "user": "sklep",
                                   "ca": h.path("panel-tls", "ca.pem"), **{name: text.format(key=key) for name, text in channel.items()}})
    h.out = os.path.join(root, "in")
    h.start_daemon()
    h.until(lambda: h.status().get("plugins"), "the plugin is there")
    h.ctl("channel", "set", "stock", "password", stdin="Hasło 123\n")
    h.ctl("sync", "stock", expect=None)
    return root


def twice(h):
    h.until(lambda: in_file(h), "the file is there")
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 1 WHERE st_MagId = 1")
    h.until(lambda: in_file(h), "and the next one in its place")
    h.until(lambda: os.listdir(h.out) == ["stock.csv"], f"nothing else is left: {os.listdir(h.out)}")


def sftp(h):
    """a file goes by SFTP to a server whose key is known, and replaces the one before"""
    remote(h, "sftp_server.py", "sftp://localhost:{port}{root}/in", host_key="{key}")
    twice(h)


def another_host_key(h):
    """a server with another host key gets nothing, not even the password"""
    root = remote(h, "sftp_server.py", "sftp://localhost:{port}{root}/in", host_key="A" * 43)
    h.until(lambda: said(h, "plugin.send", word="host key"), "it is red")
    equal(os.listdir(os.path.join(root, "in")), [], "files there")
    check("auth" not in h.read("remote.log"), "nobody tried to log in")


def ftp_over_tls(h):
    """a file goes by FTP that turns to TLS, and replaces the one before; a server that does not turn gets nothing"""
    remote(h, "ftp_server.py", "ftpes://localhost:{port}/in")
    twice(h)


class Spy(Proxy):
    """A proxy that keeps what it is told first."""

    def __init__(self):
        self.heads = []
        super().__init__()

    def serve(self, client):
        head = client.recv(65536, socket.MSG_PEEK)
        self.heads.append(head)
        super().serve(client)


def through_a_proxy(h):
    """behind a proxy, FTP goes through a tunnel: the proxy sees neither the login nor the file"""
    spy = Spy()
    try:
        remote(h, "ftp_server.py", "ftpes://localhost:{port}/in", panel={"proxy": spy.url})
        twice(h)
        port = h.read("remote.port").split()[0].encode()
        check(any(b":" + port in head for head in spy.heads), f"the file went by the proxy: {spy.heads}")
        check(all(head.startswith(b"CONNECT ") and b"sklep" not in head and b"ftp://" not in head for head in spy.heads), f"{spy.heads}")
    finally:
        spy.close()


if __name__ == "__main__":
    run_tests([a_whole_file_follows_the_erp, lost_rows_are_sent_again, a_test_says_who_may_write_and_changes_nothing,
               a_place_that_is_away_is_red_and_keeps_everything, changes_only,
               orders_of_another_form, https_put, sftp, another_host_key, ftp_over_tls, through_a_proxy])
