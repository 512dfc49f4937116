"""The table of settings, etc/endpoint.conf and the list in endpoint.conf(5) say the same."""
import difflib
import os
import subprocess

import tap

SOURCE = os.environ.get("ENDPOINT_SOURCE", os.path.join(os.path.dirname(__file__), ".."))
PRINT = os.path.join(os.environ.get("ENDPOINT_BUILD", os.getcwd()), "config-print")


def printed(*what):
    return subprocess.run([PRINT, *what], check=True, capture_output=True, text=True,
                          encoding="utf-8").stdout


def read(*parts):
    with open(os.path.join(SOURCE, *parts), encoding="utf-8") as file:
        return file.read()


def differences(kept, made, name, command):
    lines = list(difflib.unified_diff(kept.splitlines(), made.splitlines(), name, command, "", "", 0))
    return lines[:40]


def example():
    """etc/endpoint.conf is what the table prints"""
    return differences(read("etc", "endpoint.conf"), printed("example"), "etc/endpoint.conf",
                       "config-print example")


def manual():
    """endpoint.conf(5) lists every setting as the table has it"""
    page, made = read("man", "endpoint.conf.5"), printed("mdoc")
    first = made.splitlines()[0]
    start = page.find(first + "\n")
    if start < 0:
        return [f"man/endpoint.conf.5 has no line {first!r}"]
    end = page.find("\n", page.find('.\\" End of the settings.', start))
    return differences(page[start:end + 1], made, "man/endpoint.conf.5", "config-print mdoc")


def channels():
    """The page of a channel lists its settings as the table has them"""
    found = []
    for name in sorted(os.listdir(os.path.join(SOURCE, "man"))):
        page, mark = read("man", name), '.\\" Made by config-print channel '
        if mark not in page:
            continue
        kind, rest = page.split(mark, 1)[1].split("\n", 1)
        found += differences(rest.split('.\\" End of the settings.')[0], printed("channel", kind), "man/" + name,
                             f"config-print channel {kind}")
    return found


if __name__ == "__main__":
    tap.run(example, manual, channels)
