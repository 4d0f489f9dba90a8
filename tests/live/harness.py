"""Private audio servers, a running `aapp-play live`, and float WAV files, for the live tests.

Every server is started without hardware, under a name or socket of its own, and ended by its process id. Standard
library only. A test file ends with `harness.main()`; the folder of the programs is its first argument.
"""
import array
import fcntl
import json
import math
import os
import queue
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import schema

BIN = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
PLAY = os.path.join(BIN, "aapp-play")
PROBE = os.path.join(BIN, "jack_probe")
def use_programs(folder):
    """For programs other than tests, whose first argument may be an option."""
    global BIN, PLAY, PROBE  # pylint: disable=global-statement
    BIN = os.path.abspath(folder)
    PLAY, PROBE = os.path.join(BIN, "aapp-play"), os.path.join(BIN, "jack_probe")


DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs")
with open(os.path.join(DOCS, "live-events.schema.json"), encoding="utf-8") as _file:
    EVENT_SCHEMA = json.load(_file)
SKIPPED = 77  # what ctest takes for "skipped"


def main(*needed_programs):
    """Runs the tests of the calling file; skips them all where a program is not installed."""
    missing = [name for name in needed_programs if shutil.which(name) is None]
    if missing:
        print("skipped: not installed here: " + ", ".join(missing))
        sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0]] + sys.argv[2:], verbosity=2, warnings="ignore")


