"""endpoint-tui in a terminal that a test can read: a tmux server of its own, its keys and its screen.

Nothing sleeps for a time: a test waits until the screen shows something, with a deadline.
"""
import difflib
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from harness import BUILD, SLOW, SOURCE, Failure, Skip, check, equal, house, program, run_tests  # noqa: E402,F401

SCREENS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "screens")


class Terminal:
    """One tmux server with one window."""
    count = 0

    def __init__(self, directory, columns=80, rows=24, command="", environment=None):
        if not shutil.which("tmux"):
            raise Skip("no tmux here")
        Terminal.count += 1
        self.socket = os.path.join(directory, f"tmux{Terminal.count}")
        self.columns, self.rows = columns, rows
        variables = {"LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "TZ": "UTC", "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
                     "HOME": directory, "ENDPOINT_LOCALEDIR": os.path.join(BUILD, "locale"),
                     "ENDPOINT_ERP_DIR": os.path.join(SOURCE, "etc", "erp")}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                variables[name] = os.environ[name]
        if os.environ.get("SANITIZER_RUN"):
            # LeakSanitizer's last look stops every thread by ptrace; where the terminal is gone that may never end.
            variables["ASAN_OPTIONS"] = ":".join(filter(None, (variables.get("ASAN_OPTIONS"), "detect_leaks=0")))
        variables.update(environment or {})
        line = "env -i " + " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items() if value is not None)
        # What comes after the program shows that it gave the terminal back.
        line += f" {command}; echo ENDED $?; exec cat"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", str(columns), "-y", str(rows), line)

    def tmux(self, *arguments):
        environment = dict(os.environ, LC_ALL="C.UTF-8")
        environment.pop("TMUX", None)
        done = subprocess.run(["tmux", "-S", self.socket, *arguments], capture_output=True, text=True, encoding="utf-8",
                              timeout=60, check=False, env=environment)
        return done.stdout

    def close(self):
        self.tmux("kill-server")

    def pid(self):
        return int(self.tmux("display-message", "-p", "-t", "t", "#{pane_pid}").strip() or 0)

    def keys(self, *keys):
        """tmux' names: Enter, Tab, BTab, Escape, F5, C-s, or characters."""
        self.tmux("send-keys", "-t", "t", *keys)

    def type(self, text):
        self.tmux("send-keys", "-t", "t", "-l", text)

    def field(self, text):
        """Empty the focused field and fill it."""
        self.keys("C-e", "C-u")
        self.type(text)

    def resize(self, columns, rows):
        self.tmux("resize-window", "-t", "t", "-x", str(columns), "-y", str(rows))

    def screen(self, colours=False):
        return self.tmux("capture-pane", "-p", "-t", "t", *(["-e"] if colours else []))

    def cursor(self):
        x, y = self.tmux("display-message", "-p", "-t", "t", "#{cursor_x} #{cursor_y}").split()
        return int(x), int(y)

    def wait(self, condition, what, within=60):
        """Until the screen fulfils condition (a text that it shows, or a function of it); returns the screen."""
        deadline = time.monotonic() + within * SLOW
        seen = condition if callable(condition) else (lambda screen: condition in screen)
        while True:
            screen = self.screen()
            if seen(screen):
                return screen
            if time.monotonic() > deadline:
                raise Failure(f"not within {within * SLOW} s: {what}; the screen is\n{screen}")
            time.sleep(0.03)

    def see(self, *texts):
        for text in texts:
            screen = self.wait(text, f"the screen shows {text!r}")
        return screen

    def gone(self, text):
        return self.wait(lambda screen: text not in screen, f"{text!r} goes from the screen")

    def ended(self, code=0):
        """It has ended with this code, and the screen is the shell's again."""
        screen = self.see("ENDED ")
        check(f"ENDED {code}" in screen, f"endpoint-tui did not end with {code}:\n{screen}")
        check("Endpoint" not in screen, f"the terminal was not given back:\n{screen}")
        return screen

    def focus(self):
        """The line on which the hardware cursor stands, which is to have the focus and its sign."""
        lines, (_, row) = self.screen().splitlines(), self.cursor()
        line = lines[row] if row < len(lines) else ""
        return line if re.match(r" +> ", line) or re.search(r"  > |> [^<>]* <", line) else ""

    def go(self, label, key="Tab", most=60):
        """Move the focus to the line or the button with this label, without counting keys."""
        for _ in range(most):
            focused = self.focus()
            if re.search(r"(?:^ +|  )> (\[.\] |\(.\) )?" + re.escape(label), focused) or f"> {label} <" in focused:
                return focused
            before = self.screen(), self.cursor()
            self.keys(key)
            self.wait(lambda screen: (screen, self.cursor()) != before, f"{key} moves the focus")
        raise Failure(f"the focus does not come to {label!r}:\n{self.screen()}")

    def press(self, label):
        self.go(label)
        self.keys("Enter")


