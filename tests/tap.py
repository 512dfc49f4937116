"""For tests that look at files: a function gives what is wrong, a list of lines; none is good."""
import sys


def run(*tests):
    """Each test by its docstring, as TAP; ends the program."""
    print(f"1..{len(tests)}")
    failed = False
    for number, test in enumerate(tests, 1):
        found = test()
        failed |= bool(found)
        print(f"{'not ok' if found else 'ok'} {number} - {test.__doc__}")
        for line in found:
            print("# " + line)
    sys.exit(1 if failed else 0)
