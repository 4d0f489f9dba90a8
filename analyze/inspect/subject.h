// What is known about a recording before its sound is looked at: what checks need for thresholds and for the
// commands that they suggest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/audio/pcm_format.h"
#include "common/io/audio_file.h"
#include "common/io/raw_pcm.h"

namespace aapp::inspect {

struct Subject {
  io::FileInfo info{};
  std::optional<io::RawSpec> raw{};  // headerless, read as this
  // How samples are stored; none for codecs.
  std::optional<audio::PcmEncoding> encoding{};
  // Where the samples begin in the file, where they lie in it as they are.
  std::optional<std::uint64_t> audio_at{};

  // One step of the stored integers as a part of full scale; of 24 bits for floats and codecs.
  double step() const;
  // Byte order of the stored samples, as far as the sound depends on it.
  audio::PcmFormat stored_format() const;
};

Subject make_subject(const io::FileInfo& info, const std::optional<io::RawSpec>& raw);

// As a word of a shell's command line: quoted where it must be.
std::string shell_word(std::string_view text);
// The file as a word, `-` turned into a name that can be typed.
std::string input_word(const Subject& subject);
// "take-fixed.wav": the name to write a repaired copy to, beside the input.
std::string output_word(const Subject& subject, std::string_view extension = "wav");
// "aapp-play convert IN OUT EXTRA"; --raw is added for headerless input.
std::string convert_command(const Subject& subject, std::string_view extra);
// Reads the stored bytes in another way.
std::string reread_command(const Subject& subject, const io::RawSpec& as);
// Leaves `skip` bytes out at `from_s` (rounded to a frame) and reads on: brings back what follows.
std::string realign_command(const Subject& subject, double from_s, std::size_t skip);
// "sox IN OUT EFFECTS".
std::string sox_command(const Subject& subject, std::string_view effects);

}  // namespace aapp::inspect