def options(house):
    return ["--config", house.path("etc/endpoint.conf"), "--state-dir", house.path("state"), "--runtime-dir", house.path("run")]


def start(house, *more, columns=80, rows=24, environment=None, binary=None):
    """endpoint-tui on the files of a House."""
    command = " ".join(shlex.quote(word) for word in [binary or program("endpoint-tui"), *options(house), *more])
    return Terminal(house.dir, columns, rows, command, environment)


# ---- stand-ins, so that screens are the same on every machine ---------------------------------------------

STUB = """#!/usr/bin/env python3
import json, os, sys
words = sys.argv[1:]
while words and words[0] in ("--config", "--state-dir", "--runtime-dir", "--lang"):
    words = words[2:]
answers = json.load(open(os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), "answers.json")))
if "--values" in words:
    sys.stdin.read()
best = max((k for k in answers if " ".join(words).startswith(k)), key=len, default=None)
for line in answers[best] if best else [{"ok": False, "error": {"code": "stub", "text": "nothing is known of " + " ".join(words), "remedy": ""}}]:
    print(json.dumps(line), flush=True)
"""


def with_stub(house, answers):
    """A copy of endpoint-tui beside an endpointctl that answers what it is told. Returns its path."""
    directory = house.write_dir("bin")
    if not os.path.exists(os.path.join(directory, "endpoint-tui")):
        shutil.copy(program("endpoint-tui"), directory)
        with open(os.path.join(directory, "endpointctl"), "w", encoding="utf-8") as file:
            file.write(STUB)
        os.chmod(os.path.join(directory, "endpointctl"), 0o755)
    with open(os.path.join(directory, "answers.new"), "w", encoding="utf-8") as file:
        json.dump(answers, file)
    os.replace(os.path.join(directory, "answers.new"), os.path.join(directory, "answers.json"))  # it may be read just now
    return os.path.join(directory, "endpoint-tui")


class FakeDaemon:
    """Answers on the control socket with what it was given; lines after the first are sent as they are."""

    def __init__(self, house, answers):
        self.answers, self.asked = answers, []
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(house.path("run", "control.sock"))
        self.server.listen(16)
        self.clients = []
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            self.clients.append(client)
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            with client, client.makefile("rw", encoding="utf-8") as stream:
                for line in stream:
                    request = json.loads(line)
                    self.asked.append(request)
                    found = self.answers.get(request["do"], [{"ok": False, "error": {
                        "code": "request_unknown", "text": "a request is unknown", "remedy": ""}}])
                    for answer in found(request) if callable(found) else found:
                        stream.write(json.dumps(answer) + "\n")
                        stream.flush()
        except (OSError, ValueError):
            pass

    def close(self):
        # Wake accept() and wait for it: else it goes on with whatever socket has this number next.
        try:
            self.server.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.thread.join()
        self.server.close()
        for client in self.clients:
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


# ---- kept screens -----------------------------------------------------------------------------------------

def plain(screen):
    return "\n".join(line.rstrip() for line in screen.splitlines()).rstrip() + "\n"


class Kept:
    """tests/tui/screens/NAME.txt: what the screen must come to show. UPDATE_SCREENS=1 writes it anew."""

    def __init__(self, name):
        self.path = os.path.join(SCREENS, name + ".txt")
        self.update = bool(os.environ.get("UPDATE_SCREENS"))
        self.screens = {}
        if not self.update:
            with open(self.path, encoding="utf-8") as file:
                for part in file.read().split("==== ")[1:]:
                    title, _, text = part.partition("\n")
                    self.screens[title] = text

    def note(self, terminal, title):
        """The screen, when it is as it was kept. (To update: when it has not changed for a while.)"""
        if self.update:
            still, screen = 0, None
            while still < 10:
                time.sleep(0.05)
                now = terminal.screen()
                still = still + 1 if now == screen else 0
                screen = now
            self.screens[title] = plain(screen)
            return screen
        kept = self.screens.get(title, "")
        try:
            return terminal.wait(lambda screen: plain(screen) == kept, f"the screen {title!r} is the kept one")
        except Failure:
            raise Failure(f"{title}: the screen differs from {self.path} (UPDATE_SCREENS=1 keeps the new one):\n" + "\n".join(
                difflib.unified_diff(kept.splitlines(), plain(terminal.screen()).splitlines(), "kept", "now",
                                     lineterm=""))) from None

    def close(self):
        if self.update:
            with open(self.path, "w", encoding="utf-8") as file:
                file.write("".join(f"==== {title}\n{text}" for title, text in self.screens.items()))
