"""An endpoint's id is read aloud in groups and typed in part, here and at the panel."""
import json

from harness import check, equal, house, run_tests


@house(rows=20)
def test_in_part(h):
    """The beginning of an id names the endpoint, with dashes, blanks and capitals as people write it; too little names nobody"""
    h.up()
    h.until(lambda: h.status().get("plugins"), "it runs")
    whole = h.endpoint
    h.until(lambda: "first_sync_done" in h.panel("journal", "--endpoint", whole, "--json").stdout, "the panel has its journal")
    groups = "-".join(whole[i:i + 4] for i in range(0, len(whole), 4))
    for name in (whole, whole[:8], groups, groups[:9], groups[:12].upper(), groups[:9].replace("-", " ")):
        done = h.panel("status", name, expect=None)
        check(done.returncode in (0, 1) and json.loads(done.stdout), f"{name!r}: {done.returncode} {done.stderr}")
        equal(h.panel("journal", "--endpoint", name, "--json").stdout, h.panel("journal", "--endpoint", whole, "--json").stdout, name)
    check(f"Endpoint {groups} " in h.ctl("status").stdout, "as people read it")
    equal(json.loads(h.ctl("status", "--json").stdout)["endpoint"]["id"], whole, "and whole for programs")
    h.stop("endpointd")
    check(f"Endpoint {groups} " in h.ctl("status", expect=3).stdout, "also when endpointd does not run")
    h.start_daemon()
    h.until(lambda: json.loads(h.ctl("status", "--json", expect=None).stdout).get("plugins"), "it runs again")
    other = "0" * 8 if not whole.startswith("0") else "1" * 8
    for name in (whole[:7], groups[:8], other, whole + "0", ""):
        h.panel("status", name, expect=3)
        h.panel("endpoint", "revoke", name, expect=3)
    check(h.ctl("unregister", whole[:7], expect=6).stderr, "too little confirms")
    check(h.ctl("unregister", other, expect=6).stderr, "another one confirms")
    check(groups in h.ctl("unregister", groups[:9].upper()).stdout, "its beginning does not confirm")
    h.panel("endpoint", "revoke", groups[:9])
    rows = [json.loads(line) for line in h.panel("endpoint", "list", "--json").stdout.splitlines()]
    equal([row["revoked"] for row in rows if row["id"] == whole], [True], "revoked")


run_tests([test_in_part])
