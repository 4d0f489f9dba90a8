"""tune: the smallest period that holds. How many dropouts there are is the machine's business; what follows is ours."""
import json
import subprocess
import unittest

import harness
from harness import VOICE


class TuneTest(harness.LiveTestCase):
    def tune(self, env, *arguments):
        done = subprocess.run([harness.PLAY, "tune", self.preset(VOICE), "--json", *arguments], env=env, timeout=120,
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stderr, json.loads(done.stdout) if done.stdout else None

    def check(self, found, forgiven):
        trials = found["trials"]
        periods = [trial["period_frames"] for trial in trials]
        self.assertEqual(periods, sorted(set(periods)))
        self.assertEqual([trial["holds"] for trial in trials], [False] * (len(trials) - 1) + [True])
        self.assertEqual(found["smallest_period_frames"], periods[-1])
        for trial in trials:
            if trial["holds"]:
                self.assertLessEqual(trial["dropouts"], forgiven)
                self.assertLessEqual(trial["load"]["p999"], 0.7)
                # N more fit: the mean of each and the rare extra of one within 70 %.
                load, room = trial["load"], found["room_for_more"]
                self.assertLessEqual(load["p999"] + room * load["mean"], 0.7 + 1e-9)
                self.assertGreater(load["p999"] + (room + 1) * load["mean"], 0.7 - 1e-9)
            elif trial["dropouts"] <= forgiven and not trial["silent"]:
                self.assertGreater(trial["load"]["p999"], 0.7)

    def test_jack_is_tuned_and_gets_its_period_back(self):
        server = self.jack(period=333)
        code, message, found = self.tune(server.env, "--seconds", "0.5", "--dropouts", "100000")
        self.assertEqual(code, 0, message)
        self.check(found, 100000)
        self.assertEqual((found["backend"], found["rate_hz"]), ("jack", 48000))
        self.assertIn("333", server.run("jack_bufsize").stdout)

    def test_other_programs_are_not_disturbed(self):
        server = self.jack(period=512)
        live = self.live(server.env, "bypass")
        live.wait_for("stream")
        code, message, _ = self.tune(server.env, "--seconds", "0.5", "--dropouts", "100000")
        self.assertEqual(code, 5)
        self.assertIn("aapp-play", message)
        self.assertIn("--force", message)
        self.assertEqual(live.all("period_changed"), [])
        code, message, _ = self.tune(server.env, "--seconds", "0.5", "--dropouts", "100000", "--force")
        self.assertEqual(code, 0, message)
        live.wait_for("period_changed")

    def test_without_a_period_that_holds_it_is_refused(self):
        server = self.jack(rate_hz=192000, period=1024)
        heavy = self.preset([harness.eq(*[("peak", 100 + 50 * i, 1.0, 1.0) for i in range(32)])] * 64, "heavy")
        done = subprocess.run([harness.PLAY, "tune", heavy, "--seconds", "0.5", "--channels-out", "32"], env=server.env,
                              timeout=120, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 6, done.stdout + done.stderr)
        self.assertIn("--dropouts", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)

    @unittest.skipUnless(harness.shutil.which("pulseaudio"), "pulseaudio is not installed")
    def test_pulse_opens_one_stream_after_the_other(self):
        server = self.pulse()
        code, message, found = self.tune(server.env, "--backend", "pulse", "--seconds", "0.5", "--dropouts", "100000")
        self.assertEqual(code, 0, message)
        self.check(found, 100000)
        self.assertEqual(found["backend"], "pulse")


if __name__ == "__main__":
    harness.main("jackd", "jack_bufsize")
