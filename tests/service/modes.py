"""Who runs the endpoint, as one table of states: what owners, units and sockets are in each, and a walk that goes
from each to every other."""
import json
import os
import shlex
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tui"))
import terminal  # noqa: E402
from harness import check, equal  # noqa: E402

UNIT = "endpointd.service"
DROP_IN = "/etc/systemd/system/endpointd.service.d/50-user.conf"
ALICE = "/home/alice/.config/endpoint", "/home/alice/.local/state/endpoint"
# Every ordered pair once: an Eulerian circuit.
WALK = "own system own bob own alice system bob system alice bob alice own".split()
USERS = {"own": "endpoint", "system": "root", "bob": "bob"}


def stat(s, path):
    return s.out("stat", "-c", "%a %U:%G", path, expect=None)


def exists(s, path):
    return s.run("test", "-e", path, expect=None).returncode == 0


def as_user(s, user, *words, **more):
    """As `sudo -u USER` would: that user's HOME, and no variables of a session."""
    return s.run("runuser", "-u", user, "--", "env", f"HOME=/home/{user}", *words, **more)


def user_unit(s, verb):
    return s.out("systemctl", "--user", "--machine=alice@", verb, UNIT, expect=None)


def strangers(s, path, user):
    """What below path is not this user's, or may be read by others."""
    return s.out("find", path, "!", "-user", user, "-o", "-type", "f", "-perm", "/077", expect=None)


def system_is(s, user):
    group = s.out("id", "-gn", user)
    equal((s.out("systemctl", "is-enabled", UNIT, expect=None), s.out("systemctl", "is-active", UNIT, expect=None)),
          ("enabled", "active"), f"the unit as {user}")
    equal(s.out("systemctl", "show", "-P", "User", UNIT), user, "the unit's user")
    equal(exists(s, DROP_IN), user != "endpoint", f"a drop-in for {user}")
    equal((stat(s, "/etc/endpoint"), stat(s, "/etc/endpoint/endpoint.conf")),
          (f"2750 root:{group}", f"640 root:{group}"), f"the configuration of {user}'s service")
    equal(stat(s, "/var/lib/endpoint"), f"700 {user}:{group}", "the state")
    equal(strangers(s, "/var/lib/endpoint", user), "", "what in the state is not the user's alone")
    check(exists(s, "/run/endpoint/control.sock"), "no control socket")
    check(not exists(s, "/etc/endpoint/application.user"), "an application is on record")
    for path in (ALICE[0] + "/endpoint.conf", ALICE[1] + "/identity.json", "/run/user/1000/endpoint/control.sock"):
        check(not exists(s, path), f"{path} is left behind")
    check(user_unit(s, "is-enabled") != "enabled" and user_unit(s, "is-active") != "active", "alice's unit is in use")


def application_is(s):
    equal((user_unit(s, "is-enabled"), user_unit(s, "is-active")), ("enabled", "active"), "alice's unit")
    check(s.out("systemctl", "is-enabled", UNIT, expect=None) == "disabled" and
          s.out("systemctl", "is-active", UNIT, expect=None) == "inactive", "the system's unit is in use")
    equal([stat(s, path) for path in (ALICE[0], ALICE[0] + "/endpoint.conf", ALICE[1], ALICE[1] + "/identity.json")],
          ["700 alice:alice", "600 alice:alice", "700 alice:alice", "600 alice:alice"], "alice's files")
    equal(strangers(s, ALICE[1], "alice") + strangers(s, ALICE[0], "alice"), "", "what is not alice's alone")
    check(exists(s, "/run/user/1000/endpoint/control.sock"), "no control socket of alice's")
    equal(s.out("cat", "/etc/endpoint/application.user"), "alice", "whose application it is")
    said = s.run("endpointctl", "status", expect=None)
    check("application of alice" in said.stdout and "sudo -u alice" in said.stdout, f"what root's status says: {said.stdout}")
    for path in ("/etc/endpoint/endpoint.conf", "/var/lib/endpoint/identity.json", "/var/lib/endpoint/secrets.json",
                 "/run/endpoint/control.sock"):
        check(not exists(s, path), f"{path} is left behind")
    # What the system's service would read and run is not alice's to change.
    equal(s.out("find", "/etc/endpoint", "!", "-user", "root"), "", "what in /etc/endpoint is not root's")
    for command in ("touch /etc/endpoint/endpoint.conf", "touch /var/lib/endpoint/x", "ls /etc/endpoint",
                    "endpointctl --config /etc/endpoint/endpoint.conf config set orders.command /bin/sh"):
        check(as_user(s, "alice", "sh", "-c", command, expect=None).returncode != 0, f"alice may: {command}")


def must_be(s, state):
    """Owners, units and sockets as they are in this state; and the endpoint works in it."""
    if state == "alice":
        application_is(s)
        answer = as_user(s, "alice", "endpointctl", "service", "status", "--json", expect=None)
    else:
        system_is(s, USERS[state])
        answer = s.run("endpointctl", "service", "status", "--json", expect=None)
    now = json.loads(answer.stdout)
    equal((now["state"], now["answers"], now["user"]), ("running", True, USERS.get(state, state)), f"{state}: {now}")
    said = json.loads(s.run("endpointctl", "service", "status", "--json", expect=None).stdout)
    equal((said["mode"], said["user"]), (now["mode"], now["user"]), "what root is told")


def command_to(s, state):
    if state == "alice":
        return ["mode", "application", "--for", "alice"]
    return ["user", state]


LABELS = {"own": "the endpoint's own user", "system": "special user", "bob": "chosen user", "alice": "Run as an application"}


def screens(s, house, beside=False):
    """endpoint-tui as root in the container, at tab 2."""
    command = ["nsenter", "-t", str(s.leader), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w", "env", "-i",
               "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root", "TERM=xterm-256color", "endpoint-tui"]
    t = terminal.Terminal(house.dir, 100, 50, " ".join(shlex.quote(word) for word in command))
    if not beside:
        t.see("[3 Summary]")
        t.keys("M-2")
        t.see("running")
    return t


def screen_to(t, state):
    t.go(LABELS[state])
    t.keys("Space")
    if state in ("bob", "alice"):
        t.go("Name" if state == "bob" else "User")
        t.field(state)
    t.see("[2 Service user*]")
    t.keys("C-s")
    if state == "system":
        t.see("Run as SYSTEM?")
        t.press("Run it as root")
    screen = t.wait(lambda text: ("Done." in text and "[2 Service user]" in text) or "Everything is back" in text or
                    "FAIL" in text, f"{state} is reached")
    check("Done." in screen, f"{state}:\n{screen}")
    t.see(f"(•) {LABELS[state]}")
