"""What the stand-ins of endpointctl and endpointd answer in the tests of endpoint-tui."""
import base64
import json
import re

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


def words(said):
    """A record (base/said.h) in English."""
    values = iter(said[1:])

    def value(_):
        one = next(values)
        return words(one) if isinstance(one, list) else one
    return re.sub(r"%[-#0-9.]*(?:ll|l|z)?[sdu]", value, said[0])


def told(**members):
    """Members that are texts for people: as they stand, or as records of how they were made."""
    records = {name: value for name, value in members.items() if isinstance(value, list)}
    return {**{name: words(value) if name in records else value for name, value in members.items()}, "said": records}


def a_check(code, title, result, text, remedy="", took=4):
    return {"event": "check", "check": {"code": code, "title": title, "result": result, **told(text=text, remedy=remedy),
                                        "duration_ms": took}}


TESTED = [a_check("erp.name", "ERP: server's name", "ok", "192.168.10.5", took=0),
          a_check("erp.tcp", "ERP: connection", "ok", ["port %d answers", "1433"], took=1),
          a_check("erp.tls", "ERP: encryption", "warn", ["the certificate is not verified"],
                  "Give the authority's file, or trust this certificate only.", 9),
          a_check("erp.login", "ERP: login", "fail", "SQL Server refuses the login endpoint (18456)",
                  "Check the password. SQL logins need mixed authentication.", 14),
          a_check("erp.kind", "ERP: right database", "skipped", ['waits for "%-s"', ["ERP: login"]], took=0),
          {"ok": False, "checks": []}]

CERTIFICATE = [{"ok": True, "subject": "CN = srv-erp", "issuer": "CN = srv-erp", "names": "srv-erp, 192.168.10.5",
                "fingerprint": "4f1c" * 16, "not_before": "2026-01-01T00:00:00.000Z",
                "not_after": "2028-01-01T00:00:00.000Z", "self_signed": True}]

SERVICE = [{"ok": True, "systemd": True, "foreground": "endpointd", "mode": "service", "unit": "endpointd.service",
            "installed": True, "enabled": True, "autostart": "boot", "linger": False, "state": "running", "reason": None,
            "since": "2026-03-02T08:12:00.000Z", "pid": 812, "restarts": 0, "watchdog_ms": 60000, "exposure": "1.1",
            "account": "own", "user": "endpoint", "registered": True, "answers": True, "version": "0.1.0", "rights": True,
            "sudo": None, "cuts_session": False}]

BUNDLE = [{"ok": True, "files": [{"name": "about.json", "size": 731, **told(what=["versions and the machine"])},
                                {"name": "status.json", "size": 264, **told(what=["the daemon's state and its plugins'"])},
                                {"name": "journal.jsonl", "size": 10147, **told(what=["what happened: the last 2000 entries"])}]}]

CTL = {"bundle": BUNDLE, "test": TESTED, "erp certificate": CERTIFICATE, "service status": SERVICE,
       "erp instances": [{"ok": True, "instances": [
           {"id": "192.168.10.5\\MSSQLSERVER", "name": "MSSQLSERVER", "version": "15.0.2000.5", "port": 1433},
           {"id": "192.168.10.5\\INSERTGT", "name": "INSERTGT", "version": "11.0.7001.0", "port": 49731},
           {"id": "192.168.10.5\\STARY", "name": "STARY", "version": "9.00.5000.00", "port": 0}]}],
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
                  "code": "erp_login", **told(
                      text="Login failed for user 'endpoint'.",
                      remedy=["Check erp.user and the password (endpointctl config set erp.password), and that the server "
                              "allows SQL Server logins (mixed mode)."])}),
              plugin("orders", kind="orders", orders={"waiting": 1, "handed_over": 1, "done_today": 41, "rejected": 1,
                                                      "in_doubt": 1, "oldest_handed_over": None}),
              plugin("invoices", enabled=False, state="disabled")]}

