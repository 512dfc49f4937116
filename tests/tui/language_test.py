"""Polish on a machine that has no Polish locale: what --lang and the environment ask for is what is shown."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from terminal import BUILD, Terminal, check, equal, program, run_tests  # noqa: E402

# What the environment says, whether --lang pl is given, and whether the screen is UTF-8.
PLACES = [({"LC_ALL": "C.UTF-8"}, True, True), ({"LC_ALL": None}, True, False), ({"LC_ALL": "C.UTF-8", "LANGUAGE": "en"}, True, True),
          ({"LC_ALL": "C"}, True, False), ({"LC_ALL": None, "LANG": "C.UTF-8"}, True, True),
          ({"LC_ALL": "C.UTF-8", "LANGUAGE": "pl"}, False, True), ({"LC_ALL": None, "LANG": "pl_PL.UTF-8", "LC_CTYPE": "C.UTF-8"}, False, None)]


def test_screens(house):
    """endpoint-tui: Polish in UTF-8 or in ASCII, with whatever locale"""
    house.write("etc/endpoint.conf", "")
    for environment, asked, utf8 in PLACES:
        t = Terminal(house.dir, environment=environment, command=" ".join(
            [program("endpoint-tui"), "--config", house.path("etc/endpoint.conf"), "--state-dir", house.path("state"),
             "--runtime-dir", house.path("run"), *(["--lang", "pl"] if asked else [])]))
        try:
            t.see("Zarejestruj")
            screen = t.screen()
            check("Register" not in screen, f"{environment}: two languages\n{screen}")
            if utf8 is not None:
                equal(any(letter in screen for letter in "ąćęłńóśźż"), utf8, f"{environment}: letters with marks\n{screen}")
                equal(screen.isascii(), not utf8, f"{environment}: ASCII\n{screen}")
        finally:
            t.close()


def test_commands(house):
    """endpointctl --lang: its words and the C library's, in one language"""
    for environment, _, _ in PLACES:
        for language, wanted, other in (("pl", "nie ma takiego pliku ani katalogu", "No such"),
                                        ("en", "No such file or directory", "nie ma takiego")):
            known = {"PATH": os.environ["PATH"], "ENDPOINT_LOCALEDIR": os.path.join(BUILD, "locale"), **environment}
            done = house.run([program("endpointctl"), "--lang", language, "--config", house.path("etc/endpoint.conf"), "--state-dir",
                              house.path("state"), "--runtime-dir", house.path("run"), "register", "--panel", "https://localhost:1",
                              "--token-file", house.path("none")], environment={k: v for k, v in known.items() if v is not None})
            said = done.stdout + done.stderr
            check(wanted in said and other not in said, f"{environment} {language}: {said}")


run_tests([test_screens, test_commands])
