"""endpointctl service against a systemctl that stands in: every change is whole or undone, whatever step fails.
The daemon that the stand-in starts is the real one."""
import json
import os
import pwd
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from harness import SOURCE, Failure, check, equal, house, program, run_tests  # noqa: E402

HERE = os.path.abspath(os.path.join(SOURCE, "tests", "service"))
ROOT = os.geteuid() == 0
# Somebody who exists and whom we may hand files to: root can to anybody, others only to themselves.
OTHER = "nobody" if ROOT else pwd.getpwuid(os.geteuid()).pw_name


class Stage:
    """A system of our own below the house's directory, with the stand-in first on PATH."""

    def __init__(self, h, systemd=True, registered=True):
        self.h = h
        self.dir = h.path("standin")
        root = h.path("root")
        for name in (self.dir, root + "/etc/systemd/system", root + "/proc/self", h.path("bin")):
            os.makedirs(name)
        os.chmod(h.dir, 0o755)
        if systemd:
            os.makedirs(root + "/run/systemd/system")
        for name in ("systemctl", "systemd-analyze", "journalctl", "loginctl"):
            os.symlink(os.path.join(HERE, "systemctl"), h.path("bin", name))
        self.write("command", "\n".join([program("endpointd"), "--config", h.path("etc/endpoint.conf"), "--state-dir",
                                         h.path("state"), "--runtime-dir", h.path("run")]))
        self.write("socket", h.path("run/control.sock"))
        h.write("root/proc/self/cgroup", "0::/user.slice/user-0.slice/session-1.scope\n")
        self.drop_in = root + "/etc/systemd/system/endpointd.service.d/50-user.conf"
        self.environment = dict(h.environment, STANDIN=self.dir, ENDPOINT_SERVICE_ROOT=root,
                                PATH=h.path("bin") + ":" + os.environ["PATH"])
        for name in ("SUDO_UID", "SUDO_USER"):
            self.environment.pop(name, None)
        if registered:
            h.start_panel()
            h.write("etc/endpoint.conf", f'panel : {{ url = "{h.panel_url}"; ca = "{h.path("panel-tls/ca.pem")}"; }};\n'
                    'erp : { type = "subiekt-gt"; server = "localhost"; database = "X"; user = "x"; };\n')
            for name in (h.dir, h.path("panel-tls")):
                os.chmod(name, 0o755)
            os.chmod(h.path("panel-tls/ca.pem"), 0o644)
            h.register()
        else:
            h.write("etc/endpoint.conf", "")

    def write(self, name, text):
        with open(os.path.join(self.dir, name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.dir, name), encoding="utf-8") as file:
            return file.read()

    def ctl(self, *words, expect=0, stdin=None, **environment):
        return self.h.ctl("service", *words, expect=expect, stdin=stdin,
                          environment=dict(self.environment, **environment))

    def status(self):
        return json.loads(self.ctl("status", "--json", expect=None).stdout)

    def change(self, *words, expect=0, **environment):
        """The steps' words with their results, and the last line."""
        lines = [json.loads(line) for line in self.ctl(*words, "--json", expect=expect, **environment).stdout.splitlines()]
        return [(("undo " if s["undo"] else "") + s["step"], s["result"]) for s in lines[:-1]], lines[-1]

    def start(self):
        self.ctl("start")

    def calls(self):
        if not os.path.exists(os.path.join(self.dir, "calls")):
            return []
        return [line.split()[3] for line in self.read("calls").splitlines()
                if line.startswith("systemctl") and "--user" not in line and " show " not in line]

    def owner(self, name="state"):
        return pwd.getpwuid(os.stat(self.h.path(name)).st_uid).pw_name

    def close(self):
        self.write("fail", "")
        subprocess.run([os.path.join(self.h.path("bin"), "systemctl"), "stop"], env=self.environment, check=False)


def staged(**options):
    """A test with a stage of its own, which is always taken down."""
    def wrap(test):
        def run(h):
            stage = Stage(h, **options)
            try:
                test(h, stage)
            finally:
                stage.close()
        run.__name__, run.__doc__ = test.__name__, test.__doc__
        return run
    return wrap


@staged(systemd=False, registered=False)
def without_systemd(h, s):
    """without systemd it says so, and how to run in the foreground"""
    equal(s.status()["systemd"], False, "systemd")
    done = s.ctl("start", expect=4)
    check("no systemd" in done.stderr and "endpointd" in done.stderr, done.stderr)
    equal(s.change("restart", expect=4)[1]["error"]["code"], "no_systemd", "code")


@staged()
def start_stop(h, s):
    """start, restart, stop and autostart do it, and status says what is"""
    equal(s.status()["state"], "stopped", "before")
    steps, last = s.change("start")
    equal(steps, [("start", "ok"), ("health", "ok")], "steps")
    first = last["status"]
    equal((first["state"], first["answers"], first["autostart"], first["mode"], first["watchdog_ms"]),
          ("running", True, "boot", "service", 60000), "status")
    equal(s.status()["exposure"], "1.1", "exposure")
    s.ctl("restart")
    check(s.status()["pid"] != first["pid"], "restart made no new process")
    s.ctl("autostart", "off")
    equal(s.status()["autostart"], "off", "autostart")
    s.ctl("stop")
    equal(s.status()["state"], "stopped", "after stop")


