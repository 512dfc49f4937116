"""The house's rule: a room includes only rooms on lower floors; panel and sandbox only floors 0 to 2.
Also: no banned functions, in the tests neither, and no exit outside a program's main."""
import os
import re
import sys
import tempfile

SOURCE = os.environ.get("ENDPOINT_SOURCE", os.path.join(os.path.dirname(__file__), ".."))
FLOORS = {"base": 0, "model": 1, "check": 1, "config": 2, "net": 2, "store": 2, "tds": 3, "link": 3,
          "mapping": 4, "channel": 4, "document": 5, "erp": 6, "sync": 6,
          "worker": 7, "daemon": 7, "ctl": 7, "tui": 7}
APART = {"panel", "sandbox"}
BANNED = re.compile(r"\b(sprintf|vsprintf|strcpy|strcat|gets|strtok)\s*\(")
EXIT = re.compile(r"(?<![\w.>])_?exit\s*\(")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([a-z]+)/', re.M)


def without_comments_and_texts(text):
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(\\.|[^"\\])*"', "", text, flags=re.S)


def faults_of_tests(root):
    found = []
    for directory, _, names in os.walk(os.path.join(root, "tests")):
        for name in sorted(names):
            if name.endswith((".c", ".h")):
                path = os.path.join(directory, name)
                with open(path, encoding="utf-8") as file:
                    code = without_comments_and_texts(file.read())
                found += [f"{path}: {match.group(1)} is banned" for match in BANNED.finditer(code)]
    return found


def faults(root):
    found = faults_of_tests(root)
    for directory, _, names in os.walk(os.path.join(root, "src")):
        for name in sorted(names):
            if not name.endswith((".c", ".h")):
                continue
            path = os.path.join(directory, name)
            room = os.path.relpath(path, os.path.join(root, "src")).split(os.sep)[0]
            with open(path, encoding="utf-8") as file:
                text = file.read()
            for other in INCLUDE.findall(text):
                if other == room or (other not in FLOORS and other not in APART):
                    continue
                allowed = other in FLOORS and (FLOORS[other] <= 2 if room in APART
                                               else FLOORS[other] < FLOORS.get(room, -1))
                if not allowed:
                    found.append(f"{path}: {room} may not include {other}")
            code = without_comments_and_texts(text)
            for match in BANNED.finditer(code):
                found.append(f"{path}: {match.group(1)} is banned")
            if EXIT.search(code) and "main" not in name:
                found.append(f"{path}: exit outside main")
            lines = text.count("\n")
            if name == "main.c" and lines > 150:
                found.append(f"{path}: a main.c of {lines} lines")
    return found


def planted(room, line, top="src"):
    """Does the rule see this line in that room?"""
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.join(root, top, room))
        with open(os.path.join(root, top, room, "x.c"), "w", encoding="utf-8") as file:
            file.write(line + "\n")
        return bool(faults(root))


def main():
    results = [("the tree keeps the rule", not (seen := faults(SOURCE))),
               ("an include that points up is seen", planted("base", '#include "sync/flow.h"')),
               ("an include that points sideways is seen", planted("tds", '#include "link/link.h"')),
               ("the panel including the ERP room is seen", planted("panel", '#include "erp/reader.h"')),
               ("a banned function is seen", planted("base", "void f(char *a) { strcpy(a, a); }")),
               ("a banned function in a test is seen",
                planted("unit", "void f(char *a) { sprintf(a, a); }", "tests")),
               ("exit outside main is seen", planted("base", "void f(void) { exit(1); }"))]
    print(f"1..{len(results)}")
    for index, (name, good) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {index} - {name}")
    for fault in seen:
        print("# " + fault)
    sys.exit(0 if all(good for _, good in results) else 1)


main()
