"""endpointctl plugin: a scenario is checked before anybody relies on it; and endpointd outlives its clients."""
import json
import os
import signal
import socket

from harness import SOURCE, check, equal, house, run_tests

GOOD = {"id": "stock-1", "kind": "stock", "name": "Stock", "enabled": True, "channel": {"type": "panel"},
        "schedule": {"every": "60s"}, "options": {"warehouses": ["MAG"], "below_zero": "zero"}}


def test_check(h):
    """plugin check says what is wrong with a plugin, and nothing about one that is right"""
    def asked(plugin, code):
        return h.ctl("plugin", "check", "-", stdin=json.dumps(plugin), expect=code)
    check("a correct plugin" in asked(GOOD, 0).stdout, "a good plugin")
    for change, said in (({"kind": "stocks"}, "kind"), ({"id": "a b"}, "id"), ({"schedule": {"every": "often"}}, "every"),
                         ({"options": {"warehouse": "MAG"}}, "warehouses"), ({"options": {"add": 1.5}}, "add"),
                         ({"options": {"quantity": "all"}}, "on_hand"), ({"options": {"min": "5", "max": "x"}}, "max")):
        done = asked({**GOOD, **change}, 2)
        check(said in done.stderr, f"{change}: {done.stderr!r} does not name {said}")
    check("JSON" in h.ctl("plugin", "check", "-", stdin="{", expect=2).stderr.upper(), "not JSON at all")
    h.ctl("plugin", "check", h.path("none.json"), expect=4)


def test_options_are_documented(h):
    """every option of every kind stands in endpoint-plugins(7)"""
    with open(os.path.join(SOURCE, "man", "endpoint-plugins.7"), encoding="utf-8") as file:
        page = file.read()
    kinds = json.loads(h.ctl("plugin", "options", "--json").stdout)
    equal(sorted(kinds), ["customers", "order-states", "orders", "prices", "products", "stock"], "kinds")
    for kind, options in kinds.items():
        for option in options:
            check(f".It Ic {option['name']}\n" in page, f"{kind}: {option['name']} is not in the page")
    h.ctl("plugin", "options", "nonsense", expect=4)


@house(rows=20)
def test_clients_are_let_go(h):
    """endpointd answers after a hundred clients that left before it was done with them"""
    h.up()
    h.until(lambda: h.panel_count("stock") > 0, "the first sync")
    for _ in range(100):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(h.path("run", "control.sock"))
            s.sendall(b'{"do":"test"}\n')
            s.shutdown(socket.SHUT_WR)
    h.until(lambda: h.status().get("plugins"), "endpointd answers")
    # Who only stops speaking still gets the answer.
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(60)
        s.connect(h.path("run", "control.sock"))
        s.sendall(b'{"do":"sync","plugin":"stock","simulate":true}\n')
        s.shutdown(socket.SHUT_WR)
        with s.makefile("r", encoding="utf-8") as lines:
            check(any(json.loads(line).get("ok") for line in lines), "the answer came")


@house(rows=20, plugins=("products",))
def test_status_names_the_company(h):
    """status says whose database it is, as the ERP has it, and of which version"""
    h.up()
    erp = h.until(lambda: h.status().get("erp", {}).get("company") and h.status()["erp"], "the company is named", 60)
    test = {c["code"]: c["text"] for c in json.loads(h.ctl("test", "--json", expect=None).stdout)["checks"]}
    equal(test["erp.company"], f"{erp['company']}, NIP {erp['tax_id']}", "status and test")
    check(erp["company"] in h.ctl("status").stdout and erp["version"] in test["erp.version"], "the page names it, too")
    h.ctl("config", "set", "erp.database", "INNA")
    h.processes["endpointd"].send_signal(signal.SIGHUP)
    h.until(lambda: h.status().get("erp", {}).get("database") == "INNA", "the other database is in force", 60)
    equal(h.status()["erp"]["company"], None, "the company of the database before is forgotten")


@house(rows=20, plugins=("orders",))
def test_orders_alone_name_the_company(h):
    """a plugin of kind orders names the database as well, before there is any order"""
    h.up()
    erp = h.until(lambda: h.status().get("erp", {}).get("company") and h.status()["erp"], "the company is named", 60)
    test = {c["code"]: c["text"] for c in json.loads(h.ctl("test", "--json", expect=None).stdout)["checks"]}
    equal(test["erp.company"], f"{erp['company']}, NIP {erp['tax_id']}", "status and test")
    check(erp["version"] and erp["version"] in test["erp.version"], f"the version: {erp}")


@house(rows=20)
def test_company_may_be_hidden(h):
    """a login that may not read whose database it is loses nothing else by it"""
    h.start_sandbox("--deny", "dbo.vwFeniksFirmaSync", "--deny", "dbo.pd_KonwersjaInfo")
    h.start_panel()
    h.configure()
    h.register()
    h.add_plugin("stock")
    h.start_daemon()
    h.until_in_step()
    status = h.status()
    equal((status["erp"]["company"], status["erp"]["version"], status["plugins"][0]["error"]), (None, None, None), "status")


if __name__ == "__main__":
    run_tests([test_check, test_options_are_documented, test_clients_are_let_go,
               test_status_names_the_company, test_orders_alone_name_the_company, test_company_may_be_hidden])
