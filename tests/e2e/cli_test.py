"""The programs' command lines: --json on every verb, exit codes as documented, wrong usage told apart from failure."""
import datetime
import json
import os
import re
import signal

from harness import SOURCE, check, equal, house, program, run_tests

PROGRAMS = ("endpointd", "endpointctl", "endpoint-panel", "endpoint-sandbox", "endpoint-worker", "endpoint-tui")


def parsed(done, what):
    """One JSON value, or one a line."""
    text = done.stdout.strip()
    check(text, f"{what} --json says nothing; exit {done.returncode}: {done.stderr}")
    try:
        try:
            return json.loads(text)
        except ValueError:
            return [json.loads(line) for line in text.splitlines()]
    except ValueError:
        check(False, f"{what} --json is no JSON: {text[:300]}")
        return None


def verbs(text):
    """The verbs that --help lists, with their second words."""
    found = set()
    for line in text.splitlines():
        match = re.match(r"  ([a-z][a-z-]*)(.*?)(?:  |$)", line)
        if match:
            found.add(match.group(1))
    return found


# What is asked, and the exit code that is right: with endpointd away, and with it.
CTL = [
    (("status",), 8, 0), (("plugins",), 8, 0), (("sync",), 8, 0), (("sync", "stock", "--simulate"), 8, 0),
    (("sync", "none"), 8, 4), (("held",), 8, 0), (("held", "none"), 8, 4), (("held", "retry", "none"), 8, 4),
    (("orders",), 8, 0), (("order", "show", "none"), 8, 4), (("order", "retry", "none"), 8, 4),
    (("journal",), None, 0), (("metrics",), 8, 0), (("test",), None, 0), (("test", "connection"), 0, 0),
    (("lookup", "warehouses"), 0, 0), (("lookup", "none"), 4, 4), (("plugin", "options"), 0, 0),
    (("plugin", "options", "none"), 4, 4), (("plugin", "check", "/nonexistent"), 4, 4), (("erp", "list"), 0, 0),
    (("erp", "show", "subiekt-gt"), 0, 0), (("erp", "show", "none"), 4, 4), (("erp", "check"), 0, 0),
    (("erp", "preview", "stock"), 0, 0), (("erp", "databases"), 0, 0), (("erp", "grants"), 0, 0),
    (("erp", "certificate"), 0, 0), (("config", "check"), 0, 0), (("config", "list"), 0, 0),
    (("config", "get", "erp.server"), 0, 0), (("config", "get", "none"), 4, 4), (("config", "set", "log.level", "debug"), 0, 0),
    (("config", "set", "log.level=info", "log.files=3"), 0, 0), (("config", "set", "erp.port", "x"), 2, 2),
    (("config", "set", "none", "x"), 4, 4), (("reload",), 8, 0),
    (("service", "status"), 0, 0), (("bundle", "--list"), 0, 0), (("version",), 0, 0), (("explain",), 0, 0), (("explain", "erp_login"), 0, 0),
    (("explain", "none"), 2, 2), (("help",), 0, 0), (("help", "order"), 0, 0), (("key", "renew"), 4, 0),
    (("take-over",), 8, 1), (("channel", "list"), 0, 0), (("channel", "show", "none"), 4, 4), (("channel", "set", "none", "x"), 4, 4),
    (("channel", "test", "none"), 4, 4), (("channel", "lookup", "none", "x"), 4, 4), (("test", "shops"), 0, 0),
    (("unregister",), 4, 6), (("unregister", "--yes"), 4, 0),
]

# How it is not meant: an error in JSON, too.
MISUSED = [
    (), ("none",), ("lookup",), ("erp", "none"), ("order", "none"), ("order", "retry"), ("order", "resolve", "1"), ("plugin",),
    ("config", "set", "a", "b", "c"), ("config", "set", "erp.password=x"), ("key", "none"), ("service", "none"), ("test", "none"),
    ("held", "retry"), ("held", "a", "b"), ("orders", "--state", "none"), ("orders", "-n", "x"), ("orders", "--none"),
    ("help", "none"), ("status", "--simulate"), ("order", "retry", "--state", "done"), ("order", "retry", "1", "--state", "rejected"),
    ("order", "show", "1", "2"), ("journal", "--since", "once"), ("channel",), ("channel", "set", "a"), ("config", "unset"), ("metrics", "--follow"), ("orders", "--state"),
]


