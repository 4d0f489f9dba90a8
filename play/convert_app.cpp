#include "play/convert_app.h"

namespace aapp::play {

Result<void> run_convert(const ConvertAppOptions& options) {
  BatchAppOptions batch = options.batch;
  batch.inputs = {options.input};
  BatchWork work{.verb = "convert"};
  if (options.channels != 0) work.settings.channels = options.channels;
  // Towards headerless PCM, --raw says what is wanted; towards a file, what is there.
  if (!batch.raw.empty()) {
    const auto raw = io::parse_raw_spec(batch.raw);
    if (!raw) return tl::unexpected(raw.error());
    if (io::is_raw_path(batch.output, raw.value()) && !io::is_raw_path(options.input, raw.value())) {
      batch.rate_hz = raw->rate_hz;
      work.settings.channels = raw->channels;
    }
  }
  return run_batch_app(batch, std::move(work));
}

}  // namespace aapp::play
