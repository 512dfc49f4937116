"""endpointctl in daily use: help wherever it is asked for, words that are nearly right, the configuration in an editor, times as people type and read them."""
import datetime
import json
import os
import re
import signal
import subprocess

from harness import SLOW, check, equal, house, program, run_tests


@house()
def helps(h):
    """help, -h, --help and VERB --help: the same whatever stands where, on stdout, exit 0; every verb has its own"""
    whole = h.ctl("help").stdout
    for words in (("-h",), ("--help",)):
        equal(h.ctl(*words).stdout, whole, str(words))
    verbs = [c["name"] for c in json.loads(h.ctl("help", "--json").stdout)["commands"]]
    check(len(verbs) > 20 and all(f"\n  {v}" in whole for v in verbs), str(verbs))
    for verb in verbs:
        own = h.ctl("help", verb).stdout
        check(own.startswith(f"Usage: endpointctl {verb}"), f"{verb}: {own}")
        equal(h.ctl(verb, "--help").stdout, own, verb)
        equal(h.ctl("-h", verb).stdout, own, verb)
    text = h.ctl("order", "--help").stdout
    for words in ("order retry ID...", "order retry --state rejected", "order resolve ID --exists-as DOCUMENT", "--does-not-exist  "):
        check(words in text, f"{words}: {text}")
    check("--since TIME" in h.ctl("journal", "--help").stdout and "--simulate" not in h.ctl("journal", "--help").stdout, "its own options")


@house()
def nearly(h):
    """a word that is nearly right: exit 2, what was meant, and nothing is done; an option of another command is not swallowed"""
    for words, meant in ((("statsu",), "status"), (("jurnal",), "journal"), (("config", "lst"), "list"), (("service", "stats"), "status"),
                         (("order", "retyr", "1"), "retry"), (("test", "pannel"), "panel"), (("orders", "--plugn", "y"), "plugin")):
        done = h.ctl(*words, expect=2)
        check(f"did you mean {meant}?" in done.stderr and not done.stdout, f"{words}: {done}")
    check("did you mean" not in h.ctl("xyzzyx", expect=2).stderr, "nothing is near")
    for words, option in ((("status", "--simulate"), "simulate"), (("metrics", "-f"), "follow"), (("version", "--yes"), "yes"),
                          (("journal", "--state", "done"), "state")):
        done = h.ctl(*words, expect=2)
        check(f"endpointctl {words[0]} takes no --{option}" in done.stderr and not done.stdout, f"{words}: {done}")
    check("--state wants a value" in h.ctl("orders", "--state", expect=2).stderr, "a value that is missing")
    check("there is no option -x" in h.ctl("-x", "status", expect=2).stderr, "a letter")


@house()
def every_program(h):
    """a wrong option: every program says what is wrong with it and what may be meant, in the reader's language, exit 2; none speaks for itself"""
    for name, near, valued, flag in (("endpointd", "confg", "state-dir", "check"), ("endpoint-tui", "sheme", "config", "ascii"),
                                     ("endpoint-panel", "dta", "data", "json"), ("endpoint-panel serve", "lsten", "port", "help"),
                                     ("endpoint-panel changes", "delted", "key", "count"), ("endpoint-sandbox", "instnce", "rows", "snapshot"),
                                     ("endpointctl", "simulte", "values", "watch")):
        command = [program(name.split()[0]), *name.split()[1:]]

        def said(language, *words, command=command):
            environment = dict(h.environment, LC_ALL="C.UTF-8", LANGUAGE=language)
            done = subprocess.run([*command, *words], capture_output=True, text=True, check=False, env=environment, timeout=60 * SLOW)
            equal((done.returncode, done.stdout), (2, ""), f"{command} {words}: {done.stderr}")
            return done.stderr
        for language, unknown, wants, takes, letter in (("en", "there is no option --{}; did you mean ", "--{} wants a value", "--{} takes no value", "there is no option -q"),
                                                        ("pl", "nie ma opcji --{}; czy chodziło o ", "--{} wymaga wartości", "--{} nie przyjmuje wartości", "nie ma opcji -q")):
            for words, text in ((("--" + near,), unknown.format(near)), (("--" + valued,), wants.format(valued)),
                                ((f"--{flag}=1",), takes.format(flag)), (("-q",), letter)):
                check(text in said(language, *words), f"{name} {words} in {language}: {said(language, *words)}")
    for language, words, text in (("pl", ("endpointd", "start"), "niespodziewany argument start"), ("en", ("endpoint-tui", "--scheme", "pink"), 'there is no scheme "pink"'),
                                  ("pl", ("endpoint-tui", "x"), "niespodziewany argument x"), ("pl", ("endpoint-tui", "--color", "red"), "--color przyjmuje"),
                                  ("pl", ("endpoint-sandbox", "--rows", "many"), "to nie jest wartość tej opcji: many"),
                                  ("en", ("endpoint-panel", "serve", "--port", "x"), "this is no value for its option: x")):
        done = subprocess.run([program(words[0]), *words[1:]], capture_output=True, text=True, check=False, timeout=60 * SLOW,
                              env=dict(h.environment, LC_ALL="C.UTF-8", LANGUAGE=language))
        check(done.returncode == 2 and text in done.stderr, f"{words}: {done}")


