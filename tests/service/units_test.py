"""The files for systemd: checked by systemd's own programs, and what the units promise by the daemon itself."""
import base64
import os
import pwd
import re
import shutil
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from harness import BUILD, SOURCE, Skip, check, equal, house, program, run_tests  # noqa: E402

FILES = os.path.join(SOURCE, "etc", "systemd")
UNIT = os.path.join(BUILD, "etc/systemd/endpointd.service")
USER_UNIT = os.path.join(BUILD, "etc/systemd/user/endpointd.service")
# The hardening that must not be lost by accident, whatever the sum of the exposure says.
WANTED = {"NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "ProtectSystem": "strict", "ProtectHome": "yes",
          "PrivateDevices": "yes", "PrivateTmp": "yes", "PrivateUsers": "yes", "MemoryDenyWriteExecute": "yes",
          "RestrictNamespaces": "yes", "Type": "notify", "Restart": "always", "User": "endpoint",
          "LoadCredential": "endpoint-key", "StateDirectory": "endpoint", "UMask": "0077", "KillMode": "mixed"}


def tool(name):
    if not shutil.which(name):
        raise Skip(f"no {name} here")
    return name


def unit(h, source):
    """The unit with the program that was built, so that what it names is there."""
    if not os.path.exists(source):
        raise Skip("configured without systemd units")
    with open(source, encoding="utf-8") as file:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=" + program("endpointd"), file.read(), flags=re.M)
    return h.write_dir("units/" + os.path.basename(os.path.dirname(source))), text


def written(h, source):
    directory, text = unit(h, source)
    path = os.path.join(directory, "endpointd.service")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def run(arguments, **more):
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=120,
                          env=dict(os.environ, SYSTEMD_COLORS="0", SYSTEMD_PAGER="cat"), **more)


def verified(h):
    """systemd-analyze verify finds nothing in the service's unit nor in the user's"""
    tool("systemd-analyze")
    for source, scope in ((UNIT, "--system"), (USER_UNIT, "--user")):
        done = run(["systemd-analyze", scope, "--man=no", "verify", written(h, source)])
        said = [line for line in (done.stdout + done.stderr).splitlines() if "endpointd" in line]
        equal(said, [], f"what verify says of {source}")
    broken = written(h, UNIT)
    with open(broken, "a", encoding="utf-8") as file:
        file.write("[Service]\nProtectHorses=yes\n")
    check("ProtectHorses" in run(["systemd-analyze", "--man=no", "verify", broken]).stderr, "verify sees no fault at all")


def exposure(h):
    """systemd-analyze security puts the service's exposure at 1.2 or less; every protection stands in the unit"""
    path = written(h, UNIT)
    with open(path, encoding="utf-8") as file:
        settings = dict(line.split("=", 1) for line in file.read().splitlines() if re.match(r"[A-Z]\w+=", line))
    for name, value in WANTED.items():
        equal(settings.get(name), value, name)
    tool("systemd-analyze")
    done = run(["systemd-analyze", "security", "--offline=true", "--threshold=12", path])
    if "unrecognized option" in done.stderr:
        raise Skip("systemd-analyze here has no --offline")
    equal(done.returncode, 0, f"exposure above 1.2: {done.stdout[-200:]}{done.stderr}")
    value = float(re.search(r"exposure level for endpointd.service: ([0-9.]+)", done.stdout).group(1))
    check(0 < value <= 1.2, f"exposure {value}")


def panels_unit(h):
    """the panel's unit is faultless, as tight as a server's can be, and its file of settings says what the unit says by itself"""
    tool("systemd-analyze")
    source = os.path.join(BUILD, "etc/systemd/endpoint-panel.service")
    if not os.path.exists(source):
        raise Skip("configured without systemd units")
    with open(source, encoding="utf-8") as file:
        text = file.read()
    h.write_dir("units")
    path = h.write("units/endpoint-panel.service", re.sub(r"^ExecStart=\S+", "ExecStart=" + program("endpoint-panel"), text, flags=re.M))
    done = run(["systemd-analyze", "--man=no", "verify", path])
    equal([line for line in (done.stdout + done.stderr).splitlines() if "endpoint-panel" in line], [], "what verify says")
    with open(os.path.join(SOURCE, "etc/endpoint-panel.default"), encoding="utf-8") as file:
        settings = dict(line.strip().split("=", 1) for line in file if re.match(r"[A-Z_]+=", line))
    own = re.search(r"^Environment=(.*)$", text, re.M).group(1)
    equal(dict(re.findall(r'"?([A-Z]+)=((?<=TLS=)[^"]*|[^ "]*)"?', own)), settings, "defaults of the unit and of the file")
    done = run(["systemd-analyze", "security", "--offline=true", "--threshold=25", path])
    if "unrecognized option" not in done.stderr:
        equal(done.returncode, 0, f"exposure above 2.5: {done.stdout[-200:]}{done.stderr}")


def root_directory(h):
    root = h.write_dir("root")
    for name in ("etc/systemd/system", "usr/lib/systemd/system", "usr/lib/systemd/system-preset", "var/lib", "run"):
        os.makedirs(os.path.join(root, name))
    with open(os.path.join(root, "etc/passwd"), "w", encoding="utf-8") as file:
        file.write("root:x:0:0:root:/root:/bin/bash\n")
    with open(os.path.join(root, "etc/group"), "w", encoding="utf-8") as file:
        file.write("root:x:0:\n")
    os.chmod(h.dir, 0o755)
    return root


