#!/usr/bin/env python3
"""Makes every file of this folder, byte for byte the same each time, with Python's standard library only.

Usage: make_testdata.py [FOLDER]      (default: the folder of this script)

The good files hold a fixed pseudo-random signal; the others are broken by hand, each in the one way its name says.
"""
import struct
import sys
from pathlib import Path

RATE = 16000


def noise(count, seed=1):
    """16-bit integers from a linear congruential generator (Knuth's MMIX constants)."""
    state, values = seed, []
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        values.append((state >> 48) - 32768)
    return values


def s16(values):
    return struct.pack(f"<{len(values)}h", *values)


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def fmt(channels=1, rate=RATE, bits=16, tag=1):
    align = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * align % 2**32, align, bits))


def riff(*chunks):
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def wav(samples, **format_fields):
    return riff(fmt(**format_fields), chunk(b"data", samples))


def wav_declaring(data_bytes, samples, riff_bytes=None, **format_fields):
    """A WAV whose data chunk claims data_bytes, whatever it holds."""
    body = b"WAVE" + fmt(**format_fields) + b"data" + struct.pack("<I", data_bytes) + samples
    return b"RIFF" + struct.pack("<I", min(2**32 - 1, 36 + data_bytes) if riff_bytes is None else riff_bytes) + body


def w64_declaring(data_bytes, samples, channels=1, rate=RATE):
    guid_tail = bytes.fromhex("f3acd3118cd100c04f8edb8a")
    wave_tail = guid_tail
    riff_guid = b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000")
    fmt_body = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    fmt_chunk = b"fmt " + guid_tail + struct.pack("<Q", 24 + len(fmt_body)) + fmt_body
    data_chunk = b"data" + guid_tail + struct.pack("<Q", 24 + data_bytes) + samples
    body = b"wave" + wave_tail + fmt_chunk + data_chunk
    return riff_guid + struct.pack("<Q", 24 + len(body) - len(samples) + data_bytes) + body


def rf64_declaring(data_bytes, samples, channels=1, rate=RATE):
    ds64 = chunk(b"ds64", struct.pack("<QQQI", 72 + data_bytes, data_bytes, data_bytes // 2, 0))
    body = b"WAVE" + ds64 + fmt(channels, rate) + b"data" + struct.pack("<I", 2**32 - 1) + samples
    return b"RF64" + struct.pack("<I", 2**32 - 1) + body


def aiff(samples_big_endian, frames, channels=1, data_bytes=None):
    rate80 = b"\x40\x0c\xfa\x00\x00\x00\x00\x00\x00\x00"  # 16000 as an 80-bit float
    comm = b"COMM" + struct.pack(">IhIh", 18, channels, frames, 16) + rate80
    size = len(samples_big_endian) if data_bytes is None else data_bytes
    ssnd = b"SSND" + struct.pack(">III", 8 + size, 0, 0) + samples_big_endian
    body = b"AIFF" + comm + ssnd
    return b"FORM" + struct.pack(">I", len(body)) + body


def flac_declaring(frames, channels=1, rate=RATE, bits=16):
    """A FLAC header and no audio."""
    packed = rate << 44 | (channels - 1) << 41 | (bits - 1) << 36 | frames
    streaminfo = struct.pack(">HH", 4096, 4096) + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    return b"fLaC" + b"\x80" + len(streaminfo).to_bytes(3, "big") + streaminfo


def float_wav(values):
    return wav(struct.pack(f"<{len(values)}f", *values), bits=32, tag=3)


HUNDRED_HOURS = 100 * 3600 * RATE * 2  # bytes of 16-bit mono
SAMPLES = noise(400)
FILES = {
    "noise_16bit_mono.wav": wav(s16(SAMPLES)),
    "noise_16bit_stereo.wav": wav(s16(SAMPLES), channels=2),
    "noise_s16le_16000_mono.raw": s16(SAMPLES),
    "one_frame.wav": wav(s16(SAMPLES[:1])),
    "silent.wav": wav(bytes(800)),
    "nan_and_inf.wav": float_wav([0.25, float("nan"), 0.5, float("inf"), -0.5, float("-inf"), 0.125, 0.0] * 8),
    "only_nan.wav": float_wav([float("nan")] * 64),
    "piped_length_unknown.wav": wav_declaring(2**32 - 1, s16(SAMPLES), riff_bytes=2**32 - 1),
    "odd_chunk_before_data.wav": riff(fmt(), chunk(b"junk", b"odd"), chunk(b"data", s16(SAMPLES))),
    "empty.wav": b"",
    "text.wav": b"This is not audio, whatever its name says.\n",
    "header_cut_off.wav": wav(s16(SAMPLES))[:30],
    "truncated.wav": wav(s16(SAMPLES))[:444],
    "truncated.aiff": aiff(struct.pack(">200h", *SAMPLES[:200]), 400, data_bytes=800),
    "aiff_named_wav.wav": aiff(struct.pack(">400h", *SAMPLES), 400),
    "zero_channels.wav": wav(s16(SAMPLES), channels=0),
    "sixty_five_channels.wav": wav(s16(noise(650)), channels=65),
    "zero_rate.wav": wav(s16(SAMPLES), rate=0),
    "rate_two_million.wav": wav(s16(SAMPLES), rate=2000000),
    "no_frames.wav": wav(b""),
    "hundred_hours.wav": wav_declaring(100 * 3600 * 8000, bytes(200), rate=8000, bits=8),
    "hundred_hours.w64": w64_declaring(HUNDRED_HOURS, s16(SAMPLES)),
    "hundred_hours.rf64": rf64_declaring(HUNDRED_HOURS, s16(SAMPLES)),
    "hundred_hours.flac": flac_declaring(100 * 3600 * RATE),
}


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, content in FILES.items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
