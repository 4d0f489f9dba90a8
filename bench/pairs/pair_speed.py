#!/usr/bin/env python3
"""How long `aapp-analyze fit WET --dry DRY` takes for a pair of some minutes, and what it holds in memory.

usage: pair_speed.py CORPUS BIN [--seconds 180] [--rounds 3] [--draws 0] [--seed 1]
  CORPUS   a folder of FLAC and WAV recordings, which are put one behind the other
  BIN      the folder of aapp-analyze and aapp-play
  --draws  so many random chains besides the five fixed ones

One line of JSON per chain: the median time of the rounds, that as a share of the recording's length, processor time,
and the largest resident size. Run it on an idle machine. Needs python3-numpy, python3-scipy and python3-soundfile.
"""
import argparse
import json
import os
import random
import statistics
import subprocess
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import soundfile as sf
from scipy.signal import resample_poly

from like_pairs import drawn_band, drawn_compressor, loud_db, recordings

RATE_HZ = 44100
BANDS = [("low_shelf", 150, 3, 0.7), ("peak", 900, -4, 1.2), ("peak", 3000, 3.5, 2), ("high_shelf", 8000, 2, 0.7)]


def effect(name, **params):
    return {"effect": name, "params": params}


def fixed_chains():
    eq = effect("eq", bands=[dict(zip(("type", "frequency_hz", "gain_db", "q"), band)) for band in BANDS])
    plain = {"threshold_db": -24, "ratio": 3, "attack_ms": 8, "release_ms": 120, "makeup_db": 3, "knee_db": 4}
    peak, rms = effect("compressor", **plain), effect("compressor", **plain, detector="rms", rms_window_ms=10)
    return {"compressor": [peak], "eq_compressor": [eq, peak], "compressor_eq": [peak, eq], "rms_compressor": [rms],
            "eq_rms_compressor": [eq, rms]}


def drawn_chain(dice, level_db):
    eq = effect("eq", bands=[drawn_band(dice, RATE_HZ) for _ in range(dice.randint(3, 6))])
    chain = [eq, effect("compressor", **drawn_compressor(dice, level_db))]
    return chain if dice.random() < 0.5 else chain[::-1]


def stereo(path):
    x, rate = sf.read(path, always_2d=True)
    if rate != RATE_HZ:
        common = np.gcd(rate, RATE_HZ)
        x = resample_poly(x, RATE_HZ // common, rate // common, axis=0)
    x = x[:, :2] if x.shape[1] > 1 else np.repeat(x, 2, 1)
    return 0.5 * x / max(1e-9, np.abs(x).max())


def write_material(corpus, seconds, path):
    """Returns the level that is loud in it."""
    x = np.concatenate([stereo(path) for path in recordings(corpus)])
    frames = int(seconds * RATE_HZ)
    x = np.tile(x, (-(-frames // len(x)), 1))[:frames]
    sf.write(path, x, RATE_HZ, subtype="PCM_24")
    return loud_db(x, RATE_HZ)


def measured(command):
    """Seconds, processor seconds and largest resident MB of one run."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus")
    parser.add_argument("bin")
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--draws", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    analyze, play = (os.path.join(options.bin, name) for name in ("aapp-analyze", "aapp-play"))
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="aapp-pair-speed-") as folder:
        dry, wet, preset = (os.path.join(folder, name) for name in ("dry.wav", "wet.wav", "preset.json"))
        # By a process of its own: what this one ever held would count as the largest size of those it starts.
        with ProcessPoolExecutor(max_workers=1) as pool:
            level_db = pool.submit(write_material, options.corpus, options.seconds, dry).result()
        chains = fixed_chains() | {f"drawn_{i}": drawn_chain(dice, level_db) for i in range(options.draws)}
        for name, chain in chains.items():
            with open(preset, "w", encoding="utf-8") as file:
                json.dump({"format": "aapp-preset", "version": 1, "name": name, "chain": chain}, file)
            subprocess.run([play, "render", preset, dry, "-o", wet, "--force", "--quiet"], check=True)
            fit = [analyze, "fit", wet, "--dry", dry, "-o", os.path.join(folder, "fit.json"), "--force", "--quiet"]
            runs = [measured(fit) for _ in range(options.rounds)]
            seconds, cpu, _ = (statistics.median(column) for column in zip(*runs))
            print(json.dumps({"chain": name, "seconds": round(seconds, 2), "share": round(seconds / options.seconds, 4),
                              "cpu_s": round(cpu, 2), "resident_mb": round(max(run[2] for run in runs))}), flush=True)


if __name__ == "__main__":
    main()
