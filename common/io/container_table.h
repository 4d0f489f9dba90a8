// What each container can hold, and the names by which libsndfile knows it. One row a container, one row a
// sample format; internal to io, because it speaks libsndfile's numbers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/audio/pcm_format.h"

namespace aapp::io {

struct SampleFormatRow {
  std::string_view name;
  int sf_subtype;
  audio::PcmEncoding encoding;
  int bits;  // of precision; 0 where samples are floating point
};

struct ContainerRow {
  std::string_view name;
  std::string_view label;                        // as people write it
  int sf_format;                                 // major type, and the subtype where there is but one
  std::span<const std::string_view> extensions;  // the usual one first
  std::string_view default_sample_format;        // "" for codecs
  int max_channels;
  int max_rate_hz;
  std::span<const int> rates_hz;  // the only ones, where there are few
  std::int64_t max_data_bytes;    // 0: no limit that a disk would reach
};

std::span<const ContainerRow> container_rows();
// nullptr if there is none.
const ContainerRow* find_container(std::string_view name);
const SampleFormatRow* find_sample_format(std::string_view name);
// By what libsndfile reports after opening; nullptr for formats that aapp does not read.
const ContainerRow* container_of_sf_format(int sf_format);
const SampleFormatRow* sample_format_of_sf_format(int sf_format);

// As SFC_RAW_DATA_NEEDS_ENDSWAP tells of an open file.
enum class RawOrder { native, swapped };
constexpr RawOrder raw_order(int needs_swap) {
  return needs_swap != 0 ? RawOrder::swapped : RawOrder::native;
}
// How samples lie in files that hold plain 24-bit PCM; none for all other files. libsndfile packs and unpacks
// such samples one by one: their bytes go through it untouched (sf_read_raw, sf_write_raw), and the
// conversion is audio/pcm_format.h's, which is the same but for its speed.
std::optional<audio::PcmFormat> plain_pcm(int sf_format, RawOrder order);

bool holds(const ContainerRow& container, const SampleFormatRow& sample_format);
// "WAV, RF64, W64, FLAC, ..."
std::string container_labels();

}  // namespace aapp::io