@house(rows=20)
def ctl(h):
    """endpointctl: --json on every verb, with and without endpointd; exit codes as documented"""
    h.start_sandbox()
    h.start_panel()
    h.configure()
    listed = verbs(h.ctl("--help").stdout)
    equal(listed - {words[0] for words, _, _ in CTL} - {"register"}, set(), "verbs that this test does not try")
    for words, away, _ in CTL:
        done = h.ctl(*words, "--json", expect=away)
        parsed(done, " ".join(words))
    for words in MISUSED:
        answer = parsed(h.ctl(*words, "--json", expect=2), " ".join(words))
        check(answer["ok"] is False and answer["error"]["text"] and answer["error"]["remedy"], f"{words}: {answer}")
    answer = parsed(h.ctl("register", "--token-file", h.path("none"), "--json", expect=4), "register without a token")
    check("none" in answer["error"]["text"], f"{answer}")
    broken = h.write("broken.conf", "erp : {\n  port = \"x\";\n};\n")
    for words in (("config", "check"), ("config", "list"), ("erp", "check")):
        answer = parsed(h.ctl("--config", broken, *words, "--json", expect=2), " ".join(words))
        check(answer["ok"] is False and answer["error"]["text"] and answer["error"]["remedy"] and answer["faults"], f"{words}: {answer}")
    answer = parsed(h.register(), "register")
    equal(answer["ok"], True, "register")
    h.add_plugin("stock")
    h.start_daemon()
    h.until_in_step()
    for words, _, there in CTL:
        answer = parsed(h.ctl(*words, "--json", expect=there), " ".join(words))
        if there not in (0, None) and isinstance(answer, dict):
            check(answer.get("ok") is False and answer["error"]["text"] and answer["error"]["remedy"], f"{words}: {answer}")
    equal(parsed(h.ctl("config", "get", "erp.database", "--json"), "get"), {"erp.database": "FIRMA"}, "config get")
    equal(h.ctl("config", "get", "erp.password").stdout, "***\n", "a secret is not shown")


@house(rows=20)
def again(h):
    """endpointctl register --again: the old identity is given up only when the panel took the new one"""
    h.start_sandbox()
    h.start_panel()
    h.configure()
    h.register()
    first = h.endpoint
    h.ctl("register", "--again", "--token-file", h.write("wrong", "nothing-the-panel-knows\n"), expect=1)
    h.ctl("test", "panel")
    equal(parsed(h.ctl("status", "--json", expect=3), "status")["endpoint"]["id"], first, "a wrong token changes nothing")
    h.write("token", h.panel("token", "new").stdout.strip().split()[-1])
    second = parsed(h.ctl("register", "--again", "--token-file", h.path("token"), "--json"), "again")["endpoint_id"]
    check(second and second != first, f"{second} is new")
    h.ctl("test", "panel")
    equal([n for n in os.listdir(h.path("state")) if n.startswith("identity")], ["identity.json"], "no key is left over")


@house(rows=20)
def panel(h):
    """endpoint-panel: --json on every verb, and what is not there is exit 3"""
    h.start_sandbox()
    h.start_panel()
    h.configure()
    h.register()
    plugin = json.dumps({"id": "stock", "kind": "stock", "name": "Stany", "enabled": True, "channel": {"type": "panel"},
                         "schedule": {"every": "1s"}})
    for words in (("account", "list"), ("token", "new"), ("endpoint", "list"),
                  ("plugin", "add", "--endpoint", h.endpoint, "-"), ("plugin", "edit", "stock", "-"),
                  ("plugin", "disable", "stock"), ("plugin", "enable", "stock"), ("plugin", "list")):
        parsed(h.panel(*words, "--json", stdin=plugin), " ".join(words))
    h.start_daemon()
    h.until_in_step()
    h.until(lambda: h.panel("journal", "--json").stdout, "there is a journal")
    symbol = h.value("SELECT TOP (1) t.tw_Symbol FROM dbo.tw__Towar AS t WHERE t.tw_Rodzaj = 1 AND t.tw_Usuniety = 0 ORDER BY t.tw_Id")
    for words in (("changes", "stock"), ("changes", "stock", "--count"), ("changes", "stock", "--key", "1/1"),
                  ("stock", symbol), ("journal",), ("status", h.endpoint), ("endpoint", "revoke", h.endpoint)):
        parsed(h.panel(*words, "--json"), " ".join(words))
    for words in (("plugin", "edit", "none", "-"), ("plugin", "enable", "none"), ("endpoint", "revoke", "none"),
                  ("order", "show", "none"), ("order", "list", "--plugin", "none"), ("stock", "none"), ("command", "show", "none"),
                  ("journal", "--endpoint", "none"), ("changes", "stock", "--endpoint", "none"), ("status", "none"),
                  ("plugin", "add", "--endpoint", "none", "-")):
        done = h.panel(*words, stdin=plugin, expect=3)
        check("there is no " in done.stderr and "none" in done.stderr and not done.stdout, f"{words}: {done}")
        done = h.panel(*words, "--json", stdin=plugin, expect=3)
        answer = parsed(done, " ".join(words))
        check(answer["ok"] is False and "none" in answer["error"]["text"], f"{words}: {answer}")


