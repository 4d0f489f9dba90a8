"""PulseAudio, and ALSA through its PulseAudio plug-in: sound in, sound out, nothing resampled in silence."""
import glob
import math
import os
import subprocess
import time

import harness
from harness import gain

TONE_HZ = 997.0
LEVEL = 0.25


class PulseTest(harness.LiveTestCase):
    def tone_file(self, seconds, rate_hz=48000):
        path = self.path("tone.wav")
        tone = [LEVEL * math.sin(2 * math.pi * TONE_HZ * i / rate_hz) for i in range(int(seconds * rate_hz))]
        harness.write_wav(path, [tone, tone], rate_hz)
        return path

    def level_through(self, server, live, seconds=2.5):
        """Level in dB of the upper tenth of 50 ms pieces of what leaves on the sink TestEars while a tone plays into
        TestMic: dropouts of a loaded machine move a mean, not this."""
        player = server.spawn("paplay", "--device=mic", "--latency-msec=20", self.tone_file(seconds + 4))
        self.addCleanup(harness.end_process, player)
        time.sleep(1.5)
        recording = open(self.path("recorded.raw"), "w+b")
        self.addCleanup(recording.close)
        recorder = server.spawn("parec", "--device=ears.monitor", "--format=float32le", "--rate=48000", "--channels=2",
                                "--raw", "--latency-msec=20", stdout=recording)
        self.addCleanup(harness.end_process, recorder)
        time.sleep(seconds)
        harness.end_process(recorder)
        samples = harness.array.array("f")
        recording.seek(0)
        content = recording.read()
        samples.frombytes(content[:len(content) // 8 * 8])
        piece = 4800
        levels = sorted(10 * math.log10(sum(x * x for x in samples[i:i + piece]) / piece + 1e-30)
                        for i in range(0, len(samples) - piece, piece))
        self.assertGreater(len(levels), 8)
        return levels[len(levels) * 9 // 10]

    def check_level(self, server, *arguments, env=None):
        live = self.live(env or server.env, self.preset([gain(-6)]), *arguments)
        live.wait_for("stream")
        expected = 20 * math.log10(LEVEL) - 3.0103 - 6.0
        self.assertAlmostEqual(self.level_through(server, live), expected, delta=0.5)
        code, message = live.end()
        self.assertEqual(code, 0, message)
        return live.all("stream")[0]

    def test_sound_passes_through_a_null_sink_at_the_right_level(self):
        server = self.pulse()
        stream = self.check_level(server, "--backend", "pulse", "--input", "monitor of testmic", "--output", "testears",
                                  "--frames", "512")
        self.assertEqual((stream["backend"], stream["rate_hz"], stream["period_frames"]), ("pulse", 48000, 512))
        self.assertIsNone(stream["latency"]["back_end_frames"])

    def test_alsa_works_through_its_pulse_plugin(self):
        if not glob.glob("/usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so"):
            self.skipTest("libasound2-plugins is not installed")
        server = self.pulse()
        server.run("pactl", "set-default-source", "mic.monitor")
        server.run("pactl", "set-default-sink", "ears")
        config = self.path("asound.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n")
        self.check_level(server, "--backend", "alsa", "--frames", "1024", "--rate", "48000",
                         env=dict(server.env, ALSA_CONFIG_PATH=config))

    def test_auto_takes_pulse_where_no_jack_runs(self):
        server = self.pulse()
        live = self.live(server.env, self.preset([gain(0)]), "--duration", "0.5")
        self.assertEqual(live.wait_for("stream")["backend"], "pulse")

    def test_a_rate_that_the_server_must_convert_is_announced(self):
        server = self.pulse()
        live = self.live(server.env, self.preset([gain(0)]), "--rate", "44100", "--duration", "1")
        self.assertEqual(live.wait_for("stream")["rate_hz"], 44100)
        self.assertIn("resamples", live.wait_for("note")["text"])

    def test_more_channels_than_the_device_has_are_refused(self):
        server = self.pulse()
        live = self.live(server.env, self.preset([gain(0)]), "--backend", "pulse", "--channels-in", "7")
        self.assertEqual(live.process.wait(10), 5)
        self.assertIn("7 were asked for", live.process.stderr.read())

    def test_devices_lists_both_directions(self):
        server = self.pulse()
        listing = subprocess.run([harness.PLAY, "devices", "--json"], env=server.env, capture_output=True, text=True,
                                 timeout=20, check=True)
        backends = {entry["name"]: entry for entry in harness.json.loads(listing.stdout)["backends"]}
        self.assertFalse(backends["jack"]["available"])
        names = {device["name"]: device for device in backends["pulse"]["devices"]}
        self.assertEqual(names["TestEars"]["channels_out"], 2)
        self.assertEqual(names["Monitor of TestMic"]["channels_in"], 2)


class NoServerTest(harness.LiveTestCase):
    def environment(self):
        return dict(os.environ, HOME=self.folder, XDG_RUNTIME_DIR=self.folder, JACK_NO_START_SERVER="1",
                    PULSE_SERVER="unix:" + self.path("nothing"), JACK_DEFAULT_SERVER="aapp-none")

    def test_live_ends_with_5_and_one_sentence_that_names_what_was_tried(self):
        live = self.live(self.environment(), self.preset([gain(0)]))
        self.assertEqual(live.process.wait(20), 5)
        message = live.process.stderr.read()
        self.assertEqual(message.count("\n"), 1, message)
        for word in ("jack", "pulse", "alsa", "start one"):
            self.assertIn(word, message)

    def test_devices_says_so_and_succeeds(self):
        listing = subprocess.run([harness.PLAY, "devices"], env=self.environment(), capture_output=True, text=True,
                                 timeout=20, check=False)
        self.assertEqual((listing.returncode, listing.stderr), (0, ""))
        self.assertEqual(listing.stdout.count("none:"), 3)

    def test_a_broken_preset_is_reported_before_any_device_is_opened(self):
        path = self.path("broken.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"format": "aapp-preset", "version": 1, "chain": [')
        live = self.live(self.environment(), path)
        self.assertEqual(live.process.wait(20), 4)


if __name__ == "__main__":
    harness.main("pulseaudio", "pactl", "paplay", "parec")