@staged(registered=False)
def unregistered(h, s):
    """before registration it starts nothing and says what to do"""
    equal(s.status()["state"], "waiting-registration", "state")
    check("register" in s.ctl("start", expect=1).stderr, "no word about registering")
    check("start" not in s.calls(), "it started something")


@staged(registered=False)
def started_by_registration(h, s):
    """registering starts the service that was enabled and waited for it; one that is not enabled stays off"""
    h.start_panel()
    h.write("etc/endpoint.conf", f'panel : {{ url = "{h.panel_url}"; ca = "{h.path("panel-tls/ca.pem")}"; }};\n')
    h.environment, plain = s.environment, h.environment
    try:
        done = h.register()
    finally:
        h.environment = plain
    equal(json.loads(done.stdout)["running"], True, "running")
    equal((s.status()["state"], s.status()["answers"]), ("running", True), "state")
    s.ctl("stop")
    s.ctl("autostart", "off")
    h.environment = s.environment
    try:
        h.ctl("register", "--again", "--token-file", h.write("second", h.panel("token", "new").stdout.split()[-1]))
    finally:
        h.environment = plain
    equal(s.status()["state"], "stopped", "state of a service that was switched off")


@staged()
def no_rights(h, s):
    """without rights nothing is tried, and the sudo command is said"""
    for words in (["start"], ["restart"], ["user", "own"], ["autostart", "off"]):
        done = s.ctl(*words, expect=5, ENDPOINT_SERVICE_PLAIN="1")
        check("sudo endpointctl service " + " ".join(words) in done.stderr, done.stderr)
    equal(s.calls(), [], "calls of systemctl that change something")
    equal(s.change("user", OTHER, expect=5, ENDPOINT_SERVICE_PLAIN="1")[1]["rolled_back"], None, "rolled_back")


@staged()
def user_changed(h, s):
    """the user is changed: files handed over, drop-in written, restarted, healthy"""
    s.write("unit-user", "root")
    s.start()
    pid = s.status()["pid"]
    steps, last = s.change("user", OTHER)
    equal(steps, [("unit", "ok"), ("account", "ok"), ("password", "skipped"), ("access", "ok"), ("stop", "ok"),
                  ("ownership", "ok"), ("unit-file", "ok"), ("reload", "ok"), ("start", "ok"), ("health", "ok")], "steps")
    equal((last["status"]["user"], last["status"]["account"]), (OTHER, "chosen"), "user")
    check(last["status"]["pid"] != pid, "it was not restarted")
    with open(s.drop_in, encoding="utf-8") as file:
        check(f"\nUser={OTHER}\n" in file.read(), "the drop-in does not name the user")
    equal((s.owner(), s.owner("state/identity.json")), (OTHER, OTHER), "owner")
    equal(os.stat(h.path("etc/endpoint.conf")).st_mode & 0o040, 0o040, "the group's right to read")
    equal(s.calls()[-3:], ["stop", "daemon-reload", "start"], "calls")


@staged()
def stopped_stays_stopped(h, s):
    """a service that was stopped is tried and stopped again"""
    steps, last = s.change("user", OTHER)
    equal(steps[-1], ("restore", "ok"), "last step")
    equal((last["status"]["state"], last["status"]["user"]), ("stopped", OTHER), "status")


@staged()
def whose_program(h, s):
    """a program of orders.command that others can change is none for the service: everybody, another user, another group"""
    tools, tool = h.path("tools"), h.path("tools", "order")
    os.mkdir(tools, 0o755)
    h.write("tools/order", "#!/bin/sh\n", 0o755)
    os.chmod(tool, 0o755)
    h.write("etc/endpoint.conf", h.read("etc/endpoint.conf") + f'orders : {{ command = "{tool}"; }};\n')
    equal(s.change("user", OTHER, "--check")[0][-1], ("access", "ok"), "root's own")
    changes = ((lambda: os.chmod(tools, 0o777), "everybody"), (lambda: (os.chmod(tools, 0o775), os.chown(tools, 0, 54321)), "group 54321"),
                        (lambda: (os.chmod(tools, 0o755), os.chown(tools, 54321, 0)), "user 54321"))
    for change, who in changes if ROOT else changes[:1]:
        change()
        steps, last = s.change("user", OTHER, "--check", expect=1)
        equal((steps[-1], last["error"]["code"]), (("access", "fail"), "access"), who)
        check(f"can be changed by {who}, who would get the rights of {OTHER}" in last["error"]["text"], str(last))


@staged()
def only_checked(h, s):
    """--check asks everything and changes nothing"""
    s.start()
    before = s.calls()
    steps, last = s.change("user", OTHER, "--check")
    equal(steps[-1], ("access", "ok"), "last step")
    equal(s.calls(), before, "calls")
    equal(s.change("user", "nobody-at-all", "--check", expect=4)[1]["error"]["code"], "account_unknown", "code")
    check(not os.path.exists(s.drop_in), "there is a drop-in")


