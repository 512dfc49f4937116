"""The packages under a real systemd: installed, hardened, watched, switched between users, rebooted, upgraded, purged.

One system for all of it, in this order: what fails early fails what follows."""
import atexit
import json
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(__file__))
import container  # noqa: E402
import modes  # noqa: E402
import package  # noqa: E402
from harness import Failure, Skip, check, equal, run_tests  # noqa: E402

UNIT = "endpointd.service"
system = None # the Container
why_not = None # there is none
PASSWORD = "sandbox-Zażółć;{}'\"x}"
SERVER = """[Unit]
Description=%s
[Service]
ExecStart=%s
Restart=on-failure
[Install]
WantedBy=multi-user.target
"""


def make():
    debs = package.packages()
    made = container.Container(container.BASE + container.libraries(debs.values()))
    atexit.register(made.close)
    servers(made)
    made.boot()
    for path in debs.values():
        shutil.copy(path, made.path("/root"))
    return made


def needed(test):
    """The system, or the reason why there is none."""
    def run(house):
        global system, why_not
        container.need()
        if why_not:
            raise Skip(f"there is no system to try it on: {why_not}")
        if system is None:
            why_not = "it could not be made"
            try:
                system = make()
            except Skip as why:
                why_not = str(why)
                raise
            why_not = None
        test(system, house) if test.__code__.co_argcount == 2 else test(system)
    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def servers(s):
    """The ERP, which the system starts by itself; the panel is its package's own service."""
    s.write("/srv/password", PASSWORD, 0o600)
    s.write("/etc/systemd/system/sandbox.service", SERVER % ("ERP", "/usr/bin/endpoint-sandbox --erp subiekt-gt --rows 300 "
            "--data /srv/firma.db --port 1433 --encrypt required --make-cert /srv/erp-tls --user sa "
            "--password-file /srv/password"))


def ctl(s, *words, **more):
    return s.run("endpointctl", *words, **more)


def service(s, *words, expect=0):
    """Lines of `endpointctl service … --json`: the steps with their results, and the outcome."""
    done = ctl(s, "service", *words, "--json", expect=None, within=120)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != expect or not lines:
        check(False, f"service {' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}{journal_tail(s)}")
    return {("undo " if step["undo"] else "") + step["step"]: step["result"] for step in lines[:-1]}, lines[-1]


def journal_tail(s):
    return s.run("journalctl", "-q", "--no-pager", "-n", "40", "-o", "short-monotonic", expect=None).stdout


def state(s):
    return json.loads(ctl(s, "service", "status", "--json", expect=None).stdout)


def show(s, name):
    return s.out("systemctl", "show", "-P", name, UNIT)


def main_process(s):
    """What /proc says of the service's process."""
    text = s.out("cat", f"/proc/{show(s, 'MainPID')}/status")
    return dict(re.findall(r"^(\w+):\s+(.*)$", text, re.M))


def uid_of(s, name):
    return s.out("id", "-u", name)


def owner(s, path):
    return s.out("stat", "-c", "%U", path)


def healthy(s, user):
    now = state(s)
    equal((now["state"], now["user"], now["answers"]), ("running", user, True), f"the service {now}")
    if now["mode"] == "service":
        equal(main_process(s)["Uid"].split()[0], uid_of(s, user), "the process's user")


def in_step(s, user=None):
    """A pass has ended well since the daemon started, and the panel holds all that is known."""
    done = modes.as_user(s, user, "endpointctl", "status", "--json", expect=None) if user else \
        ctl(s, "status", "--json", expect=None)
    answer = json.loads(done.stdout or "{}")
    plugins = answer.get("plugins", [])
    if len(plugins) != 2 or any(p.get("error") or p.get("queued") or not p.get("last_run") for p in plugins):
        return False
    return all(p["snapshot"] > 0 and int(s.out("endpoint-panel", "changes", p["id"], "--count"))
               >= p["snapshot"] for p in plugins)


def until_in_step(s, user=None):
    try:
        s.until(lambda: in_step(s, user), "both plugins have run and the panel holds what they found")
    except Failure as why:
        raise Failure(f"{why}\n{ctl(s, 'status', expect=None).stdout}{journal_tail(s)}") from None