@house(rows=20)
def panel_words(h):
    """endpoint-panel takes no nameless account, no token for no time or for ever, no channel that does not exist; its words are helped with"""
    h.start_sandbox()
    h.start_panel()
    h.configure()
    h.register()
    for name in ("", " ", "x" * 201, "a\nb"):
        check("wants a name" in h.panel("account", "add", name, expect=2).stderr, repr(name))
    equal(len(h.panel("account", "list").stdout.splitlines()), 1, "none was made")
    for ttl in ("0m", "0", "59s", "8d", "1000d", "x", "-1m", ""):
        check("from 1m to 7d" in h.panel("token", "new", "--ttl", ttl, expect=2).stderr, ttl)
    for ttl in ("1m", "7d"):
        h.panel("token", "new", "--ttl", ttl)
    plugin = {"id": "x", "kind": "stock", "channel": {"type": "woo"}, "schedule": {"every": "1h"}}
    check('there is no channel of type "woo"' in h.panel("plugin", "add", "-", stdin=json.dumps(plugin), expect=1).stderr, "plugin add")
    check('there is no channel of type "woo"' in h.ctl("plugin", "check", "-", stdin=json.dumps(plugin), expect=2).stderr, "plugin check")
    equal(h.panel("plugin", "list").stdout, "", "none was made")
    head, row = h.panel("endpoint", "list").stdout.splitlines()[:2]
    equal(head.split("\t"), ["ID", "NAME", "ACCOUNT", "ERP", "HEARD", "STATE"], "a header")
    equal((row.split("\t")[0], row.split("\t")[2]), (h.endpoint, "Sklep Testowy"), "the account")
    done = h.run([program("endpoint-panel"), "--data", h.path("panel"), "account", "list"], environment=dict(h.environment, TZ="XXX-7"))
    utc = datetime.datetime.fromisoformat(json.loads(h.panel("account", "list", "--json").stdout)["created"].replace("Z", "+00:00"))
    equal(done.stdout.rstrip().split("\t")[2], (utc + datetime.timedelta(hours=7)).strftime("%Y-%m-%d %H:%M:%S"), "times are the reader's")
    equal(json.loads(h.panel("endpoint", "list", "--json").stdout)["account"], "Sklep Testowy", "as JSON")
    for words in (("token", "new", "--help"), ("token", "new", "-h"), ("help", "token", "new")):
        text = h.panel(*words).stdout
        check(text.startswith("Usage: endpoint-panel token new") and "--ttl TIME" in text and "--state" not in text, f"{words}: {text}")
    equal(h.panel("help").stdout, h.panel("-h").stdout, "help")
    for words, meant in ((("acount", "list"), "account list"), (("order", "lst"), "order list"), (("jurnal",), "journal")):
        check(f"did you mean {meant}?" in h.panel(*words, expect=2).stderr, str(words))
    check("order list takes no --ttl" in h.panel("order", "list", "--ttl", "1h", expect=2).stderr, "an option of another command")
    check("from 1 to 1000000" in h.panel("journal", "-n", "x", expect=2).stderr, "a number")


