#!/usr/bin/python3
"""The equaliser fit as AutoEq goes about it: SciPy's SLSQP with numeric gradients over (log10 f, Q, gain).

usage: slsqp.py FOLDER_OF_CURVES        one line of JSON per number of bands

Two shelves (105 Hz and 10 kHz, Q 0.7, gain free) and peaks; seeds by the largest width * height of the residual; the same
grid, bounds and error as eq_fit_bench. Our own program; only the scheme is theirs.
"""
import csv
import glob
import json
import os
import sys
import time

import numpy as np
from scipy.optimize import minimize
from scipy.signal import find_peaks

RATE = 48000.0
F = np.exp(np.linspace(np.log(20), np.log(10000), 400))
W = 2 * np.pi * F / RATE
Z = np.exp(-1j * W)


def response(kind, f, gain, q):
    a = 10 ** (gain / 40)
    w = 2 * np.pi * f / RATE
    c, al = np.cos(w), np.sin(w) / (2 * q)
    if kind == "peak":
        b, d = (1 + al * a, -2 * c, 1 - al * a), (1 + al / a, -2 * c, 1 - al / a)
    else:
        s, k = 2 * np.sqrt(a) * al, c if kind == "low" else -c
        g = 1 if kind == "low" else -1
        b = (a * (a + 1 - (a - 1) * k + s), 2 * g * a * (a - 1 - (a + 1) * k), a * (a + 1 - (a - 1) * k - s))
        d = (a + 1 + (a - 1) * k + s, -2 * g * (a - 1 + (a + 1) * k), a + 1 + (a - 1) * k - s)
    return 20 * np.log10(abs((b[0] + b[1] * Z + b[2] * Z * Z) / (d[0] + d[1] * Z + d[2] * Z * Z)))


def seeds(target, count):
    rest, found = target - target.mean(), []
    for _ in range(count):
        best = (0.0, 1000.0, 0.0, 1.0)
        for sign in (1, -1):
            tops, info = find_peaks(np.maximum(sign * rest, 0), width=0, height=0)
            for i, h, w in zip(tops, info["peak_heights"], info["widths"]):
                if h * w > best[0]:
                    octaves = w * np.log2(F[1] / F[0])
                    q = np.clip(np.sqrt(2 ** octaves) / (2 ** octaves - 1), 0.4, 4)
                    best = (h * w, F[i], sign * h, q)
        found.append(best[1:])
        rest = rest - response("peak", *best[1:])
    return found


def fit(target, count):
    peaks = count - 2
    x0, bounds = [0.0, 0.0], [(-16, 16)] * 2
    for f, gain, q in seeds(target, peaks):
        x0 += [np.log10(np.clip(f, 20, 16000)), q, np.clip(gain, -16, 16)]
        bounds += [(np.log10(20), np.log10(16000)), (0.4, 4), (-16, 16)]

    def error(x):
        r = response("low", 105, x[0], 0.7) + response("high", 10000, x[1], 0.7)
        for k in range(peaks):
            f, q, gain = x[2 + 3 * k:5 + 3 * k]
            r = r + response("peak", 10 ** f, gain, q)
        e = r - target
        return np.sqrt(np.mean((e - e.mean()) ** 2))

    return error(minimize(error, x0, method="SLSQP", bounds=bounds, options={"maxiter": 150}).x)


def main():
    curves = []
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.csv"))):
        rows = list(csv.DictReader(open(path)))
        if "target_db" in rows[0]:
            f, g = ([float(r[k]) for r in rows] for k in ("frequency_hz", "target_db"))
            curves.append(np.interp(np.log(F), np.log(f), g))
    for count in (5, 8, 10):
        start = time.process_time()
        errors = [fit(t, count) for t in curves]
        print(json.dumps({"bands": count, "curves": len(curves), "slsqp": {
            "mean_rms_db": float(np.mean(errors)), "mean_cpu_s": (time.process_time() - start) / len(curves)}}))


if __name__ == "__main__":
    main() if len(sys.argv) == 2 else sys.exit(__doc__)
