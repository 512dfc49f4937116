"""The double of BaseLinker, asked by a client that knows nothing of Endpoint: curl, with requests in the form of the vendor's
documentation and replies that users of the API published. There is no client of others' making to be had, so this is a second
reading of the documentation, not a proof of it."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
from baselinker import Server, Shop  # noqa: E402
from harness import Skip, check, equal, run_tests  # noqa: E402

# Members of an order as the documentation of getOrders lists them; of its products; of replies that were published.
ORDER = ("order_id shop_order_id external_order_id order_source order_source_id order_source_info order_status_id confirmed "
         "date_confirmed date_add date_in_status user_login phone email user_comments admin_comments currency payment_method "
         "payment_method_cod payment_done delivery_method delivery_price delivery_package_module delivery_package_nr "
         "delivery_fullname delivery_company delivery_address delivery_city delivery_state delivery_postcode delivery_country "
         "delivery_country_code delivery_point_id delivery_point_name delivery_point_address delivery_point_postcode "
         "delivery_point_city invoice_fullname invoice_company invoice_nip invoice_address invoice_city invoice_state "
         "invoice_postcode invoice_country invoice_country_code want_invoice extra_field_1 extra_field_2 order_page pick_state "
         "pack_state products").split()
LINE = ("storage storage_id order_product_id product_id variant_id name attributes sku ean location warehouse_id auction_id "
        "price_brutto tax_rate quantity weight bundle_id").split()
INVENTORY = ("inventory_id name description languages default_language price_groups default_price_group warehouses "
             "default_warehouse reservations is_default").split()


def with_curl(test):
    """Decorator: a shop, and a function that asks it by curl: the body as it is sent, and the answer's code and text."""
    def wrapped(_house):
        if not shutil.which("curl"):
            raise Skip("curl is not installed")
        folder = tempfile.mkdtemp(prefix="endpoint-test-")
        shop = Shop("1-23-ABC")
        server = Server(shop, folder)

        def raw(body, token="1-23-ABC"):
            done = subprocess.run(["curl", "-sS", "--cacert", server.pem, "-w", "\n%{http_code}", server.url, "-H",
                                   f"X-BLToken: {token}", "--data-raw", body], capture_output=True, text=True, timeout=60,
                                  check=False)
            text, _, code = done.stdout.rpartition("\n")
            return (int(code or 0), text) if done.returncode == 0 else (0, done.stderr)

        def ask(method, parameters):
            done = subprocess.run(["curl", "-sS", "--cacert", server.pem, server.url, "-H", "X-BLToken: 1-23-ABC",
                                   "--data-urlencode", f"method={method}", "--data-urlencode", "parameters@-"],
                                  input=json.dumps(parameters), capture_output=True, text=True, timeout=60, check=False)
            return json.loads(done.stdout)

        try:
            test(shop, raw, ask)
        finally:
            server.close()
            shutil.rmtree(folder)
    wrapped.__name__, wrapped.__doc__ = test.__name__, test.__doc__
    return wrapped


@with_curl
def requests(shop, raw, _ask):
    """requests: the sample of the documentation, a raw plus, a wrong token, an unknown method: always HTTP 200"""
    shop.add_order()
    code, text = raw("method=getOrders&parameters=%7B%22date_from%22%3A+1407341754%7D")
    equal((code, json.loads(text)["status"]), (200, "SUCCESS"), "the documentation's sample")
    order = json.loads(text)["orders"][0]
    equal([k for k in ORDER if k not in order], [], "members of an order")
    equal([k for k in LINE if k not in order["products"][0]], [], "members of its products")
    for body, token in (("method=getOrders&parameters=%7B%7D", "other"), ("method=getNothing&parameters=%7B%7D", "1-23-ABC"),
                        ("method=getOrders&parameters=%7B", "1-23-ABC")):
        code, text = raw(body, token)
        answer = json.loads(text)
        equal((code, answer["status"]), (200, "ERROR"), body)
        check(answer["error_code"] and answer["error_message"], text)
    number = shop.add_order()
    raw(f'method=setOrderFields&parameters={{"order_id":{number},"extra_field_1":"a+b"}}')
    equal(shop.orders[number]["extra_field_1"], "a b", "a plus that is not encoded is a blank")
    raw(f'method=setOrderFields&parameters={{"order_id":{number},"extra_field_1":"a%2Bb"}}')
    equal(shop.orders[number]["extra_field_1"], "a+b", "one that is encoded is a plus")