@needed
def installed(s):
    """installing makes the account and the configuration, enables the service, and starts nothing before registration"""
    said = s.out("sh", "-c", "dpkg -i /root/endpoint*.deb")
    check("not set up yet. Next: sudo endpoint-tui" in said, f"the package says what comes next: {said}")
    told = ctl(s, "status", expect=8).stdout
    check("endpoint-tui" in told and "systemctl start" not in told, f"so does status: {told}")
    s.run("systemctl", "enable", "--now", "sandbox")
    equal(s.out("systemctl", "is-enabled", UNIT), "enabled", "enabled")
    equal(s.out("systemctl", "is-active", UNIT, expect=None), "inactive", "active before registration")
    equal(show(s, "ConditionResult"), "no", "the start that waits for the registration")
    equal(state(s)["state"], "waiting-registration", "state")
    equal(s.out("stat", "-c", "%a %U:%G", "/etc/endpoint/endpoint.conf"), "640 root:endpoint", "the configuration")
    equal(s.out("stat", "-c", "%a %U:%G", "/var/lib/endpoint"), "700 endpoint:endpoint", "the state directory")
    equal(s.out("getent", "passwd", "endpoint").split(":")[-1], "/usr/sbin/nologin", "shell")
    check(not s.run("sh", "-c", "ls /etc/systemd/user/*.wants/endpointd.service", expect=None).stdout,
          "it is enabled for every user who signs in")


@needed
def panel(s):
    """the panel's package runs it as a user of its own, on this machine only, with a directory and settings of its own"""
    unit = "endpoint-panel.service"
    s.until(lambda: os.path.exists(s.path("/var/lib/endpoint-panel/tls/ca.pem")), "the panel has made its certificate")
    equal((s.out("systemctl", "is-enabled", unit), s.out("systemctl", "is-active", unit)), ("enabled", "active"), "unit")
    pid = s.out("systemctl", "show", "-P", "MainPID", unit)
    status = dict(re.findall(r"^(\w+):\s+(.*)$", s.out("cat", f"/proc/{pid}/status"), re.M))
    equal((status["Uid"].split()[0], status["NoNewPrivs"], status["Seccomp"]), (uid_of(s, "endpoint-panel"), "1", "2"), "process")
    equal((modes.stat(s, "/var/lib/endpoint-panel"), modes.stat(s, "/etc/endpoint-panel")),
          ("700 endpoint-panel:endpoint-panel", "2750 root:endpoint-panel"), "directories")
    equal(s.out("getent", "passwd", "endpoint-panel").split(":")[-1], "/usr/sbin/nologin", "shell")
    s.until(lambda: "127.0.0.1:8443" in s.out("ss", "-Hltn"), "it listens")
    check("0.0.0.0:8443" not in s.out("ss", "-Hltn"), "it listens to strangers")
    # As the manual page leads: another port, and what root does leaves the service its files.
    s.run("sed", "-i", "s/^PORT=.*/PORT=9443/", "/etc/default/endpoint-panel")
    s.run("systemctl", "restart", unit)
    s.until(lambda: "127.0.0.1:9443" in s.out("ss", "-Hltn"), "it listens on the port that was set")
    s.run("sed", "-i", "s/^PORT=.*/PORT=8443/", "/etc/default/endpoint-panel")
    s.run("systemctl", "restart", unit)
    s.run("endpoint-panel", "account", "list")
    equal(s.out("find", "/var/lib/endpoint-panel", "!", "-user", "endpoint-panel"), "", "files that are not the panel's")