def account_and_directories(h):
    """sysusers makes the account without a shell; tmpfiles its directories, and leaves those that were given away"""
    root = root_directory(h)
    done = run([tool("systemd-sysusers"), "--root=" + root, os.path.join(FILES, "endpoint.sysusers")])
    if os.geteuid() != 0 and done.returncode != 0:
        raise Skip("only root can make accounts, also in a directory of its own")
    equal(done.returncode, 0, done.stderr)
    with open(os.path.join(root, "etc/passwd"), encoding="utf-8") as file:
        line = next(line for line in file.read().splitlines() if line.startswith("endpoint:"))
    fields = line.split(":")
    check(0 < int(fields[2]) < 1000, f"no system account: {line}")
    equal(fields[5:], ["/var/lib/endpoint", "/usr/sbin/nologin"], "home and shell")
    if os.geteuid() != 0:
        raise Skip("only root can hand directories over")
    uid, gid = int(fields[2]), int(fields[3])
    tmpfiles = [tool("systemd-tmpfiles"), "--create", "--root=" + root, os.path.join(FILES, "endpoint.tmpfiles")]
    done = run(tmpfiles)
    equal((done.returncode, done.stderr), (0, ""), "tmpfiles")
    def of(name):
        st = os.stat(os.path.join(root, name))
        return st.st_uid, st.st_gid, oct(st.st_mode & 0o7777)
    equal(of("var/lib/endpoint"), (uid, gid, "0o700"), "state directory")
    equal(of("etc/endpoint"), (0, gid, "0o2750"), "configuration directory")
    equal(of("etc/endpoint/erp"), (0, gid, "0o2750"), "mappings' directory")
    os.chown(os.path.join(root, "var/lib/endpoint"), 12345, 12345)
    os.chmod(os.path.join(root, "etc/endpoint"), 0o755)
    run(tmpfiles)
    equal(of("var/lib/endpoint"), (12345, 12345, "0o700"), "a state directory that was given to another user")
    equal(of("etc/endpoint")[2], "0o755", "a mode that the administrator chose")


def enabled_by_preset(h):
    """the preset enables the service where it is applied"""
    root = root_directory(h)
    shutil.copy(written(h, UNIT), os.path.join(root, "usr/lib/systemd/system"))
    shutil.copy(os.path.join(FILES, "50-endpoint.preset"), os.path.join(root, "usr/lib/systemd/system-preset"))
    done = run([tool("systemctl"), "--root=" + root, "preset", "endpointd.service"])
    equal(done.returncode, 0, done.stderr)
    wants = os.path.join(root, "etc/systemd/system/multi-user.target.wants/endpointd.service")
    check(os.path.islink(wants), "the service is not enabled")


@house(plugins=("stock",))
def key_by_credential(h):
    """with the store's key in a credential, no key lies in the state directory, and without it nothing opens"""
    credentials = h.write_dir("credentials")
    key = os.urandom(32)
    h.write("credentials/endpoint-key", base64.urlsafe_b64encode(key).decode().rstrip("=") + "\n")
    plain = dict(h.environment)
    h.environment["CREDENTIALS_DIRECTORY"] = credentials
    h.up()
    h.until_in_step()
    check(not os.path.exists(h.path("state/secrets.key")), "a key lies beside the secrets")
    h.stop("endpointd")
    for name in ("secrets.json", "identity.json"):
        check(h.password not in h.read("state/" + name), f"the password is readable in {name}")
    done = h.ctl("test", "connection", "--json", expect=None, environment=plain)
    check(done.returncode != 0 and h.password not in done.stdout, "the secrets opened without their key")
    h.write("credentials/endpoint-key", "too short\n")
    done = h.ctl("test", "connection", expect=None)
    check("endpoint-key" in done.stdout + done.stderr, f"the faulty credential is not named: {done.stdout}{done.stderr}")


def made_by_root(h):
    """what root's endpointctl makes for the service belongs to the service's user: identity, key, secrets"""
    if os.geteuid() != 0:
        raise Skip("only root can make files for others")
    person = pwd.getpwnam("nobody").pw_uid
    h.start_panel()
    os.chown(h.path("state"), person, -1)
    h.write("etc/endpoint.conf", f'panel : {{ url = "{h.panel_url}"; ca = "{h.path("panel-tls/ca.pem")}"; }};\n'
            'erp : { type = "subiekt-gt"; server = "localhost"; database = "X"; user = "x"; };\n')
    h.ctl("config", "set", "erp.password", stdin=h.password)
    h.register()
    owners = {name: os.stat(h.path("state", name)).st_uid for name in ("identity.json", "secrets.key", "secrets.json")}
    equal(owners, dict.fromkeys(owners, person), "owners")


def acknowledged(h):
    path = h.path("state/ledgers/stock.db")
    if not os.path.exists(path):
        return 0
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        row = db.execute("SELECT value FROM facts WHERE name = 'acked'").fetchone()
    return row[0] if row else 0


@house(rows=30000, plugins=("stock",))
def drains(h):
    """SIGTERM in the middle of a first sync: the batch under way is finished and acknowledged, the rest comes later"""
    h.up()
    h.until(lambda: h.panel_count("stock") > 0, "the first batch has arrived", 60)
    workers = list(h.workers().values())
    check(workers, "no worker runs")
    equal(h.stop("endpointd", signal.SIGTERM), 0, "endpointd's exit code")
    arrived = h.panel_count("stock")
    h.until(lambda: not any(os.path.exists(f"/proc/{p}") for p in workers), "the workers are gone")
    equal(acknowledged(h), arrived, "what the ledger knows to have arrived, and what the panel holds")
    check(arrived < len(h.erp_stock()), "all of it had arrived: the test stopped nothing")
    h.start_daemon()
    h.until_in_step(120)


run_tests([verified, exposure, panels_unit, account_and_directories, enabled_by_preset, key_by_credential, made_by_root,
           drains])
