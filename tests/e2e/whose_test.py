"""Whose configuration it is, and what comes next: a plain user beside the service of the machine, and a fresh installation."""
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tui"))
from terminal import Terminal  # noqa: E402
from harness import SLOW, Skip, check, equal, house, program, run_tests

NOBODY = 65534


class Person:
    """A plain user with a home of his own, on a machine whose /etc and /run are below h's directory."""

    def __init__(self, h):
        os.chmod(h.dir, 0o755)
        self.h, self.home, self.root = h, h.write_dir("home"), h.write_dir("root")
        self.ctl_path = shutil.copy(program("endpointctl"), h.path("endpointctl"))  # of a build that he may not enter
        self.environment = {"HOME": self.home, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "NO_COLOR": "1",
                            "ENDPOINT_SERVICE_ROOT": self.root, "ENDPOINT_ERP_DIR": h.write_dir("erp")}
        self.own = os.path.join(self.home, ".config", "endpoint", "endpoint.conf")
        if os.geteuid() == 0:
            os.chown(self.home, NOBODY, NOBODY)
        if os.access("/etc/endpoint/endpoint.conf", os.R_OK):
            raise Skip("Endpoint is installed on this machine")

    def ctl(self, *words, expect=0, **environment):
        def become():
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
        done = subprocess.run([self.ctl_path, *words], capture_output=True, text=True, timeout=60 * SLOW, check=False, stdin=subprocess.DEVNULL,
                              env=dict(self.environment, **environment), preexec_fn=become, cwd="/")
        equal(done.returncode, expect, f"{words}: {done.stdout}{done.stderr}")
        return done

    def service(self):
        """The service's socket, which only root and the service's user may use."""
        os.makedirs(os.path.join(self.root, "run", "endpoint"))
        s = socket.socket(socket.AF_UNIX)
        s.bind(os.path.join(self.root, "run", "endpoint", "control.sock"))
        s.listen()
        os.chmod(os.path.join(self.root, "run", "endpoint"), 0o700)
        return s


@house(rows=20)
def beside(h):
    """beside a running service: what asks endpointd offers sudo (exit 5), register refuses, config names both files, nothing shows the home's as the service's"""
    person = Person(h)
    with person.service():
        for words in (("status",), ("plugins",), ("orders",), ("held",), ("journal",), ("sync",), ("reload",), ("metrics",)):
            done = person.ctl(*words, expect=5)
            said = done.stdout + done.stderr
            check("Endpoint runs on this machine as a service" in said and "sudo endpointctl" in said, f"{words}: {said}")
            check("systemctl" not in said and "[ OK ]" not in said, f"{words}: {said}")
        answer = json.loads(person.ctl("status", "--json", expect=5).stdout)
        equal((answer["ok"], answer["error"]["code"]), (False, "rights"), "as JSON")
        done = person.ctl("register", "--panel", "https://panel.example.com", expect=5)
        check("this would register another one, your own" in done.stderr and "sudo endpointctl register" in done.stderr, done.stderr)
        done = person.ctl("config", "set", "erp.server", "localhost")
        check(f"erp.server is set in {person.own};" in done.stdout, done.stdout)
        warning = f"this is {person.own}, your own; the service that runs on this machine works with /etc/endpoint/endpoint.conf"
        check(warning in done.stderr and "sudo endpointctl" in done.stderr, done.stderr)
        answer = json.loads(person.ctl("config", "set", "erp.port", "1433", "--json").stdout)
        equal((answer["file"], answer["warning"]["code"]), (person.own, "another_configuration"), "as JSON")
        for words, code in ((("config", "list"), 2), (("config", "check"), 2), (("config", "unset", "erp.port"), 0)):
            check(warning in person.ctl(*words, expect=code).stderr or code == 2, f"{words}")
        with open(person.own, "w", encoding="utf-8") as file:
            file.write("")
        for words in (("config", "list"), ("config", "get", "erp.port"), ("config", "check")):
            done = person.ctl(*words)
            check(warning in done.stderr, f"{words}: {done}")
        equal(person.ctl("config", "get", "erp.port").stdout, "0\n", "the value alone, for scripts")
        check(person.ctl("config", "list").stdout.startswith(f"# {person.own}\n"), "a list names its file")
        check(warning in person.ctl("test", expect=8).stderr, "test")
        # Who names the places means them.
        done = person.ctl("--config", person.own, "config", "set", "erp.port", "1433")
        equal(done.stderr, "", "no warning")