def wait_until(condition, timeout_s=10.0, what="condition"):
    """The first true value of condition(); machines under load get their time."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {timeout_s} s")


def start_child(command, **options):
    """A process that ends when this one does, even if this one is killed."""
    return subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command], **options)


def end_process(process, how=signal.SIGTERM, timeout_s=5.0):
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


# --- WAV, 32-bit float

def write_wav(path, channels, rate_hz=48000):
    """channels: lists of floats, all of one length."""
    count = len(channels)
    data = array.array("f", (0.0,)) * (count * len(channels[0]))
    for index, samples in enumerate(channels):
        data[index::count] = array.array("f", samples)
    body = data.tobytes()
    header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(body), b"WAVE", b"fmt ", 16, 3, count, rate_hz,
                         rate_hz * 4 * count, 4 * count, 32, b"data", len(body))
    with open(path, "wb") as file:
        file.write(header + body)


def read_wav(path):
    """The channels of a float WAV file, as arrays."""
    with open(path, "rb") as file:
        content = file.read()
    position, channels, samples = 12, 0, None
    while position + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, position)
        if name == b"fmt ":
            channels = struct.unpack_from("<H", content, position + 10)[0]
        if name == b"data":
            samples = array.array("f", content[position + 8:position + 8 + size // 4 * 4])
        position += 8 + size + size % 2
    return [samples[index::channels] for index in range(channels)]


def speechlike(frames, rate_hz=48000, seed=1, level=0.3):
    """Noise in syllables over two tones: moves an equaliser and a compressor; deterministic."""
    source = random.Random(seed)
    samples, low = [], 0.0
    for i in range(frames):
        envelope = max(0.0, math.sin(2 * math.pi * 3.1 * i / rate_hz)) ** 2
        low += 0.2 * (source.uniform(-1, 1) - low)
        tone = 0.4 * math.sin(2 * math.pi * 220 * i / rate_hz) + 0.2 * math.sin(2 * math.pi * 3100 * i / rate_hz)
        samples.append(level * envelope * (low + tone))
    return samples


def peak_db(samples):
    peak = max((abs(x) for x in samples), default=0.0)
    return 20 * math.log10(peak) if peak > 0 else -math.inf


def difference_db(a, b):
    return peak_db([x - y for x, y in zip(a, b)])


# --- presets

def gain(db):
    return {"effect": "gain", "params": {"gain_db": db}}


def eq(*bands):
    keys = ("type", "frequency_hz", "gain_db", "q")
    return {"effect": "eq", "params": {"bands": [dict(zip(keys, band)) for band in bands]}}


def compressor(**params):
    return {"effect": "compressor", "params": params}


VOICE = [eq(("low_shelf", 120, -4.0, 0.7), ("peak", 2300, 5.0, 1.4), ("high_shelf", 9000, 3.0, 0.7)),
         compressor(threshold_db=-30, ratio=4, attack_ms=5, release_ms=80, makeup_db=4)]
# Render starts fresh. Live has played before, an earlier take or whatever came; it forgets that in 31 of the
# compressor's release times.
VOICE_FORGETS_FRAMES = 120000


def write_preset(path, chain, name="test"):
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump({"format": "aapp-preset", "version": 1, "name": name, "chain": chain}, file)
    os.replace(path + ".new", path)
    return path


# --- servers

class JackServerName:
    """One of four names, held by a lock. JACK has eight places for servers on a machine and gives the place of a killed
    one to a server of the same name only: with new names every time, the ninth killed server would be the last."""

    def __init__(self):
        for number in range(4):
            self.name = f"aapp-test-{os.getuid()}-{number}"
            # pylint: disable-next=consider-using-with
            self._lock = open(os.path.join(tempfile.gettempdir(), self.name + ".lock"), "w", encoding="utf-8")
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                self._lock.close()
        raise AssertionError("four JACK servers of tests run already on this machine")

    def release(self):
        self._lock.close()


class JackServer:
    """jackd with the dummy driver under a name that no other test uses meanwhile."""

    def __init__(self, rate_hz=48000, period=512):
        self._held_name = JackServerName()
        self.name = self._held_name.name
        self.env = dict(os.environ, JACK_DEFAULT_SERVER=self.name, JACK_NO_START_SERVER="1")
        self.log = tempfile.TemporaryFile("w+")
        self.process = None
        self.start(rate_hz, period)

    def start(self, rate_hz, period):
        for mode in (["-R", "-P", "70"], ["--no-realtime"]):
            command = ["jackd", "-n", self.name, *mode, "-d", "dummy", "-r", str(rate_hz), "-p", str(period)]
            self.process = start_child(command, env=self.env, stdout=self.log, stderr=subprocess.STDOUT)
            try:
                wait_until(self.answers, 8, "jackd")
                return
            except AssertionError:
                end_process(self.process)
        raise AssertionError("jackd does not start: " + self.output())

    def answers(self):
        return self.process.poll() is None and self.run("jack_lsp").returncode == 0

    def run(self, *command, timeout_s=20):
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=timeout_s, check=False)

    def ports(self, *flags):
        return self.run("jack_lsp", *flags).stdout

    def connect(self, source, sink):
        wait_until(lambda: self.run("jack_connect", source, sink).returncode == 0, 5, f"{source} to {sink}")

    def output(self):
        self.log.seek(0)
        return self.log.read()

    def stop(self, how=signal.SIGTERM):
        if self.process is not None:
            end_process(self.process, how)

    def remove(self):
        self.stop()
        self._held_name.release()


class PulseServer:
    """pulseaudio with one null sink, on a socket of its own."""

    def __init__(self, rate_hz=48000):
        self.folder = tempfile.mkdtemp(prefix="aapp-pulse-")
        self.socket = os.path.join(self.folder, "pulse.sock")
        self.env = dict(os.environ, HOME=self.folder, XDG_RUNTIME_DIR=self.folder,
                        PULSE_SERVER="unix:" + self.socket, JACK_NO_START_SERVER="1",
                        JACK_DEFAULT_SERVER="aapp-none")
        self.rate_hz = rate_hz
        self.process = None
        self.start()

    def start(self):
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "-F", "/dev/null",
                   "-L", f"module-native-protocol-unix auth-anonymous=1 socket={self.socket}",
                   "-L", f"module-null-sink sink_name=mic rate={self.rate_hz} sink_properties=device.description=TestMic",
                   "-L", f"module-null-sink sink_name=ears rate={self.rate_hz} "
                         "sink_properties=device.description=TestEars"]
        if os.path.exists(self.socket):
            os.remove(self.socket)
        self.process = start_child(command, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: self.run("pactl", "info").returncode == 0, 10, "pulseaudio")

    def run(self, *command, timeout_s=20):
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=timeout_s, check=False)

    def spawn(self, *command, **options):
        return subprocess.Popen(command, env=self.env, **options)

    def stop(self, how=signal.SIGTERM):
        end_process(self.process, how)

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


# --- aapp-play live

class Live:
    """A running `aapp-play live --json`, its events as they come."""

    def __init__(self, env, preset, *arguments, **how):
        command = [PLAY, "live", preset, "--json", *arguments]
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        **how)
        self.events = []
        self._queue = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._queue.put(json.loads(line))

    def _collect(self):
        while not self._queue.empty():
            event = self._queue.get()
            wrong = schema.errors(event, EVENT_SCHEMA)
            if wrong:
                raise AssertionError("an event breaks docs/live-events.schema.json: " + "; ".join(wrong))
            self.events.append(event)

    def all(self, kind):
        self._collect()
        return [event for event in self.events if event["event"] == kind]

    def wait_for(self, kind, count=1, timeout_s=15):
        """The count-th event of this kind."""
        def arrived():
            found = self.all(kind)
            if len(found) < count and self.process.poll() is not None and self._queue.empty():
                raise AssertionError(f"live ended ({self.process.returncode}) before {kind}: "
                                     f"{self.process.stderr.read()}")
            return found[count - 1:count]
        return wait_until(arrived, timeout_s, f"event {kind} number {count}")[0]

    def end(self, how=signal.SIGINT):
        """Exit code and what was written to stderr."""
        code = end_process(self.process, how)
        time.sleep(0.05)
        self._collect()
        return code, self.process.stderr.read()


class LiveTestCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="aapp-live-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def preset(self, chain, name="test"):
        return write_preset(self.path(name + ".json"), chain, name)

    def jack(self, **how):
        server = JackServer(**how)
        self.addCleanup(server.remove)
        return server

    def pulse(self, **how):
        server = PulseServer(**how)
        self.addCleanup(server.remove)
        return server

    def live(self, env, preset, *arguments):
        session = Live(env, preset, *arguments)
        self.addCleanup(end_process, session.process)
        return session

    def through_jack(self, server, signal_channels, client="aapp-play", ins="in_{}", outs="out_{}", tail=0,
                     freewheel=False, silence=0):
        """The signal sent through a running live, recorded sample by sample. A take in which the machine lost a cycle
        is taken again. `silence`: frames of it that come before the signal in every take, a second one too, and are not
        returned."""
        source, take = self.path("source.wav"), self.path("take.wav")
        write_wav(source, [[0.0] * silence + list(samples) for samples in signal_channels])
        names = range(1, len(signal_channels) + 1)
        command = [PROBE, source, take, "--tail", str(tail),
                   "--to", ",".join(f"{client}:{ins.format(i)}" for i in names),
                   "--from", ",".join(f"{client}:{outs.format(i)}" for i in names)]
        command += ["--freewheel"] if freewheel else []
        for _ in range(6):
            if os.path.exists(take):
                os.remove(take)
            done = server.run(*command, timeout_s=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            report = json.loads(done.stdout)
            if report["lost_cycles"] == 0 and report["xruns"] == 0:
                return [samples[silence:] for samples in read_wav(take)]
        self.skipTest("the machine lost JACK cycles in six takes running")
        return []

    def rendered(self, preset, signal_channels):
        """The same signal through `aapp-play render`."""
        source, out = self.path("render_in.wav"), self.path("render_out.wav")
        write_wav(source, signal_channels)
        command = [PLAY, "render", preset, source, "-o", out, "--force", "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return read_wav(out)