@with_curl
def goods(shop, _raw, ask):
    """the catalogue: empty maps are lists, pages, warnings in a success, 1000 at most, a SKU twice"""
    equal([k for k in INVENTORY if k not in ask("getInventories", {})["inventories"][0]], [], "members of a catalogue")
    equal(ask("getInventoryProductsList", {"inventory_id": 307})["products"], [], "nothing is a list")
    shop.add_products(1001)
    again = shop.add_product("sku-000001")
    first = ask("getInventoryProductsList", {"inventory_id": 307, "page": 1})["products"]
    second = ask("getInventoryProductsList", {"inventory_id": 307, "page": 2})["products"]
    equal((len(first), len(second)), (1000, 2), "pages")
    found = ask("getInventoryProductsList", {"inventory_id": 307, "filter_sku": "SKU-000001"})["products"]
    equal(sorted(found), sorted(["1", str(again)]), "a SKU twice")
    answer = ask("updateInventoryProductsStock", {"inventory_id": 307, "products": {
        "1": {"bl_206": 5}, "99999": {"bl_206": 5}, "2": {"shop_15": 1}, "3": {"bl_206": 2.9}}})
    equal((answer["status"], sorted(answer["warnings"]), int(answer["counter"])), ("SUCCESS", ["2", "99999"], 2), "warnings")
    equal((shop.products[1]["stock"]["bl_206"], shop.products[3]["stock"]["bl_206"]), (5, 2), "absolute, and cut to whole")
    answer = ask("updateInventoryProductsPrices", {"inventory_id": 307, "products": {"1": {"105": 9.99}}})
    equal((answer["status"], answer["warnings"]), ("SUCCESS", []), "no warnings are a list")
    many = {str(i): {"bl_206": 1} for i in range(1, 1002)}
    equal(ask("updateInventoryProductsStock", {"inventory_id": 307, "products": many})["status"], "ERROR", "1001 products")
    new = {"inventory_id": 307, "sku": "NEW", "text_fields": {"name": "Nowy"}}
    made = [int(ask("addInventoryProduct", new)["product_id"]) for _ in range(2)]
    check(made[0] != made[1], "made twice")


@with_curl
def orders_and_limits(shop, raw, ask):
    """orders: 100, confirmed ones, the comments are replaced and cut; 100 calls a minute, then the token, then the account"""
    for _ in range(101):
        shop.add_order(at=1700000000)
    shop.add_order(confirmed=False)
    equal(len(ask("getOrders", {"date_confirmed_from": 1})["orders"]), 100, "a page")
    equal(len(ask("getOrders", {"id_from": 9000101, "get_unconfirmed_orders": True})["orders"]), 2, "by id")
    ask("setOrderFields", {"order_id": 9000001, "admin_comments": "x" * 300})
    equal(len(shop.orders[9000001]["admin_comments"]), 200, "comments are cut")
    equal(ask("getJournalList", {"last_log_id": 0, "logs_types": []})["logs"], [], "the journal is off")
    shop.journal_on = True
    check(len(ask("getJournalList", {"last_log_id": 0, "logs_types": [2]})["logs"]) == 100, "and on")
    shop.limit = len(shop.when) + 1
    equal(ask("getInventories", {})["status"], "SUCCESS", "the last call of the minute")
    answer = ask("getInventories", {})
    equal(answer["error_code"], "ERROR_BLOCKED_TOKEN", "one more")
    check("token blocked until 2" in answer["error_message"], answer["error_message"])
    for _ in range(shop.limit):
        answer = ask("getInventories", {})
    equal(answer["error_code"], "ERROR_USER_ACCOUNT_BLOCKED", "going on")
    del raw


if __name__ == "__main__":
    run_tests([requests, goods, orders_and_limits])