@needed
def first_sync(s):
    """configured and registered by root, it starts by itself, hardened, and its first sync reaches the panel"""
    s.until(lambda: os.path.exists(s.path("/srv/erp-tls/ca.pem")) and os.path.exists(s.path("/var/lib/endpoint-panel/tls/ca.pem")),
            "the servers are up")
    for name, path in (("erp", "/srv/erp-tls"), ("panel", "/var/lib/endpoint-panel/tls")):
        s.run("install", "-m", "644", f"{path}/ca.pem", f"/etc/endpoint/{name}-ca.pem")
    with open(s.path("/etc/endpoint/endpoint.conf"), "w", encoding="utf-8") as file: # in an editor, as root
        file.write("""erp : { type = "subiekt-gt"; server = "localhost"; port = 1433; database = "FIRMA"; user = "sa"; encryption = "required";
        tls_verify = "ca"; tls_ca = "/etc/endpoint/erp-ca.pem"; };
panel : { url = "https://localhost:8443"; ca = "/etc/endpoint/panel-ca.pem"; };
""")
    ctl(s, "config", "set", "erp.password", stdin=PASSWORD)
    s.until(lambda: ctl(s, "test", "connection", expect=None).returncode == 0, "the ERP answers")
    s.run("endpoint-panel", "account", "add", "Sklep")
    token = s.out("endpoint-panel", "token", "new").split()[-1]
    done = json.loads(ctl(s, "register", "--json", stdin=token).stdout)
    check(done["running"], f"it was not started: {done} {journal_tail(s)}")
    for kind in ("stock", "products"):
        plugin = {"id": kind, "kind": kind, "name": kind, "enabled": True, "channel": {"type": "panel"},
                  "schedule": {"every": "1s"}, "options": {}}
        s.run("endpoint-panel", "plugin", "add", "--endpoint", done["endpoint_id"], "-",
              stdin=json.dumps(plugin))
    until_in_step(s)
    healthy(s, "endpoint")
    check(s.out("endpoint-panel", "changes", "products", "--count") != "0", "nothing arrived")
    strangers = s.out("find", "/var/lib/endpoint", "!", "-user", "endpoint", "-o", "-type", "f", "-perm", "/077")
    equal(strangers, "", "files in the state directory that others own or may read")


@needed
def hardened(s):
    """what the unit promises holds for the running process, and READY with a status came from it"""
    status = main_process(s)
    equal((status["NoNewPrivs"], status["Seccomp"], status["CapBnd"], status["CapEff"]), ("1", "2", "0" * 16, "0" * 16),
          "rights")
    pid = show(s, "MainPID")
    mounts = s.out("cat", f"/proc/{pid}/mounts")
    check(re.search(r"^\S+ / \S+ ro[, ]", mounts, re.M), "the system can be written to")
    check(re.search(r"^\S+ /home \S+ ro[, ]", mounts, re.M), "homes can be seen")
    equal((show(s, "Type"), show(s, "ActiveState"), show(s, "NotifyAccess")), ("notify", "active", "main"), "unit")
    check(show(s, "StatusText"), "it told systemd no status")
    value = re.search(r"exposure level for \S+: ([0-9.]+)", s.out("systemd-analyze", "--no-pager", "security", UNIT)).group(1)
    check(float(value) <= 1.2, f"exposure {value}")
    equal(state(s)["exposure"], value, "exposure that endpointctl shows")


@needed
def journal(s):
    """the journal has the fields: whose line, which plugin, which code, how grave"""
    def lines(*matches):
        out = s.out("journalctl", "-q", "-o", "json", "--no-pager", *matches, expect=None)
        return [json.loads(line) for line in out.splitlines()]
    s.run("systemctl", "stop", "sandbox")
    found = s.until(lambda: lines("_SYSTEMD_UNIT=" + UNIT, "PLUGIN=stock", "PRIORITY=4") +
                    lines("_SYSTEMD_UNIT=" + UNIT, "PLUGIN=stock", "PRIORITY=3"), "a line about the ERP that is away")
    check(all(line.get("CODE") for line in found), f"a fault without a code: {found[0]}")
    equal(found[0]["_UID"], uid_of(s, "endpoint"), "whose line it is")
    check(lines("_SYSTEMD_UNIT=" + UNIT, "CODE=started"), "no line about the start")
    s.run("systemctl", "start", "sandbox")
    until_in_step(s)


