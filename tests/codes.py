"""The table of codes (src/base/codes.h) and the sources agree, and every code has words in both languages.

Codes are read from the sources: as arguments of the functions that take one, and where tables and assignments
hold one. What a new way of giving a code needs is a line in CALLS or PATTERNS; a code that nothing here finds is
reported as one that nobody uses."""
import json
import os
import re
import subprocess

import tap

SOURCE = os.environ.get("ENDPOINT_SOURCE", os.path.join(os.path.dirname(__file__), ".."))
BUILD = os.environ.get("ENDPOINT_BUILD", os.getcwd())

# Functions that take a code: the number of its argument, and what it is a code of.
CALLS = {
    "error_set": (2, "error"), "error_errno": (2, "error"), "supervisor_fault": (1, "error"), "bad_column": (2, "error"),
    "denied": (1, "error"), "api_problem": (2, "error"),
    "health_fail": (1, "check"), "health_warn": (1, "check"), "health_good": (1, "check"), "loop_say": (2, "check"),
    "warn": (2, "check"), "order_fault": (1, "order"),
    "order_flow_journal": (2, "event"), "move_set": (3, "event"), "move_plain": (3, "event"), "move_note": (2, "event"),
    "daemon_tell": (5, "event"), "log_event": (3, "event"),
    "events_journal": (2, "event"), "notes_add": (3, "event"), "daemon_journal": (3, "event"),
}
# A static function of one file whose name others use for something else.
OWN = {"xml.c": {"stop": (1, "error")}, "control.c": {"refuse": (2, "error")}, "store_orders.c": {"refuse": (1, "error")}}
# Where a code stands otherwise.
PATTERNS = [
    (r'\{"([a-z]+\.[a-z_]+)",\s*(?:N_\()?"[^"]*"\)?,\s*(?:NULL|"[a-z. ]+"),\s*check_\w+\}', "check"),
    (r'\.code\s*=\s*"([a-z_]+\.[a-z_]+)"', "check"),
    (r'\.code\s*=\s*"([a-z_]+)"', "event"),
    (r'text_copy\(c(?:->|\.)code, sizeof c(?:->|\.)code, "([a-z_.]+)"\)', "check"),
    (r'\bcode\[\] = "([a-z_]+\.[a-z_]+)"', "check"),
    (r'check_code\[\] = "([a-z_]+\.[a-z_]+)"', "check"),
    (r'm->code = "([a-z_]+)"', "event"),
    (r'"code",\s*"([a-z_]+)"', "error"),
    (r'const char \*word = (status ==(?:[^;"]|"[^"]*")*);', "error"),
    (r'\{\d+, \d+, MESSAGE_\w+, STATUS_\w+,\s*"([a-z_]+)"', "error"),
    (r'REFUSED_CODE "([a-z_]+)"', "event"),
    (r'\[ORDER_SIDE_\w+\] = \{"([a-z.]+)"', "check"),
    (r'\? "(orders\.[a-z]+)"', "check"),
]
# Words that stand where a code could, and are none.
NOT_CODES = {"code", "text", "title", "detail"}


def arguments(text, at):
    """The arguments of the call whose bracket was opened before `at`."""
    found, start, depth, inside = [], at, 1, False
    while depth:
        c = text[at]
        if inside:
            if c == "\\":
                at += 1
            elif c == '"':
                inside = False
        elif c == '"':
            inside = True
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and depth == 1:
            found.append(text[start:at])
            start = at + 1
        at += 1
    return found + [text[start:at - 1]]


def of_file(name, text):
    calls = {**CALLS, **OWN.get(name, {})}
    for match in re.finditer(r"\b(" + "|".join(calls) + r")\(", text):
        index, kind = calls[match.group(1)]
        given = arguments(text, match.end())
        for code in re.findall(r'"([a-z][a-z0-9_.]*)"', given[index]) if len(given) > index else ():
            yield code, kind
    for pattern, kind in PATTERNS:
        for match in re.finditer(pattern, text):
            given = match.group(1)
            for code in re.findall(r'"([a-z_.]+)"', given) if '"' in given else [given]:
                yield code, kind