RUNS = [{"started": DAY + "08:14:02.000Z", "ended": DAY + "08:14:03.500Z", "rows": 10412, "upserts": 3, "deletes": 0,
         "ok": True, "error": None},
        {"started": DAY + "08:13:02.000Z", "ended": DAY + "08:13:02.100Z", "rows": 0, "upserts": 0, "deletes": 0, "ok": False,
         "error": {"code": "tcp", **told(text=["no connection to %s port %d", "192.168.10.5", "1433"], remedy="")}}]

NO_PRODUCT = ["line %s: %-s", "1", ["the ERP has no product with the %s %.100s", "SKU", "KUBEK-1"]]

ENTRIES = [{"id": 1, "at": DAY + "08:00:00.000Z", "level": "info", "plugin": None, "order": None, "code": "started",
            **told(text=["endpointd %s started", "0.1.0"])},
           {"id": 2, "at": DAY + "08:13:02.000Z", "level": "error", "plugin": "stock", "order": None, "code": "tcp",
            **told(text=["no connection to %s port %d", "192.168.10.5", "1433"])},
           {"id": 3, "at": DAY + "08:14:02.000Z", "level": "warning", "plugin": "orders", "order": "A-17", "code": "order",
            **told(text=["%-s – %-s", ["order %s: rejected", "A-17"], NO_PRODUCT])}]

ORDERS = [{"id": "17", "number": "A-17", "plugin": "orders", "state": "rejected", "document": None,
           **told(reason=NO_PRODUCT, remedy=["Correct it in the shop (a new revision comes by itself) or in the ERP, then: endpointctl order retry %s", "17"]),
           "revision": 1,
           "received": DAY + "08:10:00.000Z", "changed": DAY + "08:10:01.000Z", "faults": []},
          {"id": "18", "number": "A-18", "plugin": "orders", "state": "in-doubt", "document": None,
           **told(reason=["the ERP has %d documents of this order, the first is %s", "2", "ZK 7/2026"],
                  remedy=["Look for %s in the ERP and cancel the extra documents.", "EP1ABCDEFGH"]), "revision": 1,
           "received": DAY + "08:11:00.000Z", "changed": DAY + "08:11:01.000Z", "faults": []},
          {"id": "19", "number": "A-19", "plugin": "orders", "state": "done", "document": "ZK 12/2026", "reason": "",
           "remedy": "", "revision": 1, "received": DAY + "08:12:00.000Z", "changed": DAY + "08:12:01.000Z", "faults": []}]


def show_order(request):
    order = dict(next(o for o in ORDERS if o["id"] == request["order"]))
    order["faults"] = [told(text=NO_PRODUCT, remedy=""),
                       told(text=["line %s: %-s", "2", ["\"%.40s\" is not one of the known VAT rates: 23, 8, 5, 0, zw, np, oo", "22"]],
                            remedy="")] if order["id"] == "17" else []
    order["history"] = [{"at": DAY + "08:10:00.000Z", "state": "waiting", **told(reason=["received"])},
                        {"at": DAY + "08:10:01.000Z", "state": order["state"],
                         **told(reason=order.get("said", {}).get("reason", order["reason"]))}]
    order["order"] = {
        "lines": [{"id": "1", "sku": "KUBEK-1", "ean": "5901234123457", "name": "Kubek niebieski", "quantity": "2",
                   "price_gross": "6.15", "vat_rate": "22", "discount_percent": None}],
        "total_gross": "25.30", "paid": "0", "currency": "PLN", "number": order["number"], "id": order["id"], "revision": 1,
        "payment_method": "przelew", "note": "Proszę dzwonić", "source": "sklep.example.pl", "placed_at": DAY + "08:09:00.000Z",
        "invoice": {"wanted": True, "company": "Żuk Sp. z o.o.", "tax_id": "5260250274", "street": "Polna 1",
                    "postcode": "00-001", "city": "Łódź", "country": "PL"},
        "delivery": {"method": "kurier", "price_gross": "13.00", "name": "Ewa Żuk", "street": "Polna 1", "postcode": "00-001",
                     "city": "Łódź", "country": "PL"},
        "buyer": {"name": "Ewa Żuk", "email": "ewa@example.pl", "phone": "600100200"}, "extra": {"gift": True}}
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
