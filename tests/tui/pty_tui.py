"""endpoint-tui on a pseudo-terminal, byte by byte: for counting what it writes, and for keys faster than people's."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time


class Pty:
    def __init__(self, arguments, columns=80, rows=24, environment=None):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.began = time.monotonic()
        self.process = subprocess.Popen(arguments, stdin=slave, stdout=slave, stderr=subprocess.PIPE, env=environment,
                                        start_new_session=True)
        os.close(slave)

    def read(self, within):
        """What comes within this time; b"" when nothing does."""
        ready, _, _ = select.select([self.master], [], [], within)
        if not ready:
            return b""
        try:
            return os.read(self.master, 65536)
        except OSError:
            return b""

    def until(self, text, within=60):
        """What comes until text has."""
        seen, deadline = b"", time.monotonic() + within
        while text not in seen:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"{text!r} did not come; {seen[-500:]!r}")
            seen += self.read(0.2)
        return seen

    def reply(self, within=60):
        """What comes in answer to a key: something, until nothing has come for a while."""
        deadline, seen = time.monotonic() + within, b""
        while not seen and time.monotonic() < deadline and self.process.poll() is None:
            seen = self.read(0.2)
        return seen + self.quiet()

    def quiet(self, still=0.15, most=10):
        """What comes until nothing has come for a while."""
        seen, deadline = b"", time.monotonic() + most
        while time.monotonic() < deadline:
            got = self.read(still)
            if not got:
                break
            seen += got
        return seen

    def send(self, keys):
        os.write(self.master, keys)

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGWINCH)

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            _, errors = self.process.communicate(timeout=60)
        finally:
            os.close(self.master)
        return errors.decode(errors="replace")
