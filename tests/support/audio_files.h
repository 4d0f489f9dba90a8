// Test signals as files, in one line.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "common/io/audio_file.h"

namespace aapp::test {

// The container is the one that the extension names.
inline void write_audio_file(const std::string& path, const audio::AudioBuffer& samples, int rate_hz,
                             const std::string& sample_format = "") {
  const auto container = io::container_from_path(path);
  ASSERT_TRUE(container);
  auto writer = io::AudioFileWriter::create(path, {.container = *container, .sample_format = sample_format},
                                            rate_hz, samples.channels(), {.overwrite = Overwrite::replace});
  ASSERT_TRUE(writer) << writer.error().message;
  ASSERT_TRUE((*writer)->write(samples.view()));
  ASSERT_TRUE((*writer)->finish());
}

}  // namespace aapp::test
