"""Orders when disks are full, ledgers old, clocks wrong and operators careless: one document, one outcome."""
import contextlib
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from harness import Skip, check, equal, house, program, run_tests  # noqa: E402
from orders_test import begin, documents, files, in_panel, mine, now, order, place, state_of, until_state, until_told  # noqa: E402


@contextlib.contextmanager
def small_disk(path, size):
    """A file system of its own, which can be filled."""
    os.makedirs(path, mode=0o700, exist_ok=True)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", path], capture_output=True, text=True,
                          check=False) if os.getuid() == 0 else None
    if not made or made.returncode:
        raise Skip("a file system of its own can only be mounted by root" + (": " + made.stderr.strip() if made else ""))
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", path], check=True)


def fill(path):
    """Leave no byte."""
    with open(os.path.join(path, "filler"), "wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(b"x" * size) == size:
                    pass


def up(h):
    h.start_daemon()
    h.until(lambda: h.status().get("plugins"), "endpointd answers", 60)


def imports(h, marker, times=1):
    """The operator imports the file of an order; one that is done he has to fetch from where it was put away."""
    path = os.path.join(h.inbox, marker + ".epp")
    if not os.path.exists(path):
        shutil.copy(os.path.join(h.inbox, "done", marker + ".epp"), path)
    kept = path + ".kept"
    shutil.copy(path, kept)
    for _ in range(times):
        shutil.copy(kept, path)
        done = h.run([program("endpoint-sandbox"), "import", path, "--data", h.path("firma.db")])
        equal(done.returncode, 0, done.stdout + done.stderr)
    os.unlink(kept)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def full_directory(h):
    """the import directory is full: orders wait and say so, no half of a file stays, then they are written"""
    begin(h, operator=False, daemon=False)
    with small_disk(h.inbox, "128k"):
        fill(h.inbox)
        up(h)
        place(h, *(order(f"f{i}", (h.goods[0], "1", "10.00")) for i in range(5)))
        outcome = until_told(h, "f4", "waiting")
        h.until(lambda: h.inbox in (in_panel(h, "f4").get("reason") or ""), "the shop is told why", 60)
        outcome = in_panel(h, "f4")
        check(outcome.get("remedy"), f"and what to do: {outcome}")
        h.until(lambda: h.status()["plugins"][0].get("error"), "status is red", 60)
        equal(os.listdir(h.inbox), ["filler"], "what lies in the directory")
        os.unlink(os.path.join(h.inbox, "filler"))
        h.ctl("sync", expect=None)
        for i in range(5):
            until_state(h, f"f{i}", "handed-over")
        equal(files(h), sorted(mine(h, f"f{i}")["marker"] + ".epp" for i in range(5)), "the files")
        for i in range(5):
            imports(h, mine(h, f"f{i}")["marker"])
        for i in range(5):
            until_told(h, f"f{i}", "done")
        h.stop("endpointd")


def full_ledger(h):
    """the ledger's disk is full: nothing is lost and nothing is written twice"""
    begin(h, daemon=False)
    ledgers = h.path("state", "ledgers")
    with small_disk(ledgers, "16m"):
        up(h)
        place(h, order("g0", (h.goods[0], "1", "10.00")))
        until_told(h, "g0", "done")
        fill(ledgers)
        names = [f"g{i}" for i in range(1, 121)]
        place(h, *(order(n, (h.goods[0], "1", "10.00"), note="uwagi " * 1500) for n in names))
        h.until(lambda: h.status()["plugins"][0].get("error"), "status is red", 60)
        said = h.status()["plugins"][0]["error"]
        check("full" in json.dumps(said) or "space" in json.dumps(said) or "disk" in json.dumps(said), f"it says why: {said}")
        os.unlink(os.path.join(ledgers, "filler"))
        h.ctl("sync", expect=None)
        for n in names:
            until_told(h, n, "done", 120)
        for n in ["g0", *names[::20]]:
            equal([in_panel(h, n)["document"]], documents(h, mine(h, n)["marker"]), f"documents of {n}")
        equal(int(h.value("SELECT COUNT(*) FROM dbo.dok__Dokument AS d WHERE d.dok_Typ = 16 AND d.dok_NrPelnyOryg LIKE 'EP%'")),
              len(names) + 1, "documents")
        h.stop("endpointd")


def older_copy(h):
    """restored from an older copy of the ledger, or from none, no order becomes a second document"""
    begin(h)
    ledgers = h.path("state", "ledgers")
    place(h, order("h1", (h.goods[0], "1", "10.00")))
    until_told(h, "h1", "done")
    h.stop("endpointd")
    shutil.copytree(ledgers, h.path("old"))
    up(h)
    ids = ["x" * 59 + "1", "x" * 59 + "2", "h1"]
    place(h, order(ids[0], (h.goods[0], "2", "10.00")), order(ids[1], (h.goods[1], "3", "10.00")))
    until_told(h, ids[0], "done")
    until_told(h, ids[1], "done")
    numbers = {i: in_panel(h, i)["document"] for i in ids}
    equal(len(set(numbers.values())), 3, "documents of three orders, two of which differ in one character")
    for copy in (h.path("old"), None):
        h.stop("endpointd")
        shutil.rmtree(ledgers)
        if copy:
            shutil.copytree(copy, ledgers)
        up(h)
        h.ctl("sync", expect=None)
        for i in ids:
            equal(until_state(h, i, "done")["document"], numbers[i], f"the number of {i[-4:]}, from {copy or 'nothing'}")
            equal(documents(h, mine(h, i)["marker"]), [numbers[i]], f"documents of {i[-4:]}")
            equal(in_panel(h, i)["state"], "done", "in the panel")


def careless_operator(h):
    """an import that never comes, comes twice, or comes after a person had settled the order"""
    begin(h, operator=False, daemon=False)
    h.ctl("config", "set", "orders.epp_wait", "1s")
    up(h)
    place(h, *(order(f"o{i}", (h.goods[0], "1", "10.00")) for i in range(3)))
    for i in range(3):
        until_state(h, f"o{i}", "handed-over")
    h.until(lambda: "no document with this marker" in (in_panel(h, "o0").get("reason") or ""), "the shop is told that it waits", 60)
    remedy = in_panel(h, "o0").get("remedy") or ""
    check(mine(h, "o0")["marker"] + ".epp" in remedy and "order resolve o0" in remedy, "what to do: " + remedy)
    check("warn" in {c["result"] for c in h.status()["plugins"][0]["checks"]}, "a check is amber")
    equal(state_of(h, "o0"), "handed-over", "it is not written again by itself")
    markers = [mine(h, f"o{i}")["marker"] for i in range(3)]
    h.stop("endpointd")
    imports(h, markers[1], times=2)
    up(h)
    outcome = until_told(h, "o1", "done")
    two = documents(h, mine(h, "o1")["marker"])
    equal((len(two), outcome["document"]), (2, two[0]), "the operator made two, the first counts")
    check("2 documents" in outcome["reason"] and mine(h, "o1")["marker"] in outcome["remedy"], f"it is said: {outcome}")
    h.ctl("order", "resolve", "o2", "--exists-as", "ZK 900/2026")
    until_told(h, "o2", "done")
    imports(h, markers[2])
    h.stop("endpointd")
    up(h)  # finished ones are looked at when a worker starts, then every hour
    h.until(lambda: "with its marker as well" in (in_panel(h, "o2").get("reason") or ""), "the second document is told", 60)
    equal(in_panel(h, "o2")["document"], "ZK 900/2026", "what the person said stays")
    imports(h, markers[0])
    until_told(h, "o0", "done")


def wrong_clock(h):
    """the shop's clock is a day off: ahead does no harm, behind is refused with the reason, and can be taken by hand"""
    begin(h)
    place(h, order("c1", (h.goods[0], "1", "10.00"), placed_at=now(1)), order("c2", (h.goods[0], "1", "10.00"), placed_at=now(-1)))
    until_told(h, "c1", "done")
    outcome = until_told(h, "c2", "rejected")
    check("before" in outcome["reason"], f"why: {outcome}")
    h.ctl("order", "retry", "c2")
    until_told(h, "c2", "done")
    equal(len(documents(h, mine(h, "c2")["marker"])), 1, "documents")


def cannot_be_read(h):
    """the ERP takes away a right that orders need: they wait, none is rejected, and all are written afterwards"""
    begin(h, operator=False, daemon=False)
    port = h.erp_port
    h.stop("sandbox")
    h.start_sandbox("--deny", "dbo.sl_StawkaVAT", port=port)
    up(h)
    place(h, *(order(f"r{i}", (h.goods[0], "1", "10.00")) for i in range(3)))
    h.until(lambda: h.status()["plugins"][0].get("error"), "status is red", 60)
    for i in range(3):
        until_told(h, f"r{i}", "waiting")
        equal([s["state"] for s in mine(h, f"r{i}")["history"]].count("rejected"), 0, "rejected")
    h.stop("sandbox")
    h.start_sandbox(port=port)
    h.ctl("sync", expect=None)
    for i in range(3):
        until_state(h, f"r{i}", "handed-over")


if __name__ == "__main__":
    run_tests([full_directory, full_ledger, older_copy, careless_operator, wrong_clock, cannot_be_read])
