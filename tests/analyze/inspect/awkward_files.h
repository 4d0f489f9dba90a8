// Files with a known fault each, and the sound that they are made of: plucked notes and a little breath, with
// nothing wrong with it at any rate, width or number of channels.
#pragma once

#include <array>
#include <cmath>
#include <complex>
#include <functional>
#include <string>
#include <vector>

#include "analyze/inspect/finding.h"
#include "common/audio/interleave.h"
#include "common/audio/pcm_format.h"
#include "tests/support/audio_files.h"
#include "tests/support/signals.h"
#include "tests/support/temp_dir.h"

namespace aapp::inspect {

inline constexpr int kTuneRateHz = 44100;

// Notes a third of a second apart whose partials fall by 6 dB an octave and reach almost to the Nyquist
// frequency; each channel hears them at its own level.
inline audio::AudioBuffer tune(int channels, double seconds = 4.0, int rate_hz = kTuneRateHz,
                               double gain = 0.5) {
  const auto frames = static_cast<std::size_t>(seconds * rate_hz);
  audio::AudioBuffer sound = test::noise(channels, frames, 0.004F, 7);
  constexpr std::array kNotesHz{196.0, 246.9, 293.7, 392.0, 220.0, 329.6};
  const auto note_frames = static_cast<std::size_t>(0.33 * rate_hz);
  std::vector<float> note(2 * note_frames);
  for (std::size_t n = 0; n * note_frames < frames; ++n) {
    const double hz = kNotesHz[n % kNotesHz.size()] * (1.0 + 0.001 * static_cast<double>(n));
    std::fill(note.begin(), note.end(), 0.0F);
    for (int partial = 1; partial * hz < 0.47 * rate_hz && partial < 90; ++partial) {
      // A decaying phasor, turned from frame to frame.
      const std::complex<double> turn =
          std::polar(std::exp(-(3.0 + 0.4 * partial) / rate_hz), 2.0 * kPi * partial * hz / rate_hz);
      std::complex<double> phasor = std::polar(0.6 / partial, 1.7 * partial);
      for (float& x : note) {
        x += static_cast<float>(phasor.imag());
        phasor = {phasor.real() * turn.real() - phasor.imag() * turn.imag(),
                  phasor.real() * turn.imag() + phasor.imag() * turn.real()};
      }
    }
    for (std::size_t i = 0; i < note.size(); ++i) {
      note[i] *= 1.0F - static_cast<float>(i) / static_cast<float>(note.size());
    }
    for (int c = 0; c < channels; ++c) {
      const double pan = 0.6 + 0.4 * std::sin(1.0 + 2.1 * static_cast<double>(n) + 2.6 * c);
      for (std::size_t i = 0; i < note.size() && n * note_frames + i < frames; ++i) {
        sound.channel(c)[n * note_frames + i] += static_cast<float>(pan) * note[i];
      }
    }
  }
  const float scale = static_cast<float>(gain) / test::peak(sound);
  for (int c = 0; c < channels; ++c) {
    for (float& x : sound.channel(c)) x *= scale;
  }
  return sound;
}

// The samples as bytes.
inline std::string bytes_of(const audio::AudioBuffer& sound, audio::PcmFormat format) {
  std::vector<float> interleaved(sound.frames() * static_cast<std::size_t>(sound.channels()));
  audio::interleave(sound.view(), interleaved);
  const std::size_t width = audio::bytes_per_sample(format.encoding);
  std::string bytes(interleaved.size() * width, '\0');
  audio::Quantizer quantizer(static_cast<int>(8 * std::min<std::size_t>(4, width)), audio::Dither::none);
  audio::encode_pcm(interleaved, format, quantizer,
                    {reinterpret_cast<std::byte*>(bytes.data()), bytes.size()});
  return bytes;
}

// A WAV header with any fields, whatever follows it.
struct WavHeader {
  int tag = 1;  // 1 integers, 3 floats
  int channels = 1, bits = 16;
  int rate_hz = kTuneRateHz;
  int frame_bytes = 0;           // 0: as the fields above say
  int bytes_per_second = 0;      // 0: likewise
  std::int64_t data_bytes = -1;  // -1: as many as follow
};

inline std::string wav(const WavHeader& header, const std::string& data) {
  std::string bytes;
  const auto put = [&bytes](std::int64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes += static_cast<char>((value >> (8 * i)) & 0xFF);
  };
  const int frame = header.frame_bytes != 0 ? header.frame_bytes : header.channels * header.bits / 8;
  const std::int64_t size =
      header.data_bytes >= 0 ? header.data_bytes : static_cast<std::int64_t>(data.size());
  bytes += "RIFF";
  put(36 + static_cast<std::int64_t>(data.size()), 4);
  bytes += "WAVEfmt ";
  put(16, 4), put(header.tag, 2), put(header.channels, 2), put(header.rate_hz, 4);
  put(header.bytes_per_second != 0 ? header.bytes_per_second : header.rate_hz * frame, 4);
  put(frame, 2), put(header.bits, 2);
  bytes += "data";
  put(size, 4);
  return bytes + data;
}

struct AwkwardFile {
  std::string name;                 // with the extension
  std::vector<FindingKind> faults;  // all of them, and no other may be reported
  std::function<void(const std::string& path)> write;
  std::string raw{};  // --raw for headerless ones
};

// gtest prints it on failure.
inline void PrintTo(const AwkwardFile& file, std::ostream* out) {
  *out << file.name;
}

std::vector<AwkwardFile> awkward_files();

}  // namespace aapp::inspect
