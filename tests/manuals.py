"""Manual pages: examples, sections, and a synopsis that says what depends on what."""
import glob
import os
import re
import shutil
import subprocess

import tap

SOURCE = os.environ.get("ENDPOINT_SOURCE", os.path.join(os.path.dirname(__file__), ".."))


def pages():
    found = {}
    for path in sorted(glob.glob(os.path.join(SOURCE, "man", "*.[0-9]"))):
        with open(path, encoding="utf-8") as file:
            found[os.path.basename(path)] = file.read()
    return found


def section(page, name):
    match = re.search(rf"^\.Sh {name}\n(.*?)(?=^\.Sh |\Z)", page, re.M | re.S)
    return match.group(1) if match else ""


def examples():
    """Every page has examples"""
    return [f"{name} has no EXAMPLES" for name, page in pages().items()
            if not re.search(r"^\.(Dl|Bd|D1)", section(page, "EXAMPLES"), re.M)]


def nested():
    """Options that do not depend on each other are not nested: [-a [-b]] would say that -b needs -a"""
    wrong = []
    for name, page in pages().items():
        for line in page.splitlines():
            if line.startswith("."):
                bare = re.sub(r"\bOo\b.*?\bOc\b", "", re.sub(r'^\.Op\b', ". Op", line))
                if len(re.findall(r"\bOp\b", bare)) > 1 or re.search(r"\bOp\b.*\| Cm [a-z]+ Ar", bare):
                    wrong.append(f"{name}: {line}")
    return wrong


def sections():
    """endpoint.conf(5) has a section for each group of settings"""
    page = pages()["endpoint.conf.5"]
    groups = set(re.findall(r"^\.It Ic ([a-z]+)\.", page, re.M))
    heads = re.findall(r"^\.Ss .*\n\.Bl -tag -width Ds\n\.It Ic ([a-z]+)\.", section(page, "SETTINGS"), re.M)
    return [] if len(heads) == len(groups) and set(heads) == groups else [f"groups {sorted(groups)}, sections {heads}"]


def lint():
    """mandoc finds no error and no warning"""
    if not shutil.which("mandoc"):
        return []
    files = [os.path.join(SOURCE, "man", name) for name in pages()]
    said = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *files], capture_output=True, text=True, check=False).stdout
    return [line for line in said.splitlines() if not line.endswith("new sentence, new line")][:20]


if __name__ == "__main__":
    tap.run(examples, nested, sections, lint)
