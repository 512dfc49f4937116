"""The Debian packages, built once per state of the sources and kept in the build tree."""
import fcntl
import functools
import glob
import hashlib
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from harness import BUILD, SOURCE, Failure, Skip  # noqa: E402

WHERE = os.path.join(BUILD, "package-test")
WITHIN = 600


def sources():
    """What belongs to the sources: git's files, or those of an unpacked tarball."""
    if os.path.exists(os.path.join(SOURCE, ".git")) and shutil.which("git"):
        listed = subprocess.run(["git", "-c", "safe.directory=*", "-C", SOURCE, "ls-files", "-z", "--cached", "--others",
                                 "--exclude-standard"], capture_output=True, check=True).stdout
        return sorted(name for name in os.fsdecode(listed).split("\0")
                      if name and os.path.isfile(os.path.join(SOURCE, name)))
    found = []
    for directory, names, files in os.walk(SOURCE):
        at = os.path.relpath(directory, SOURCE)
        names[:] = [n for n in names if not n.startswith((".git", "build", "autom4te", "__pycache__"))
                    or n == "build-aux"]
        found += [os.path.normpath(os.path.join(at, name)) for name in files]
    return sorted(found)


def missing():
    """Why no package can be built here; None: it can."""
    for name in ("dpkg-buildpackage", "dh"):
        if not shutil.which(name):
            return f"no {name} here (Debian: dpkg-dev, debhelper)"
    done = subprocess.run(["dpkg-checkbuilddeps", os.path.join(SOURCE, "debian", "control")], capture_output=True,
                          text=True, check=False)
    return done.stderr.strip().splitlines()[-1] if done.returncode else None


def copy(names, tree):
    for name in names:
        target = os.path.join(tree, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy2(os.path.join(SOURCE, name), target)
        os.chmod(target, os.stat(target).st_mode | 0o200)


def build(names, stamp):
    tree = os.path.join(WHERE, "endpoint")
    shutil.rmtree(WHERE, ignore_errors=True)
    copy(names, tree)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "AM_", "TEST"))}
    environment.update(DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=2", LC_ALL="C.UTF-8")
    if shutil.which("ccache"):
        environment["CC"] = "ccache gcc"
    with open(os.path.join(WHERE, "log"), "wb") as log:
        try:
            code = subprocess.run(["dpkg-buildpackage", "-b", "-us", "-uc"], cwd=tree, env=environment, stdout=log,
                                  stderr=log, stdin=subprocess.DEVNULL, timeout=WITHIN, check=False).returncode
        except subprocess.TimeoutExpired:
            code = f"not done within {WITHIN} s"
    if code:
        with open(os.path.join(WHERE, "log"), encoding="utf-8", errors="replace") as file:
            raise Failure(f"dpkg-buildpackage: {code}\n" + "".join(file.readlines()[-40:]))
    shutil.rmtree(tree)
    with open(os.path.join(WHERE, "stamp"), "w", encoding="utf-8") as file:
        file.write(stamp)


@functools.cache
def packages():
    """{name: path of the .deb}; Skip where they cannot be built."""
    if os.environ.get("SANITIZER_RUN"):
        raise Skip("tested once, in the plain build")
    why = missing()
    if why:
        raise Skip(why)
    names = sources()
    digest = hashlib.sha256()
    for name in names:
        if name.startswith("tests/") and name.endswith((".py", ".txt")): # not in the package
            continue
        digest.update(name.encode() + b"\0")
        with open(os.path.join(SOURCE, name), "rb") as file:
            digest.update(file.read() + b"\0")
    stamp = digest.hexdigest()
    with open(WHERE + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            with open(os.path.join(WHERE, "stamp"), encoding="utf-8") as file:
                fresh = file.read() == stamp
        except FileNotFoundError:
            fresh = False
        if not fresh:
            build(names, stamp)
    return {os.path.basename(path).split("_")[0]: path for path in glob.glob(os.path.join(WHERE, "*.deb"))}
