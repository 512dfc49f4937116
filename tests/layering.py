"""The house's rules. A room includes only rooms on lower floors; panel and sandbox only floors 0 to 2.
No function has more than 60 lines, is more complex than 20 or takes more than 8 parameters. A .c that exports functions has a .h of its own name,
and what it exports begins with that name or its first word, as it stands or in the singular; src/os/NAME.h is the
door of src/os/posix/NAME.c. System headers stand only in src/os/; the headers of ISO C and those of libraries (curses, curl
and getopt, which every C library has that we build for) stand where they are needed.
SQL and SQLite stand only where they belong; the panel's store is an interface, and what others include of it says nothing
of the database. No banned functions, in the tests neither, and no exit outside a program's main. What a function formats
goes where the caller says: no function has static memory for texts."""
import os
import re
import sys
import tempfile

SOURCE = os.environ.get("ENDPOINT_SOURCE", os.path.join(os.path.dirname(__file__), ".."))
FLOORS = {"base": 0, "os": 1, "model": 1, "check": 1, "config": 2, "net": 2, "store": 2, "tds": 3, "link": 3,
          "mapping": 4, "channel": 4, "document": 5, "erp": 6, "sync": 6,
          "worker": 7, "daemon": 7, "ctl": 7, "tui": 7}
APART = {"panel", "sandbox"}
BANNED = re.compile(r"\b(sprintf|vsprintf|strcpy|strcat|gets|strtok)\s*\(")
EXIT = re.compile(r"(?<![\w.>])_?exit\s*\(")
# A statement's first words at the beginning of a text.
SQL = re.compile(r'"\s*(SELECT\s|INSERT\s|UPDATE\s+\S+\s+SET|DELETE\s+FROM|BEGIN\s|COMMIT"|PRAGMA\s|CREATE\s|ALTER\s)')
# Memory for texts that outlives its function: the next call overwrites what somebody may still hold.
KEPT = re.compile(r"^[ \t]+static\s+(?:unsigned\s+|signed\s+)?(?:(?:char|uint8_t)\s+\w+\s*\[|struct\s+buf\s+\w+)", re.M)
SQLITE = re.compile(r"\bsqlite3(?!\.h)\w*|<sqlite3\.h>")
SQL_ROOMS = ("src/store/", "src/sandbox/", "src/panel/store/", "src/mapping/", "src/tds/", "src/erp/", "src/document/")
SQLITE_ROOMS = ("src/store/", "src/sandbox/", "src/panel/store/")
# Rooms that are given what they need of the configuration, never the whole; order_settings.c takes it apart.
CONFIG, CONFIGLESS = re.compile(r"\bstruct config\b"), ("src/tds/", "src/mapping/", "src/document/", "src/sync/")
CONFIG_EDGE = "src/document/order_settings."
PANEL_STORE, PANEL_STORE_OWN = "src/panel/store/", ("store_sql.h", "store_internal.h")
PANEL_DATABASE = re.compile(r'#\s*include\s+[<"](sqlite3\.h|store/db\.h|panel/store/store_(sql|internal)\.h)[>"]')
PANEL_ABOVE = re.compile(r'#\s*include\s+"panel/(api|web|cli)/')
SYSTEM = re.compile(r"^[ \t]*#[ \t]*include[ \t]+<((?!" + "|".join((
    r"(?:assert|ctype|errno|float|inttypes|limits|locale|math|setjmp|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|"
    r"stdlib|string|time)\.h",
    r"(?:curses|expat|getopt|jansson|libconfig|microhttpd|sql|sqlext|sqlite3|uv|xxhash|zstd)\.h",
    r"(?:curl|openssl)/")) + r")[^>]+)>", re.M)
CALLS = re.compile(r"(?<![\w.>])(nanosleep|clock_gettime|setenv|unsetenv|fileno|fdopen|popen|mkstemp|mkdtemp|realpath|kill|raise|fork)\s*\(")
BRANCH = re.compile(r"\b(if|for|while|case)\b|&&|\|\||\?")
SHORT = {"memory": "mem"}  # modules whose names are said in short, as in C itself
LINES_MOST, COMPLEXITY_MOST, PARAMETERS_MOST = 60, 20, 8
CALLBACK = re.compile(r"\bxmlChar\b")  # a library says what its functions are given
DOORS_LEAST = 0.95  # of the .c files; the rest are programs and parts of tables
INCLUDE = re.compile(r'^\s*#\s*include\s+"([a-z]+)/', re.M)