@needed
def watchdog(s):
    """pings keep it running; once they stop, systemd starts it again"""
    s.write("/etc/systemd/system/endpointd.service.d/90-test.conf", "[Service]\nWatchdogSec=4\nRestartSec=100ms\n")
    s.run("systemctl", "daemon-reload")
    s.run("systemctl", "restart", UNIT)
    pings = set()
    s.until(lambda: pings.add(show(s, "WatchdogTimestampMonotonic")) or len(pings) >= 4, "pings come")
    equal(show(s, "NRestarts"), "0", "restarts while pings come")
    pid = show(s, "MainPID")
    s.run("kill", "-STOP", pid)
    s.until(lambda: show(s, "NRestarts") == "1" and show(s, "ActiveState") == "active", "it was started again")
    check(show(s, "MainPID") != pid, "the same process")
    check("Watchdog timeout" in s.out("journalctl", "-q", "--no-pager", "-u", UNIT), "the reason is not in the journal")
    until_in_step(s)
    os.unlink(s.path("/etc/systemd/system/endpointd.service.d/90-test.conf"))
    s.run("systemctl", "daemon-reload")
    s.run("systemctl", "restart", UNIT)
    equal(state(s)["watchdog_ms"], 60000, "watchdog")


@needed
def credentials(s):
    """the key of the secrets, moved to systemd's credentials, opens them for the service and for root's endpointctl"""
    s.run("install", "-D", "-m", "600", "/var/lib/endpoint/secrets.key", "/etc/credstore/endpoint-key")
    s.run("rm", "/var/lib/endpoint/secrets.key")
    ctl(s, "service", "restart")
    until_in_step(s)
    ctl(s, "test", "connection")
    check(not os.path.exists(s.path("/var/lib/endpoint/secrets.key")), "a new key was made beside the secrets")
    ctl(s, "config", "set", "erp.password", stdin=PASSWORD)
    ctl(s, "service", "restart")
    until_in_step(s)


@needed
def users(s):
    """SYSTEM, a chosen user and the endpoint's own: each runs it, owns its state, and a sync goes through"""
    for words, user in (("system", "root"), ("alice", "alice"), ("own", "endpoint")):
        steps, last = service(s, "user", words)
        equal(steps["health"], "ok", f"{words}: {steps}")
        equal(last["status"]["user"], user, "user")
        healthy(s, user)
        equal((owner(s, "/var/lib/endpoint"), owner(s, "/var/lib/endpoint/secrets.json")), (user, user), "owner of the state")
        until_in_step(s)
    check(not os.path.exists(s.path("/etc/systemd/system/endpointd.service.d/50-user.conf")), "a drop-in is left")


@needed
def rolled_back(s):
    """a user as whom the service cannot start: everything is put back and runs as before, with the reason"""
    s.write("/etc/systemd/system/endpointd.service.d/10-refuse.conf",
            f"[Service]\nExecStartPre=/bin/sh -c 'test $(id -u) != {uid_of(s, 'bob')} || {{ echo \"<3>bob is not let in\"; exit 7; }}'\n")
    s.run("systemctl", "daemon-reload")
    steps, last = service(s, "user", "bob", expect=1)
    equal((steps["start"], steps["undo start"], last["rolled_back"]), ("fail", "ok", True), f"steps {steps}")
    check("bob is not let in" in last["error"]["text"], f"the reason is missing: {last['error']}\n{journal_tail(s)}")
    healthy(s, "endpoint")
    equal(owner(s, "/var/lib/endpoint/secrets.json"), "endpoint", "owner of the state")
    check(not os.path.exists(s.path("/etc/systemd/system/endpointd.service.d/50-user.conf")), "the drop-in is left")
    os.unlink(s.path("/etc/systemd/system/endpointd.service.d/10-refuse.conf"))
    s.run("systemctl", "daemon-reload")


@needed
def rebooted(s):
    """it starts with the system, and does not once that is switched off"""
    s.down()
    s.boot()
    s.until(lambda: state(s)["answers"], "it runs after a reboot")
    healthy(s, "endpoint")
    until_in_step(s)
    service(s, "autostart", "off")
    s.down()
    s.boot()
    equal(state(s)["state"], "stopped", "state after a reboot without autostart")
    service(s, "autostart", "on")
    service(s, "start")


