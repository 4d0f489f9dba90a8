"""Recording while playing, and learning a reference from the microphone."""
import json
import os
import resource
import signal
import subprocess
import time

import harness
from harness import VOICE, difference_db, peak_db, speechlike


class RecordTest(harness.LiveTestCase):
    def test_the_recording_holds_what_went_in_and_what_came_out(self):
        server = self.jack(period=512)
        preset, take = self.preset(VOICE), self.path("whole.wav")
        live = self.live(server.env, preset, "--backend", "jack", "--record", take)
        live.wait_for("stream")
        time.sleep(0.3)
        source = [harness.array.array("f", speechlike(48000, seed=seed)) for seed in (1, 2)]
        played = self.through_jack(server, source)
        code, message = live.end()
        self.assertEqual(code, 0, message)
        self.assertIn("whole.wav", live.all("recording")[0]["text"])
        channels = harness.read_wav(take)
        self.assertEqual(len(channels), 4)
        # Where the last good take lies: what went in is found by its first loud samples.
        start = self.find(channels[0], source[0])
        for channel in (0, 1):
            dry = channels[channel][start:start + 48000]
            wet = channels[channel + 2][start:start + 48000]
            self.assertGreater(peak_db(dry), -30)
            self.assertEqual(max(abs(a - b) for a, b in zip(dry, source[channel])), 0.0)
            self.assertEqual(max(abs(a - b) for a, b in zip(wet, played[channel])), 0.0)

    @staticmethod
    def find(recorded, wanted):
        """The last place at which `wanted` lies in `recorded`."""
        probe, offset = wanted[5000:5064].tobytes(), 5000
        at = recorded.tobytes().rfind(probe)
        return at // 4 - offset

    def test_a_full_disk_ends_the_recording_and_not_the_sound(self):
        server = self.jack(period=512)
        take = self.path("take.wav")

        def small_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))

        live = harness.Live(server.env, self.preset(VOICE), "--backend", "jack", "--record", take, preexec_fn=small_files)
        self.addCleanup(harness.end_process, live.process)
        live.wait_for("stream")
        text = live.wait_for("recording")["text"]
        self.assertIn("take.wav", text)
        self.assertIn("sound goes on", text)
        before = len(live.all("meters"))
        first = live.wait_for("meters", before + 1, 5)["counts"]["callbacks"]
        self.assertGreater(live.wait_for("meters", before + 2, 5)["counts"]["callbacks"], first)
        live.end()
        self.assertGreater(len(harness.read_wav(take)[0]), 48000)

    def test_a_recording_that_exists_is_not_replaced_without_force(self):
        take = self.path("take.wav")
        with open(take, "w", encoding="ascii") as file:
            file.write("precious")
        live = self.live(dict(os.environ, JACK_DEFAULT_SERVER="aapp-none"), self.preset(VOICE), "--record", take)
        self.assertNotEqual(live.process.wait(10), 0)
        self.assertIn("take.wav", live.process.stderr.read())
        self.assertEqual(open(take, encoding="ascii").read(), "precious")


class LearnTest(harness.LiveTestCase):
    def test_a_reference_is_learned_played_and_saved(self):
        server = self.jack(period=1024)
        tone = self.preset([harness.eq(("high_shelf", 2000, 9.0, 0.7), ("low_shelf", 200, -6.0, 0.7))], "bright")
        reference, learned = self.path("idol.wav"), self.path("mine.json")
        harness.write_wav(self.path("voice.wav"), [speechlike(6 * 48000, seed=5)])
        subprocess.run([harness.PLAY, "render", tone, self.path("voice.wav"), "-o", reference, "--quiet"], check=True)

        live = self.live(server.env, "bypass", "--backend", "jack", "--learn", reference, "--learn-seconds", "3",
                         "--save", learned)
        live.wait_for("stream")
        harness.write_wav(self.path("mic.wav"), [speechlike(8 * 48000, seed=6)])
        server.run(harness.PROBE, self.path("mic.wav"), self.path("out.wav"), "--to", "aapp-play:in_1", "--from",
                   "aapp-play:out_1", timeout_s=30)
        self.assertIn("idol", live.wait_for("learned", 1, 90)["text"])
        live.wait_for("saved")
        code, message = live.end()
        self.assertEqual(code, 0, message)
        self.assertEqual(live.all("stopped")[0]["counts"]["runaways"], 0)
        with open(learned, encoding="utf-8") as file:
            preset = json.load(file)
        self.assertEqual(preset["provenance"]["reference"]["file"], "idol.wav")
        metrics = preset["fit"]["metrics"]
        self.assertLess(metrics["after"]["ltas_rms_db"], 0.5 * metrics["before"]["ltas_rms_db"])

    def test_save_without_learn_is_a_mistake_of_usage(self):
        live = self.live(os.environ, "bypass", "--save", self.path("x.json"))
        self.assertEqual(live.process.wait(10), 2)
        self.assertIn("--learn", live.process.stderr.read())


if __name__ == "__main__":
    harness.main("jackd", "jack_lsp")
