#!/usr/bin/env python3
"""Every file that endpointd keeps, in every state that a disk, an administrator or a copy can leave it in: nothing
dies, what is wrong is red with the file's name and a remedy, and what does not need the file goes on."""
import contextlib
import glob
import json
import os
import resource
import shutil
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from harness import check, equal, house, program, run_tests  # noqa: E402

NOBODY = 65534


def drop_rights():
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def can_drop(h):
    """Permission bits bind root only when it is somebody else."""
    if os.getuid() != 0:
        return False
    for directory, names, files in os.walk(h.dir):
        for name in [directory] + [os.path.join(directory, n) for n in names + files]:
            with contextlib.suppress(OSError):
                os.lchown(name, NOBODY, NOBODY)
    with contextlib.suppress(OSError, PermissionError):
        return h.run(["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups",
                      program("endpointd"), "--version"]).returncode == 0
    return False


def start(h, dropped):
    h.start_daemon(preexec=drop_rights if dropped else None)
    h.until(lambda: h.status().get("endpoint", {}).get("pid"), "the daemon answers",
            alive=h.processes["endpointd"])


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def without_companions(path):
    for end in ("-wal", "-shm"):
        remove(path + end)


def missing(path):
    remove(path)
    without_companions(path)


def garbage(path):
    without_companions(path)
    with open(path, "r+b") as file:
        file.write(b"\x00\xffnothing that anybody wrote\n" * 400)


def directory(path):
    missing(path)
    os.mkdir(path)


def replaced(path):
    with open(path + ".new", "wb") as file:
        file.write(b"nothing that anybody wrote\n" * 400)
    os.chmod(path + ".new", 0o600)
    os.rename(path + ".new", path)