def used():
    """Each code of the sources, and the files that give it"""
    found = {}
    for folder, _, names in sorted(os.walk(os.path.join(SOURCE, "src"))):
        for name in sorted(names):
            if not name.endswith((".c", ".h")) or name.startswith("codes"):
                continue
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                for code, _ in of_file(name, file.read()):
                    if code not in NOT_CODES:
                        found.setdefault(code, set()).add(name)
    return found


def table(language="en"):
    environment = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE=language,
                       ENDPOINT_LOCALEDIR=os.path.join(BUILD, "locale"))
    said = subprocess.run([os.path.join(BUILD, "endpointctl"), "--lang", language, "--json", "explain"], check=True,
                          capture_output=True, text=True, encoding="utf-8", env=environment).stdout
    return json.loads(said)


def listed():
    """Every code of the sources stands in the table"""
    have, want = {row["code"] for row in table()}, used()
    if len(want) < 400:
        return [f"only {len(want)} codes were found in the sources"]
    return [f"{code} ({', '.join(sorted(where))}) is not in src/base/codes_*.c"
            for code, where in sorted(want.items()) if code not in have]


def needed():
    """Every code of the table is used by the sources, and stands there once"""
    codes, want = [row["code"] for row in table()], used()
    return ([f"{code} is used by nobody" for code in codes if code not in want] +
            [f"{code} stands twice" for code in sorted(set(codes)) if codes.count(code) > 1])


def whole():
    """No text, cause or remedy is empty, and each is a sentence"""
    wrong = []
    for row in table():
        for part in ("text", "cause", "remedy"):
            if not row[part].strip() or part == "text" and row["kind"] != "check" and not row[part].endswith("."):
                wrong.append(f"{row['code']}: {part} is {row[part]!r}")
            if not row[part].isascii() and "…" not in row[part]:
                wrong.append(f"{row['code']}: {part} is not English: {row[part]!r}")
    return wrong


def polish():
    """Every text, cause and remedy has its Polish"""
    english, polish_rows = table(), table("pl")
    same = {"ERP: operator", "ERP: port", "ERP: login", "Panel: token"}
    return [f"{a['code']}: {part} is the same in Polish: {a[part]!r}" for a, b in zip(english, polish_rows)
            for part in ("text", "cause", "remedy") if a[part] == b[part] and a[part] not in same]


def asked():
    """endpointctl explain says text, cause and remedy; a mistyped code exits 2 and names the nearest"""
    def run(*words):
        return subprocess.run([os.path.join(BUILD, "endpointctl"), "explain", *words], capture_output=True, text=True,
                              encoding="utf-8", check=False, env=dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="en"))
    wrong = []
    row = next(row for row in table() if row["code"] == "erp_login")
    good, bad, every = run("erp_login"), run("erp_logni"), run()
    said = " ".join(good.stdout.split())
    if good.returncode or not all(row[part] in said for part in ("text", "cause", "remedy")):
        wrong.append(f"explain erp_login: {good.returncode}, {good.stdout!r}")
    if bad.returncode != 2 or "did you mean erp_login?" not in bad.stderr:
        wrong.append(f"explain erp_logni: {bad.returncode}, {bad.stderr!r}")
    if every.returncode or len(every.stdout.splitlines()) != len(table()):
        wrong.append(f"explain lists {len(every.stdout.splitlines())} of {len(table())} codes")
    return wrong


def page():
    """doc/codes.md is what the table prints"""
    made = subprocess.run([os.path.join(BUILD, "codes-print")], check=True, capture_output=True, text=True,
                          encoding="utf-8").stdout
    with open(os.path.join(SOURCE, "doc", "codes.md"), encoding="utf-8") as file:
        kept = file.read()
    return [] if kept == made else ["make it anew: ./codes-print > doc/codes.md"]


if __name__ == "__main__":
    tap.run(listed, needed, whole, polish, asked, page)
