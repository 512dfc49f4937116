"""Is the Polish catalogue complete? All texts of endpoint-tui, and nearly all of the other rooms."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from terminal import SOURCE, Skip, check, run_tests  # noqa: E402


def entries(text):
    """msgid → msgstr, of a catalogue in gettext's own normal form."""
    found = {}
    for block in text.split("\n\n"):
        match = re.search(r'^msgid ((?:".*"\n?)+)msgstr ((?:".*"\n?)+)', block + "\n", re.M)
        if match and not re.search(r"^#,.*fuzzy", block, re.M):
            joined = ["".join(re.findall(r'"(.*)"', part)) for part in match.groups()]
            found[joined[0]] = joined[1]
    return found


def texts(house, *rooms):
    files = sorted(os.path.join("src", room, name) for room in rooms for name in os.listdir(os.path.join(SOURCE, "src", room))
                   if name.endswith(".c"))
    pot = house.path("texts.pot")
    with open(os.path.join(SOURCE, "po", "local.am"), encoding="utf-8") as file:
        keywords = re.findall(r"--keyword=\S+", file.read())
    check(len(keywords) > 10, f"po/local.am names the keywords {keywords}")
    done = subprocess.run(["xgettext", "--from-code=UTF-8", "--language=C", *keywords, "--no-wrap", "-o", pot, *files],
                          cwd=SOURCE, capture_output=True, text=True, check=False)
    check(done.returncode == 0, done.stderr)
    with open(pot, encoding="utf-8") as file:
        return {text for text in entries(file.read()) if re.search("[A-Za-z]{2}", re.sub("%[-.0-9*]*[hlz]*[a-z]", "", text))}


def test_complete(house):
    """Every text of endpoint-tui has its Polish; of the others nineteen in twenty"""
    with open(os.path.join(SOURCE, "po", "pl.po"), encoding="utf-8") as file:
        polish = {english for english, text in entries(file.read()).items() if text}
    try:
        wanted = texts(house, "tui")
    except FileNotFoundError:
        raise Skip("no xgettext here") from None
    check(len(wanted) > 200, f"only {len(wanted)} texts were found")
    check(not wanted - polish, f"without Polish (make update-po shows where): {sorted(wanted - polish)}")
    others = texts(house, "base", "channel", "check", "config", "ctl", "daemon", "erp", "link", "model", "net", "sync", "worker")
    # Formats of <inttypes.h> are asked for by the machine's own: those stand in po/texts.c.
    missing = {text for text in others - polish if "%<" not in text}
    check(len(missing) * 20 <= len(others), f"{len(missing)} of {len(others)} without Polish: {sorted(missing)}")


def test_places(house):
    """The places for values are the same in both languages"""
    done = subprocess.run(["msgfmt", "-c", "-o", house.path("pl.mo"), os.path.join(SOURCE, "po", "pl.po")],
                          capture_output=True, text=True, check=False)
    check(done.returncode == 0, done.stderr)


run_tests([test_complete, test_places])