def truncated(path):
    without_companions(path)
    os.truncate(path, os.path.getsize(path) * 2 // 3)


def unreadable(path):
    os.chown(path, 0, 0)
    os.chmod(path, 0o400)


DAMAGES = (missing, garbage, directory, truncated, unreadable)

# What each file may do to the endpoint: "well": nothing is red; "aside": it was moved aside and made anew; "red": it
# is red until somebody has seen to it. Not listed: as "well" for missing, "aside" for a directory, "red" for unreadable.
JOURNAL, CACHE, LOCK, LEDGER, LEDGER_LOCK, IDENTITY, SECRETS, KEY, GOOD = (
    "journal.db", "config-cache.json", "endpointd.lock", "ledgers/stock.db", "ledgers/stock.lock", "identity.json",
    "secrets.json", "secrets.key", "endpoint.conf.good")
OUTCOMES = {
    JOURNAL: {garbage: "aside", truncated: "aside"},
    CACHE: {garbage: "aside", truncated: "aside"},
    LOCK: {garbage: "well", truncated: None},
    "erp-*.lock": {garbage: "well", truncated: None},
    LEDGER: {garbage: "aside", truncated: "aside"},
    LEDGER_LOCK: {garbage: "well", truncated: None},
    IDENTITY: dict.fromkeys((missing, garbage, directory, truncated), "red"),
    SECRETS: dict.fromkeys((missing, garbage, directory, truncated), "red"),
    KEY: dict.fromkeys((missing, garbage, directory, truncated), "red"),
    GOOD: {garbage: "well", truncated: "well", unreadable: "well"},
}
USUAL = {missing: "well", directory: "aside", unreadable: "red"}


def reds(status):
    """Everything that is red: texts with their remedies."""
    found = [c["text"] + "\n" + (c.get("remedy") or "") for c in status.get("checks", []) if c["result"] == "fail"]
    for side in [status.get("panel", {})] + status.get("plugins", []):
        if side.get("error"):
            found.append(side["error"]["text"] + "\n" + (side["error"].get("remedy") or ""))
    return found


def goes_on(h):
    """The plugin's passes come and are good, now."""
    status = h.status()
    before = status["plugins"][0].get("last_ok") if status.get("plugins") else None

    def again():
        plugins = h.status().get("plugins", [])
        return plugins and plugins[0].get("last_ok") and plugins[0]["last_ok"] != before and not plugins[0]["error"]
    h.until(again, "the plugin works", alive=h.processes["endpointd"])


def one_case(h, name, damage, outcome, dropped):
    path = glob.glob(h.path("state", name))[0]
    word = os.path.basename(path)
    h.stop("endpointd")
    kept = h.path("kept")
    shutil.copy2(path, kept)
    damage(path)
    start(h, dropped)
    if outcome == "well":
        goes_on(h)
        equal(reds(h.status()), [], f"{word} {damage.__name__}: what is red")
    elif outcome == "aside":
        h.until(lambda: any(".damaged-" in r and word in r and "\n" in r for r in reds(h.status())),
                f"{word} {damage.__name__} is red as damaged", alive=h.processes["endpointd"])
        goes_on(h)
        aside = [p for p in glob.glob(path + ".damaged-*") if not p.endswith(("-wal", "-shm"))]
        equal(len(aside), 1, f"{word} {damage.__name__}: how many were moved aside")
        for made in glob.glob(path + ".damaged-*"):
            remove(made)
        h.ctl("reload")
        equal(reds(h.status()), [], f"{word} {damage.__name__}: red though the kept file is gone")
    else:
        h.until(lambda: any(word in r or "password" in r or "key file" in r or "registered" in r
                            for r in reds(h.status())), f"{word} {damage.__name__} is red",
                alive=h.processes["endpointd"])
        bad = [r for r in reds(h.status()) if not r.split("\n", 1)[1]]
        equal(bad, [], f"{word} {damage.__name__}: red without a remedy")
        if name in (JOURNAL, CACHE, LOCK, "erp-*.lock"):
            goes_on(h)
        equal(glob.glob(path + ".damaged-*"), [], f"{word} {damage.__name__}: nothing was moved")
        remove(path)
        without_companions(path)
        shutil.copy2(kept, path)
        if dropped:
            os.chown(path, NOBODY, NOBODY)
        if name in (LEDGER, LEDGER_LOCK, JOURNAL, CACHE, IDENTITY):  # by itself; the others wait minutes
            h.until(lambda: not reds(h.status()), f"{word} {damage.__name__}: green again by itself", 60)
    check(h.processes["endpointd"].poll() is None, f"{word} {damage.__name__}: endpointd died")


@house(rows=20, every="300ms")
def files_in_every_state(h):
    """No file in any state ends the daemon: red with name and remedy, moved aside and made anew, or not missed"""
    h.up(daemon=False)
    dropped = can_drop(h)
    start(h, dropped)
    h.until_in_step()
    for name, own in OUTCOMES.items():
        for damage in DAMAGES:
            outcome = own.get(damage, USUAL.get(damage))
            if not outcome or (damage is unreadable and not dropped):
                continue
            one_case(h, name, damage, outcome, dropped)
    h.until_in_step()


@house(rows=20, every="300ms")
def a_disk_without_room(h):
    """A disk that is full from the start on: nothing dies, each file is named, and all works when there is room again"""
    h.up(daemon=False)
    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    h.start_daemon(preexec=small)
    daemon = h.processes["endpointd"]
    h.until(lambda: {"endpoint.journal", "endpoint.cache"} <= {
        c["code"] for c in h.status().get("checks", []) if c["result"] == "fail"}, "journal and cache are red", alive=daemon)
    h.until(lambda: (h.status().get("plugins") or [{}])[0].get("error"), "the plugin says so", alive=daemon)
    for text in reds(h.status()):
        check("\n" in text and text.split("\n", 1)[1], f"red without a remedy: {text}")
    done = h.ctl("journal", expect=None)
    check(done.returncode != 0 and "journal" in done.stderr + done.stdout, f"journal said {done.stdout} {done.stderr}")
    check("started" in done.stdout, f"what happened is not shown: {done.stdout}")
    pids = [daemon.pid] + list(h.workers().values())
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    h.until(lambda: not reds(h.status()), "all is green when there is room again", 60, alive=daemon)
    h.until_in_step()
    done = h.ctl("journal")
    check("started" in done.stdout and "works again" in done.stdout, f"the journal lost entries: {done.stdout}")


@house(rows=20, every="300ms")
def files_that_change_under_a_running_daemon(h):
    """A journal that is damaged, removed or replaced while endpointd runs is made anew, and no entry is lost that was told since"""
    h.up()
    h.until_in_step()
    path = h.path("state", JOURNAL)
    for turn, damage in enumerate((missing, directory, replaced)):
        damage(path)
        h.ctl("reload")
        h.add_plugin("stock", f"strange-{turn}")
        # What a newer panel would have: the panel here does not take it.
        with contextlib.closing(sqlite3.connect(h.path("panel", "panel.db"), timeout=30)) as db:
            db.execute("UPDATE plugins SET scenario = json_set(scenario, '$.channel.type', 'strange') WHERE id = ?", (f"strange-{turn}",))
            db.execute("UPDATE endpoints SET rev = rev + 1")
            db.commit()
        h.until(lambda: f"strange-{turn}" in h.ctl("journal", expect=None).stdout,
                f"after {damage.__name__}: the journal has what happened since", 30, alive=h.processes["endpointd"])
        with contextlib.closing(sqlite3.connect(path)) as db:
            check(db.execute("SELECT count(*) FROM entries").fetchone()[0] > 0, "the new journal is empty")


@house(rows=20, every="300ms")
def words_about_a_journal(h):
    """`endpointctl journal` on a damaged journal says so and fails, with and without endpointd; plugins that nobody told are not "none\""""
    h.up()
    h.until_in_step()
    h.stop("endpointd")
    for damage in (garbage, directory):
        damage(h.path("state", JOURNAL))
        done = h.ctl("journal", expect=None)
        check(done.returncode != 0, f"exit 0 on a journal that is {damage.__name__}")
        check("journal.db" in done.stderr, f"the file is not named: {done.stderr}")
    missing(h.path("state", CACHE))
    h.stop("panel")
    h.start_daemon()
    h.until(lambda: h.status().get("endpoint", {}).get("pid"), "the daemon answers")
    done = h.ctl("status", expect=None)
    check("No plugins yet" not in done.stdout and "are unknown" in done.stdout, f"plugins: {done.stdout}")


if __name__ == "__main__":
    run_tests([files_in_every_state, a_disk_without_room, files_that_change_under_a_running_daemon, words_about_a_journal])
