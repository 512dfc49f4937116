"""What dies, lies or fills up on the way, and what the panel holds afterwards."""
import contextlib
import os
import random
import resource
import shutil
import signal
import socket
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from harness import Skip, check, equal, free_port, house, program, run_tests  # noqa: E402


def kill_in_first_sync(h, victim):
    """Kill the victim again and again while the first sync runs; start it again; compare."""
    h.up()
    dice = random.Random(20)
    total = len(h.erp_stock())
    for round_number in range(6):
        mark = total * round_number // 8
        h.until(lambda: h.panel_count("stock") >= min(mark, total), f"{mark} rows arrived", 90)
        if victim == "worker":
            pids = h.until(lambda: [p for p in h.workers().values() if p], "a worker runs", 60)
            os.kill(dice.choice(pids), signal.SIGKILL)
        elif victim == "panel":
            port = h.panel_port
            h.kill("panel")
            h.start_panel(port=port)
        else:
            h.kill("endpointd")
            h.start_daemon()
        product = dice.randrange(1, h.rows)
        h.sql(f"UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 1 WHERE st_TowId > {product}")
    h.until_in_step(120)


@house(rows=6000)
def worker_killed(h):
    """the worker killed with -9 in a first sync: panel = ERP afterwards"""
    kill_in_first_sync(h, "worker")


@house(rows=6000)
def daemon_killed(h):
    """the daemon killed with -9 in a first sync: panel = ERP afterwards, one worker only"""
    kill_in_first_sync(h, "daemon")


@house(rows=6000)
def panel_killed(h):
    """the panel killed with -9 in a first sync: panel = ERP afterwards"""
    kill_in_first_sync(h, "panel")


def replies_lost(h):
    """every second reply of the panel is lost: nothing twice, nothing missing"""
    h.start_sandbox()
    h.start_panel("--fault", "drop-reply=2")
    h.configure()
    h.register()
    h.add_plugin("stock")
    h.start_daemon()
    h.until_in_step(90)
    for step in range(4):
        h.sql(f"UPDATE dbo.tw_Stan SET st_Stan = st_Stan + {step + 1} WHERE st_MagId = 1")
        h.until_in_step(90)


def registration_reply_lost(h):
    """a registration whose reply was lost is repeated with the same token and succeeds"""
    h.start_sandbox()
    h.start_panel("--fault", "drop-register-reply=1")
    h.configure()
    h.panel("account", "add", "Sklep")
    h.write("token", h.panel("token", "new").stdout.strip().split()[-1])
    first = h.ctl("register", "--token-file", h.path("token"), expect=None)
    if first.returncode != 0:
        h.ctl("register", "--token-file", h.path("token"))
    listed = h.panel("endpoint", "list", "--json").stdout.strip().splitlines()
    check(len(listed) >= 1, "the endpoint is registered")
    status = h.ctl("status", "--json", expect=None).stdout
    check('"id"' in status, "status knows the endpoint's id: " + status)


@house(rows=3000)
def cut_in_mid_result(h):
    """a result cut in the middle deletes nothing and is read again"""
    h.up()
    h.until_in_step()
    held = h.panel_stock()
    port = h.erp_port
    h.stop("sandbox")
    h.start_sandbox("--fault", "drop-after-rows=1500", port=port)
    h.until(lambda: "drop" in h.read("sandbox.log") or any(
        p.get("error") for p in h.status().get("plugins", [])), "the cut was seen", 60)
    check(len(h.panel_stock()) == len(held), "no row was deleted in the panel")
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 9 WHERE st_MagId = 1")
    h.until_in_step(90)


def full_disk(h):
    """a full disk under the ledger is a red check; with room again all arrives"""
    h.up(daemon=False)
    limit = 64 * 1024

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    h.start_daemon(preexec=small_files)
    def red():
        plugins = h.status().get("plugins", [])
        return plugins and (plugins[0].get("error") or any(
            c["result"] == "fail" for c in plugins[0].get("checks", [])))
    h.until(red, "status shows the full disk", 60)
    check(h.processes["endpointd"].poll() is None, "the daemon still runs")
    h.stop("endpointd")
    h.start_daemon()
    h.until_in_step(90)


