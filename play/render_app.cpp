#include "play/render_app.h"

#include "common/preset/library.h"

namespace aapp::play {
namespace {

// Quieter than any recording that R 128 can measure, louder than full scale can be.
constexpr double kMinLufs = -70.0, kMaxLufs = 0.0;

Result<void> check_render_options(const RenderAppOptions& options) {
  if (options.keep_rate && options.batch.rate_hz != 0) {
    return fail(ErrorCode::usage, "--keep-rate and --rate {} contradict each other; give one",
                options.batch.rate_hz);
  }
  const double lufs = options.normalize_lufs.value_or(kMinLufs);
  if (lufs >= kMinLufs && lufs <= kMaxLufs) return {};
  return fail(ErrorCode::usage, "--normalize is {}; must be {} to {} LUFS", lufs, kMinLufs, kMaxLufs);
}

}  // namespace

Result<void> run_render(const RenderAppOptions& options) {
  if (auto checked = check_render_options(options); !checked) return checked;
  auto preset = preset::open_preset(options.preset);
  if (!preset) return tl::unexpected(preset.error());
  return run_batch_app(options.batch,
                       {.verb = "render",
                        .preset_name = options.preset,
                        .settings = {.preset = std::move(*preset),
                                     .normalize_lufs = options.normalize_lufs,
                                     .tail = options.tail ? chain::Tail::keep : chain::Tail::cut}});
}

}  // namespace aapp::play
