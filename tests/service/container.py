"""A whole system with its own systemd, booted by systemd-nspawn in a directory: what a unit promises is tried there.

The tree is made once by debootstrap, from the mirror that apt uses here, and kept in the build tree; each
Container works on a copy. The system runs in a control group of its own and without the network."""
import contextlib
import fcntl
import glob
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from harness import BUILD, Failure, Skip  # noqa: E402

BASE = ("systemd systemd-sysv dbus dbus-user-session libpam-systemd login passwd procps iproute2 util-linux tdsodbc "
        "libpam-runtime").split()
HOME = os.path.join(BUILD, "nspawn")
WITHIN = 300 # for debootstrap, on a slow mirror


def suites():
    """Codename → mirror of what apt has the component main of."""
    done = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)",
                           "Created-By: Packages"], capture_output=True, text=True, check=False)
    lines = [line.split() for line in done.stdout.splitlines()]
    return {words[1]: words[0] for words in reversed(lines) if len(words) == 3 and words[2] == "main"}


def codename():
    """This system's; what will be the next release calls itself so, and is apt's sid."""
    own = ""
    with open("/etc/os-release", encoding="utf-8") as file:
        for line in file:
            if line.startswith("VERSION_CODENAME="):
                own = line.split("=", 1)[1].strip().strip('"')
    return "sid" if own not in suites() and "sid" in suites() else own


def mirror():
    return suites().get(codename())


def need():
    """Skip, with the reason, where no system can be booted."""
    if os.geteuid() != 0:
        raise Skip("only root can boot a system in a container")
    if os.environ.get("SANITIZER_RUN"):
        raise Skip("tested once, in the plain build")
    for name in ("systemd-nspawn", "debootstrap", "nsenter"):
        if not shutil.which(name):
            raise Skip(f"no {name} here (Debian: systemd-container, debootstrap, util-linux)")
    if not groups():
        raise Skip("no control group of ours can be made below /sys/fs/cgroup")


def groups():
    """The hierarchies in which a control group can be made."""
    hybrid = [d for d in ("/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd") if os.path.exists(d + "/cgroup.procs")]
    found = hybrid or [d for d in ("/sys/fs/cgroup",) if os.path.exists(d + "/cgroup.procs")]
    return [d for d in found if os.access(d, os.W_OK) and not os.statvfs(d).f_flag & os.ST_RDONLY]


def libraries(debs):
    """Packages that these need, by their Depends: the first alternative of each."""
    names = []
    for deb in debs:
        text = subprocess.run(["dpkg-deb", "-f", deb, "Depends"], capture_output=True, text=True, check=True).stdout
        names += [part.split("|")[0].split("(")[0].strip() for part in text.split(",") if part.strip()]
    return names