@house(rows=20)
def usage(h):
    """every program: --help and --version, exit 2 for an option or a verb that it does not have, and the word named"""
    with open(os.path.join(SOURCE, "configure.ac"), encoding="utf-8") as file:
        version = re.search(r"AC_INIT\(\[endpoint\], \[([^]]+)\]", file.read()).group(1)
    for name in PROGRAMS:
        done = h.run([program(name), "--help"])
        equal(done.returncode, 0, f"{name} --help")
        check(("sage: " + name if name != "endpoint-worker" else "endpointd") in done.stdout, f"{name} --help: {done.stdout[:200]}")
        if name != "endpoint-worker":
            equal(h.run([program(name), "-h"]).stdout, done.stdout, f"{name} -h")
        done = h.run([program(name), "--version"])
        equal(done.returncode, 0, f"{name} --version")
        check(version in done.stdout, f"{name} --version: {done.stdout}")
        done = h.run([program(name), "--nonsense"])
        equal(done.returncode, 2, f"{name} --nonsense: {done.stdout}{done.stderr}")
        check(("nonsense" in done.stderr or name == "endpoint-worker") and not done.stdout, f"{name} --nonsense: {done.stdout}{done.stderr}")
    for name, words in (("endpointctl", ()), ("endpointctl", ("nonsense",)), ("endpointctl", ("config",)),
                        ("endpointctl", ("config", "nonsense")), ("endpointctl", ("journal", "-n", "x")),
                        ("endpoint-panel", ()), ("endpoint-panel", ("nonsense",)), ("endpoint-panel", ("serve", "--port", "x")),
                        ("endpoint-sandbox", ("--rows", "x")), ("endpoint-sandbox", ("--erp", "nonsense")),
                        ("endpoint-sandbox", ("--port", "99999")), ("endpointd", ("stray",))):
        done = h.run([program(name), *words])
        equal(done.returncode, 2, f"{name} {words}: {done.stdout}{done.stderr}")
        check(done.stderr.strip(), f"{name} {words} says nothing")
    h.write("etc/endpoint.conf", 'erp : { type = "subiekt-gt"; port = 99999; serwer = "x"; };\nlog : { level = "loud"; };\n')
    done = h.run([program("endpointctl"), "--config", h.path("etc/endpoint.conf"), "config", "check"])
    equal(done.returncode, 2, "config check")
    for words in ("endpoint.conf:1", "erp.port", "99999", "erp.serwer", "endpoint.conf:2", "log.level", "loud"):
        check(words in done.stdout + done.stderr, f"config check names {words}: {done.stdout}{done.stderr}")


@house(rows=20)
def settings(h):
    """config set: one or several at once, all or none; a beginning is saved and says what is missing; bad values are exit 2"""
    def refused(*words, code=2):
        before = h.read("etc/endpoint.conf") if os.path.exists(h.path("etc/endpoint.conf")) else None
        done = h.ctl("config", "set", *words, expect=code)
        check(done.stderr and not done.stdout, f"{words}: {done}")
        after = h.read("etc/endpoint.conf") if os.path.exists(h.path("etc/endpoint.conf")) else None
        equal(after, before, f"the file after {words}")
        return done.stderr

    check("67000" in refused("erp.port", "67000"), "the bad value is named")
    check("there is no setting erp.serwer; did you mean erp.server?" in refused("erp.serwer", "x", code=4), "a misspelt one")
    done = h.ctl("config", "set", "erp.server", "localhost")
    check(f"erp.server is set in {h.path('etc/endpoint.conf')}; still missing" in done.stdout and done.stdout.endswith(" erp.type erp.database erp.user\n"), done.stdout)
    answer = json.loads(h.ctl("config", "set", "erp.type", "subiekt-gt", "--json").stdout)
    equal(answer, {"ok": True, "missing": ["erp.database", "erp.user"], "file": h.path("etc/endpoint.conf")}, "what is missing")
    h.ctl("config", "check", expect=2)
    done = h.ctl("config", "set", "erp.database=FIRMA", "erp.user=a=b", "log.level=debug")
    check(f"erp.database, erp.user, log.level are set in {h.path('etc/endpoint.conf')}; `endpointctl reload`" in done.stdout, done.stdout)
    h.ctl("config", "check")
    equal(h.ctl("config", "get", "erp.user").stdout, "a=b\n", "a value with =")
    # One bad of three: none is saved. A complete file does not become incomplete.
    check("loud" in refused("erp.database=INNA", "log.level=loud", "erp.user=x"), "the bad one is named")
    check("erp.server" in refused("erp.server", ""), "what a complete file would lack")
    check("argument" in refused("erp.password=secret"), "a secret as an argument")
    check("argument" in refused("erp.password", "secret"), "a secret as an argument")
    for words in (("erp.server",), ("erp.server", "x", "y"), ("erp.server=x", "y"), ("erp.server=x", "erp.user")):
        check("usage" in refused(*words), str(words))


