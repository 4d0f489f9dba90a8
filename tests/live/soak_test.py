"""The soak of scripts/soak, as short as it can be; and whether its guard sees anything at all."""
import harness

import soak


class SoakTest(harness.LiveTestCase):
    def test_twelve_seconds_on_a_busy_machine(self):
        report = soak.soak(seconds=9.0, period=64, hogs=4, swap_s=3.0, folder=self.folder)
        print(report, flush=True)
        if not report["realtime"]:
            self.skipTest("no real-time scheduling here")
        self.assertEqual(soak.faults(report), [])

    def test_the_judge_is_not_blind(self):
        good = {"attributable_xruns": 0, "in_callback": {"callbacks": 100, "allocations": 0}, "periods": 100,
                "system_calls": {"live": {"futex": 2}, "idle": {"futex": 2}}, "rejected": 0, "exit_code": 0}
        self.assertEqual(soak.faults(good), [])
        for change in ({"attributable_xruns": 1}, {"in_callback": {"callbacks": 100, "allocations": 1}},
                       {"in_callback": {"callbacks": 0}}, {"exit_code": 1},
                       {"system_calls": {"live": {"futex": 2, "write": 1}, "idle": {"futex": 2}}}):
            self.assertEqual(len(soak.faults({**good, **change})), 1, change)


if __name__ == "__main__":
    harness.main("jackd", "jack_lsp")