def older_ledger(h):
    """a ledger restored from an older copy loses nothing"""
    h.up()
    h.until_in_step()
    h.stop("endpointd")
    shutil.copytree(h.path("state", "ledgers"), h.path("older"))
    h.start_daemon()
    for step in range(3):
        h.sql(f"UPDATE dbo.tw_Stan SET st_Stan = st_Stan + {step + 1} WHERE st_MagId = 1")
        h.until_in_step()
    h.stop("endpointd")
    shutil.rmtree(h.path("state", "ledgers"))
    shutil.copytree(h.path("older"), h.path("state", "ledgers"))
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 50 WHERE st_MagId = 2")
    h.start_daemon()
    h.until_in_step(60)


def panel_lost_data(h):
    """a panel restored from an older copy gets everything again"""
    h.up()
    h.until_in_step()
    port = h.panel_port
    h.stop("panel")
    shutil.copytree(h.path("panel"), h.path("panel-older"))
    h.start_panel(port=port)
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 4 WHERE st_MagId = 1")
    h.until_in_step()
    h.stop("panel")
    shutil.rmtree(h.path("panel"))
    shutil.copytree(h.path("panel-older"), h.path("panel"))
    h.start_panel(port=port)
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 1 WHERE st_MagId = 2")
    h.until_in_step(90)


