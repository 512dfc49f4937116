"""What the flow promises of any shop with a catalogue, end to end with the double of WooCommerce: whoever dies, whatever a
person edits on the other side, however much is held, each product ends with the ERP's value or with a reason."""
import json
import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
from harness import check, equal, house, run_tests  # noqa: E402
from woocommerce_story_test import add, erp_sums, seal, shop_sums, worker  # noqa: E402
from woocommerce_test import shop  # noqa: E402

PEAK_MAX = 24.0  # MiB, of a worker


def begin(h, s, missing=0, **settings):
    """The ERP, the panel, the endpoint; and a shop that has all of the ERP's products but some, at other levels."""
    h.start_sandbox()
    h.start_panel()
    h.configure()
    h.register()
    h.start_daemon()
    erp = erp_sums(h)
    skus = sorted(erp)
    for sku in skus[missing:]:
        s.add(sku, sku, manage_stock=True, stock_quantity=900)
    return erp, skus


def in_step(h, s):
    erp = erp_sums(h)
    return all(erp[sku] == quantity for sku, quantity in shop_sums(s).items())


def kill(h, plugin="stock"):
    pid = worker(h, plugin)
    if pid:
        os.kill(pid, signal.SIGKILL)
    return pid


def held_count(h, plugin="stock"):
    return json.loads(h.ctl("held", plugin, "--json", "-n", "1", expect=None).stdout or "{}").get("count")


def codes(h):
    """Of what stands in the journal."""
    return {json.loads(line)["code"] for line in h.ctl("journal", "--json", "-n", "200").stdout.splitlines()}


def set_stock(h, sku, quantity):
    h.sql(f"UPDATE dbo.tw_Stan SET st_Stan = {quantity}, st_StanRez = 0 WHERE st_TowId = "
          f"(SELECT t.tw_Id FROM dbo.tw__Towar AS t WHERE t.tw_Symbol = N'{sku}')")


@house(plugins=(), rows=150)
def killed_at_each_step(h):
    """kill -9 of the worker in a page of the catalogue, in a batch that was done, in one that was not, and of endpointd: all is in step"""
    with shop() as s:
        erp, skus = begin(h, s, missing=2)
        s.fault("GET products", "hang")
        s.fault("POST products/batch", "hang")           # the work is done, nobody reads the answer
        s.fault("POST products/batch", "late", at=2)     # it is done only when the worker is dead
        s.fault("POST products/batch", "hang", at=3)
        add(h, s, "stock", options={"sum_as": "1"}, batch=20)
        seal(h, "stock")
        for left in (3, 2, 1, 0):
            h.until(lambda n=left: len(s.faults) == n, f"the shop hangs, {left} left", 60)
            check(kill(h), "the worker runs")
            s.release()
        h.until(lambda: in_step(h, s), "in step after the kills", 120)
        h.stop("endpointd", signal.SIGKILL)
        for i, sku in enumerate(skus[3:20]):
            set_stock(h, sku, 40 + i)
        h.start_daemon()
        h.until(lambda: in_step(h, s), "in step after endpointd was killed", 120)
        h.until(lambda: held_count(h) == 2, "the two that the shop does not have are held")
        equal({k: v for k, v in shop_sums(s).items() if k in skus[3:20]}, {sku: erp_sums(h)[sku] for sku in skus[3:20]}, "the values")


@house(plugins=(), rows=60)
def a_person_edits_the_shop(h):
    """a stock that was edited in the shop is put right by the next look, and said; a product that appears there gets its stock by itself"""
    with shop() as s:
        _, skus = begin(h, s, missing=1)
        add(h, s, "stock", options={"sum_as": "1", "catalogue_every": "1min", "verify_every": "1min"})
        seal(h, "stock")
        h.until(lambda: in_step(h, s) and held_count(h) == 1, "the first sync", 90)
        edited = next(p for p in s.products.values() if p["sku"] == skus[5])
        edited["stock_quantity"] = 1
        s.add(skus[0], "new there", manage_stock=True, stock_quantity=900)
        h.until(lambda: in_step(h, s), "the edit is put right", 150)
        h.until(lambda: held_count(h) == 0, "nothing is held any more")
        check({"verify_differs", "held_again"} <= codes(h), f"it is said: {codes(h)}")


