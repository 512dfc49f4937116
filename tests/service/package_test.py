"""The Debian packages: they build, lintian finds no error, and what is needed is in them at its place."""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
import package  # noqa: E402
from harness import BUILD, SOURCE, Skip, check, equal, program, run_tests  # noqa: E402

WANTED = {
    "endpoint": """usr/sbin/endpointd usr/bin/endpointctl usr/bin/endpoint-tui usr/libexec/endpoint/endpoint-worker
        lib/systemd/system/endpointd.service usr/lib/systemd/user/endpointd.service
        usr/lib/systemd/system-preset/50-endpoint.preset usr/lib/sysusers.d/endpoint.conf usr/lib/tmpfiles.d/endpoint.conf
        etc/pam.d/endpoint usr/share/endpoint/endpoint.conf usr/share/bash-completion/completions/endpointctl
        usr/share/bash-completion/completions/endpoint-tui
        usr/share/zsh/vendor-completions/_endpointctl usr/share/fish/vendor_completions.d/endpointctl.fish usr/share/locale/pl/LC_MESSAGES/endpoint.mo
        usr/share/man/man1/endpointctl.1.gz usr/share/man/man5/endpoint.conf.5.gz usr/share/man/man5/endpoint-erp.5.gz
        usr/share/man/man8/endpointd.8.gz usr/share/doc/endpoint/copyright""",
    "endpoint-panel": "usr/bin/endpoint-panel lib/systemd/system/endpoint-panel.service etc/default/endpoint-panel \
        usr/lib/sysusers.d/endpoint-panel.conf usr/lib/tmpfiles.d/endpoint-panel.conf usr/share/man/man1/endpoint-panel.1.gz usr/share/man/man7/endpoint-panel-api.7.gz \
        usr/share/bash-completion/completions/endpoint-panel usr/share/zsh/vendor-completions/_endpoint-panel \
        usr/share/fish/vendor_completions.d/endpoint-panel.fish",
    "endpoint-sandbox": "usr/bin/endpoint-sandbox usr/share/man/man1/endpoint-sandbox.1.gz \
        usr/share/bash-completion/completions/endpoint-sandbox usr/share/zsh/vendor-completions/_endpoint-sandbox \
        usr/share/fish/vendor_completions.d/endpoint-sandbox.fish",
}


def output(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=120).stdout


def builds(_):
    """dpkg-buildpackage builds the service, the panel and the sandbox"""
    equal(sorted(package.packages()), sorted(WANTED), "packages")


def lintian(_):
    """lintian finds no error"""
    if not shutil.which("lintian"):
        raise Skip("no lintian here")
    debs = package.packages()
    done = subprocess.run(["lintian", "--fail-on", "error", *debs.values()], capture_output=True, text=True, check=False,
                          timeout=300)
    equal([line for line in done.stdout.splitlines() if line.startswith("E:")], [], "errors")
    equal(done.returncode, 0, done.stdout + done.stderr)


def content(h):
    """programs, units, mappings, manual pages, completions and translations are in the packages"""
    debs, whose = package.packages(), {}
    for name, wanted in WANTED.items():
        listed = {line.split(None, 5)[5].split(" ->")[0].removeprefix("./"): line.split()[:2]
                  for line in output("dpkg-deb", "-c", debs[name]).splitlines()}
        for path in wanted.split():  # units lie in /usr since Debian 13
            check(path in listed or "usr/" + path in listed, f"{path} is not in {name}")
        for path, (mode, owner) in listed.items():
            if path and not path.endswith("/"):  # dpkg installs no file of two packages
                equal(whose.setdefault(path, name), name, f"the package of {path}")
            equal(owner, "root/root", f"owner of {path}")
            check(mode[0] == "l" or mode[8] != "w", f"anybody may write {path}")
    listed = output("dpkg-deb", "-c", debs["endpoint"])
    for name in os.listdir(os.path.join(SOURCE, "etc", "erp")):
        check(f"usr/share/endpoint/erp/{name}" in listed, f"the mapping {name} is missing")
    output("dpkg-deb", "-x", debs["endpoint"], h.path("tree"))
    units = [path for path in (h.path("tree", usr, "lib/systemd/system/endpointd.service") for usr in ("", "usr")) if os.path.exists(path)]
    equal(len(units), 1, "units of the service")
    with open(units[0], encoding="utf-8") as file:
        check("ExecStart=/usr/sbin/endpointd " in file.read(), "the unit names another program")
    # As installed: the mappings are found where the package puts them.
    done = subprocess.run([h.path("tree/usr/bin/endpointctl"), "version"], capture_output=True, text=True, check=False)
    check(done.returncode == 0 and output(program("endpointctl"), "--version").split()[-1] in done.stdout, done.stderr)


def scripts(h):
    """its scripts make the account, enable and start the service, and purge all"""
    output("dpkg-deb", "-e", package.packages()["endpoint"], h.path("control"))
    post, after = h.read("control/postinst"), h.read("control/postrm")
    for words in ("systemd-sysusers", "systemd-tmpfiles", "deb-systemd-helper enable 'endpointd.service'"):
        check(words in post, f"postinst has no {words}")
    check(re.search(r"deb-systemd-invoke \$?_?\S* *'endpointd.service'", post), "postinst does not start the service")
    check("deb-systemd-invoke stop 'endpointd.service'" in h.read("control/prerm"), "prerm does not stop it")
    check("/var/lib/endpoint" in after and '"$1" = purge' in after, "purging leaves the state")
    check("not set up yet. Next: sudo endpoint-tui" in post, "postinst does not say what comes next")
    conffiles = h.read("control/conffiles").split()
    equal(conffiles, ["/etc/pam.d/endpoint"], "files that dpkg asks about: the configuration is not one of them")


HOOKS = (b"ENDPOINT_FAULT", b"ENDPOINT_SERVICE_ROOT", b"ENDPOINT_SERVICE_PLAIN", b"LD_PRELOAD", b"FAKETIME")


def no_hooks(h):
    """the packaged programs listen to nothing that is for tests; those of this build do"""
    def named(path):
        with open(path, "rb") as file:
            text = file.read()
        return [hook.decode() for hook in HOOKS if hook in text]
    for name, deb in package.packages().items():
        output("dpkg-deb", "-x", deb, h.path(name))
    for path in ("usr/sbin/endpointd", "usr/bin/endpointctl", "usr/bin/endpoint-tui", "usr/libexec/endpoint/endpoint-worker"):
        equal(named(h.path("endpoint", path)), [], path)
    panel = h.path("endpoint-panel", "usr/bin/endpoint-panel")
    equal(named(panel), [], "endpoint-panel")
    done = subprocess.run([panel, "serve", "--fault", "busy=1"], capture_output=True, text=True, check=False)
    check(done.returncode == 2 and "--fault" in done.stderr, f"{done.returncode} {done.stderr}")
    check("ENDPOINT_FAULT" in named(program("endpoint-worker")), "so it would be seen")


run_tests([builds, lintian, content, scripts, no_hooks])
