#!/usr/bin/env python3
"""Recovery of other programs' processing: makes pairs with ffmpeg, SoX, LSP, Calf and SC4, fits them, scores the preset.

usage: foreign_pairs.py CORPUS BIN [--count N] [--seed N] [--others]
  CORPUS  a folder of FLAC recordings
  BIN     the folder of aapp-analyze and aapp-play

For every pair: error-to-signal ratio (dB, level-aligned), RMS error of the gain of 10 ms frames (dB) and of the mean
spectrum in third-octave bands (dB) of the fitted preset's rendering against the true wet recording, with "do nothing"
beside it, and the seconds of the fit. --others: processors that no chain of ours is (ffmpeg's compand, SC1, and ffmpeg's
linear-phase firequalizer). Needs ffmpeg, sox, lsp-plugins-lv2,
calf-plugins, swh-plugins, python3-numpy and python3-soundfile.
"""
import argparse
import os
import random
import subprocess
import tempfile
import time

import numpy as np
import soundfile as sf

CLIP_S = 20.0
SETTLE_S = 1.5  # silence before the clip: plug-ins ramp their controls at the start
LSP = "http\\\\://lsp-plug.in/plugins/lv2/compressor_%s"
CALF = "http\\\\://calf.sourceforge.net/plugins/%s"


def gain(db):
    return 10.0 ** (db / 20.0)


