#include "tests/analyze/inspect/awkward_files.h"

#include <limits>

#include "common/io/resampler.h"
#include "tests/support/memory_stream.h"
#include "tests/support/testdata.h"

namespace aapp::inspect {
namespace {

using audio::AudioBuffer;
using audio::ByteOrder;
using audio::PcmEncoding;
using Edit = std::function<void(AudioBuffer&)>;

constexpr audio::PcmFormat kS16{PcmEncoding::s16, ByteOrder::little},
    kS16be{PcmEncoding::s16, ByteOrder::big}, kS24{PcmEncoding::s24, ByteOrder::little},
    kS24be{PcmEncoding::s24, ByteOrder::big}, kS32{PcmEncoding::s32, ByteOrder::little},
    kF32{PcmEncoding::f32, ByteOrder::little}, kF32be{PcmEncoding::f32, ByteOrder::big},
    kF64{PcmEncoding::f64, ByteOrder::little};

void write(const std::string& path, const std::string& bytes) {
  test::write_bytes(path, bytes);
}

// The tune, edited, in the container that the extension names.
AwkwardFile edited(std::string name, FindingKind kind, int channels, Edit edit,
                   std::string sample_format = "pcm_16") {
  return {std::move(name), {kind}, [=](const std::string& path) {
            AudioBuffer sound = tune(channels);
            edit(sound);
            test::write_audio_file(path, sound, kTuneRateHz, sample_format);
          }};
}

// A WAV whose header says `header`, around the tune's bytes in another format.
AwkwardFile misread(std::string name, const WavHeader& header, int channels, audio::PcmFormat format,
                    FindingKind kind = FindingKind::wrong_encoding) {
  return {std::move(name), {kind}, [=](const std::string& path) {
            write(path, wav(header, bytes_of(tune(channels), format)));
          }};
}

AwkwardFile broken(std::string name, FindingKind kind, std::function<std::string()> make) {
  return {std::move(name), {kind}, [=](const std::string& path) { write(path, make()); }};
}

// The tune's bytes with `count` of them missing from `at` on (a share of the whole), always within a frame.
std::string with_gap(int channels, audio::PcmFormat format, double at, std::size_t count) {
  std::string bytes = bytes_of(tune(channels, 8.0), format);
  const std::size_t frame = static_cast<std::size_t>(channels) * audio::bytes_per_sample(format.encoding);
  bytes.erase(static_cast<std::size_t>(at * static_cast<double>(bytes.size())) / frame * frame, count);
  bytes.resize(bytes.size() / frame * frame);
  return bytes;
}

void scale(AudioBuffer& sound, int channel, float gain) {
  for (float& x : sound.channel(channel)) x *= gain;
}

void clip(AudioBuffer& sound, int channel, float drive, float ceiling) {
  for (float& x : sound.channel(channel)) x = ceiling * std::clamp(drive * x, -1.0F, 1.0F);
}

void silence(AudioBuffer& sound, int channel, std::size_t from, std::size_t count) {
  for (float& x : sound.channel(channel).subspan(from, count)) x = 0.0F;
}

void write_upsampled(const std::string& path, int from_hz, int to_hz) {
  auto resampler =
      io::Resampler::create(std::make_unique<test::MemorySource>(tune(1, 4.0, from_hz), from_hz), to_hz);
  ASSERT_TRUE(resampler);
  auto sound = test::read_all(**resampler);
  ASSERT_TRUE(sound);
  test::write_audio_file(path, *sound, to_hz, "pcm_16");
}

void add_containers(std::vector<AwkwardFile>& files) {
  const auto whole = [] { return wav({.channels = 2}, bytes_of(tune(2), kS16)); };
  files.push_back(broken("truncated.wav", FindingKind::truncated, [=] { return whole().substr(0, 100000); }));
  files.push_back(
      broken("truncated_in_a_frame.wav", FindingKind::truncated, [=] { return whole().substr(0, 90001); }));
  files.push_back(broken("length_never_written.wav", FindingKind::length_not_written,
                         [] { return wav({.data_bytes = 0}, bytes_of(tune(1), kS16)); }));
  files.push_back(broken("a_byte_too_many.wav", FindingKind::size_mismatch, [] {
    return wav({.channels = 2}, bytes_of(tune(2), kS16) + std::string(3, '\1'));
  }));
  files.push_back(broken("bytes_per_second_of_another_rate.wav", FindingKind::header_contradiction,
                         [] { return wav({.bytes_per_second = 2 * 48000}, bytes_of(tune(1), kS16)); }));
  files.push_back(broken("frames_of_another_size.wav", FindingKind::header_contradiction,
                         [] { return wav({.channels = 2, .frame_bytes = 6}, bytes_of(tune(2), kS16)); }));
  files.push_back({"odd_number_of_bytes.raw",
                   {FindingKind::size_mismatch},
                   [](const std::string& path) { write(path, bytes_of(tune(1), kS16) + "x"); },
                   "s16le:44100:1"});
  for (const char* name : {"text.wav", "aiff_named_wav.wav", "zero_channels.wav", "zero_rate.wav",
                           "no_frames.wav", "empty.wav", "header_cut_off.wav", "sixty_five_channels.wav"}) {
    files.push_back({name, {FindingKind::unreadable}, [=](const std::string& path) {
                       write(path, test::read_bytes(test::testdata(name)));
                     }});
  }
  files.push_back({"truncated.aiff", {FindingKind::truncated}, [](const std::string& path) {
                     write(path, test::read_bytes(test::testdata("truncated.aiff")));
                   }});
  files.push_back({"damaged_within.flac", {FindingKind::unreadable}, [](const std::string& path) {
                     test::write_audio_file(path, tune(1), kTuneRateHz, "pcm_16");
                     std::string bytes = test::read_bytes(path);
                     bytes.resize(bytes.size() * 2 / 3);
                     write(path, bytes);
                   }});
}

void add_misreadings(std::vector<AwkwardFile>& files) {
  files.push_back(misread("big_endian_as_little.wav", {}, 1, kS16be));
  files.push_back(misread("big_endian_as_little_stereo.wav", {.channels = 2}, 2, kS16be));
  files.push_back(misread("float_as_16_bit.wav", {}, 1, kF32));
  files.push_back(misread("stereo_float_as_16_bit.wav", {.channels = 2}, 2, kF32));
  files.push_back(misread("16_bit_as_float.wav", {.tag = 3, .bits = 32}, 1, kS16));
  files.push_back(misread("24_bit_as_16.wav", {}, 1, kS24));
  files.push_back(misread("16_bit_as_24.wav", {.bits = 24}, 1, kS16));
  files.push_back(misread("24_bit_big_endian_as_little.wav", {.bits = 24}, 1, kS24be));
  files.push_back(misread("32_bit_integers_as_float.wav", {.tag = 3, .bits = 32}, 1, kS32));
  files.push_back(misread("float_as_32_bit_integers.wav", {.bits = 32}, 1, kF32));
  files.push_back(misread("float_of_the_other_byte_order.wav", {.tag = 3, .bits = 32}, 1, kF32be));
  files.push_back(misread("double_as_float.wav", {.tag = 3, .bits = 32}, 1, kF64));
  files.push_back(misread("16_bit_as_8.wav", {.bits = 8}, 1, kS16));
  files.push_back(misread("mono_as_stereo.wav", {.channels = 2}, 1, kS16, FindingKind::mono_as_stereo));
  files.push_back(misread("mono_as_stereo_float.wav", {.tag = 3, .channels = 2, .bits = 32}, 1, kF32,
                          FindingKind::mono_as_stereo));
  files.push_back(misread("stereo_as_mono.wav", {}, 2, kS16, FindingKind::stereo_as_mono));
  files.push_back(misread("stereo_as_mono_24.wav", {.bits = 24}, 2, kS24, FindingKind::stereo_as_mono));
  files.push_back({"a_byte_lost_at_the_start.raw",
                   {FindingKind::lost_alignment},
                   [](const std::string& path) { write(path, with_gap(1, kS16, 0.0, 1)); },
                   "s16le:44100:1"});
  files.push_back(broken("a_byte_lost_within.wav", FindingKind::lost_alignment,
                         [] { return wav({}, with_gap(1, kS16, 0.5, 1)); }));
  files.push_back(broken("a_byte_lost_within_stereo.wav", FindingKind::lost_alignment,
                         [] { return wav({.channels = 2}, with_gap(2, kS16, 0.3, 1)); }));
  files.push_back(broken("two_bytes_lost_within_24_bit.wav", FindingKind::lost_alignment,
                         [] { return wav({.bits = 24}, with_gap(1, kS24, 0.6, 2)); }));
}

void add_levels(std::vector<AwkwardFile>& files) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  files.push_back({"nan_run.wav", {FindingKind::non_finite}, [=](const std::string& path) {
                     AudioBuffer sound = tune(1);
                     for (float& x : sound.channel(0).subspan(50000, 5)) x = nan;
                     write(path, wav({.tag = 3, .bits = 32}, bytes_of(sound, kF32)));
                   }});
  files.push_back({"infinite.wav", {FindingKind::non_finite}, [=](const std::string& path) {
                     AudioBuffer sound = tune(2);
                     sound.channel(1)[70000] = -inf;
                     write(path, wav({.tag = 3, .channels = 2, .bits = 32}, bytes_of(sound, kF32)));
                   }});
  files.push_back(edited(
      "over_full_scale.wav", FindingKind::over_full_scale, 1, [](AudioBuffer& s) { scale(s, 0, 2.5F); },
      "float"));
  files.push_back(
      edited("clipped.wav", FindingKind::clipped, 1, [](AudioBuffer& s) { clip(s, 0, 4.0F, 1.0F); }));
  files.push_back(edited("clipped_and_turned_down.wav", FindingKind::clipped, 2, [](AudioBuffer& s) {
    for (const int c : {0, 1}) clip(s, c, 4.0F, 0.4F);
  }));
  files.push_back(edited(
      "clipped_on_the_right.flac", FindingKind::clipped, 2, [](AudioBuffer& s) { clip(s, 1, 5.0F, 0.9F); },
      "pcm_24"));
  files.push_back(edited(
      "clipped_float.wav", FindingKind::clipped, 1, [](AudioBuffer& s) { clip(s, 0, 3.0F, 1.0F); }, "float"));
  files.push_back(edited("dc_offset.wav", FindingKind::dc_offset, 1, [](AudioBuffer& s) {
    for (float& x : s.channel(0)) x += 0.03F;
  }));
  files.push_back(edited(
      "dc_offset_of_quiet_sound.wav", FindingKind::dc_offset, 2,
      [](AudioBuffer& s) {
        for (const int c : {0, 1}) {
          scale(s, c, 0.02F);
          for (float& x : s.channel(c)) x -= 0.002F;
        }
      },
      "pcm_24"));
  files.push_back(edited("digital_silence.wav", FindingKind::silent, 2, [](AudioBuffer& s) {
    for (const int c : {0, 1}) scale(s, c, 0.0F);
  }));
  files.push_back(edited(
      "nearly_silent.wav", FindingKind::near_silent, 1, [](AudioBuffer& s) { scale(s, 0, 0.0004F); },
      "pcm_24"));
  files.push_back(edited("a_dead_channel.wav", FindingKind::silent_channel, 2,
                         [](AudioBuffer& s) { scale(s, 1, 0.0F); }));
  files.push_back(edited(
      "a_channel_of_hiss.wav", FindingKind::silent_channel, 2, [](AudioBuffer& s) { scale(s, 0, 1e-4F); },
      "pcm_24"));
}

void add_channels(std::vector<AwkwardFile>& files) {
  files.push_back(edited("the_same_twice.wav", FindingKind::duplicated_channels, 2,
                         [](AudioBuffer& s) { std::ranges::copy(s.channel(0), s.channel(1).begin()); }));
  files.push_back(edited("inverted.wav", FindingKind::inverted_channel, 2, [](AudioBuffer& s) {
    for (std::size_t i = 0; i < s.frames(); ++i) s.channel(1)[i] = -0.98F * s.channel(0)[i];
  }));
  files.push_back({"a_sample_lost_swaps_left_and_right.wav",
                   {FindingKind::swapped_channels},
                   [](const std::string& path) {
                     AudioBuffer sound = tune(2, 8.0);
                     // Mostly in the middle, as recordings are.
                     for (std::size_t i = 0; i < sound.frames(); ++i) {
                       sound.channel(1)[i] = 0.8F * sound.channel(0)[i] + 0.2F * sound.channel(1)[i];
                     }
                     std::string bytes = bytes_of(sound, kS16);
                     bytes.erase(bytes.size() / 4 / 4 * 4, 2);
                     bytes.resize(bytes.size() / 4 * 4);
                     write(path, wav({.channels = 2}, bytes));
                   }});
  files.push_back(edited("bass_channel_last.wav", FindingKind::swapped_channels, 6, [](AudioBuffer& s) {
    const AudioBuffer bass = test::sine(1, s.frames(), 45.0, kTuneRateHz, 0.3);
    std::ranges::copy(bass.channel(0), s.channel(5).begin());
  }));
  files.push_back(edited("ten_ms_missing.wav", FindingKind::dropout, 2, [](AudioBuffer& s) {
    for (const int c : {0, 1}) silence(s, c, 60000, 441);
  }));
  files.push_back(edited("missing_on_the_left.wav", FindingKind::dropout, 2,
                         [](AudioBuffer& s) { silence(s, 0, 30000, 256); }));
  files.push_back(edited(
      "many_small_gaps.flac", FindingKind::dropout, 1,
      [](AudioBuffer& s) {
        for (std::size_t at = 16000; at + 64 < s.frames(); at += 14553) silence(s, 0, at, 64);
      },
      "pcm_24"));
  files.push_back(edited("a_value_held.wav", FindingKind::dropout, 1, [](AudioBuffer& s) {
    for (const std::size_t at : {30050U, 73000U, 88500U}) {
      for (float& x : s.channel(0).subspan(at, 200)) x = s.channel(0)[at];
    }
  }));
}

void add_content(std::vector<AwkwardFile>& files) {
  files.push_back({"upsampled_from_22050.wav", {FindingKind::band_limited}, [](const std::string& path) {
                     write_upsampled(path, 22050, 44100);
                   }});
  files.push_back({"upsampled_from_16000.flac", {FindingKind::band_limited}, [](const std::string& path) {
                     write_upsampled(path, 16000, 48000);
                   }});
  files.push_back({"upsampled_from_44100_to_96000.wav",
                   {FindingKind::band_limited},
                   [](const std::string& path) { write_upsampled(path, 44100, 96000); }});
  const auto with_bits = [](int bits) {
    return [bits](AudioBuffer& s) {
      const float steps = std::ldexp(1.0F, bits - 1);
      for (int c = 0; c < s.channels(); ++c) {
        for (float& x : s.channel(c)) x = std::round(x * steps) / steps;
      }
    };
  };
  files.push_back(edited("16_bit_padded_to_24.wav", FindingKind::padded_bits, 1, with_bits(16), "pcm_24"));
  files.push_back(edited("16_bit_padded_to_24.flac", FindingKind::padded_bits, 2, with_bits(16), "pcm_24"));
  files.push_back(edited("16_bit_padded_to_32.wav", FindingKind::padded_bits, 2, with_bits(16), "pcm_32"));
  files.push_back(edited("8_bit_padded_to_16.wav", FindingKind::padded_bits, 1, with_bits(8), "pcm_16"));
}

}  // namespace

std::vector<AwkwardFile> awkward_files() {
  std::vector<AwkwardFile> files;
  add_containers(files);
  add_misreadings(files);
  add_levels(files);
  add_channels(files);
  add_content(files);
  return files;
}

}  // namespace aapp::inspect
