#!/usr/bin/env python3
"""Unpaired recovery of a known chain: the reference is one half of a recording through it, the source the other half.

usage: like_pairs.py CORPUS BIN [--count N] [--seed N] [--exchange] [--only K]
  CORPUS      a folder of FLAC and WAV recordings; those of less than 8 s are left out
  BIN         the folder of aapp-analyze and aapp-play
  --exchange  the halves change places
  --only K    the K-th pair alone, counted from 1

The chain is drawn at random: an equaliser of 3 to 6 bands and a compressor, in either order, rendered by aapp-play. Per
pair, one line of JSON: distances from the reference of the source as it is, of the source through the true chain, and
of the source through the preset that the fit finds. Then totals: how many leave no more than 1.3 times what the true
chain leaves between the 50 ms levels, and how many are farther from the reference than the source was. The same seed
gives the same pairs. Needs python3-numpy and python3-soundfile.
"""
import argparse
import json
import os
import random
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import soundfile as sf

ALLOWED = 1.3
LEAST_S = 8.0
SAME_LU = 0.1
AT_ONCE = 2
MEASURES = {"levels_db": "level_distribution_db", "ltas_db": "ltas_rms_db", "loudness_lu": "loudness_lu"}


def run(*command):
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout


def log_uniform(dice, low, high):
    return low * (high / low) ** dice.random()


def drawn_band(dice, rate):
    kind = dice.choice(["peak", "peak", "peak", "low_shelf", "high_shelf"])
    low, high, steepest = {"peak": (80, 8000, 3.0), "low_shelf": (80, 400, 1.0), "high_shelf": (1500, 6000, 1.0)}[kind]
    return {"type": kind, "frequency_hz": round(log_uniform(dice, low, min(high, 0.4 * rate)), 1),
            "gain_db": round(dice.choice([-1, 1]) * dice.uniform(2, 8), 2), "q": round(log_uniform(dice, 0.5, steepest), 3)}


def drawn_compressor(dice, loud_db):
    return {"threshold_db": round(loud_db - dice.uniform(4, 14), 2), "ratio": round(log_uniform(dice, 1.6, 6), 2),
            "knee_db": round(dice.uniform(0, 9), 1), "attack_ms": round(log_uniform(dice, 2, 40), 2),
            "release_ms": round(log_uniform(dice, 50, 400), 1), "makeup_db": round(dice.uniform(0, 6), 2)}


def loud_db(x, rate):
    """The level that 5 % of the 10 ms frames with sound in them exceed."""
    step = rate // 100
    power = (x[: len(x) // step * step] ** 2).mean(1).reshape(-1, step).mean(1)
    return 10 * np.log10(np.percentile(power[power > power.max() * 1e-5], 95))


def recordings(corpus):
    paths = sorted(os.path.join(corpus, name) for name in os.listdir(corpus) if name.endswith((".flac", ".wav")))
    return [path for path in paths if sf.info(path).duration >= LEAST_S]


class Pair:
    def __init__(self, options, number, path, folder):
        self.dice = random.Random("%d/%d" % (options.seed, number))
        self.programs = [os.path.join(options.bin, name) for name in ("aapp-analyze", "aapp-play")]
        self.path, self.folder, self.exchange = path, folder, options.exchange
        self.row = {"pair": number, "recording": os.path.basename(path)}

    def file(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, x, rate):
        sf.write(self.file(name), x, rate, subtype="FLOAT")
        return self.file(name)

    def play(self, preset, source, name):
        run(self.programs[1], "render", preset, source, "-o", self.file(name), "--force", "--quiet")
        return self.file(name)

    def preset(self, chain):
        with open(self.file("chain.json"), "w") as out:
            json.dump({"format": "aapp-preset", "version": 1, "name": "chain", "chain": chain}, out)
        return self.file("chain.json")

    def drawn_chain(self, x, rate):
        """The threshold goes by the level that reaches the compressor."""
        eq = {"effect": "eq", "params": {"bands": [drawn_band(self.dice, rate) for _ in range(self.dice.randint(3, 6))]}}
        eq_first = self.dice.random() < 0.5
        if eq_first:
            x, rate = sf.read(self.play(self.preset([eq]), self.write("in.wav", x, rate), "equalised.wav"), always_2d=True)
        compressor = {"effect": "compressor", "params": drawn_compressor(self.dice, loud_db(x, rate))}
        return [eq, compressor] if eq_first else [compressor, eq]

    def distances(self, recording, reference):
        found = json.loads(run(self.programs[0], "compare", recording, reference, "--json"))["distance"]
        return {ours: found[theirs] for ours, theirs in MEASURES.items()}

    def measured(self):
        x, rate = sf.read(self.path, always_2d=True)
        chain = self.drawn_chain(x, rate)
        halves = [x[: len(x) // 2], x[len(x) // 2:]]
        heard, dry = halves[::-1] if self.exchange else halves
        preset = self.preset(chain)
        reference = self.play(preset, self.write("heard.wav", heard, rate), "reference.wav")
        source = self.write("source.wav", dry, rate)
        fitted = self.file("fitted.json")
        run(self.programs[0], "fit", reference, "--source", source, "-o", fitted, "--force", "--quiet", "--threads", "1")
        recordings = {"source": source, "true": self.play(preset, source, "true.wav"), "fit": self.play(fitted, source, "fit.wav")}
        self.row.update((name, self.distances(path, reference)) for name, path in recordings.items())
        self.row["ratio"] = self.row["fit"]["levels_db"] / self.row["true"]["levels_db"]
        self.row["chain"] = chain
        return self.row


def fitted_pair(options, number, path):
    with tempfile.TemporaryDirectory() as folder:
        return Pair(options, number, path, folder).measured()


def totals(rows):
    loudness = [abs(row["fit"]["loudness_lu"]) for row in rows]
    farther = lambda measure: sum(row["fit"][measure] > row["source"][measure] for row in rows)
    return {"pairs": len(rows), "within_%.1f" % ALLOWED: sum(row["ratio"] <= ALLOWED for row in rows),
            "worst_ratio": max(row["ratio"] for row in rows), "mean_ratio": sum(row["ratio"] for row in rows) / len(rows),
            "loudness_worst_lu": max(loudness), "loudness_within_%.1f" % SAME_LU: sum(value <= SAME_LU for value in loudness),
            "levels_farther_than_source": farther("levels_db"), "ltas_farther_than_source": farther("ltas_db")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus"), parser.add_argument("bin")
    parser.add_argument("--count", type=int, default=10), parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--exchange", action="store_true"), parser.add_argument("--only", type=int)
    options = parser.parse_args()
    paths = recordings(options.corpus)
    random.Random(options.seed).shuffle(paths)
    drawn = [(number, paths[(number - 1) % len(paths)]) for number in range(1, options.count + 1)]
    if options.only:
        drawn = [drawn[options.only - 1]]
    rows = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for row in pool.map(lambda pair: fitted_pair(options, *pair), drawn):
            print(json.dumps(row), flush=True)
            rows.append(row)
    print(json.dumps({"totals": totals(rows)}))


if __name__ == "__main__":
    main()
