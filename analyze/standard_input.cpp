#include "analyze/standard_input.h"

#include <stdlib.h>  // mkdtemp

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "common/audio/pump.h"
#include "common/base/interrupt.h"
#include "common/io/open_audio.h"

namespace aapp::analyze {
namespace {

namespace fs = std::filesystem;

class Copy final : public audio::BlockVisitor {
 public:
  explicit Copy(io::AudioWriter& writer) : writer_(writer) {}
  void visit(audio::ConstAudioView block) override {
    if (written_) written_ = writer_.write(block);
  }
  const Result<void>& written() const { return written_; }

 private:
  io::AudioWriter& writer_;
  Result<void> written_;
};

}  // namespace

StandardInput::StandardInput(std::string folder)
    : folder_(std::move(folder)), path_((fs::path(folder_) / "standard input").string()) {}

StandardInput::StandardInput(StandardInput&& other) noexcept
    : folder_(std::exchange(other.folder_, "")), path_(std::exchange(other.path_, "")) {}

StandardInput::~StandardInput() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

Result<StandardInput> StandardInput::copy(const std::optional<io::RawSpec>& raw) {
  const auto opened = io::open_audio("-", raw);
  if (!opened) return tl::unexpected(opened.error());
  std::error_code ignored;
  std::string name = (fs::temp_directory_path(ignored) / "aapp-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    return fail(ErrorCode::failed, "{}: no temporary folder can be made: {}; set TMPDIR to another one", name,
                std::strerror(errno));
  }
  StandardInput input(std::move(name));
  audio::BlockSource& source = *opened->source;
  auto writer = io::AudioFileWriter::create(
      input.path(),
      {.container = "w64",
       .sample_format = io::closest_sample_format("w64", opened->info.format.sample_format)},
      source.rate_hz(), source.channels());
  if (!writer) return tl::unexpected(writer.error());
  Copy copy(**writer);
  const std::array<audio::BlockVisitor*, 1> visitors{&copy};
  const auto pumped = audio::pump(source, visitors,
                                  [&](std::int64_t) { return copy.written().has_value() && !interrupted(); });
  if (!copy.written()) return tl::unexpected(copy.written().error());
  if (!pumped) return tl::unexpected(pumped.error());
  if (auto finished = (*writer)->finish(); !finished) return tl::unexpected(finished.error());
  return input;
}

}  // namespace aapp::analyze