@house(rows=20)
def fresh(h):
    """a fresh installation says what comes next: sudo endpoint-tui where it is installed, endpoint-tui where it is one's own; never systemctl"""
    person = Person(h)
    os.makedirs(os.path.join(person.root, "etc", "endpoint"))
    for words in (("status",), ("plugins",), ("orders",), ("held",)):
        done = person.ctl(*words, expect=8)
        said = done.stdout + done.stderr
        check("is not set up yet" in said and "Run: sudo endpoint-tui (or sudo endpointctl register)" in said, f"{words}: {said}")
        check("systemctl" not in said, said)
    check("(not registered)" in person.ctl("status", expect=8).stdout, "status")
    for words in (("test",), ("test", "connection"), ("erp", "check"), ("lookup", "warehouses")):
        done = person.ctl(*words, expect=8)
        check("no ERP is chosen yet" in done.stdout + done.stderr and "sudo endpoint-tui" in done.stdout + done.stderr, f"{words}: {done}")
    check("is not set up yet" in person.ctl("journal", expect=8).stderr, "journal")
    check("Run: sudo endpoint-tui" in person.ctl("config", "check", expect=4).stderr, "config check")
    done = person.ctl("config", "set", "erp.server", "localhost")
    check("that of the service on this machine is /etc/endpoint/endpoint.conf" in done.stderr, done.stderr)
    os.rmdir(os.path.join(person.root, "etc", "endpoint"))
    check("Run: endpoint-tui (or endpointctl register)" in person.ctl("status", expect=8).stdout, "his own")
    equal(person.ctl("config", "set", "erp.server", "localhost").stderr, "", "his own, and no other")
    done = h.ctl("status", expect=8)
    check("Run: endpoint-tui" in done.stdout and "sudo" not in done.stdout, done.stdout)
    h.start_sandbox()
    h.start_panel()
    h.configure()
    h.register()
    done = h.ctl("status", expect=3)
    check("endpointd does not run" in done.stdout and "> Start it: endpointd\n" in done.stdout, done.stdout)


@house(rows=20)
def application(h):
    """root where a user's application runs and no service: config names both files"""
    person = Person(h)
    if os.geteuid() != 0:
        raise Skip("only root has the service's files")
    user = pwd.getpwuid(NOBODY)
    directory = os.path.join(person.root, "run", "user", str(NOBODY), "endpoint")
    os.makedirs(directory)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(os.path.join(directory, "control.sock"))
        s.listen()
        done = h.run([program("endpointctl"), "config", "get", "log.level"], environment=dict(h.environment, ENDPOINT_SERVICE_ROOT=person.root,
                                                                                             SUDO_USER=user.pw_name))
    equal(done.stdout, "info\n", "the value")
    check(f"the application of {user.pw_name} that runs here works with {user.pw_dir}/.config/endpoint/endpoint.conf" in done.stderr, str(done))
    check(f"as {user.pw_name} and without sudo" in done.stderr, str(done))


@house(rows=20)
def screens(h):
    """endpoint-tui of a plain user beside the service: told so and offered sudo, not the registration; with sudo it starts anew"""
    person = Person(h)
    if not shutil.which("setpriv") or os.geteuid() != 0:
        raise Skip("no setpriv here, or not root")
    tui = shutil.copy(program("endpoint-tui"), h.path("endpoint-tui"))
    h.write_dir("bin")
    h.write("bin/sudo", f'#!/bin/sh\necho "with sudo: $*" >{person.home}/sudo\n', 0o755)
    run = f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups {tui} --lang en"
    environment = dict(person.environment, PATH=h.path("bin") + ":" + os.environ["PATH"], LC_ALL="C.UTF-8")
    with person.service():
        for choice, wanted in (("Start with sudo", "ENDED 0"), ("Set up my own", "Register this endpoint"), ("Quit", "ENDED 0")):
            t = Terminal(h.dir, command=run, environment=environment)
            try:
                t.see("This machine's service", "Endpoint runs on this machine as a service, with", "/etc/endpoint/endpoint.conf")
                t.press(choice)
                t.see(wanted)
            finally:
                t.close()
    equal(h.read("home/sudo"), f"with sudo: {tui} --lang en --lang en\n", "what sudo starts")


if __name__ == "__main__":
    run_tests([beside, fresh, application, screens])