def edited(h, script, expect=0, stdin=None):
    return h.ctl("config", "edit", expect=expect, stdin=stdin, environment=dict(h.environment, VISUAL="", EDITOR=f"sh {h.write('edit.sh', script)}"))


@house()
def edit(h):
    """config edit: a good file takes the old one's place, a bad one does not and its lines are named; unset goes back to the default"""
    file = h.path("etc", "endpoint.conf")
    h.write("etc/endpoint.conf", '# kept\nlog : { level = "info"; files = 3; };\n')
    os.chmod(file, 0o640)
    done = edited(h, 'sed -i s/info/debug/ "$1"')
    check(f"{file} is saved" in done.stdout, str(done))
    equal(h.read("etc/endpoint.conf"), '# kept\nlog : { level = "debug"; files = 3; };\n', "the file")
    equal(os.stat(file).st_mode & 0o777, 0o640, "its mode")
    check("is as it was" in edited(h, "exit 0").stdout, "nothing was changed")
    for script, words in (('sed -i s/debug/loud/ "$1"', f"{file}:2: log.level"), ('echo nonsense >> "$1"', f"{file}:4: syntax error"), ("exit 1", "the editor failed")):
        done = edited(h, script, expect=2)
        check(words in done.stderr, f"{script}: {done}")
        check("debug" in h.read("etc/endpoint.conf") and "nonsense" not in h.read("etc/endpoint.conf"), "the file is as it was")
    equal(sorted(os.listdir(h.path("etc"))), ["endpoint.conf"], "no copy is left")
    # Somebody else saves meanwhile: what was typed does not undo that.
    done = edited(h, f'sed -i s/debug/error/ "$1"; echo "# other" >> {file}', expect=1)
    check("# other" in h.read("etc/endpoint.conf") and "error" not in h.read("etc/endpoint.conf"), str(done))
    kept = re.search(rf"Your text is kept in ({re.escape(file)}\.edit-\d+)\.", done.stderr)
    check(kept and "error" in h.read(kept.group(1)), f"nor is it lost: {done}")
    equal(os.stat(kept.group(1)).st_mode & 0o777, 0o600, "for nobody else")
    os.unlink(kept.group(1))
    done = h.ctl("config", "unset", "log.level", "log.files")
    check(f"log.level, log.files are unset in {file}" in done.stdout, done.stdout)
    equal((h.ctl("config", "get", "log.level").stdout, "# kept" in h.read("etc/endpoint.conf")), ("info\n", True), "the default, and the comment")
    check("did you mean log.level?" in h.ctl("config", "unset", "log.levle", expect=4).stderr, "a name that is nearly right")
    h.ctl("config", "unset", expect=2)


def lines(text):
    return [line for line in text.splitlines() if re.match(r"\d{4}-\d\d-\d\d ", line)]


@house(rows=20, plugins=("stock",))
def times(h):
    """journal --since as people type times; lists have local times, --json UTC; status --watch goes on"""
    h.up()
    h.until_in_step()
    zone = dict(h.environment, TZ="XXX-7")
    entries = [json.loads(line) for line in h.ctl("journal", "--json").stdout.splitlines()]
    check(entries and entries[0]["at"].endswith("Z"), "programs get UTC")
    utc = datetime.datetime.fromisoformat(entries[0]["at"].replace("Z", "+00:00"))
    local = (utc + datetime.timedelta(hours=7)).strftime("%Y-%m-%d %H:%M:%S ")
    check(h.ctl("journal", environment=zone).stdout.startswith(local), "people get their own")
    for since in ("5min", "2h", "today", "yesterday", (utc + datetime.timedelta(hours=7)).strftime("%Y-%m-%d"),
                  (utc + datetime.timedelta(hours=7)).strftime("%Y-%m-%d %H:%M"), entries[0]["at"]):
        check(len(lines(h.ctl("journal", "--since", since, environment=zone).stdout)) >= len(entries) - 1 or since == "today", since)
    done = h.ctl("journal", "--since", "2099-01-01", environment=zone)
    check(not lines(done.stdout) and "Nothing happened since then." in done.stdout, done.stdout)
    for wrong in ("once", "25:99", "2026-13-01", ""):
        check("is not a time" in h.ctl("journal", "--since", wrong, expect=2).stderr, wrong)
    done = h.ctl("status")
    check(not re.search(r"\d\.0 s|next [^ ]+ s? ?ago", done.stdout), done.stdout)
    h.stop("endpointd")
    check(len(lines(h.ctl("journal", "--since", "1h", environment=zone).stdout)) >= len(entries), "from the file, without endpointd")
    h.start_daemon()
    h.until(lambda: h.status().get("ok"), "it is up")
    watch = h.start("watch", [program("endpointctl"), "--config", h.path("etc/endpoint.conf"), "--state-dir", h.path("state"), "--runtime-dir",
                              h.path("run"), "status", "--watch"],
                    preexec=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # a test started in the background ignores it
    h.until(lambda: len(re.findall(f"^Endpoint {h.endpoint[:4]}-", h.read("watch.log"), re.M)) >= 2, "it shows it again")
    h.stop("watch", signal.SIGINT)
    equal(watch.returncode, -signal.SIGINT, "until it is interrupted")


if __name__ == "__main__":
    run_tests([helps, nearly, every_program, edit, times])
