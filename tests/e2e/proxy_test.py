"""The way to the panel through an HTTP proxy: its login, its refusals, its absence; and that nothing secret goes in clear."""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import check, equal, house, run_tests  # noqa: E402
from proxy import Proxy  # noqa: E402

SECRET = "p%40 \"ź:x"


def panel_checks(h, expect=None):
    done = h.ctl("test", "panel", "--json", expect=expect)
    check(SECRET not in done.stdout + done.stderr, "the proxy's password is shown")
    return {c["code"]: c for c in json.loads(done.stdout)["checks"]}


def through(h, proxy, **more):
    h.configure(panel={"proxy": proxy.url if isinstance(proxy, Proxy) else proxy, **more})


def without_environment(h):
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        h.environment.pop(name, None)


@house(rows=20, plugins=("stock",))
def login(h):
    """a proxy that wants a login: Digest and Basic work everywhere, a missing and a wrong login are told apart, the password is never shown"""
    without_environment(h)
    h.start_sandbox()
    h.start_panel()
    proxy = Proxy("digest")
    through(h, proxy)
    # No login: told so, by the checks and by the registration, which keeps its token.
    found = panel_checks(h)
    equal((found["panel.name"]["result"], found["panel.tcp"]["result"], found["panel.tls"]["result"]), ("ok", "ok", "fail"), "the checks")
    check(f"the proxy 127.0.0.1:{proxy.port} requires a login" in found["panel.tls"]["text"], found["panel.tls"]["text"])
    check("panel.proxy_user" in found["panel.tls"]["remedy"], found["panel.tls"]["remedy"])
    equal(found["panel.clock"]["result"], "skipped", "what hangs on it")
    h.panel("account", "add", "Sklep Testowy")
    token = h.panel("token", "new").stdout.strip().split()[-1]
    check("requires a login" in h.ctl("register", stdin=token, expect=1).stderr, "the registration says the same")
    # A wrong one.
    h.ctl("config", "set", "panel.proxy_user", "magazyn")
    h.ctl("config", "set", "panel.proxy_password", stdin="wrong")
    check('refuses the login "magazyn"' in panel_checks(h)["panel.tls"]["text"], "a wrong password")
    h.ctl("config", "set", "panel.proxy_password", stdin=SECRET)
    found = panel_checks(h)
    equal(found["panel.tls"]["result"], "ok", found["panel.tls"]["text"])
    check("verified through the proxy's tunnel" in found["panel.tls"]["text"], found["panel.tls"]["text"])
    done = json.loads(h.ctl("register", "--json", stdin=token).stdout)
    h.endpoint = done["endpoint_id"]
    h.add_plugin("stock")
    h.start_daemon()
    h.until_in_step()
    equal({c["result"] for c in panel_checks(h).values()}, {"ok"}, "all is well")
    # The other way of signing in, met by the running programs.
    proxy.mode = "basic"
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 3 WHERE st_MagId = 1")
    h.until_in_step()
    h.stop("endpointd")
    h.start_daemon()
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 3 WHERE st_MagId = 1")
    h.until_in_step()
    check(all(text.startswith("CONNECT localhost:") for text in proxy.asked), "only tunnels to the panel")
    for words in (("config", "list"), ("config", "get", "panel.proxy_password"), ("status", "--json"), ("journal",)):
        check(SECRET not in h.ctl(*words, expect=None).stdout, f"{words} shows the password")
    for name in ("endpointd.log", "etc/endpoint.conf"):
        check(SECRET not in h.read(name), f"{name} holds the password")
    for pid in (h.processes["endpointd"].pid, *h.workers().values()):
        with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:
            check(SECRET not in file.read(), "a command line holds the password")
    # The proxy goes away: it is named, not the panel.
    proxy.close()
    found = panel_checks(h)
    check(found["panel.tcp"]["result"] == "fail" and "proxy" in found["panel.tcp"]["text"], found["panel.tcp"]["text"])
    h.stop("endpointd")
    h.start_daemon()
    h.until(lambda: "the proxy" in (((h.status().get("panel") or {}).get("error") or {}).get("text") or ""), "status names the proxy")


@house(rows=20, plugins=())
def refusals(h):
    """a proxy that refuses, cannot reach the panel, or does not exist; a login in its address; a panel's address without TLS"""
    without_environment(h)
    h.start_panel()
    h.erp_port = 1
    for mode, words in (("403", "does not let us through to https://localhost"), ("502", "cannot reach https://localhost"),
                        ("503", "(HTTP 503)")):
        proxy = Proxy(mode)
        through(h, proxy)
        check(words in panel_checks(h)["panel.tls"]["text"], panel_checks(h)["panel.tls"]["text"])
        proxy.close()
    through(h, "http://proxy.invalid:3128")
    check("proxy.invalid" in panel_checks(h)["panel.name"]["text"], "a name that nobody knows")
    # A login in the address, as older files have it: it works, is never shown, and the file is asked to change.
    proxy = Proxy("basic", password="p@ss")
    through(h, f"http://magazyn:p%40ss@127.0.0.1:{proxy.port}")
    equal(panel_checks(h)["panel.tls"]["result"], "ok", "the old form")
    done = h.ctl("config", "check")
    check("panel.proxy_password" in done.stdout and "p%40ss" not in done.stdout and "p@ss" not in done.stdout, done.stdout)
    for words in (("config", "list"), ("config", "get", "panel.proxy"), ("config", "get", "panel.proxy_password")):
        shown = h.ctl(*words).stdout
        check("p%40ss" not in shown and "p@ss" not in shown, shown)
    done = h.ctl("config", "set", "panel.proxy", "http://magazyn:tajne@127.0.0.1:3128", expect=2)
    check("tajne" not in done.stdout + done.stderr and "panel.proxy_password" in done.stderr, str(done))
    proxy.close()
    # A token never goes in clear, to loopback neither.
    plain = Proxy("open")
    for url in (plain.url, f"http://localhost:{plain.port}", "http://panel.example.pl"):
        done = h.ctl("register", "--panel", url, stdin="token", expect=1)
        check("is not encrypted" in done.stderr and "https://" in done.stderr, str(done))
        h.ctl("config", "set", "panel.url", url, expect=2)
    equal(plain.asked, [], "what arrived in clear")
    plain.close()


if __name__ == "__main__":
    run_tests([login, refusals])