def tokens(h):
    """unknown, used and expired tokens are refused, each in its words, and never shown"""
    h.start_sandbox()
    h.start_panel()
    h.configure()
    h.panel("account", "add", "Sklep")
    def refused(token, word):
        h.write("token", token)
        done = h.ctl("register", "--token-file", h.path("token"), expect=1)
        text = done.stdout + done.stderr
        check(word in text.lower(), f"the refusal says \"{word}\": {text}")
        check(token not in text, "the token is not shown")
    refused("EP1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "unknown")
    expired = h.panel("token", "new", "--ttl", "1m").stdout.strip().split()[-1]
    with contextlib.closing(sqlite3.connect(h.path("panel", "panel.db"), timeout=30)) as db, db:
        db.execute("UPDATE tokens SET expires_ms=expires_ms-60000") # as if the minute had passed
    refused(expired, "expired")
    token = h.panel("token", "new").stdout.strip().split()[-1]
    h.write("token", token)
    h.ctl("register", "--token-file", h.path("token"))
    shutil.rmtree(h.path("state"))
    os.mkdir(h.path("state"), 0o700)
    refused(token, "used")


def erp_certificates(h):
    """a wrong CA, a wrong host and a changed pinned certificate are refused with a remedy"""
    h.start_sandbox()
    h.start_panel()
    h.configure()
    test = h.ctl("test", "--json", expect=None).stdout
    check('"erp.login"' in test, "the test lists the ERP's checks")
    def login(word, **erp):
        h.configure(erp=erp)
        done = h.ctl("test", expect=1)
        check("[FAIL]" in done.stdout and word in done.stdout.lower(),
              f"red with \"{word}\":\n{done.stdout}")
    h.run([program("endpoint-panel"), "--help"])
    login("certificate", tls_ca=h.path("panel-tls", "ca.pem"))
    login("name", tls_host="erp.example.com")
    login("fingerprint", tls_verify="pin", tls_ca=None, tls_pin="00" * 32)


def panel_certificates(h):
    """a panel behind a wrong CA or host name is refused"""
    h.start_sandbox()
    h.start_panel()
    h.configure(panel={"ca": h.path("erp-tls", "ca.pem")})
    h.panel("account", "add", "Sklep")
    h.write("token", h.panel("token", "new").stdout.strip().split()[-1])
    done = h.ctl("register", "--token-file", h.path("token"), expect=1)
    check("certificate" in (done.stdout + done.stderr).lower(), done.stdout + done.stderr)
    h.configure()
    h.ctl("register", "--token-file", h.path("token"))


def clock_wrong(h):
    """with the clock wrong by a day the endpoint still works, and the check says so"""
    faketime = shutil.which("faketime")
    library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
    for candidate in ("/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
                      "/usr/lib/faketime/libfaketime.so.1"):
        if not os.path.exists(library):
            library = candidate
    if not faketime or not os.path.exists(library):
        raise Skip("faketime is not installed")
    if os.environ.get("SANITIZER_RUN"):
        raise Skip("the sanitizers do not go with a preloaded library")
    h.up(daemon=False)
    moved = dict(h.environment, LD_PRELOAD=library, FAKETIME="+1d", FAKETIME_DONT_FAKE_MONOTONIC="1",
                 DONT_FAKE_MONOTONIC="1")
    h.start_daemon(environment=moved)
    h.until_in_step(60)
    done = h.ctl("test", expect=None, environment=moved)
    line = [l for l in done.stdout.splitlines() if "lock" in l]
    check(any("[WARN]" in l or "[FAIL]" in l for l in line), "the clock check is not green:\n" +
          done.stdout)


def control_garbage(h):
    """garbage on the control socket is answered and survived"""
    h.up()
    h.until(lambda: h.status().get("plugins"), "the daemon answers")
    dice = random.Random(7)
    samples = [b"\n", b"{}\n", b"[]\n", b"\x00\xff\xfe\n", b'{"do":"status"', b'{"do":7}\n',
               b'{"do":"nonsense"}\n', b"A" * 3000000, b'{"do":"sync","plugin":{}}\n' * 50,
               b"[" * 5000 + b"\n", bytes(dice.randrange(256) for _ in range(4096)) + b"\n"]
    for sample in samples:
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(h.path("run", "control.sock"))
            s.settimeout(5)
            try:
                s.sendall(sample)
                s.shutdown(socket.SHUT_WR)
                while s.recv(65536):
                    pass
            except (ConnectionError, BrokenPipeError):
                pass
    check(h.processes["endpointd"].poll() is None, "the daemon still runs")
    check(h.status().get("plugins"), "and still answers")


def second_daemon(h):
    """a second endpointd on the same state is refused"""
    h.up()
    h.until(lambda: h.status().get("plugins"), "the daemon answers")
    done = h.run([program("endpointd"), "--config", h.path("etc/endpoint.conf"), "--state-dir",
                  h.path("state"), "--runtime-dir", h.path("run2")])
    equal(done.returncode, 1, "its exit code")
    check(h.status().get("plugins"), "the first one still answers")


def no_secrets(h):
    """no password, token or key in argv, environment or logs"""
    h.up()
    h.until_in_step()
    secrets = [h.password]
    for name in list(os.listdir("/proc")):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                line = file.read()
            with open(f"/proc/{name}/environ", "rb") as file:
                environment = file.read()
        except OSError:
            continue
        if b"endpointd" not in line and b"endpoint-worker" not in line:
            continue
        for secret in secrets:
            check(secret.encode() not in line + environment, f"a secret in {line}")
    for log in ("endpointd.log", "sandbox.log", "panel.log"):
        for secret in secrets:
            check(secret not in h.read(log), f"a secret in {log}")
    for directory, _, names in os.walk(h.path("state")):
        for name in names:
            mode = os.stat(os.path.join(directory, name)).st_mode & 0o077
            equal(mode, 0, f"others' rights on {name}")
    check(h.password not in h.read("etc/endpoint.conf"), "the password is sealed")


def stops_cleanly(h):
    """SIGTERM ends daemon, workers, panel and sandbox with 0; no process stays"""
    h.up()
    h.until_in_step()
    pids = h.workers().values()
    equal(h.stop("endpointd"), 0, "endpointd's exit code")
    h.until(lambda: not any(os.path.exists(f"/proc/{p}") for p in pids), "the workers are gone")
    equal(h.stop("panel"), 0, "the panel's exit code")
    equal(h.stop("sandbox"), 0, "the sandbox's exit code")
    check(not os.path.exists(h.path("run", "control.sock")), "the control socket is gone")
    check(free_port() > 0, "a port is free")


if __name__ == "__main__":
    run_tests([worker_killed, daemon_killed, panel_killed, replies_lost, registration_reply_lost,
               cut_in_mid_result, full_disk, older_ledger, panel_lost_data, tokens,
               erp_certificates, panel_certificates, clock_wrong, control_garbage, second_daemon,
               no_secrets, stops_cleanly])
