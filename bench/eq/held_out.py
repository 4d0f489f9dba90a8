#!/usr/bin/env python3
"""Does an unpaired fit learn the sound or the notes? Fitted on one half of the reference, measured on the other.

usage: held_out.py BIN SOURCE REFERENCE [SOURCE REFERENCE ...]
  BIN     the folder of aapp-analyze and aapp-play

Per pair, both ways round, one line of JSON: distance of the third-octave spectra (dB RMS, 50 Hz to 16 kHz, level
removed) of the rendered source from the half that the fit saw and from the half that it did not, and of the two halves
from each other. A fit that learned the sound stays within the last figure plus 0.3 dB. Needs ffmpeg.
"""
import json
import os
import subprocess
import sys
import tempfile

ALLOWED_DB = 0.3


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def halves(path, folder):
    seconds = float(run("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path))
    found = []
    for part in (0, 1):
        out = os.path.join(folder, "half%d.wav" % part)
        run("ffmpeg", "-nostdin", "-v", "error", "-i", path, "-ss", "%.6f" % (part * seconds / 2), "-t", "%.6f" % (seconds / 2),
            "-c:a", "pcm_f32le", out)
        found.append(out)
    return found


def distance_db(analyze, recording, reference):
    return json.loads(run(analyze, "compare", recording, reference, "--json"))["distance"]["ltas_rms_db"]


def pair(programs, source, reference, folder):
    analyze, play = programs
    parts = halves(reference, folder)
    for seen, unseen in (parts, parts[::-1]):
        preset, out = os.path.join(folder, "preset.json"), os.path.join(folder, "out.wav")
        run(analyze, "fit", seen, "--source", source, "-o", preset, "--force", "--quiet")
        run(play, "render", preset, source, "-o", out, "--force", "--quiet")
        row = {"source": os.path.basename(source), "reference": os.path.basename(reference), "fitted_on": os.path.basename(seen),
               "seen_db": distance_db(analyze, out, seen), "unseen_db": distance_db(analyze, out, unseen),
               "between_halves_db": distance_db(analyze, seen, unseen)}
        row["within"] = row["unseen_db"] <= row["between_halves_db"] + ALLOWED_DB
        print(json.dumps(row), flush=True)


def main():
    if len(sys.argv) < 4 or len(sys.argv) % 2:
        sys.exit(__doc__)
    programs = [os.path.join(sys.argv[1], name) for name in ("aapp-analyze", "aapp-play")]
    for source, reference in zip(sys.argv[2::2], sys.argv[3::2]):
        with tempfile.TemporaryDirectory() as folder:
            pair(programs, source, reference, folder)


if __name__ == "__main__":
    main()
