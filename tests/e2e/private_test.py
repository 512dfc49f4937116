#!/usr/bin/env python3
"""Nothing of a program's memory goes into a core dump, and none of its descriptors into a program that it starts."""
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import Skip, check, equal, house, program, run_tests  # noqa: E402

CLOEXEC = 0o2000000
WORKER = """#!/usr/bin/env python3
import json, os
def is_open(fd):
    try:
        return os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        return None
found = {fd: is_open(fd) for fd in range(3, 1000) if is_open(fd)}
with open("OUT.part", "w") as file:
    json.dump(found, file)
os.rename("OUT.part", "OUT")
while os.read(4, 4096):
    pass
"""


def left_open(pid):
    """What a program would hand on: descriptors behind standard error without close-on-exec."""
    found = []
    for fd in os.listdir(f"/proc/{pid}/fd"):
        if int(fd) <= 2:
            continue
        try:
            with open(f"/proc/{pid}/fdinfo/{fd}", encoding="ascii") as file:
                flags = int(next(line for line in file if line.startswith("flags")).split()[1], 8)
            if not flags & CLOEXEC:
                found.append(fd + " " + os.readlink(f"/proc/{pid}/fd/{fd}"))
        except FileNotFoundError:
            continue  # closed meanwhile
    return found


@house(rows=20, every="300ms")
def nothing_is_handed_on(h):
    """every descriptor of endpointd, a worker, the panel and the sandbox is close-on-exec, while they talk to each other"""
    if os.getuid() != 0:
        raise Skip("only root looks into programs that are not dumpable")
    os.set_inheritable(os.open("/dev/null", os.O_RDONLY), True)
    h.up()
    h.until_in_step()
    pids = {name: p.pid for name, p in h.processes.items()}
    pids["worker"] = h.workers()["stock"]
    for _ in range(40):  # passes and calls come and go
        for name, pid in pids.items():
            found = left_open(pid)
            if found and name == "worker":
                # The driver's socket is marked once it is connected; the worker starts nothing before.
                time.sleep(0.5)
                found = [f for f in found if f in left_open(pid)]
            equal(found, [], f"what {name} would hand on")
        h.status()
    fds = [os.readlink(f"/proc/{pids['endpointd']}/fd/{fd}") for fd in os.listdir(f"/proc/{pids['endpointd']}/fd")]
    check(any(f.startswith("socket:") for f in fds), "endpointd had no socket to look at")


@house(rows=20, every="300ms")
def a_worker_gets_its_own(h):
    """a worker has its job, its events and nothing else of endpointd, which talks to the panel meanwhile"""
    h.start_sandbox()
    h.start_panel()
    h.configure()
    h.register()
    h.add_plugin("stock")
    worker = h.write("worker", WORKER.replace("OUT", h.path("descriptors")), 0o700)
    leak = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(leak, True)
    h.start("endpointd", [program("endpointd"), "--config", h.path("etc/endpoint.conf"), "--state-dir", h.path("state"),
                          "--runtime-dir", h.path("run"), "--worker", worker], preexec=lambda: os.dup2(leak, 9))
    h.until(lambda: os.path.exists(h.path("descriptors")), "the worker was started")
    equal(sorted(json.loads(h.read("descriptors"))), ["3", "4"], "what a worker has")


@house(rows=20, every="300ms")
def no_core(h):
    """no program of ours leaves its memory on a disk: no core files, and not readable by others of its user"""
    if os.getuid() != 0:
        raise Skip("only root looks into programs that are not dumpable")
    h.up()
    h.until_in_step()
    pids = {name: p.pid for name, p in h.processes.items()}
    pids["worker"] = h.workers()["stock"]
    for name, pid in pids.items():
        with open(f"/proc/{pid}/limits", encoding="ascii") as file:
            line = next(line for line in file if line.startswith("Max core file size"))
        equal(line.split()[4:6], ["0", "0"], f"core limit of {name}")
        # What is not dumpable belongs to root, whoever runs it; the group says it where root runs the test.
        check(os.stat(f"/proc/{pid}/mem").st_uid == 0, f"{name} can be looked into")


if __name__ == "__main__":
    run_tests([nothing_is_handed_on, a_worker_gets_its_own, no_core])
