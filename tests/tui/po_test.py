"""Is the Polish catalogue complete, and does it keep to its own glossary?"""
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


ROOMS = ("base", "os", "os/posix", "channel", "check", "config", "ctl", "daemon", "document", "erp", "link", "mapping", "model", "net", "store",
         "sync", "tds", "tui", "worker")


def catalogue():
    with open(os.path.join(SOURCE, "po", "pl.po"), encoding="utf-8") as file:
        return file.read()


def test_complete(house):
    """Every text that is marked for translation has its Polish"""
    polish = {english for english, text in entries(catalogue()).items() if text}
    try:
        wanted = texts(house, *ROOMS)
    except FileNotFoundError:
        raise Skip("no xgettext here") from None
    check(len(wanted) > 2500, f"only {len(wanted)} texts were found")
    # Formats of <inttypes.h> are asked for by the machine's own: those stand in po/texts.c.
    missing = {text for text in wanted - polish if "%<" not in text and text not in ("endpointd ", "%-s: %s (SQLite %d, %s)")}
    check(not missing, f"without Polish (make update-po shows where): {sorted(missing)}")


# What people read as it is in every language: the log, usages, scripts, files, what other programs read.
ENGLISH_CALLS = re.compile(r"(_Static_assert|log_\w+|ctl_usage|offer_list|head|api_\w+)\([^;]*$|\.(usage|synopsis|words) =\s+$")
ENGLISH_FILES = re.compile(r"src/(panel|sandbox)/|/codes|metrics\.c|tds/messages\.c|mapping/grants\.c|document/draft_epp\.c|"
                           r"ctl/options\.c|daemon/start\.c|main\.c|(base|net|os/posix)/(clock|certificate|memory)\.c|config/config_print\.c")
ENGLISH_TEXTS = re.compile(r"\b(SELECT|FROM \w+ (WHERE|INDEXED)|LOCK_TIMEOUT|TRANCOUNT|XACT_ABORT|ISOLATION LEVEL|DEADLOCK_PRIORITY|JOIN|INSERT|UPDATE|DELETE|CREATE|PRAGMA|ALTER|DROP|DRIVER|STOPPING|RELOADING)\b|Content-|HTTP/|^# |"
                           r"\[Service\]|^Endpoint-Batch|^Endpoint puts|^[A-Z][a-z]+( [A-Z][a-z]+)+$|^\$\(|^(%\w+ )+|"
                           r"^; (no setting|an ERP's mapping) changed$|exposure level for|^waiting sending|^<\?xml |^--[a-z-]+ [A-Z]+$|^systemctl |^[A-Z ]{60,}|^URI |^\.(Ss|It) |^endpointctl |^\.(Cm|Bl)|^\[erp\]|^read-only intent|^check certificate hostname|\bencryption = %s")
PIECES = {"what changed of the kits of", "what changed of", "erp orders log", "a column has no alias;", "every column needs one", "there are too many columns for \\\"extra\\\", the first beyond is",
          "there is no column with the alias", "two columns have the alias", "an old file in ", " cannot be deleted",
          "a plugin of the panel is refused: %s%s", "in the ERP",
          "no setting is called %s\\n"}  # put together where they are used; the whole is in po/texts.c


def literals(source):
    """Each text of a C file, joined, with what stands before it on its statement"""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    one = r'"(?:[^"\\\n]|\\.)*"'
    for match in re.finditer(rf'{one}(?:\s*(?:{one}|PRI[diu]64))*', source):
        parts = re.findall(rf'({one})|(PRI[diu]64)', match.group(0))
        yield "".join(text[1:-1] if text else "lld" for text, _ in parts), source[max(0, match.start() - 400):match.start()]


def test_walk(house):
    """Every sentence of the sources that a person may read is in the catalogue, wherever it is put together"""
    def plain(text):
        return re.sub(r"%[-0-9.*]*(?:hh|h|ll|l|z|j|t)?[sdiuc]", "%", re.sub(r"%<\w+>", "%", text))
    have = {plain(english) for english, text in entries(catalogue()).items() if text}
    have |= {plain(english) for english in re.findall(r'^msgid(?:_plural)? "(.+)"$', catalogue(), re.M)}
    missing = []
    for folder, _, names in sorted(os.walk(os.path.join(SOURCE, "src"))):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not name.endswith(".c") or ENGLISH_FILES.search(path):
                continue
            with open(path, encoding="utf-8") as file:
                for text, before in literals(file.read()):
                    statement = re.split(r"[;{}]\s", before)[-1]
                    words = re.findall(r"[A-Za-z]{2,}", re.sub(r"%\S+|[a-z]+[._/][\w./]+", "", text))
                    if (len(words) >= 3 and " " in text and plain(text) not in have and text not in PIECES and
                            not ENGLISH_TEXTS.search(text) and not ENGLISH_CALLS.search(statement)):
                        missing.append(f"{os.path.relpath(path, SOURCE)}: {text[:150]}")
    check(not missing, "no Polish for (mark it, or add it to po/texts.c): " + "\n".join(missing))


