"""What people see: the picture on a terminal, its keys, and plain lines elsewhere."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import harness
from harness import VOICE, wait_until

import schema


class Terminal:
    """A program on a terminal of its own; what it shows is collected."""

    def __init__(self, env, *command, columns=100, rows=40):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(command[0], command, env)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.shown, self.code = "", None

    def read(self):
        while self.code is None and select.select([self.fd], [], [], 0)[0]:
            try:
                self.shown += os.read(self.fd, 65536).decode("utf-8", "replace")
            except OSError:
                self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.shown

    def picture(self):
        """The lines of the latest whole picture."""
        for piece in reversed(self.read().split("\x1b[J")[:-1]):
            lines = re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", piece).split("\r\n")
            head = next((i for i, line in enumerate(lines) if re.search(r"Hz, \d+ frames \(", line)), None)
            if head is not None and any("load mean" in line for line in lines[head:]):
                return lines[head:]  # above it: events
        return []

    def press(self, key):
        os.write(self.fd, key.encode())

    def end(self):
        self.press("q")
        wait_until(lambda: self.read() is not None and self.code is not None, 10, "the end")
        os.close(self.fd)
        return self.code


class TerminalTest(harness.LiveTestCase):
    def start(self, server, chain, **size):
        env = dict(server.env, LC_ALL="C.UTF-8")
        terminal = Terminal(env, harness.PLAY, "live", self.preset(chain, "My Voice"), **size)
        wait_until(lambda: len(terminal.picture()) > 5, 15, "a picture")
        return terminal

    def test_the_picture_shows_meters_spectrum_load_and_keys_that_work(self):
        server = self.jack(period=512)
        terminal = self.start(server, VOICE)
        lines = terminal.picture()
        self.assertIn('"My Voice"', lines[0])
        for part in ("in  1 [", "out 2 [", "gain  [", "reference", "load mean", "xruns", "keys:"):
            self.assertTrue(any(part in line for line in lines), (part, lines))
        for key, word in (("b", "BYPASS"), (" ", "MUTED")):
            terminal.press(key)
            wait_until(lambda: word in terminal.picture()[0], 5, word)
            terminal.press(key)
            wait_until(lambda: word not in terminal.picture()[0], 5, "no " + word)
        before = terminal.picture()[0].split('"')[1]
        terminal.press("n")
        wait_until(lambda: terminal.picture()[0].split('"')[1] != before, 5, "another preset")
        self.assertEqual(terminal.end(), 0)
        self.assertIn("Stopped after", terminal.shown)
        self.assertIn("\x1b[?25h", terminal.shown[-20:])

    def test_a_small_terminal_gets_a_small_picture(self):
        server = self.jack(period=512)
        terminal = self.start(server, VOICE, columns=50, rows=12)
        lines = terminal.picture()
        self.assertLessEqual(len(lines), 12)
        self.assertLessEqual(max(len(line) for line in lines), 49)
        self.assertFalse(any("reference" in line for line in lines))
        self.assertEqual(terminal.end(), 0)

    def test_elsewhere_there_are_plain_lines(self):
        server = self.jack(period=512)
        done = subprocess.run([harness.PLAY, "live", self.preset(VOICE), "--meters", "--duration", "2.5"],
                              env=server.env, capture_output=True, text=True, timeout=20, check=True)
        self.assertNotIn("\x1b", done.stdout)
        self.assertRegex(done.stdout, r"(?m)^in .*dB.*\| out .*\| gain .*\| load .*\| xruns")
        self.assertIn("Stopped after", done.stdout)


class SchemaTest(harness.unittest.TestCase):
    def test_the_checker_finds_what_is_wrong(self):
        rule = {"oneOf": [{"type": "object", "properties": {"event": {"const": "a"}, "n": {"type": "integer", "minimum": 0}},
                           "required": ["event", "n"], "additionalProperties": False}]}
        self.assertEqual(schema.errors({"event": "a", "n": 1}, rule), [])
        for wrong in ({"event": "b", "n": 1}, {"event": "a"}, {"event": "a", "n": -1}, {"event": "a", "n": 1.5},
                      {"event": "a", "n": 1, "m": 2}, [], {"event": "a", "n": True}):
            self.assertNotEqual(schema.errors(wrong, rule), [], wrong)


if __name__ == "__main__":
    harness.main("jackd", "jack_lsp")
