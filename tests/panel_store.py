"""The panel's store is an interface: no SQL and nothing of SQLite outside src/panel/store/, and it knows nobody above."""
import os
import re
import sys
import tempfile

SOURCE = os.environ.get("ENDPOINT_SOURCE", os.path.join(os.path.dirname(__file__), ".."))
INSIDE = re.compile(r'#\s*include\s+[<"](sqlite3\.h|store/db\.h|panel/store/store_(sql|internal)\.h)[>"]|\bsqlite3')
ABOVE = re.compile(r'#\s*include\s+"panel/(api|web|cli)/')
# A statement's first words at the begin of a text.
SQL = re.compile(r'"\s*(SELECT\s|INSERT\s|UPDATE\s+\w+\s+SET|DELETE\s+FROM|BEGIN\s|COMMIT"|PRAGMA\s|CREATE\s|ALTER\s)')


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def faults(root):
    found = []
    store = os.path.join(root, "src", "panel", "store")
    for directory, _, names in os.walk(os.path.join(root, "src", "panel")):
        for name in sorted(names):
            if not name.endswith((".c", ".h")):
                continue
            path = os.path.join(directory, name)
            with open(path, encoding="utf-8") as file:
                code = without_comments(file.read())
            if directory == store:
                found += [f"{path}: {match.group(0)}" for match in ABOVE.finditer(code)]
            # What others include says nothing of the database either.
            if directory == store and (name.endswith(".c") or name in ("store_sql.h", "store_internal.h")):
                continue
            found += [f"{path}: {match.group(0)}" for rule in (INSIDE, SQL) for match in rule.finditer(code)]
    return found


def planted(where, line):
    """Does the rule see this line in that file?"""
    with tempfile.TemporaryDirectory() as root:
        path = os.path.join(root, "src", "panel", where)
        os.makedirs(os.path.dirname(path))
        with open(path, "w", encoding="utf-8") as file:
            file.write(line + "\n")
        return bool(faults(root))


def main():
    results = [("the panel keeps the rule", not (seen := faults(SOURCE))),
               ("SQL in the API is seen", planted("api/x.c", 'f("SELECT id FROM endpoints");')),
               ("SQL on the command line is seen", planted("cli/x.c", 'f("UPDATE plugins SET enabled=1");')),
               ("a handle of SQLite is seen", planted("api/x.c", "sqlite3 *db;")),
               ("the store's innards are seen", planted("cli/x.c", '#include "panel/store/store_sql.h"')),
               ("SQLite in a header of the store is seen", planted("store/x.h", "#include <sqlite3.h>")),
               ("the store including the API is seen", planted("store/x.c", '#include "panel/api/api.h"')),
               ("SQL in the store is no fault", not planted("store/x.c", 'f("SELECT id FROM endpoints");'))]
    print(f"1..{len(results)}")
    for index, (name, good) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {index} - {name}")
    for fault in seen:
        print("# " + fault)
    sys.exit(0 if all(good for _, good in results) else 1)


main()