def loud_db(x, rate):
    step = rate // 100
    power = (x[: len(x) // step * step] ** 2).mean(1).reshape(-1, step).mean(1)
    return 10 * np.log10(np.percentile(power[power > power.max() * 1e-5], 95))


def ffmpeg_compressor(dice, threshold, channels):
    detection, link = dice.choice(["peak", "rms"]), dice.choice(["average", "maximum"])
    return "af", "acompressor=threshold=%.6g:ratio=%.3g:attack=%.3g:release=%.4g:knee=%g:detection=%s:link=%s" % (
        gain(threshold), dice.uniform(1.5, 10), dice.uniform(4, 60), dice.uniform(60, 600), dice.choice([1, 2, 4]), detection, link)


def sox_compand(dice, threshold, channels):
    ratio = dice.uniform(1.5, 10)
    return "sox", ["compand", "%.4f,%.4f" % (dice.uniform(0.002, 0.04), dice.uniform(0.04, 0.4)),
                   "%g:-90,-90,%.2f,%.2f,0,%.2f" % (dice.choice([0.01, 3, 6]), threshold, threshold, threshold - threshold / ratio), "0", "-90", "0"]


def lsp_compressor(dice, threshold, channels):
    return "af", "lv2=p=%s:c=al=%.6g|cr=%.3g|at=%.3g|rt=%.4g|kn=%.4g|scm=%d|scr=10" % (
        LSP % ("mono" if channels == 1 else "stereo"), gain(threshold), dice.uniform(1.5, 10), dice.uniform(2, 40),
        dice.uniform(50, 400), gain(-dice.choice([1, 6])), dice.choice([0, 1]))


def calf_compressor(dice, threshold, channels):
    return "af", "lv2=p=%s:c=threshold=%.6g|ratio=%.3g|attack=%.3g|release=%.4g|knee=2.82843" % (
        CALF % ("MonoCompressor" if channels == 1 else "Compressor"), gain(threshold), dice.uniform(1.5, 10),
        dice.uniform(2, 40), dice.uniform(50, 400))


def sc4(dice, threshold, channels):
    library, plugin = ("sc4m_1916", "sc4m") if channels == 1 else ("sc4_1882", "sc4")
    values = [dice.choice([0, 1]), dice.uniform(2, 40), dice.uniform(40, 400), max(threshold, -30), dice.uniform(1.5, 10), dice.choice([1, 3, 6]), 0]
    return "af", "ladspa=f=%s:p=%s:c=%s" % (library, plugin, "|".join("c%d=%.6g" % pair for pair in enumerate(values)))


def ffmpeg_equalizer(dice, threshold, channels):
    return "af", ",".join("equalizer=f=%.1f:t=q:w=%.2f:g=%.1f:r=f64" % (f, dice.uniform(0.7, 3), dice.uniform(-8, 8)) for f in (150, 900, 4000))


def sox_equalizer(dice, threshold, channels):
    return "sox", sum((["equalizer", "%g" % f, "%.2fq" % dice.uniform(0.7, 3), "%.1f" % dice.uniform(-8, 8)] for f in (200, 1200, 5000)), [])


def ffmpeg_compand(dice, threshold, channels):
    return "af", "compand=attacks=%.4f:decays=%.4f:points=-90/-90|%.2f/%.2f|0/%.2f:soft-knee=%g:volume=-90" % (
        dice.uniform(0.002, 0.04), dice.uniform(0.04, 0.4), threshold, threshold, threshold - threshold / dice.uniform(1.5, 10), dice.choice([0.01, 3, 6]))


def sc1(dice, threshold, channels):
    values = [dice.uniform(2, 40), dice.uniform(40, 400), max(threshold, -30), dice.uniform(1.5, 10), dice.choice([1, 3, 6]), 0]
    return "af", "ladspa=f=sc1_1425:p=sc1:c=%s" % "|".join("c%d=%.6g" % pair for pair in enumerate(values))


def ffmpeg_firequalizer(dice, threshold, channels):
    gains = ";".join("entry(%g,%.1f)" % (f, dice.uniform(-8, 8)) for f in (150, 600, 2400, 5000))
    return "af", "apad=pad_dur=0.03,firequalizer=delay=0.03:gain_entry='entry(40,0);%s;entry(7500,0)',atrim=start=0.03" % gains


OTHERS = [ffmpeg_compand, sc1, ffmpeg_firequalizer]
TOOLS = [ffmpeg_compressor, sox_compand, lsp_compressor, calf_compressor, sc4, ffmpeg_equalizer, sox_equalizer]


def run(command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def process(kind, what, x, rate, folder):
    padded, source, target = np.vstack([np.zeros((int(SETTLE_S * rate), x.shape[1])), x]), folder + "/in.wav", folder + "/out.wav"
    sf.write(source, padded, rate, subtype="FLOAT")
    if kind == "sox":
        done = run(["sox", "-D", source, "-b", "32", "-e", "floating-point", target] + what)
    else:
        layout = "mono" if x.shape[1] == 1 else "stereo"
        done = run(["ffmpeg", "-v", "error", "-y", "-i", source, "-af",
                    "aformat=sample_fmts=fltp:channel_layouts=%s,%s" % (layout, what), "-c:a", "pcm_f32le", target])
    if done.returncode:
        raise RuntimeError(done.stderr[-300:])
    y, _ = sf.read(target, always_2d=True)
    return y[len(padded) - len(x): len(padded)]


def esr_db(y, z):
    scale = (y * z).sum() / (z ** 2).sum()
    return 10 * np.log10(((y - scale * z) ** 2).sum() / (y ** 2).sum() + 1e-20)


def gain_error_db(x, y, z, rate):
    step = rate // 100
    frames = len(x) // step * step
    fold = lambda a: a[:frames].reshape(-1, step * x.shape[1]).sum(1)
    xx, xy, xz = fold(x * x), fold(x * y), fold(x * z)
    use = (xx > xx.max() * 1e-5) & (xy > 0) & (xz > 0)
    return np.sqrt(np.mean((20 * np.log10(xy[use] / xz[use])) ** 2))


def third_octaves_db(x, rate):
    power, hz = (np.abs(np.fft.rfft(x, axis=0)) ** 2).sum(1), np.fft.rfftfreq(len(x), 1 / rate)
    centres = 1000 * 2 ** (np.arange(-13, 13) / 3)
    edges = np.searchsorted(hz, [(f / 2 ** (1 / 6), f * 2 ** (1 / 6)) for f in centres if f * 2 ** (1 / 6) < 0.45 * rate])
    return 10 * np.log10([power[a:b].sum() + 1e-20 for a, b in edges])


def spectrum_error_db(y, z, rate):
    a, b = third_octaves_db(y, rate), third_octaves_db(z, rate)
    use = a > a.max() - 75
    return np.std((a - b)[use])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus"), parser.add_argument("bin")
    parser.add_argument("--count", type=int, default=28), parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--others", action="store_true")
    options = parser.parse_args()
    dice = random.Random(options.seed)
    tools = OTHERS if options.others else TOOLS
    clips = sorted(f for f in os.listdir(options.corpus) if f.endswith(".flac"))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        dry, wet, preset, out = (folder + "/" + name for name in ("dry.wav", "wet.wav", "preset.json", "played.wav"))
        for i in range(options.count):
            clip, tool = dice.choice(clips), tools[i % len(tools)]
            x, rate = sf.read(os.path.join(options.corpus, clip), always_2d=True)
            x = 0.5 * x[: int(CLIP_S * rate), :2]
            y = process(*tool(dice, loud_db(x, rate) - dice.uniform(5, 10), x.shape[1]), x, rate, folder)
            sf.write(dry, x, rate, subtype="FLOAT"), sf.write(wet, y, rate, subtype="FLOAT")
            began = time.monotonic()
            done = run([options.bin + "/aapp-analyze", "fit", wet, "--dry", dry, "-o", preset, "--force"])
            seconds = time.monotonic() - began
            done = done if done.returncode else run([options.bin + "/aapp-play", "render", preset, dry, "-o", out, "--force"])
            if done.returncode:
                print("%-18s %-32s FAILED %s" % (tool.__name__, clip, done.stderr.strip()[-200:]))
                continue
            z, _ = sf.read(out, always_2d=True)
            rows.append((esr_db(y, x), esr_db(y, z), gain_error_db(x, y, x, rate), gain_error_db(x, y, z, rate),
                         spectrum_error_db(y, x, rate), spectrum_error_db(y, z, rate), seconds))
            print("%-19s %-32s ESR %7.1f -> %7.1f dB   gain %6.3f -> %6.3f dB   spectrum %5.2f -> %5.2f dB   %5.1f s" % (
                (tool.__name__, clip) + rows[-1]), flush=True)
    table = np.array(rows)
    print("median ESR %.1f dB (do nothing %.1f); gain error median %.3f, worst %.3f dB; spectrum median %.3f, worst %.3f dB; "
          "median %.1f s, longest %.1f s" % (np.median(table[:, 1]), np.median(table[:, 0]), np.median(table[:, 3]), table[:, 3].max(),
                                             np.median(table[:, 5]), table[:, 5].max(), np.median(table[:, 6]), table[:, 6].max()))


if __name__ == "__main__":
    main()