@needed
def application(s):
    """as an application of a user, lingering, it comes back after a reboot; and goes back to be a service"""
    s.run("sh", "-c", "install -m 600 /etc/credstore/endpoint-key /var/lib/endpoint/secrets.key && "
          "chown endpoint: /var/lib/endpoint/secrets.key && rm /etc/credstore/endpoint-key")
    ctl(s, "service", "restart")
    steps, last = service(s, "mode", "application", "--for", "alice")
    equal(last["ok"], True, f"{steps} {last}")
    steps, last = service(s, "autostart", "boot", "--for", "alice")
    now = last["status"]
    equal((now["mode"], now["user"], now["linger"], now["autostart"], now["state"]),
          ("application", "alice", True, "boot", "running"), "status")
    equal(s.out("systemctl", "is-enabled", UNIT, expect=None), "disabled", "the system's service")
    check(not os.path.exists(s.path("/var/lib/endpoint/identity.json")), "a second identity was left behind")
    s.down()
    s.boot()
    def runs():
        done = s.run("endpointctl", "service", "status", "--json", "--for", "alice", expect=None)
        now = json.loads(done.stdout)
        return (now["mode"], now["state"], now["answers"]) == ("application", "running", True)
    s.until(runs, "alice's application runs after a reboot, without alice signed in")
    steps, last = service(s, "mode", "service", "--for", "alice")
    equal((last["status"]["mode"], last["status"]["user"]), ("service", "endpoint"), f"{steps}")
    healthy(s, "endpoint")
    until_in_step(s)


def user_of_application(state):
    return state if state == "alice" else None


@needed
def every_state_from_every_other(s):
    """own user, SYSTEM, a chosen user and an application, each from each: owners, units and sockets, and a sync goes through"""
    modes.must_be(s, modes.WALK[0])
    for before, state in zip(modes.WALK, modes.WALK[1:]):
        steps, last = service(s, *modes.command_to(s, state))
        check(last["ok"], f"{before} to {state}: {steps} {last}")
        modes.must_be(s, state)
        until_in_step(s, user_of_application(state))


@needed
def every_state_by_screen(s, house):
    """the same on the screens, by root"""
    t = modes.screens(s, house)
    try:
        for state in modes.WALK[1:]:
            modes.screen_to(t, state)
            modes.must_be(s, state)
            until_in_step(s, user_of_application(state))
    finally:
        t.close()


@needed
def application_and_back(s):
    """the service goes back to the user it had before; a second user takes the application over; nothing empty is enabled"""
    service(s, "user", "bob")
    service(s, "mode", "application", "--for", "alice")
    steps, last = service(s, "mode", "service")
    equal(steps.get("unit-file"), None, f"the drop-in was still there: {steps}")
    modes.must_be(s, "bob")
    service(s, "user", "own")
    service(s, "mode", "application", "--for", "alice")
    steps, last = service(s, "mode", "application", "--for", "bob")
    equal((last["status"]["user"], last["status"]["answers"]), ("bob", True), f"{steps} {last}")
    check(not modes.exists(s, modes.ALICE[1] + "/identity.json"), "alice's files are left")
    check(modes.user_unit(s, "is-enabled") != "enabled", "alice's unit is enabled")
    until_in_step(s, "bob")
    # A plain user's program does not become the service's, and a link of theirs is not followed by root.
    s.run("sh", "-c", "ln -s /etc/shadow /home/bob/.config/endpoint/notes")
    steps, last = service(s, "mode", "service", expect=1)
    equal((steps["move"], last["rolled_back"]), ("fail", True), f"{steps} {last}")
    s.run("rm", "/home/bob/.config/endpoint/notes")
    s.run("sh", "-c", "printf '#!/bin/sh\\n' >/home/bob/.config/endpoint/mine && chmod 755 /home/bob/.config/endpoint/mine && "
          "chown bob: /home/bob/.config/endpoint/mine")
    modes.as_user(s, "bob", "endpointctl", "config", "set", "orders.command", "/home/bob/.config/endpoint/mine")
    steps, last = service(s, "mode", "service", expect=1)
    equal((steps["access"], last["rolled_back"]), ("fail", None), f"{steps} {last}")
    modes.as_user(s, "bob", "endpointctl", "config", "set", "orders.command", "")
    until_in_step(s, "bob")
    steps, last = service(s, "mode", "service")
    modes.must_be(s, "own")
    until_in_step(s)


@needed
def screens_beside_an_application(s, house):
    """root's screens beside a user's application set up no second endpoint: they say whose it is, and lead back"""
    service(s, "mode", "application", "--for", "alice")
    t = modes.screens(s, house, beside=True)
    try:
        t.see("An application of a user", "sudo -u alice endpoint-tui")
        t.press("Only change who runs it")
        t.see("runs as alice", "sudo -u alice endpoint-tui")
        modes.screen_to(t, "own")
        modes.must_be(s, "own")
    finally:
        t.close()


