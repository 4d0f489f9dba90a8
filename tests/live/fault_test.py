"""What fails comes back: servers and devices go and return while live runs."""
import os
import shutil
import signal
import subprocess
import sys
import time

import harness
from harness import gain, wait_until

RECOVERY_S = 2.0  # from the end of the cause to sound, as promised; a loaded test machine gets some more
GRACE_S = 3.0


class JackFaultTest(harness.LiveTestCase):
    def start(self, server, *arguments):
        live = self.live(server.env, self.preset([gain(-6)]), "--backend", "jack", *arguments)
        live.wait_for("stream")
        return live

    def comes_back(self, live, streams):
        """Sound again: one more stream event, and callbacks that count on."""
        began = time.monotonic()
        event = live.wait_for("stream", streams, RECOVERY_S + GRACE_S)
        self.assertLess(time.monotonic() - began, RECOVERY_S + GRACE_S)
        return event

    def callbacks_go_on(self, live, seconds=4.0):
        before = len(live.all("meters"))
        first = live.wait_for("meters", before + 1, 10)["counts"]["callbacks"]
        wait_until(lambda: live.all("meters")[-1]["counts"]["callbacks"] > first, seconds + 6, "callbacks")

    def ends_well(self, live):
        code, message = live.end()
        self.assertEqual(code, 0, message)

    def test_a_killed_server_that_returns_at_another_rate_and_period(self):
        server = self.jack(rate_hz=48000, period=512)
        live = self.start(server)
        server.stop(signal.SIGKILL)
        live.wait_for("lost", 1, 5)
        live.wait_for("waiting", 1, 5)
        server.start(44100, 1024)
        stream = self.comes_back(live, 2)
        self.assertEqual((stream["rate_hz"], stream["period_frames"]), (44100, 1024))
        self.callbacks_go_on(live)
        self.ends_well(live)

    def test_a_server_that_is_absent_at_the_start_is_waited_for(self):
        server = self.jack()
        server.stop()
        live = self.live(server.env, self.preset([gain(0)]), "--backend", "jack", "--wait")
        live.wait_for("waiting")
        server.start(48000, 512)
        self.comes_back(live, 1)
        self.ends_well(live)

    def test_the_buffer_size_changes_up_down_and_to_an_odd_number(self):
        server = self.jack(period=512)
        live = self.start(server)
        for count, frames in enumerate((1024, 128, 333), start=1):
            server.run("jack_bufsize", str(frames))
            self.assertIn(str(frames), live.wait_for("period_changed", count)["text"])
            self.callbacks_go_on(live)
        self.assertEqual(len(live.all("stream")), 1)
        self.ends_well(live)

    def test_rtaudio_is_reopened_when_the_buffer_size_changes(self):
        server = self.jack(period=512)
        live = self.live(server.env, self.preset([gain(0)]), "--backend", "rtaudio-jack")
        live.wait_for("stream")
        server.run("jack_bufsize", "256")
        self.assertEqual(self.comes_back(live, 2)["period_frames"], 256)
        self.ends_well(live)

    def test_disconnected_ports_silence_but_do_not_stop(self):
        server = self.jack(period=512)
        live = self.start(server)
        server.run("jack_disconnect", "system:capture_1", "aapp-play:in_1")
        server.run("jack_disconnect", "aapp-play:out_1", "system:playback_1")
        self.callbacks_go_on(live)
        self.ends_well(live)

    def test_a_process_stopped_for_three_seconds_goes_on(self):
        server = self.jack(period=512)
        live = self.start(server)
        live.process.send_signal(signal.SIGSTOP)
        time.sleep(3)
        live.process.send_signal(signal.SIGCONT)
        self.callbacks_go_on(live)
        self.ends_well(live)

    def test_every_ending_signal_ends_it_cleanly(self):
        server = self.jack(period=512)
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            live = self.start(server)
            code, message = live.end(how)
            self.assertEqual((code, message), (0, ""))
            self.assertEqual(len(live.all("stopped")), 1)
            self.assertNotIn("aapp-play", server.ports())

    def test_a_preset_is_played_when_it_is_saved_and_kept_when_it_is_broken(self):
        server = self.jack(period=512)
        live = self.start(server)
        path = self.path("test.json")
        harness.write_preset(path, [gain(-20)], "quieter")
        self.assertIn("quieter", live.wait_for("preset_playing")["text"])
        whole = open(path, encoding="utf-8").read()
        broken = {"half written": whole[:len(whole) // 2], "wrong type": '{"format": "aapp-preset", "version": "one"}',
                  "five megabytes": " " * 5_000_000 + whole, "empty": ""}
        broken["a gigabyte"] = None
        for count, (what, content) in enumerate(broken.items(), start=1):
            with open(path + ".new", "w", encoding="utf-8") as file:
                if content is None:
                    file.truncate(10 ** 9)  # of zeros; takes no room
                else:
                    file.write(content)
            os.replace(path + ".new", path)
            self.assertIn("test.json", live.wait_for("preset_rejected", count)["text"], what)
        os.remove(path)
        self.callbacks_go_on(live)
        harness.write_preset(path, [gain(-3)], "again")
        self.assertIn("again", live.wait_for("preset_playing", 2)["text"])
        self.ends_well(live)

    def test_a_preset_too_dear_for_the_period_is_refused_unless_forced(self):
        server = self.jack(rate_hz=192000, period=16)
        heavy = self.preset([harness.eq(*[("peak", 100 + 50 * i, 1.0, 1.0) for i in range(32)])] * 60 +
                            [harness.compressor()])
        wide = ("--backend", "jack", "--channels-out", "16")  # so that no processor is quick enough
        live = self.live(server.env, heavy, *wide)
        self.assertEqual(live.process.wait(60), 6)
        message = live.process.stderr.read()
        for part in ("16 frames", "eq ", "compressor ", "--force"):
            self.assertIn(part, message)
        self.live(server.env, heavy, *wide, "--force", "--duration", "1").wait_for("stopped", timeout_s=60)

    def test_measured_latency_agrees_with_the_loop(self):
        server = self.jack(period=256)
        process = subprocess.Popen([harness.PLAY, "live", "--measure-latency", "--json", "--input", "none", "--output",
                                    "none"], env=server.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(harness.end_process, process)
        server.connect("aapp-play:out_1", "aapp-play:in_1")
        out, message = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0, message)
        # A loop in JACK's graph is one period long, as jack_iodelay counts it too.
        self.assertLessEqual(abs(harness.json.loads(out)["round_trip_frames"] - 256), 1)


@harness.unittest.skipUnless(shutil.which("pulseaudio") and shutil.which("pactl"), "pulseaudio is not installed")
class PulseFaultTest(harness.LiveTestCase):
    def start(self, server):
        live = self.live(server.env, self.preset([gain(0)]), "--backend", "pulse", "--input", "monitor of testmic",
                         "--output", "testears", "--frames", "512")
        live.wait_for("stream")
        return live

    def test_a_killed_server_is_reopened_and_nothing_spins_meanwhile(self):
        server = self.pulse()
        live = self.start(server)
        server.stop(signal.SIGKILL)
        live.wait_for("lost", 1, 5)
        live.wait_for("waiting", 1, 5)
        busy = self.cpu_seconds(live.process.pid)
        time.sleep(1.0)
        self.assertLess(self.cpu_seconds(live.process.pid) - busy, 0.3)
        server.start()
        live.wait_for("stream", 2, RECOVERY_S + GRACE_S)
        code, message = live.end()
        self.assertEqual(code, 0, message)
        self.assertLess(len(message.splitlines()), 10)

    def test_where_a_sink_goes_sound_moves_on_or_returns_with_it(self):
        """PulseAudio moves a stream to another sink, mostly; where it ends it instead, the sink is waited for."""
        server = self.pulse()
        live = self.start(server)
        modules = server.run("pactl", "list", "short", "modules").stdout.splitlines()
        index = next(line.split()[0] for line in modules if "sink_name=ears" in line)
        server.run("pactl", "unload-module", index)
        wait_until(lambda: live.all("lost") or self.plays_on(server, live), RECOVERY_S + GRACE_S, "loss or another sink")
        server.run("pactl", "load-module", "module-null-sink", "sink_name=ears", "rate=48000",
                   "sink_properties=device.description=TestEars")
        if live.all("lost"):
            live.wait_for("stream", 2, RECOVERY_S + GRACE_S)
        self.assertEqual(live.end()[0], 0)

    @staticmethod
    def plays_on(server, live):
        """On some sink, with callbacks that count on."""
        if not server.run("pactl", "list", "short", "sink-inputs").stdout.strip():
            return False
        before = len(live.all("meters"))
        time.sleep(2.4)  # meters come every second
        counts = [event["counts"]["callbacks"] for event in live.all("meters")[before:]]
        return len(counts) > 1 and counts[-1] > counts[0]

    @staticmethod
    def cpu_seconds(pid):
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    harness.main("jackd", "jack_lsp", "jack_bufsize")