@house(plugins=(), rows=120)
def a_mass_change_waits_for_a_person(h):
    """when most of the ERP's stock goes to nothing the shop keeps its values, the plugin is red, and a person's word lets it through"""
    with shop() as s:
        begin(h, s)
        add(h, s, "stock", options={"sum_as": "1"})
        seal(h, "stock")
        h.until(lambda: in_step(h, s), "the first sync", 90)
        before = shop_sums(s)
        check(sum(q > 0 for q in before.values()) > 40, "most have stock")
        h.sql("UPDATE dbo.tw_Stan SET st_Stan = 0, st_StanRez = 0")
        h.until(lambda: "mass_change" in codes(h), "it is red", 60)
        equal(shop_sums(s), before, "nothing was sent")
        shown = h.ctl("status", expect=1).stdout
        check("--accept-deletions" in shown, f"the remedy: {shown}")
        h.ctl("sync", "stock", "--accept-deletions")
        h.until(lambda: in_step(h, s), "now it goes", 60)


@house(plugins=(), rows=40)
def a_simulation_shows_both_sides(h):
    """simulate names the shop's item, what it shows now and would show, and why one would be held; nothing is written"""
    with shop() as s:
        erp, skus = begin(h, s, missing=1)
        h.add_plugin("stock", every="manual", options={"sum_as": "1"},
                     channel={"type": "woocommerce", "url": s.url, "ca": s.ca})
        seal(h, "stock")
        before = shop_sums(s)
        rows = [json.loads(line) for line in h.ctl("sync", "stock", "--simulate", "--json").stdout.splitlines()]
        seen = {r["data"]["sku"]: r["shop"] for r in rows if r.get("op") == "upsert"}
        equal(set(seen), set(skus), "each product is shown")
        for sku in skus[1:]:
            equal((seen[sku]["there"], seen[sku]["would"]), ("900", str(erp[sku])), f"{sku}: {seen[sku]}")
        check("SKU" in seen[skus[0]]["why"]["text"] and not seen[skus[0]]["item"], f"the missing one: {seen[skus[0]]}")
        text = h.ctl("sync", "stock", "--simulate").stdout
        check(f"shows 900, would show {erp[skus[1]]}" in text, f"for people: {text[:500]}")
        equal((shop_sums(s), s.count("POST products/batch")), (before, 0), "nothing was written")
        check(not os.path.exists(h.path("state", "private", "stock-simulate", "catalogue")), "nothing is left behind")


@house(plugins=(), rows=12000)
def ten_thousand_are_held(h):
    """ten thousand products that the shop does not have are held, counted and listed, the others go on, and the worker stays small"""
    with shop() as s:
        erp, skus = begin(h, s, missing=10000)
        add(h, s, "stock", options={"sum_as": "1"}, every="2s")
        seal(h, "stock")
        h.until(lambda: in_step(h, s) and (held_count(h) or 0) >= 10000, "what the shop has is there, the rest is held", 180)
        listed = json.loads(h.ctl("held", "stock", "--json", "-n", "5").stdout)
        equal((len(listed["held"]), listed["held"][0]["reason"]), (5, "unknown"), "listed")
        with open(f"/proc/{h.until(lambda: worker(h, 'stock'), 'the worker')}/status", encoding="ascii") as file:
            peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024
        print(f"# {held_count(h)} held; worker's peak {peak:.1f} MiB", flush=True)
        if not os.environ.get("SANITIZER_RUN"):
            check(peak <= PEAK_MAX, f"the worker's peak is {peak:.1f} MiB")
        sku = skus[-1]
        set_stock(h, sku, 4321)
        h.until(lambda: shop_sums(s)[sku] == erp_sums(h)[sku], "a change passes by all that is held", 30)


if __name__ == "__main__":
    run_tests([killed_at_each_step, a_person_edits_the_shop, a_mass_change_waits_for_a_person, a_simulation_shows_both_sides,
               ten_thousand_are_held])