@needed
def application_rolled_back(s):
    """an application that does not come up: the service runs as before, and nothing of it is left with the user"""
    s.write("/etc/systemd/user/endpointd.service.d/10-refuse.conf", "[Service]\nExecStartPre=/bin/false\n")
    modes.as_user(s, "alice", "env", "XDG_RUNTIME_DIR=/run/user/1000", "systemctl", "--user", "daemon-reload")
    steps, last = service(s, "mode", "application", "--for", "alice", expect=1)
    equal((steps["start"], steps["undo start"], last["rolled_back"]), ("fail", "ok", True), f"steps {steps}")
    modes.must_be(s, "own")
    s.run("rm", "-r", "/etc/systemd/user/endpointd.service.d")
    modes.as_user(s, "alice", "env", "XDG_RUNTIME_DIR=/run/user/1000", "systemctl", "--user", "daemon-reload")
    until_in_step(s)


def paths_refused(s, *words, code, told, expect=6):
    done = ctl(s, "config", "set", *words, "--json", expect=expect)
    error = json.loads(done.stdout)["error"]
    equal(error["code"], code, f"{words}: {error}")
    check(told in error["text"] + error["remedy"], f"{words}: {error}")


def as_the_service(s):
    """What the running service says of the paths that are set: {setting: may it?}"""
    return {row["setting"]: row["ok"] for row in json.loads(ctl(s, "service", "paths", "--check", "--json", expect=None).stdout)["paths"]}


@needed
def import_directory(s):
    """the service can write to the directory that was set, made when asked, and who only root can use is refused"""
    drop_in = "/etc/systemd/system/endpointd.service.d/60-paths.conf"
    paths_refused(s, "orders.epp_dir", "/srv/import", code="path_missing", told="--create")
    equal(ctl(s, "config", "get", "orders.epp_dir").stdout.strip(), "", "nothing was saved")
    pid = show(s, "MainPID")
    ctl(s, "config", "set", "orders.writer=epp", "orders.epp_dir=/srv/import", "--create")
    equal(modes.stat(s, "/srv/import"), "770 endpoint:endpoint", "the directory")
    check('ReadWritePaths="-/srv/import"' in s.out("cat", drop_in), "no drop-in")
    check(show(s, "MainPID") != pid, "the service was not started again")
    healthy(s, "endpoint")
    equal(as_the_service(s)["orders.epp_dir"], True, "the service's own word")
    def writer(expect):
        answer = json.loads(ctl(s, "test", "--json", expect=None).stdout)
        checks = {c["code"]: c for c in answer["checks"]}
        equal(checks["service.paths"]["result"], expect, f"{checks['service.paths']}")
        return checks["service.paths"]
    writer("ok")
    # A directory that only root may write to, and files the service does not see, are not taken.
    s.run("sh", "-c", "mkdir /srv/roots && cp /etc/endpoint/panel-ca.pem /home/bob/ca.pem && cp /etc/endpoint/panel-ca.pem /tmp/ca.pem && "
          "install -m 700 /bin/true /usr/local/bin/mine && chmod 755 /home/bob && chmod 644 /home/bob/ca.pem /tmp/ca.pem")
    paths_refused(s, "orders.epp_dir", "/srv/roots", code="path_denied", told="setfacl -m u:endpoint:rwx /srv/roots")
    paths_refused(s, "panel.ca", "/home/bob/ca.pem", code="path_hidden", told="cannot see it")
    paths_refused(s, "erp.tls_ca", "/tmp/ca.pem", code="path_hidden", told="cannot see it")
    paths_refused(s, "orders.command", "/usr/local/bin/mine", code="path_denied", told="runs as endpoint")
    paths_refused(s, "panel.ca", "/etc/endpoint/none.pem", code="path_missing", told="--yes")
    healthy(s, "endpoint")
    # Said in spite of that: `test`, run by root, is red with the service's rights.
    ctl(s, "config", "set", "orders.epp_dir", "/srv/roots", "--yes")
    check("endpoint" in writer("fail")["text"], "whose rights")
    s.run("chown", "endpoint:", "/srv/roots")
    writer("ok")
    # A drop-in that is gone: the running service says so, with the command that mends it.
    s.run("rm", drop_in)
    s.run("systemctl", "daemon-reload")
    s.run("systemctl", "restart", UNIT)
    check("endpointctl service paths" in writer("fail")["remedy"], "remedy")
    ctl(s, "service", "paths")
    writer("ok")
    service(s, "user", "bob", expect=1)
    s.run("chmod", "777", "/srv/roots")
    service(s, "user", "bob")
    equal(as_the_service(s)["orders.epp_dir"], True, "as bob")
    service(s, "user", "own")
    ctl(s, "config", "unset", "orders.epp_dir")
    check(not os.path.exists(s.path(drop_in)), "the drop-in is left")
    ctl(s, "config", "set", "orders.writer", "off")
    until_in_step(s)


