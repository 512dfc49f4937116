"""Is every C file laid out as .clang-format says? Asked of clang-format 14, the version that the tree was laid out with."""
import os
import shutil
import subprocess
import sys

SOURCE = os.environ.get("ENDPOINT_SOURCE", os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
VERSION = "version 14."


def formatter():
    """The program, or None when there is none of that version."""
    for name in ("clang-format-14", "clang-format"):
        if shutil.which(name) and VERSION in subprocess.run([name, "--version"], capture_output=True, text=True, check=False).stdout:
            return name
    return None


def differing(program, files):
    done = subprocess.run([program, "--style=file", "--dry-run", "-Werror", *files], cwd=SOURCE, capture_output=True, text=True,
                          check=False)
    found = sorted({line.split(":", 1)[0] for line in done.stderr.splitlines() if "clang-format-violations" in line})
    return found if found or done.returncode == 0 else [done.stderr]


def main():
    print("1..2")
    program = formatter()
    if not program:
        print("ok 1 - the layout of C files # SKIP no clang-format 14 here\nok 2 - a wrong one is seen # SKIP no clang-format 14 here")
        return
    files = sorted(os.path.relpath(os.path.join(directory, name), SOURCE)
                   for top in ("src", "tests") for directory, _, names in os.walk(os.path.join(SOURCE, top))
                   for name in names if name.endswith((".c", ".h")))
    wrong = differing(program, files)
    print(f"{'not ok' if wrong else 'ok'} 1 - the layout of {len(files)} C files")
    for name in wrong:
        print(f"# {name}: clang-format -i {name}")
    seen = subprocess.run([program, "--style=file", "--assume-filename=src/x.c"], input="int  f(void){return 1;}\n", cwd=SOURCE,
                          capture_output=True, text=True, check=False).stdout == "int f(void)\n{\n    return 1;\n}\n"
    print(f"{'ok' if seen else 'not ok'} 2 - a wrong one is seen")
    sys.exit(0 if seen and not wrong else 1)


main()
