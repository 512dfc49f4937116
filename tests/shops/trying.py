"""A channel without the rest of the house: channel_try (tests/tools/channel_try.c) and a double, for a test."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from harness import Failure, check, equal, program  # noqa: E402


class Trying:
    """One channel, open. Each call gives {"status", "error", …} with what the call told in "told"."""

    def __init__(self, kind, channel, settings, secrets, ca, options=None, mark="", environment=None):
        self.folder = tempfile.mkdtemp(prefix="endpoint-test-")
        path = os.path.join(self.folder, "secrets")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            json.dump(secrets, file)
        self.process = subprocess.Popen(
            [os.environ.get("CHANNEL_TRY") or program("channel_try"), "--type", channel, "--kind", kind, "--state", self.folder,
             "--settings", json.dumps(settings), "--options", json.dumps(options or {}), "--ca", ca, "--secrets", path,
             "--mark", mark], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=dict(os.environ, **(environment or {})))
        self.opened = self.read()

    def read(self):
        told = []
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise Failure(f"channel_try ended: {self.process.wait()}")
            row = json.loads(line)
            if "done" in row:
                return {**row, "told": told}
            told.append(row)

    def begin(self, do, **more):
        """Ask, and do not wait for the answer: read() gives it."""
        self.process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self.process.stdin.flush()

    def call(self, do, **more):
        self.begin(do, **more)
        return self.read()

    def items(self):
        """The whole catalogue: id → item."""
        done = self.call("catalogue", page="", all=True)
        equal(done["status"], "ok", f"catalogue: {done}")
        return {t["item"]["id"]: t["item"] for t in done["told"]}

    def send(self, *records):
        """Records are (item or None, data) or (item, data, more). Gives the status and the answers in their order."""
        rows = [{"key": r[1].get("sku", "?"), "item": r[0], "data": r[1], **(r[2] if len(r) > 2 else {})} for r in records]
        done = self.call("send", records=rows)
        answers = {t["answer"]["index"]: t["answer"] for t in done["told"]}
        done["answers"] = [answers.get(i, {"result": "untried"}) for i in range(len(rows))]
        done["results"] = [a["result"] for a in done["answers"]]
        return done

    def orders(self, cursor="", limit=100):
        """All that comes until a call gives none: orders, the cursor behind them, and calls made."""
        found = []
        for _ in range(1000):
            done = self.call("orders", cursor=cursor, limit=limit)
            if done["status"] != "ok":
                raise Failure(f"orders: {done}")
            found += done["orders"]
            check(len(done["next"].encode()) <= 1000, "a cursor is at most 1000 bytes")
            cursor = done["next"]
            if not done["orders"]:
                return found, cursor
        raise Failure("the feed of orders does not end")

    def close(self):
        self.process.stdin.close()
        try:
            code = self.process.wait(30)
            wanted = 0 if self.opened["status"] == "ok" else 1
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failure("channel_try did not end") from None
        finally:
            self.process.stdout.close()
            shutil.rmtree(self.folder)
        equal(code, wanted, "how channel_try ended")  # a sanitizer's findings end it otherwise
