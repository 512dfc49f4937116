"""The WooCommerce double behaves as the real shop was measured to: WooCommerce's own client for Node asks it. What
is asserted is what a channel must be ready for."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
from harness import Skip, check, equal, run_tests  # noqa: E402
from woocommerce import WooCommerce  # noqa: E402


def shop(test):
    """Decorator: a double for the test, and a function that asks it through the client: steps → answers."""
    def wrapped(_house):
        node, modules = os.environ.get("NODE", "node"), os.path.join(os.environ.get("ENDPOINT_CLIENTS", ""), "node_modules")
        if not shutil.which(node):
            raise Skip("there is no node")
        if not os.path.isdir(os.path.join(modules, "@woocommerce", "woocommerce-rest-api")):
            raise Skip("WooCommerce's client is not installed: ./check gets it with npm; ENDPOINT_CLIENTS says where it is")
        folder = tempfile.mkdtemp(prefix="endpoint-test-")
        double = WooCommerce(folder)

        def ask(*steps, key="ck_demo", secret="cs_demo"):
            done = subprocess.run([node, os.path.join(HERE, "woocommerce_client.js"), double.url, key, secret],
                                  input=json.dumps(steps), capture_output=True, text=True, timeout=60, check=False,
                                  env=dict(os.environ, NODE_PATH=modules, NODE_EXTRA_CA_CERTS=double.ca))
            check(done.stdout.startswith("["), done.stderr)
            return json.loads(done.stdout)

        try:
            test(double, ask)
        finally:
            double.close()
            shutil.rmtree(folder)
    wrapped.__name__, wrapped.__doc__ = test.__name__, test.__doc__
    return wrapped


@shop
def goods(double, ask):
    """lists, SKUs, single writes with their schema, batches without one"""
    first = double.add("Młotek-1", "Młotek <b>", regular_price="10.00", manage_stock=True, stock_quantity=5)
    parent = double.add("P", "Koszulka", "variable")
    child = double.add("P-M", "Koszulka M", "variation", parent, manage_stock=True, stock_quantity=1)
    bare = double.add("BARE", "Bez stanu")
    seen = ask(["get", "products", None, {"per_page": 100}], ["get", "products", None, {"sku": "młotek-1"}],
               ["get", "products", None, {"sku": "P-M,BARE"}], ["get", "products", None, {"sku": ""}],
               ["get", "products", None, {"sku": "0"}], ["get", "products", None, {"per_page": 101}],
               ["get", "products", None, {"page": 9}], ["get", "variations"], ["get", f"products/{child}"])
    equal([s["code"] for s in seen], [200, 200, 200, 200, 200, 400, 200, 200, 200], "codes of lists")
    equal(seen[0]["total"], "3", "variations are not in the plain list")
    equal([p["id"] for p in seen[1]["data"]], [first], "case does not count")
    equal([p["id"] for p in seen[2]["data"]], [bare, child], "a list of SKUs, variations too")
    equal((len(seen[3]["data"]), len(seen[4]["data"])), (3, 3), "an empty sku, and 0, filter nothing")
    equal((seen[6]["data"], [p["id"] for p in seen[7]["data"]]), ([], [child]), "past the end; variations")
    check("&lt;b&gt;" in seen[0]["data"][-1]["name"] or "<b>" not in seen[0]["data"][-1]["name"], "names are HTML")

    seen = ask(["put", f"products/{first}", {"regular_price": 12.5}], ["put", f"products/{first}", {"stock_quantity": 2.5}],
               ["put", f"products/{first}", {"stock_quantity": -3}], ["put", f"products/{first}", {"regular_price": "123,45"}],
               ["put", f"products/{bare}", {"stock_quantity": 7}], ["put", f"products/{child}", {"stock_quantity": 7}],
               ["put", f"products/{first}", {"sale_price": "999"}], ["put", f"products/{first}", {"tax_class": "nonsense"}],
               ["put", f"products/{first}", {"price": "1.00"}])
    equal([s["code"] for s in seen], [400, 400, 200, 200, 200, 404, 200, 200, 200], "codes of single writes")
    equal(seen[2]["data"]["stock_quantity"], -3, "below zero is taken")
    equal(seen[3]["data"]["regular_price"], "123.45", "a comma shop")
    equal(seen[4]["data"]["stock_quantity"], None, "stock that is not managed is ignored")
    equal((seen[6]["data"]["sale_price"], seen[7]["data"]["tax_class"], seen[8]["data"]["price"]), ("", "", "123.45"), "erased")

    seen = ask(["post", "products/batch", {"update": [{"id": first, "stock_quantity": "x"}, {"id": 999, "stock_quantity": 1},
                                                      {"id": child, "stock_quantity": 1}, {"id": first, "stock_quantity": "2,5"}]}],
               ["post", f"products/{parent}/variations/batch", {"update": [{"id": child, "stock_quantity": 9}]}],
               ["post", "products/batch", {"update": [{"id": first}] * 101}],
               ["post", "products/batch", {"update": [{"id": first}]}, {"_fields": "id"}])
    equal([s["code"] for s in seen], [200, 200, 413, 200], "codes of batches")
    rows = seen[0]["data"]["update"]
    equal([r.get("stock_quantity", r.get("error", {}).get("code")) for r in rows],
          [0, "woocommerce_rest_product_invalid_id", "woocommerce_rest_invalid_product_id", 2], "item by item, in order")
    equal((seen[1]["data"]["update"][0]["stock_quantity"], seen[3]["data"]), (9, []), "variations; _fields empties a batch")


@shop
def creating(double, ask):
    """a SKU is there once; one in the trash is neither found nor free"""
    double.add("OLD", status="trash")
    seen = ask(["post", "products", {"name": "A", "sku": "NEW ", "regular_price": "1.00"}], ["post", "products", {"name": "A", "sku": "new"}],
               ["post", "products", {"name": "A", "sku": "old"}], ["get", "products", None, {"sku": "OLD"}],
               ["get", "products", None, {"sku": "OLD", "status": "trash"}])
    equal([s["code"] for s in seen], [201, 400, 400, 200, 200], "codes")
    equal((seen[1]["data"]["code"], seen[1]["data"]["data"]["resource_id"]), ("product_invalid_sku", seen[0]["data"]["id"]), "twice")
    check("resource_id" not in seen[2]["data"]["data"], "the trash names nobody")
    equal((len(seen[3]["data"]), len(seen[4]["data"])), (0, 1), "found in the trash only")


@shop
def orders(double, ask):
    """times, statuses, drafts, meta by key, notes that pile up"""
    double.frozen = 1_800_000_000
    product = double.add("A", regular_price="9.99")
    order = double.order([double.line(product, 7, "62.94")])
    double.order([double.line(product)], status="checkout-draft")
    at, local = double.stamp(1_799_999_999), double.stamp(1_799_999_999 + double.zone)
    exact = double.stamp(1_800_000_000)
    times = [{"modified_after": at, "dates_are_gmt": "true"}, {"modified_after": exact, "dates_are_gmt": "true"},
             {"modified_after": local}, {"modified_after": at + "Z"}, {"modified_after": at + "Z", "dates_are_gmt": "true"},
             {"modified_after": exact + ".000Z"}, {"modified_after": "2026-01-01"}, {"number": "45"}]
    seen = ask(*[["get", "orders", None, q] for q in times])
    equal([len(s["data"]) if s["code"] == 200 else s["code"] for s in seen], [2, 0, 2, 2, 0, 2, 400, 2], "times")
    line = seen[0]["data"][-1]["line_items"][0]
    equal((line["total"], line["total_tax"], line["sku"]), ("51.17", "11.77", "A"), "net and tax of a line")
    seen = ask(["get", "orders", None, {"status": "processing,gone"}], ["put", f"orders/{order}", {"status": "gone"}],
               ["post", "orders/batch", {"update": [{"id": order, "status": "gone"}]}],
               ["put", f"orders/{order}", {"status": "completed", "meta_data": [{"key": "k", "value": "1"}]}],
               ["put", f"orders/{order}", {"meta_data": [{"key": "k", "value": "2"}]}],
               ["post", f"orders/{order}/notes", {"note": "n"}], ["post", f"orders/{order}/notes", {"note": "n"}],
               ["get", f"orders/{order}/notes"])
    equal([s["code"] for s in seen], [400, 400, 200, 200, 200, 201, 201, 200], "codes")
    equal(seen[2]["data"]["update"][0]["status"], "pending", "a batch takes any status for pending")
    equal([(m["key"], m["value"]) for m in seen[4]["data"]["meta_data"]], [("k", "2")], "meta by key")
    equal(len(seen[7]["data"]), 2, "notes pile up")


@shop
def keys(double, ask):
    """401 in its ways"""
    double.keys["ck_read"] = ("cs_read", "read")
    seen = [ask(["get", "products"], key="ck_wrong")[0], ask(["get", "products"], secret="cs_wrong")[0],
            ask(["post", "products", {"name": "A"}], key="ck_read", secret="cs_read")[0]]
    equal([(s["code"], s["data"]["code"]) for s in seen],
          [(401, "woocommerce_rest_cannot_view"), (401, "woocommerce_rest_authentication_error"),
           (401, "woocommerce_rest_authentication_error")], "codes")


@shop
def faults(double, ask):
    """it misbehaves at the call that was named, and only there"""
    double.add("A")
    double.fault("GET products", "503", at=2)
    equal([s["code"] for s in ask(*[["get", "products"]] * 3)], [200, 503, 200], "codes")
    equal(double.count("GET products"), 3, "calls")


if __name__ == "__main__":
    run_tests([goods, creating, orders, keys, faults])
