"""Plays for long on a busy machine, swapping presets, beside a JACK client that does nothing.

What is counted: xruns for which live's own work is to blame (its callback used more CPU time than its period); xruns
that jackd charges to live and to the idle client (what the machine does to one it does to the other); what the callback
does that it must not (callback_guard.cpp); system calls per period of both audio threads.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import harness
from harness import VOICE, eq, gain, wait_until

CHAINS = (VOICE, [eq(("peak", 800, -6.0, 2.0), ("high_shelf", 6000, 4.0, 0.7)), harness.compressor(ratio=8)],
          [gain(-6), eq(("low_shelf", 200, 5.0, 0.7))])


def busiest_thread(pid):
    """The thread that sleeps and wakes most often: the one that JACK wakes every period."""
    def switches():
        counts = {}
        for tid in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{tid}/status", encoding="ascii") as file:
                counts[tid] = int(re.search(r"\nvoluntary_ctxt_switches:\s*(\d+)", file.read()).group(1))
        return counts
    before = switches()
    time.sleep(0.3)
    after = switches()
    return max(after, key=lambda tid: after[tid] - before.get(tid, after[tid]))


def system_calls(pid, seconds=1.5):
    """Names and numbers of the system calls of a process's audio thread; nothing where that cannot be seen."""
    if shutil.which("strace") is None:
        return None
    with tempfile.NamedTemporaryFile("r") as log:
        tracer = subprocess.Popen(["strace", "-c", "-o", log.name, "-p", busiest_thread(pid)], stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        harness.end_process(tracer, subprocess.signal.SIGINT)
        rows = re.findall(r"(?m)^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", log.read())
    return {name: int(count) for count, name in rows if name not in ("total", "restart_syscall")} or None


def soak(seconds, period, hogs, swap_s, folder):
    server = harness.JackServer(48000, period)
    spawned = []
    try:
        realtime = "--no-realtime" not in server.process.args
        idle = subprocess.Popen([os.path.join(harness.BIN, "jack_idle"), "idle"], env=server.env, stdout=subprocess.PIPE)
        spawned.append(idle)
        idle.stdout.readline()
        preset, guard = os.path.join(folder, "soak.json"), os.path.join(folder, "guard.json")
        harness.write_preset(preset, CHAINS[0])
        env = dict(server.env, LD_PRELOAD=os.path.join(harness.BIN, "libcallback_guard.so"), AAPP_GUARD_FILE=guard)
        live = harness.Live(env, preset, "--backend", "jack")
        spawned.append(live.process)
        live.wait_for("stream")
        spawned += [harness.start_child(["sh", "-c", "while :; do :; done"]) for _ in range(hogs)]
        time.sleep(1.0)
        charged_before = charged(server)
        first = live.wait_for("meters", len(live.all("meters")) + 1)
        end, swaps = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            time.sleep(min(swap_s, max(0.0, end - time.monotonic())))
            swaps += 1
            harness.write_preset(preset, CHAINS[swaps % len(CHAINS)], f"swap {swaps}")
        wait_until(lambda: len(live.all("preset_playing")) >= swaps, 20, "the last swap")
        last = live.wait_for("meters", len(live.all("meters")) + 1)
        charged_after = charged(server)
        for hog in spawned[2:]:
            harness.end_process(hog)
        calls = {"live": system_calls(live.process.pid), "idle": system_calls(idle.pid)}
        code, message = live.end()
        with open(guard, encoding="ascii") as file:
            guarded = json.load(file)
        causes = {cause: last["counts"]["xrun_causes"][cause] - first["counts"]["xrun_causes"][cause]
                  for cause in last["counts"]["xrun_causes"]}
        return {"seconds": seconds, "period_frames": period, "hogs": hogs, "realtime": realtime,
                "periods": last["counts"]["callbacks"] - first["counts"]["callbacks"], "swaps": swaps,
                "attributable_xruns": causes["own_overrun"], "xrun_causes": causes,
                "charged_by_jackd": {name: charged_after[name] - charged_before[name] for name in charged_after},
                "in_callback": guarded, "system_calls": calls, "load": last["load"], "cpu": last["cpu"],
                "overloads": len(live.all("overload")), "rejected": len(live.all("preset_rejected")), "exit_code": code,
                "stderr": message}
    finally:
        for process in spawned:
            harness.end_process(process)
        server.remove()


def charged(server):
    log = server.output()
    return {"live": len(re.findall(r"client = aapp-play was not", log)),
            "idle": len(re.findall(r"client = idle was not", log))}


def faults(report):
    """What breaks the promise, in sentences."""
    found = []
    if report["attributable_xruns"]:
        found.append(f"{report['attributable_xruns']} xruns by live's own work")
    found += [f"{count} {what} in the callback" for what, count in report["in_callback"].items()
              if what != "callbacks" and count]
    if report["in_callback"]["callbacks"] < 0.5 * report["periods"]:
        found.append("the guard did not see the callback")
    calls = report["system_calls"]
    if calls["live"] and calls["idle"] and set(calls["live"]) - set(calls["idle"]):
        found.append(f"system calls that an idle client does not make: {set(calls['live']) - set(calls['idle'])}")
    if report["rejected"] or report["exit_code"]:
        found.append(f"{report['rejected']} presets rejected, exit code {report['exit_code']}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", help="folder of the programs")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--period", type=int, default=64)
    parser.add_argument("--hogs", type=int, default=4)
    parser.add_argument("--swap-every", type=float, default=3.0)
    options = parser.parse_args()
    harness.use_programs(options.programs)
    with tempfile.TemporaryDirectory(prefix="aapp-soak-") as folder:
        report = soak(options.seconds, options.period, options.hogs, options.swap_every, folder)
    report["faults"] = faults(report)
    print(json.dumps(report, indent=1))
    return 1 if report["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
