"""Completion in bash, zsh and fish: commands, their words, values of choices, what the endpoint and the panel know; each program has its file."""
import json
import os
import re
import shutil
import subprocess

from harness import BUILD, SLOW, SOURCE, Skip, check, equal, house, program, run_tests
from orders_test import order, place

ASKING = ("endpointctl", "endpoint-panel")
PLAIN = ("endpointd", "endpoint-tui", "endpoint-sandbox")
FILES = os.path.join(SOURCE, "etc", "completion")

BASH = """source "$1"; f=$2; shift 2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); $f "$1"; printf '%s\\n' "${COMPREPLY[@]}" """
ZSH = """file=$1; shift; words=("$@"); CURRENT=$#; _describe() { print -rl -- "${(@P)4}" }; _files() { print FILES "$@" }
_arguments() { print -rl -- "$@" }; source $file"""


def shell(h, name, words):
    """The words that a shell offers."""
    if not shutil.which(name):
        return None
    who = words[0]
    if name == "bash":
        command = ["bash", "-c", BASH, "bash", os.path.join(FILES, "bash", who), "_" + who.replace("-", "_"), *words]
    elif name == "zsh":
        command = ["zsh", "-f", "-c", ZSH, "zsh", os.path.join(FILES, "zsh", "_" + who), *words]
    else:
        line = " ".join(words)
        command = ["fish", "--no-config", "-c", f"source {os.path.join(FILES, 'fish', who)}.fish; complete -C '{line}'"]
    environment = dict(h.environment, PATH=BUILD + ":" + os.environ["PATH"], XDG_CONFIG_HOME=h.path("etc"), HOME=h.dir, LC_ALL="C.UTF-8")
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=h.dir, timeout=60 * SLOW)
    equal((done.returncode if name == "bash" else 0, done.stderr), (0, ""), f"{name} {words}: {done.stdout}")
    split = {"bash": None, "zsh": r"(?<!\\):", "fish": "\t"}[name]
    return [re.split(split, line)[0].replace("\\:", ":") if split else line for line in done.stdout.splitlines() if line]


@house(rows=20, plugins=("stock",))
def asked(h):
    """endpointctl and endpoint-panel: the same words in each shell"""
    h.up()
    h.until_in_step()
    places = ("--config", h.path("etc/endpoint.conf"), "--state-dir", h.path("state"), "--runtime-dir", h.path("run"))
    commands = [line.split()[0] for line in h.ctl("--help").stdout.splitlines() if re.match("  [a-z]", line)]
    account = h.panel("account", "list").stdout.split("\t")[0]
    cases = [
        (("endpointctl", ""), commands), (("endpointctl", "serv"), ["service"]),
        (("endpointctl", "service", "autostart", "b"), ["boot"]), (("endpointctl", "erp", "show", "op"), ["optima"]),
        (("endpointctl", "config", "un"), ["unset"]), (("endpointctl", "config", "set", "erp.encry"), ["erp.encryption"]),
        (("endpointctl", "config", "set", "erp.encryption", ""), ["off", "login", "required"]),
        (("endpointctl", "config", "set", "orders.writer", "e"), ["epp"]), (("endpointctl", "orders", "--state", "rej"), ["rejected"]),
        (("endpointctl", "--lang", "p"), ["pl"]), (("endpointctl", "register", "--to"), ["--token-file"]),
        (("endpointctl", "status", "--w"), ["--watch"]), (("endpointctl", "status", "--simul"), []),
        (("endpointctl", *places, "sync", ""), ["stock"]), (("endpointctl", "order", "re"), ["retry", "resolve"]),
        (("endpointctl", "help", "jour"), ["journal"]), (("endpointctl", "service", "paths", "orders.epp"), ["orders.epp_dir="]), (("endpointctl", "nonsense", ""), []),
        (("endpoint-panel", "or"), ["order"]), (("endpoint-panel", "order", "l"), ["list"]),
        (("endpoint-panel", "order", "list", "--state", "rej"), ["rejected"]), (("endpoint-panel", "serve", "--conn"), ["--connections"]),
        (("endpoint-panel", "--data", h.path("panel"), "endpoint", "revoke", ""), [h.endpoint]),
        (("endpoint-panel", "--data", h.path("panel"), "token", "new", "--account", ""), [account]),
        (("endpoint-panel", "--data", h.path("nowhere"), "endpoint", "revoke", ""), []),
        (("endpoint-panel", "command", "add", h.endpoint, "sim"), ["simulate"]),
    ]
    ran = []
    for name in ("bash", "zsh", "fish"):
        for words, wanted in cases:
            got = shell(h, name, words)
            if got is None:
                break
            if name == "zsh":  # it picks those that fit itself
                got = [word for word in got if word.startswith(words[-1])]
            equal(sorted(got), sorted(wanted), f"{name}: {words}")
            ran.append(name)
    check("bash" in ran, "bash is everywhere")
    check(not os.path.exists(h.path("nowhere")), "completing makes no panel")
    # Files where files go.
    h.write("order.json", "{}")
    equal(shell(h, "bash", ("endpoint-panel", "order", "add", "ord")), ["order.json"], "files")
    equal(shell(h, "bash", ("endpointctl", "--config", "erp-pass")), ["erp-password"], "files")


@house(rows=20, plugins=("orders",))
def strange(h):
    """a shop's order whose id a shell would run is offered to none; others are"""
    h.up()
    place(h, *(order(i, ("NIE-MA", "1", "1.00")) for i in ("A-1", "x;reboot", "$(id)", "--yes", "a&b", "b|c", "c>d", "ż*")))
    h.until(lambda: len(json.loads(h.ctl("orders", "--json", expect=None).stdout).get("orders", ())) == 8, "all are here")
    places = ("--config", h.path("etc/endpoint.conf"), "--state-dir", h.path("state"), "--runtime-dir", h.path("run"))
    equal(shell(h, "bash", ("endpointctl", *places, "order", "show", "")), ["A-1"], "endpointctl")
    equal(shell(h, "bash", ("endpoint-panel", "--data", h.path("panel"), "order", "show", "")), ["A-1"], "endpoint-panel")


@house()
def plain(h):
    """the other programs: every option of --help, and the values of those that have a choice"""
    for who in PLAIN:
        usage = h.run([program(who), "--help"]).stdout
        options = set(re.findall(r"(?:^|[ ,])(--[a-z][a-z-]+)", usage))
        check(len(options) > 4, f"{who}: {options}")
        equal(set(shell(h, "bash", (who, "--"))), options, f"{who} in bash")
        for name, file in (("zsh", "_" + who), ("fish", who + ".fish")):
            with open(os.path.join(FILES, name, file), encoding="utf-8") as text:
                found = re.findall(r"'(--[a-z-]+)" if name == "zsh" else r" -l ([a-z-]+)", text.read())
            equal({"--" + word.lstrip("-") for word in found}, options, f"{who} in {name}")
            if shutil.which(name):
                subprocess.run([name, "-n", os.path.join(FILES, name, file)], check=True, timeout=60)
    for words, wanted in ((("endpoint-tui", "--scheme", "h"), ["high-contrast"]), (("endpoint-sandbox", "--erp", "n"), ["nexo", "navireo"]),
                          (("endpoint-sandbox", "--encrypt", ""), ["off", "login", "required"]), (("endpoint-tui", "--lang", ""), ["pl", "en"])):
        equal(shell(h, "bash", words), wanted, str(words))
        fish = shell(h, "fish", words)
        check(fish is None or sorted(fish) == sorted(wanted), f"fish: {words}: {fish}")


if __name__ == "__main__":
    run_tests([asked, strange, plain])