def base_tree(packages):
    """The pristine tree with these packages; made when it is not there."""
    os.makedirs(HOME, exist_ok=True)
    tree, list_file = os.path.join(HOME, "base"), os.path.join(HOME, "base.packages")
    wanted = " ".join([codename(), *sorted(set(packages))])
    with open(os.path.join(HOME, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError), open(list_file, encoding="utf-8") as file:
            if file.read() == wanted:
                return tree
        source = mirror()
        if not source:
            raise Skip("apt knows no mirror of this distribution")
        shutil.rmtree(tree, ignore_errors=True)
        with open(os.path.join(HOME, "debootstrap.log"), "wb") as log:
            try:
                code = subprocess.run(["debootstrap", "--variant=minbase", "--include=" + ",".join(sorted(set(packages))),
                                       codename(), tree, source], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                      timeout=WITHIN, check=False).returncode
            except subprocess.TimeoutExpired:
                code = -1
        if code != 0:
            raise Skip(f"debootstrap could not make a system here ({code}; see nspawn/debootstrap.log in the build tree)")
        for pattern in ("var/cache/apt/archives/*.deb", "var/lib/apt/lists/*_*", "usr/share/doc/*", "usr/share/locale/*"):
            for path in glob.glob(os.path.join(tree, pattern)):
                subprocess.run(["rm", "-rf", path], check=True)
        for name, text in (("etc/hostname", "endpoint-test\n"), ("etc/machine-id", ""),
                           ("etc/hosts", "127.0.0.1 localhost endpoint-test\n")):
            with open(os.path.join(tree, name), "w", encoding="utf-8") as file:
                file.write(text)
        os.makedirs(os.path.join(tree, "var/log/journal"), exist_ok=True)
        subprocess.run(["chroot", tree, "systemctl", "-q", "mask", "console-getty.service"], check=True)
        for user in ("alice", "bob"):
            subprocess.run(["chroot", tree, "useradd", "-m", "-s", "/bin/bash", user], check=True)
        with open(list_file, "w", encoding="utf-8") as file:
            file.write(wanted)
    return tree


def processes():
    """(pid, parent, command, state) of all."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                head, _, tail = file.read().rpartition(")")
                state, parent = tail.split()[:2]
                yield int(name), int(parent), head.partition("(")[2], state


class Container:
    def __init__(self, packages):
        self.name = f"endpoint-test-{os.getpid()}"
        self.root = os.path.join(HOME, self.name)
        self.groups = [os.path.join(d, self.name) for d in groups()]
        self.process = self.leader = None
        subprocess.run(["cp", "-a", base_tree(packages), self.root], check=True)

    def path(self, name):
        return os.path.join(self.root, name.lstrip("/"))

    def write(self, name, text, mode=0o644):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
            file.write(text)

    def join(self):
        os.setsid()
        for group in self.groups:
            with open(os.path.join(group, "sup", "cgroup.procs"), "w", encoding="ascii") as file:
                file.write(str(os.getpid()))

    def boot(self):
        for group in self.groups:
            os.makedirs(os.path.join(group, "sup"), exist_ok=True)
        environment = dict(os.environ, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY="1", SYSTEMD_SECCOMP="0")
        with open(os.path.join(HOME, "console.log"), "ab") as log:
            self.process = subprocess.Popen(["systemd-nspawn", "-q", "-D", self.root, "--boot", "--keep-unit",
                                             "--register=no", "--console=pipe", "--hostname=endpoint-test",
                                             "--private-network", "--capability=all"], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=environment, preexec_fn=self.join)
        self.until(self.find_leader, "systemd runs in the container")
        self.until(lambda: self.run("systemctl", "is-system-running", "--wait", expect=None).stdout.strip()
                   in ("running", "degraded"), "it has booted")

    def find_leader(self):
        if self.process.poll() is not None:
            raise Skip(f"systemd-nspawn cannot run here ({self.process.returncode}; nspawn/console.log in the build tree)")
        self.leader = next((pid for pid, parent, command, state in processes()
                            if parent == self.process.pid and command == "systemd" and state != "Z"), None)
        return self.leader

    def enter(self):
        """Into the control group of the container's first process: logind refuses whoever is in none of its own (EUNATCH
        since systemd 257)."""
        with open(f"/proc/{self.leader}/cgroup", encoding="utf-8") as file:
            for line in file:
                _, kind, path = line.rstrip("\n").split(":", 2)
                for top in groups():
                    if (kind == "name=systemd") == top.endswith("/systemd") and (not kind or kind == "name=systemd"):
                        with contextlib.suppress(OSError), open(f"{top}{path}/cgroup.procs", "w", encoding="ascii") as group:
                            group.write(str(os.getpid()))

    def run(self, *arguments, stdin="", expect=0, user=None, within=90):
        prefix = ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w", "env", "-i",
                  "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root"]
        if user:
            prefix += ["runuser", "-u", user, "--"]
        try:
            done = subprocess.run([*prefix, *arguments], input=stdin, capture_output=True, text=True, check=False,
                                  timeout=within, preexec_fn=None if user else self.enter)
        except subprocess.TimeoutExpired:
            raise Failure(f"{' '.join(arguments)}: not done within {within} s") from None
        if expect is not None and done.returncode != expect:
            raise Failure(f"{' '.join(arguments)}: exit {done.returncode}, wanted {expect}\n{done.stdout}{done.stderr}")
        return done

    def out(self, *arguments, **more):
        return self.run(*arguments, **more).stdout.strip()

    def until(self, condition, what, within=60):
        deadline = time.monotonic() + within
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise Failure(f"not within {within} s: {what}")
            time.sleep(0.1)
        return value

    def down(self):
        """An orderly halt; a system that does not end is ended by its own manager's signal, then by force."""
        if not self.process:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                if self.leader:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(self.leader, signal.SIGRTMIN + 3)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(20)
                if self.process.poll() is None:
                    if self.leader:
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(self.leader, signal.SIGKILL)
                    self.process.kill()
                    self.process.wait()
        self.process = self.leader = None
        for group in self.groups:
            for directory, _, _ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(directory)

    def close(self):
        self.down()
        subprocess.run(["rm", "-rf", "--one-file-system", self.root], check=False)