@needed
def import_directory_by_screen(s, house):
    """the same on the screen: asked, made, opened, saved"""
    t = modes.screens(s, house)
    try:
        t.keys("M-4")
        t.go("Writer")
        t.keys("Right")
        t.see("Import directory")
        t.go("Import directory")
        t.field("/srv/by-screen")
        t.keys("C-s")
        t.see("Make the directory?")
        t.press("Make it and save")
        t.see("Saved; endpointd uses it now.")
        equal(modes.stat(s, "/srv/by-screen"), "770 endpoint:endpoint", "the directory")
        equal(as_the_service(s)["orders.epp_dir"], True, "the service's own word")
        t.go("Import directory")
        t.field("/home/bob")
        t.keys("C-s")
        t.see("endpointd cannot use this", "cannot see it")
        t.keys("Enter")
        t.gone("endpointd cannot use this")
        equal(ctl(s, "config", "get", "orders.epp_dir").stdout.strip(), "/srv/by-screen", "what is saved")
    finally:
        t.close()
    ctl(s, "config", "unset", "orders.epp_dir")
    ctl(s, "config", "set", "orders.writer", "off")


@needed
def upgraded_and_purged(s):
    """an upgrade keeps configuration and state and runs on; removing keeps them, purging takes them"""
    before = s.out("sh", "-c", "sha256sum /etc/endpoint/endpoint.conf /var/lib/endpoint/identity.json")
    pid = show(s, "MainPID")
    s.run("chown", "alice", "/etc/endpoint", "/etc/endpoint/endpoint.conf") # as earlier versions left it after an application
    s.run("sh", "-c", "dpkg -i /root/endpoint_*.deb")
    equal((owner(s, "/etc/endpoint"), owner(s, "/etc/endpoint/endpoint.conf")), ("root", "root"), "whose configuration it is")
    equal(s.out("sh", "-c", "sha256sum /etc/endpoint/endpoint.conf /var/lib/endpoint/identity.json"), before, "kept")
    check(show(s, "MainPID") != pid, "the old program still runs")
    s.until(lambda: state(s)["answers"], "it answers")
    healthy(s, "endpoint")
    s.run("dpkg", "-r", "endpoint")
    check(s.run("pgrep", "-x", "endpointd", expect=None).returncode == 1, "it runs after its removal")
    check(os.path.exists(s.path("/etc/endpoint/endpoint.conf")) and os.path.exists(s.path("/var/lib/endpoint/identity.json")),
          "removing took configuration or state")
    s.run("dpkg", "-P", "endpoint")
    for path in ("/etc/endpoint", "/var/lib/endpoint", "/var/log/endpoint", "/etc/pam.d/endpoint",
                 "/etc/systemd/system/multi-user.target.wants/endpointd.service"):
        check(not os.path.lexists(s.path(path)), f"purging left {path}")
    s.run("dpkg", "-P", "endpoint-panel")
    for path in ("/var/lib/endpoint-panel", "/etc/endpoint-panel", "/etc/default/endpoint-panel"):
        check(not os.path.lexists(s.path(path)), f"purging left {path}")


run_tests([installed, panel, first_sync, hardened, journal, watchdog, credentials, users, rolled_back, rebooted, application,
           every_state_from_every_other, every_state_by_screen, application_and_back, screens_beside_an_application, application_rolled_back, import_directory,
           import_directory_by_screen, upgraded_and_purged])