def rolled_back(s, why, **environment):
    owner, user, pid = s.owner(), s.status()["user"], s.status()["pid"]
    steps, last = s.change("user", OTHER, expect=1, **environment)
    equal((last["ok"], last["rolled_back"]), (False, True), f"{why}: outcome {steps}")
    now = s.status()
    equal((now["state"], now["user"], now["answers"]), ("running", user, True), f"{why}: status")
    equal(s.owner(), owner, f"{why}: owner")
    check(not os.path.exists(s.drop_in), f"{why}: the drop-in is still there")
    return last["error"], pid


@staged()
def fails_at_each_step(h, s):
    """a change that fails at any step is undone, with the reason, and the old service runs"""
    s.write("unit-user", pwd.getpwuid(os.geteuid()).pw_name)
    s.start()
    reloads = s.calls().count("daemon-reload")
    for fail in ("stop=1 Job timed out", "daemon-reload=%d Reload refused"):
        for name in os.listdir(s.dir):
            if name.startswith("count-"):
                os.unlink(os.path.join(s.dir, name))
        s.write("fail", fail % 1 if "%" in fail else fail)
        error, _ = rolled_back(s, fail)
        check(("timed out" in error["text"]) or ("refused" in error["text"]), f"{fail}: the reason is missing: {error}")
    s.write("fail", "")
    s.write("last-words", "cannot open the ledger\n")
    s.write("refused-users", OTHER if ROOT else "")
    if ROOT:
        error, _ = rolled_back(s, "refused to start")
        check("cannot open the ledger" in error["text"], error["text"])
        s.write("refused-users", "")
        s.write("dying-users", OTHER)
        error, pid = rolled_back(s, "dies after its start")
        check("cannot open the ledger" in error["text"], error["text"])
    check(s.calls().count("daemon-reload") > reloads, "it never came so far")


@staged()
def ownership_fails(h, s):
    """files that cannot be handed over stop the change before the unit is touched"""
    s.write("unit-user", pwd.getpwuid(os.geteuid()).pw_name)
    s.start()
    os.link(h.write("elsewhere", "x"), h.path("state/second-name"))
    steps, last = s.change("user", OTHER, expect=1)
    check(("ownership", "fail") in steps and ("unit-file", "ok") not in steps, f"{steps}")
    equal(s.status()["state"], "running", "state")
    check("daemon-reload" not in s.calls(), "the unit was touched")


@staged()
def unreadable_authority(h, s):
    """a file that the new user could not read is named before anything is changed"""
    if not ROOT:
        return
    os.mkdir(h.path("locked"), 0o700)
    h.write("locked/ca.pem", "x")
    h.ctl("config", "set", "panel.ca", h.path("locked/ca.pem"))
    steps, last = s.change("user", OTHER, expect=1)
    check("panel.ca" in last["error"]["text"] and last["rolled_back"] is None, f"{last}")
    equal([c for c in s.calls() if c != "start"], [], "calls")


@staged()
def cut_session(h, s):
    """it asks before it would end the session that it runs in"""
    s.start()
    h.write("root/proc/self/cgroup", "0::/system.slice/endpointd.service\n")
    for words in (["restart"], ["stop"], ["user", OTHER]):
        equal(s.change(*words, expect=6)[1]["error"]["code"], "would_cut_session", " ".join(words))
    equal(s.status()["state"], "running", "state")
    s.ctl("stop", "--yes")
    equal(s.status()["state"], "stopped", "state")


@staged()
def password(h, s):
    """another person's account needs its password, verified and never in an argument; one that root types is proved, too"""
    person = next((p.pw_name for p in pwd.getpwall() if p.pw_uid != 0 and p.pw_uid != os.geteuid() and
                   not p.pw_shell.endswith(("nologin", "false", "sync"))), None)
    if not person or not ROOT:
        return
    asked = {"SUDO_UID": "4242"}
    steps, last = s.change("user", person, "--check", expect=1, **asked)
    equal(last["error"]["code"], "password_needed", "code")
    h.write("wrong", "not-the-password\n")
    steps, last = s.change("user", person, "--password-file", h.path("wrong"), expect=1, **asked)
    equal((last["error"]["code"], last["rolled_back"]), ("password_wrong", None), "wrong password")
    # Root needs none; but "done" after a wrong one that was typed would be a lie.
    steps, last = s.change("user", person, "--password-file", h.path("wrong"), expect=1)
    equal((("password", "fail") in steps, last["error"]["code"]), (True, "password_wrong"), f"root's wrong password: {steps}")
    steps, last = s.change("user", person, "--check")
    check(("password", "skipped") in steps, f"root without a password: {steps}")
    equal(s.calls(), [], "calls")


run_tests([without_systemd, start_stop, unregistered, started_by_registration, no_rights, user_changed, stopped_stays_stopped, whose_program, only_checked,
           fails_at_each_step, ownership_fails, unreadable_authority, cut_session, password])
