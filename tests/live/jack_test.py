"""The native JACK client: nothing added, nothing changed."""
import os
import re
import struct
import subprocess
import time

import harness
from harness import VOICE, VOICE_FORGETS_FRAMES, difference_db, eq, gain, peak_db, speechlike


class JackTest(harness.LiveTestCase):
    def iodelay(self, server, sink, source):
        """The round trip in frames that jack_iodelay measures through a client."""
        process = subprocess.Popen(["stdbuf", "-oL", "jack_iodelay"], env=server.env, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        self.addCleanup(harness.end_process, process)
        server.connect("jack_delay:out", sink)
        server.connect(source, "jack_delay:in")
        time.sleep(2.5)
        harness.end_process(process)
        return [float(found) for found in re.findall(r"(\d+\.\d+) frames", process.stdout.read())]

    def test_a_recording_comes_out_as_render_makes_it(self):
        server = self.jack(period=512)
        preset = self.preset(VOICE)
        live = self.live(server.env, preset)
        live.wait_for("stream")
        time.sleep(0.3)  # the start-up fade
        source = [speechlike(96000, seed=1), speechlike(96000, seed=2)]
        played = self.through_jack(server, source, silence=VOICE_FORGETS_FRAMES)
        rendered = self.rendered(preset, source)
        for channel in (0, 1):
            self.assertGreater(peak_db(rendered[channel]), -30)
            self.assertLess(difference_db(played[channel], rendered[channel]), -120)
        self.assertEqual(live.end()[0], 0)

    def test_an_impulse_is_delayed_by_no_frame(self):
        server = self.jack(period=256)
        live = self.live(server.env, self.preset([gain(-6)]))
        self.assertEqual(live.wait_for("stream")["latency"]["back_end_frames"], 0)
        time.sleep(0.3)
        impulse = [0.0] * 4800
        impulse[1000] = 0.5
        (played,) = self.through_jack(server, [impulse])
        self.assertAlmostEqual(played[1000], 0.5 * 10 ** (-6 / 20), places=6)
        self.assertEqual(max(abs(x) for i, x in enumerate(played) if i != 1000), 0.0)

    def test_jack_iodelay_finds_nothing_added(self):
        server = self.jack(period=256)
        self.live(server.env, self.preset([eq(("peak", 1000, 0.0, 1.0))]), "--input", "none", "--output", "none") \
            .wait_for("stream")
        trips = self.iodelay(server, "aapp-play:in_1", "aapp-play:out_1")
        # The loop through the graph costs one period by itself.
        self.assertAlmostEqual(min(abs(trip - 256.0) for trip in trips), 0.0, delta=0.01)

    def test_live_equals_render_at_every_block_size(self):
        server = self.jack(period=64)
        preset = self.preset(VOICE)
        source = [speechlike(48000, seed=3), speechlike(48000, seed=4)]
        rendered = self.rendered(preset, source)
        self.live(server.env, preset, "--force").wait_for("stream")
        time.sleep(0.5)
        for frames in (16, 64, 333, 1000, 2048):
            server.run("jack_bufsize", str(frames))
            time.sleep(0.5)
            # Freewheel mode: the same callbacks without the clock, so that a loaded machine loses no cycle.
            played = self.through_jack(server, source, freewheel=True, silence=VOICE_FORGETS_FRAMES)
            for channel in (0, 1):
                self.assertLess(difference_db(played[channel], rendered[channel]), -140, frames)

    def test_a_limiters_look_ahead_is_declared_measured_and_withdrawn(self):
        server = self.jack(period=256)
        limiter = {"effect": "limiter", "params": {"lookahead_ms": 5.0}}
        live = self.live(server.env, self.preset([limiter]))
        declared = live.wait_for("stream")["latency"]["preset_frames"]
        self.assertGreaterEqual(declared, 240)
        source = harness.wait_until(lambda: self.capture_latency(server, "system:capture_1"), 5, "a latency")
        harness.wait_until(lambda: self.capture_latency(server, "aapp-play:out_1") == source + declared, 5,
                           "the declared latency in the graph")
        impulse = [0.0] * 9600
        impulse[1000] = 0.25
        time.sleep(0.3)
        (played,) = self.through_jack(server, [impulse])
        self.assertEqual(max(range(9600), key=lambda i: abs(played[i])) - 1000, declared)
        self.preset([gain(0)])  # saved over the old one: no look-ahead
        live.wait_for("preset_playing")
        harness.wait_until(lambda: self.capture_latency(server, "aapp-play:out_1") == source, 5,
                           "the latency's withdrawal")

    @staticmethod
    def capture_latency(server, port):
        found = re.search(re.escape(port) + r"\n(?:\s.*\n)*?\s*port capture latency = \[ (\d+)", server.ports("-l"))
        return int(found.group(1)) if found else None

    def test_rtaudio_adds_exactly_one_period_and_says_so(self):
        server = self.jack(period=256)
        live = self.live(server.env, self.preset([gain(0)]), "--backend", "rtaudio-jack")
        self.assertEqual(live.wait_for("stream")["latency"]["back_end_frames"], 256)
        time.sleep(0.3)
        impulse = [0.0] * 4800
        impulse[1000] = 0.5
        (played,) = self.through_jack(server, [impulse], ins="inport {}", outs="outport {}", tail=512)
        delay = max(range(len(played)), key=lambda i: abs(played[i])) - 1000
        self.assertEqual(delay, 256)

    def test_poison_in_the_input_is_survived_and_never_heard(self):
        server = self.jack(period=256)
        preset = self.preset(VOICE)
        live = self.live(server.env, preset)
        live.wait_for("stream")
        time.sleep(0.3)
        nan, inf, tiny = harness.math.nan, harness.math.inf, 1e-40
        voice = speechlike(2 * 48000, seed=5)
        (clean,) = self.through_jack(server, [voice])
        for name, poison in (("nan", [nan, -nan] * 500), ("inf", [inf, -inf] * 500), ("huge", [1000.0, -1000.0] * 500),
                             ("denormal", [tiny, -tiny, -0.0, 0.0] * 250)):
            take = [voice[i] if i < 24000 or i >= 25000 else poison[i - 24000] for i in range(len(voice))]
            (played,) = self.through_jack(server, [take])
            self.assertTrue(all(harness.math.isfinite(x) and abs(x) <= 1.0 for x in played), name)
            # A second after it sounds as if nothing had been.
            self.assertGreater(peak_db(played[72000:]), -40, name)
            self.assertLess(difference_db(played[72000:], clean[72000:]), -60, name)
        self.assertEqual(live.end()[0], 0)
        self.assertGreaterEqual(live.all("stopped")[0]["counts"]["non_finite_in"], 2000)

    def test_a_second_client_gets_a_name_of_its_own(self):
        server = self.jack(period=512)
        preset = self.preset([gain(0)])
        first = self.live(server.env, preset)
        self.assertEqual(first.wait_for("stream")["client"], "aapp-play")
        second = self.live(server.env, preset)
        name = second.wait_for("stream")["client"]
        self.assertNotEqual(name, "aapp-play")
        harness.wait_until(lambda: f"{name}:out_1" in server.ports(), 5, "the second client's ports")

    def test_channels_can_be_chosen_and_mapped(self):
        server = self.jack(period=512)
        live = self.live(server.env, self.preset([gain(0)]), "--channels-in", "3", "--map", "3,0")
        stream = live.wait_for("stream")
        self.assertEqual((stream["channels_in"], stream["channels_out"]), (3, 2))
        time.sleep(0.3)
        tone = speechlike(9600)
        self.through_jack(server, [[0.0] * 10] * 2)  # ports answer
        take = self.path("map.wav")
        harness.write_wav(self.path("tone.wav"), [tone])
        for _ in range(5):
            done = server.run(harness.PROBE, self.path("tone.wav"), take, "--to", "aapp-play:in_3", "--from",
                              "aapp-play:out_1,aapp-play:out_2")
            if '"lost_cycles": 0, "xruns": 0' in done.stdout:
                break
            harness.os.remove(take)
        left, right = harness.read_wav(take)
        self.assertLess(difference_db(left, tone), -140)
        self.assertEqual(peak_db(right), -harness.math.inf)

    def test_none_and_sixty_four_inputs_work(self):
        server = self.jack(period=512)
        for inputs in ("0", "64"):
            live = self.live(server.env, self.preset([gain(0)]), "--channels-in", inputs, "--duration", "1")
            self.assertEqual(live.wait_for("stream")["channels_in"], int(inputs))
            self.assertGreater(live.wait_for("stopped")["counts"]["callbacks"], 0)

    def test_processors_stay_awake_while_it_plays_unless_power_is_saved(self):
        device = "/dev/cpu_dma_latency"
        if not os.access(device, os.R_OK | os.W_OK):
            self.skipTest(f"{device} is not permitted here")
        server = self.jack(period=256)
        for options, holds in ((), True), (("--save-power",), False):
            live = self.live(server.env, self.preset([gain(-6)]), *options)
            live.wait_for("stream")
            folder = f"/proc/{live.process.pid}/fd"
            files = [os.readlink(os.path.join(folder, file)) for file in os.listdir(folder)]
            self.assertEqual(device in files, holds)
            if holds:
                with open(device, "rb") as file:
                    self.assertLessEqual(struct.unpack("i", file.read(4))[0], 2)
            self.assertEqual(live.end()[0], 0)

    def test_wishes_that_jack_cannot_meet_are_refused_in_one_sentence(self):
        server = self.jack(period=512)
        preset = self.preset([gain(0)])
        for wish, fragment in ((["--rate", "44100"], "48000 Hz"), (["--frames", "64"], "512 frames"),
                               (["--input", "no-such-port"], "system:capture_1"), (["--map", "9,1"], "input 9")):
            live = self.live(server.env, preset, "--backend", "jack", *wish)
            code, message = live.process.wait(10), live.process.stderr.read()
            self.assertIn(code, (2, 5), message)
            self.assertIn(fragment, message)
            self.assertEqual(message.count("\n"), 1)


if __name__ == "__main__":
    harness.main("jackd", "jack_lsp", "jack_iodelay")