def without_comments_and_texts(text):
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(\\.|[^"\\])*"', "", text, flags=re.S)


def without_comments(text):
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(\\.|[^"\\\n])*"|\'(\\.|[^\'\\\n])*\'',
                  lambda m: m[0] if m[0][0] in "\"'" else re.sub(r"[^\n]", "", m[0]), text, flags=re.S)


def without_texts(code):
    return re.sub(r'"(\\.|[^"\\\n])*"|\'(\\.|[^\'\\\n])*\'', '""', code)


def head_of(lines, brace):
    """The lines of a definition before its brace, as one."""
    first = brace - 1
    while first > 0 and lines[first - 1].strip() and not lines[first - 1].startswith(("}", "#")) \
            and not lines[first - 1].rstrip().endswith(";"):
        first -= 1
    return re.sub(r"__attribute__\s*\(\(.*?\)\)+", "", " ".join(lines[first:brace]))


def parameters(rest):
    """How many, of what follows a function's name and bracket."""
    count, depth = 1, 0
    for letter in rest:
        depth += (letter in "([") - (letter in ")]")
        count += letter == "," and depth == 0
        if depth < 0:
            break
    return 0 if CALLBACK.search(rest) else count


def functions(text):
    """(name, exported, lines, complexity, parameters) of each; comments and texts do not count."""
    lines = without_texts(without_comments(text)).split("\n")
    brace = -1
    while "{" in lines[brace + 1:]:
        brace = lines.index("{", brace + 1)
        end = lines.index("}", brace) if "}" in lines[brace:] else len(lines) - 1
        head = head_of(lines, brace)
        name = re.search(r"(\w+)\s*\(", head)
        if name:
            yield (name[1], not head.lstrip().startswith("static"), end - brace + 1,
                   1 + len(BRANCH.findall("\n".join(lines[brace:end + 1]))), parameters(head[name.end():]))
        brace = end


def has_prefix(place, name):
    module = os.path.basename(place)[:-2]
    first = module.split("_")[0]
    firsts = {first, first.removesuffix("s"), SHORT.get(module, first)}
    return name == module or name in firsts or name.startswith(tuple(word + "_" for word in firsts))


def door_of(path):
    """The header of a .c file: beside it, or before the rooms of the systems."""
    return path[:-2].replace(os.path.join("os", "posix", ""), os.path.join("os", "")) + ".h"


def faults_of_source(root, path, text):
    """Ceilings, doors, and where SQL and system headers stand."""
    found, place = [], os.path.relpath(path, root).replace(os.sep, "/")

    def fault(what):
        found.append(f"{path}: {what}")

    exports, strange = False, []
    for name, exported, lines, complexity, taken in functions(text):
        if exported and name != "main":
            exports = True
            strange += [] if has_prefix(place, name) else [name]
        if lines > LINES_MOST or complexity > COMPLEXITY_MOST:
            fault(f"{name} has {lines} lines and complexity {complexity}")
        if taken > PARAMETERS_MOST:
            fault(f"{name} takes {taken} parameters")
    if exports and place.endswith(".c") and not os.path.exists(door_of(path)):
        fault("it exports functions and has no header of its own name")
    if strange:
        fault(f"{', '.join(strange)}: named after another file")
    code = without_comments(text)
    system = SYSTEM.findall(code)
    if system and not place.startswith("src/os/posix/"):
        fault(f"system headers outside os/: {', '.join(system)}")
    for call in CALLS.findall(without_texts(code)) if not place.startswith("src/os/") else ():
        fault(f"{call} is the system's, behind a header of C")
    if KEPT.search(without_texts(code)):
        fault("a function keeps a text in static memory")
    if CONFIG.search(code) and place.startswith(CONFIGLESS) and not place.startswith(CONFIG_EDGE):
        fault("it is given the whole configuration")
    if SQL.search(code) and not place.startswith(SQL_ROOMS):
        fault("SQL outside the stores and mappings")
    if SQLITE.search(without_texts(code)) and not place.startswith(SQLITE_ROOMS):
        fault("sqlite3 outside the stores")
    if place.startswith("src/panel/"):
        found += [f"{path}: {what}" for what in faults_of_panel(place, code)]
    return found


def faults_of_panel(place, code):
    """The panel's store is an interface, and knows nobody above."""
    inside = place.startswith(PANEL_STORE)
    if inside and PANEL_ABOVE.search(code):
        yield "the panel's store includes what stands above it"
    if inside and (place.endswith(".c") or place.removeprefix(PANEL_STORE) in PANEL_STORE_OWN):
        return
    if PANEL_DATABASE.search(code) or SQLITE.search(without_texts(code)) or SQL.search(code):
        yield "the database is seen outside the panel's store"


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
            found += faults_of_source(root, path, text)
            lines = text.count("\n")
            if name == "main.c" and lines > 150:
                found.append(f"{path}: a main.c of {lines} lines")
    return found


def doors(root):
    """The share of .c files with a header of their own name, and those without."""
    files = [os.path.join(directory, name) for directory, _, names in os.walk(os.path.join(root, "src"))
             for name in names if name.endswith(".c")]
    without = [path for path in files if not os.path.exists(door_of(path))]
    return 1 - len(without) / len(files), without


def planted(room, text, top="src", names=("x.c",)):
    """Does the rule see this text in files of that room?"""
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.join(root, top, room))
        for name in names:
            os.makedirs(os.path.dirname(os.path.join(root, top, room, name)), exist_ok=True)
            with open(os.path.join(root, top, room, name), "w", encoding="utf-8") as file:
                file.write(text + "\n")
        return bool(faults(root))


def function(lines, branches, head="static void f(void)"):
    """One of so many lines, and of complexity 1 + branches; its comments and texts are full of branches that do not count."""
    body = ["    if (a)" if i < branches else '    say("if && ?"); /* if while || */' for i in range(lines - 2)]
    return "\n".join([head, "{"] + body + ["}"])


RETURNS = "static const char *f(void)\n{{\n    {};\n    return turns[0];\n}}"


def main():
    pair = ("x.c", "x.h")
    share, without = doors(SOURCE)
    results = [("the tree keeps the rule", not (seen := faults(SOURCE))),
               ("nearly each .c file has a header of its own name", share >= DOORS_LEAST),
               ("an include that points up is seen", planted("base", '#include "sync/flow.h"')),
               ("an include that points sideways is seen", planted("tds", '#include "link/link.h"')),
               ("the panel including the ERP room is seen", planted("panel", '#include "erp/reader.h"')),
               ("a banned function is seen", planted("base", "static void f(char *a) { strcpy(a, a); }")),
               ("a banned function in a test is seen",
                planted("unit", "void f(char *a) { sprintf(a, a); }", "tests")),
               ("exit outside main is seen", planted("base", "static void f(void) { exit(1); }")),
               ("a function of 61 lines is seen", planted("base", function(61, 0))),
               ("a function of complexity 21 is seen", planted("base", function(40, 20))),
               ("a function of 60 lines and complexity 20 may be", not planted("base", function(60, 19))),
               ("a function of 9 parameters is seen",
                planted("base", function(9, 0, "static void f(int a, int b, int c, int d, int e, int f, int g, int h, int i)"))),
               ("a function of 8 parameters may be", not planted("base", function(
                   9, 0, "static void f(int a, int b, int c, int d, int e, int f, int g, void (*h)(int i, int j))"))),
               ("a text in a function's static memory is seen", planted("tui", RETURNS.format("static char turns[8][32]"))),
               ("a buffer in a function's static memory is seen", planted("ctl", RETURNS.format("static struct buf turns[8]"))),
               ("a constant text in a function may be",
                not planted("ctl", RETURNS.format('static const char turns[] = "static char x[8]"'))),
               ("an exporting file without its header is seen", planted("base", function(9, 0, "void x_f(void)"))),
               ("a public name of another file is seen",
                planted("base", function(9, 0, "void other_f(void)"), names=pair)),
               ("a public name in the singular may be",
                not planted("base", function(9, 0, "void row_f(void)"), names=("rows.c", "rows.h"))),
               ("an exporting file with its header may be",
                not planted("base", function(9, 0, "void x_f(void)"), names=pair)),
               ("a table without a header may be", not planted("base", "const struct rows rows = {\n    1,\n};")),
               ("an exporting file of a system with its header before it may be",
                not planted("os", function(9, 0, "void x_f(void)"), names=("posix/x.c", "x.h"))),
               ("an exporting file of a system without a header is seen",
                planted("os", function(9, 0, "void x_f(void)"), names=("posix/x.c",))),
               ("a system header outside os/ is seen", planted("worker", "#include <unistd.h>")),
               ("a system header in a header of os/ is seen", planted("os", "#include <sys/types.h>", names=("x.h",))),
               ("a system header behind os/ may be", not planted("os", "#include <sys/stat.h>", names=("posix/x.c",))),
               ("a call of the system without its header is seen", planted("worker", "static void f(void) { nanosleep(&p, 0); }")),
               ("headers of C and of libraries may be",
                not planted("worker", "#include <time.h>\n#include <openssl/ssl.h>\n#include <uv.h>")),
               ("the whole configuration in a room near the ground is seen",
                planted("sync", "static void f(const struct config *c) { }")),
               ("SQL in another room is seen", planted("sync", 'static const char *s = "DELETE FROM held";')),
               ("SQL in the panel's API is seen", planted("panel/api", 'static const char *s = " SELECT 1";')),
               ("SQL in the panel's store may be", not planted("panel/store", 'static const char *s = "SELECT 1";')),
               ("SQL in a comment may be", not planted("sync", '/* "SELECT 1" */')),
               ("sqlite3 outside the stores is seen", planted("worker", "#include <sqlite3.h>")),
               ("a handle of SQLite outside the stores is seen", planted("ctl", "static sqlite3 *db;")),
               ("the innards of the panel's store are seen", planted("panel/cli", '#include "panel/store/store_sql.h"')),
               ("SQLite in a header of the panel's store is seen",
                planted("panel/store", "#include <sqlite3.h>", names=("x.h",))),
               ("SQL in a header of the panel's store is seen",
                planted("panel/store", '#define FIND "SELECT id"', names=("x.h",))),
               ("the panel's store including the API is seen", planted("panel/store", '#include "panel/api/api.h"')),
               ("a statement on the panel's command line is seen", planted("panel/cli", 'f("UPDATE plugins SET enabled=1");'))]
    print(f"1..{len(results)}")
    for index, (name, good) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {index} - {name}")
    for fault in seen:
        print("# " + fault)
    if share < DOORS_LEAST:
        print(f"# {100 * share:.1f} % have one, without: {' '.join(sorted(os.path.relpath(path, SOURCE) for path in without))}")
    sys.exit(0 if all(good for _, good in results) else 1)


main()
