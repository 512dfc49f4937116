"""Keys without sense: 1,000 of them, for several seeds. It neither crashes nor hangs, and gives the
terminal back. ENDPOINT_SEEDS says how many seeds (20)."""
import os
import random
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from terminal import BUILD, SOURCE, FakeDaemon, check, equal, options, run_tests, with_stub  # noqa: E402
from pty_tui import Pty  # noqa: E402
import screens_data  # noqa: E402

SEEDS = int(os.environ.get("ENDPOINT_SEEDS", "20"))
KEYS = [b"\t"] * 8 + [b"\x1b[B", b"\x1b[A", b"\x1b[C", b"\x1b[D", b"\r", b"\r", b"\r", b" ", b" "] * 3 + [
    b"1", b"2", b"3", b"4", b"?", b"q", b"t", b"r", b"s", b"j", b"o", b"x", b"\xc5\xbc", b"\xff", b"\x1b", b"\x1b1", b"\x1b4",
    b"\x1b[Z", b"\x1b[5~", b"\x1b[6~", b"\x1b[1;5C", b"\x1b[15~", b"\x1bOP", b"\x1b[99~", b"\x13", b"\x0c", b"\x15", b"\x17",
    b"\x7f", b"\x1b[3~", b"\x1b[H", b"\x1b[F", b"\x00", b"9", b"0"]


def walk(house, seed):
    chance = random.Random(seed)
    house.write("etc/endpoint.conf", screens_data.CONFIG)
    environment = dict(house.environment, TERM=chance.choice(["xterm-256color", "linux", "vt100"]), TZ="UTC",
                       LC_ALL=chance.choice(["C", "C.UTF-8"]), LANGUAGE=chance.choice(["pl", "en"]),
                       ENDPOINT_LOCALEDIR=os.path.join(BUILD, "locale"), ENDPOINT_ERP_DIR=os.path.join(SOURCE, "etc", "erp"))
    pressed, starts = 0, 0
    while pressed < 1000:
        starts += 1
        t = Pty([with_stub(house, screens_data.CTL), *options(house)], environment=environment)
        try:
            t.until(b"Endpoint")
            ended, tail = False, b""
            while pressed < 1000 and not ended:
                for _ in range(chance.randrange(1, 8)):
                    pressed += 1
                    if chance.random() < 0.01:
                        t.resize(chance.randrange(1, 140), chance.randrange(1, 50))
                    t.send(chance.choice(KEYS))
                tail = tail[-4000:] + t.read(0.02)
                ended = t.process.poll() is not None
        finally:
            if t.process.poll() is None:
                t.process.terminate()
            deadline = time.monotonic() + 120
            while t.process.poll() is None and time.monotonic() < deadline:
                tail += t.read(0.2)
            while got := t.read(0.1): # what it had written before it ended
                tail += got
            code, errors = t.process.returncode, t.close()
        equal(code, 0, f"seed {seed}, after {pressed} keys: exit code\n{errors}")
        check("Sanitizer" not in errors and "runtime error" not in errors, f"seed {seed}: {errors}")
        if environment["TERM"] == "xterm-256color":
            check(b"\x1b[?1049l" in tail, f"seed {seed}: the terminal was not given back: {tail[-200:]!r}")
    return starts


def test_random(house):
    """1,000 keys without sense"""
    screens_data.registered(house)
    daemon = FakeDaemon(house, screens_data.DAEMON)
    try:
        for seed in range(SEEDS):
            print(f"# seed {seed}: started {walk(house, seed)} times", flush=True)
        equal([name for name in os.listdir(house.path("etc")) if ".tmp" in name], [], "files left behind")
    finally:
        daemon.close()


run_tests([test_random])