@house(rows=20, plugins=("stock",))
def reload(h):
    """reload: what was taken over; a bad file is refused with its line and the running settings stay; SIGHUP does the same"""
    h.up()
    h.until_in_step()
    done = h.ctl("reload")
    check("No setting has changed." in done.stdout, done.stdout)
    pid = h.workers()
    h.ctl("config", "set", "log.level=debug", "metrics.port=0", "worker.alive_timeout=50s")
    done = h.ctl("reload")
    check("Changed: log.level, worker.alive_timeout\n" in done.stdout, done.stdout)
    h.until(lambda: h.workers() and h.workers() != pid, "the worker has started anew with the new settings")
    # A password that changed behind its reference is a change, and is not shown.
    h.ctl("config", "set", "erp.password", stdin="another")
    answer = json.loads(h.ctl("reload", "--json").stdout)
    equal({key: answer[key] for key in ("ok", "changed", "restart", "plugins")},
          {"ok": True, "changed": ["erp.password"], "restart": [], "plugins": False}, "a new password")
    check("another" not in json.dumps(answer), "the password is shown")
    h.until(lambda: [p for p in h.status()["plugins"] if (p["error"] or {}).get("code") == "erp_login"], "it is used")
    h.ctl("config", "set", "erp.password", stdin=h.password)
    h.ctl("reload")
    h.until_in_step()
    # A faulty file.
    good = h.read("etc/endpoint.conf")
    h.write("etc/endpoint.conf", good.replace('"debug"', '"loud"'))
    line = 1 + next(n for n, text in enumerate(good.splitlines()) if '"debug"' in text)
    done = h.ctl("reload", expect=2)
    check(f"endpoint.conf:{line}: log.level: " in done.stderr and "continues with its current settings" in done.stderr and not done.stdout,
          str(done))
    answer = json.loads(h.ctl("reload", "--json", expect=2).stdout)
    equal((answer["ok"], answer["faults"][0]["line"], answer["error"]["code"]), (False, line, "config_invalid"), "as JSON")
    equal([c["result"] for c in h.status()["checks"] if c["code"] == "endpoint.config"], ["fail"], "status shows it")
    h.until_in_step()
    os.unlink(h.path("etc/endpoint.conf"))
    check("endpoint.conf" in h.ctl("reload", expect=4).stderr, "a file that is away")
    h.write("etc/endpoint.conf", good)
    h.processes["endpointd"].send_signal(signal.SIGHUP)
    h.until(lambda: [c["result"] for c in h.status()["checks"] if c["code"] == "endpoint.config"] == ["ok"], "SIGHUP takes it")


@house(rows=20, plugins=("stock",))
def lost(h):
    """an emptied, half-saved or vanished endpoint.conf stops nothing, now or after a restart; --accept takes what is meant"""
    h.up()
    h.until_in_step()
    good = h.read("etc/endpoint.conf")

    def config_check():
        return [(c["result"], c["text"], c["remedy"]) for c in h.status()["checks"] if c["code"] == "endpoint.config"][0]

    for text in ("", good[:good.index("panel :")], "# nothing\n"):
        h.write("etc/endpoint.conf", text)
        done = h.ctl("config", "check", expect=2)
        check("no longer sets" in done.stderr and "panel.url" in done.stderr, str(done))
        done = h.ctl("reload", expect=6)
        check("no longer sets" in done.stderr and "reload --accept" in done.stderr, str(done))
        result, said, remedy = config_check()
        check(result == "fail" and "panel.url" in said and "--accept" in remedy, said)
        equal(h.ctl("status", expect=1).returncode, 1, "status is red")
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 3 WHERE st_MagId = 1")
    h.until_in_step()
    # A restart with the emptied file, with a broken one, and with none: as before, in red.
    for text in ("", good[:-20], None):
        if text is None:
            os.unlink(h.path("etc/endpoint.conf"))
        else:
            h.write("etc/endpoint.conf", text)
        h.stop("endpointd")
        h.start_daemon()
        h.until(lambda: h.status().get("checks"), "endpointd answers")
        equal(config_check()[0], "fail", f"the check after a start with {text!r}")
        h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 3 WHERE st_MagId = 1")
        h.until_in_step()
    # The good one is back; then one path less, which is meant.
    h.write("etc/endpoint.conf", good)
    h.ctl("reload")
    equal(config_check()[0], "ok", "the check of the good file")
    refused = h.ctl("config", "set", "orders.epp_dir", h.path("import"), expect=6).stderr # not there: no silence
    check("does not exist" in refused and "--create" in refused, refused)
    h.ctl("config", "set", "orders.epp_dir", h.path("import"), "--create")
    check(os.path.isdir(h.path("import")), "the directory was not made")
    h.ctl("reload")
    h.ctl("config", "set", "orders.epp_dir", "")
    check("orders.epp_dir" in h.ctl("reload", expect=6).stderr, "the path is named")
    check("orders.epp_dir" in h.ctl("reload", "--accept").stdout, "what was accepted is told")
    equal(config_check()[0], "ok", "the check of what was accepted")
    h.stop("endpointd")
    h.start_daemon()
    h.until(lambda: h.status().get("checks"), "endpointd answers")
    equal(config_check()[0], "ok", "accepted for good")
    with open(h.path("state", "endpoint.conf.good"), encoding="utf-8") as file:
        check(h.password not in file.read() and os.stat(file.name).st_mode & 0o77 == 0, "the copy is nobody else's to read")


if __name__ == "__main__":
    run_tests([ctl, again, panel, panel_words, usage, settings, reload, lost])