def test_glossary(house):
    """One word for one thing: po/GLOSSARY holds in every text"""
    with open(os.path.join(SOURCE, "po", "GLOSSARY"), encoding="utf-8") as file:
        rows = [[part.strip() for part in line[2:].split("|")] for line in file if line.startswith("= ")]
    check(len(rows) > 10, f"the glossary has {len(rows)} rows")
    wrong = []
    for english, polish in entries(catalogue()).items():
        for word, right, never in rows:
            for bad in filter(None, (part.strip() for part in never.split(", "))):
                if re.search(bad, polish):
                    wrong.append(f"\"{bad}\" in: {polish}")
            said = re.sub(r"endpointctl [a-z, -]+|`[^`]*`|/journal|plugins? = |plugin %s|plugins must", "", english)
            if right and re.search(rf"\b{word}s?\b", said) and polish and not any(
                    re.search(one, polish, re.I) for one in right.split(", ")):
                wrong.append(f"{word}: {english} => {polish}")
    check(not wrong, "\n".join(wrong))


def test_places(house):
    """The places for values are the same in both languages"""
    done = subprocess.run(["msgfmt", "-c", "-o", house.path("pl.mo"), os.path.join(SOURCE, "po", "pl.po")],
                          capture_output=True, text=True, check=False)
    check(done.returncode == 0, done.stderr)


# The functions that take a format and its arguments, and which argument the format is: as xgettext is told.
SAID_CALL = re.compile(r"--keyword=(?!_|N_)(\w+):(\d+)")
FINISHED = re.compile(r"(?:\b\w*(?:error|why)|\be)(?:\.|->)text\b|\berror_(?:advice|told)\(|\bstrerror|\bN?_\(|\bcheck\.text\b")


def arguments(source, start):
    """What stands between the bracket at `start` and its end, cut at the commas."""
    depth, parts, begin, at = 0, [], start + 1, start
    while at < len(source):
        if source[at] in "\"'":
            quote = source[at]
            at += 1
            while source[at] != quote:
                at += 2 if source[at] == "\\" else 1
        elif source[at] in "([{":
            depth += 1
        elif source[at] in ")]}":
            depth -= 1
            if not depth:
                return [*parts, source[begin:at]]
        elif source[at] == "," and depth == 1:
            parts.append(source[begin:at])
            begin = at + 1
        at += 1
    return []


def test_nested(house):
    """A text that crosses a process is its format and its arguments: no finished words in it, a text inside goes through %-s"""
    with open(os.path.join(SOURCE, "po", "local.am"), encoding="utf-8") as file:
        where = {name: int(place) - 1 for name, place in SAID_CALL.findall(file.read())}
    calls, wrong, seen = re.compile(rf"(?<![\w.>])({'|'.join(where)})\("), [], 0
    for folder, _, names in sorted(os.walk(os.path.join(SOURCE, "src"))):
        for name in sorted(n for n in names if n.endswith(".c")):
            path = os.path.relpath(os.path.join(folder, name), SOURCE)
            if re.match("src/(panel|sandbox|tui)/", path):
                continue
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                source = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
            for call in calls.finditer(source):
                parts = arguments(source, call.end() - 1)
                place = where[call.group(1)]
                if len(parts) <= place or '"' not in parts[place]:
                    continue
                seen += 1
                line = f"{path}: {call.group(1)}({' '.join(','.join(parts[place:]).split())[:200]}"
                if re.search(r"(?<!N)_\(", parts[place]):
                    wrong.append(line)
                text = "".join(literal for literal, _ in literals(parts[place]))
                if "?" not in parts[place]:
                    kinds = re.findall(r"%%|%([-0-9.*]*)(?:hh|h|ll|l|z|j|t)?([sdiucx])", text)
                    values = parts[place + 1:]
                    for flags, kind in (k for k in kinds if k[1]):
                        value = values[flags.count("*")] if len(values) > flags.count("*") else ""
                        values = values[flags.count("*") + 1:]
                        if kind == "s" and "-" not in flags and FINISHED.search(value):
                            wrong.append(line)
    check(seen > 1000, f"only {seen} calls were found")
    check(not wrong, "\n".join(wrong))


run_tests([test_complete, test_walk, test_glossary, test_places, test_nested])
