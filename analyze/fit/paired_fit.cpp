#include "analyze/fit/paired_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analyze/fit/aligned_pair.h"
#include "analyze/fit/chain_search.h"
#include "analyze/fit/delay_left.h"
#include "analyze/fit/open_knee.h"
#include "analyze/fit/paired_distance.h"
#include "analyze/fit/paired_remarks.h"
#include "analyze/fit/paired_uncertainty.h"
#include "analyze/fit/parallel.h"
#include "common/base/units.h"
#include "common/chain/render.h"

namespace aapp::fit {
namespace {

// A delay that explains more than this share of a chain's error may have hidden a better one.
constexpr double kInTheWay = 0.5;

class BufferSource final : public audio::BlockSource {
 public:
  BufferSource(const audio::AudioBuffer& buffer, int rate_hz) : buffer_(buffer), rate_hz_(rate_hz) {}
  int rate_hz() const override { return rate_hz_; }
  int channels() const override { return buffer_.channels(); }
  std::optional<std::int64_t> total_frames() const override {
    return static_cast<std::int64_t>(buffer_.frames());
  }
  Result<std::size_t> read(audio::AudioView out) override {
    const std::size_t count = std::min(out.frames(), buffer_.frames() - at_);
    for (int c = 0; c < out.channels(); ++c)
      std::ranges::copy(buffer_.channel(c).subspan(at_, count), out.channel(c).begin());
    at_ += count;
    return count;
  }

 private:
  const audio::AudioBuffer& buffer_;
  int rate_hz_;
  std::size_t at_ = 0;
};

Result<void> check_options(const PairedFitOptions& options) {
  if (options.bands < 0 || options.bands > static_cast<int>(effects::kMaxEqBands))
    return fail(ErrorCode::usage, "{} bands asked for; must be 1 to {}, or auto", options.bands,
                effects::kMaxEqBands);
  if (!(options.max_gain_db > 0.0) || options.max_gain_db > 40.0)
    return fail(ErrorCode::usage, "a largest gain of {} dB asked for; must be over 0, up to 40",
                options.max_gain_db);
  if (!(options.max_q > 0.1) || options.max_q > 100.0)
    return fail(ErrorCode::usage, "a largest Q of {} asked for; must be over 0.1, up to 100", options.max_q);
  if (!(options.frequency_hz.low > 0.0) || !(options.frequency_hz.low < options.frequency_hz.high))
    return fail(ErrorCode::usage, "a frequency range of {} to {} Hz asked for; must rise from above 0",
                options.frequency_hz.low, options.frequency_hz.high);
  return {};
}

void add_uncertainty(const Candidate& found, const PairExcerpt& fitted, const PairedFitOptions& options,
                     PairedFit& fit) {
  ChainNodes nodes;
  for (std::size_t i = 0; i < fit.preset.chain.size(); ++i) {
    const effects::AnyParams& params = fit.preset.chain[i].params;
    if (std::holds_alternative<effects::EqParams>(params)) nodes.eq = fmt::format("/chain/{}", i);
    if (std::holds_alternative<effects::CompressorParams>(params))
      nodes.compressor = fmt::format("/chain/{}", i);
  }
  UncertaintyReport report;
  if (found.model.kind == ChainKind::eq) {
    report = eq_uncertainty(found.eq, options, nodes.eq);
  } else if (found.model.kind == ChainKind::compressor) {
    const effects::CompressorParams& compressor = found.model.compressor;
    const std::vector<dsp::StereoLink> links{compressor.stereo_link};
    const CompressorData data(fitted, links);
    const ErrorModel error = estimate_error(block_residuals(data, compressor, to_point(compressor)));
    report = compressor_uncertainty(data, compressor, error, nodes.compressor);
  } else if (has_compressor(found.model.kind)) {
    report = chain_uncertainty(fitted, found.model, options, nodes);
  }
  fit.parameters = std::move(report.parameters);
  fit.strong_correlations = std::move(report.strong_correlations);
}

Result<PairedDistance> distance_of(const Preset& preset, const PairExcerpt& excerpt) {
  return chain::render(excerpt.dry, excerpt.rate_hz, preset).map([&](const audio::AudioBuffer& rendered) {
    return paired_distance(excerpt, rendered);
  });
}

// The chain, and with it the last of the delay. What was found before that was known is looked for again
// where it was most of what stood in the way, and only fitted again where it was not. What looked like a
// delay may have been a filter not yet right: it is one where less is left without it.
Result<Candidate> find_aligned_chain(AlignedPair& pair, const PairedFitOptions& options) {
  PairSplit& split = pair.split;
  const Result<Candidate> found = find_chain(split, pair.look, options);
  if (!found) return found;
  const DelayLeft left = delay_left(found->model, split.fit);
  if (left.frames == 0.0) return found;
  WetRecordings wet = advanced_wet(split, left.frames);
  exchange_wet(split, wet);
  const Result<Candidate> again =
      left.error_share > kInTheWay
          ? find_chain(split, {.separation = separate_gain(split.fit), .equaliser = std::nullopt}, options)
          : fit_again(found->model, split, options);
  if (!again) return again;
  if (again->error >= found->error) {
    exchange_wet(split, wet);
    return found;
  }
  const double behind = pair.alignment.fraction_frames + left.frames;
  pair.alignment.delay_frames += std::llround(behind);
  pair.alignment.fraction_frames = behind - std::round(behind);
  return again;
}

Result<PairedFit> fit_region(PairRegion region, const PairedFitOptions& options) {
  const int rate_hz = region.rate_hz;
  Result<AlignedPair> pair = align_pair(region, options);
  if (!pair) return tl::unexpected(pair.error());
  region = {};  // its parts are enough from here
  PairSplit& split = pair->split;
  Result<Candidate> found = find_aligned_chain(*pair, options);
  if (!found) return tl::unexpected(found.error());
  found->model = with_open_knee_settled(found->model, split);
  found = unless_a_gain_is_nearer(*found, split, options);

  PairedFit fit;
  fit.alignment = pair->alignment;
  fit.kind = found->model.kind;
  fit.preset = to_preset(found->model);
  // Certainty is about what was fitted to; the distances are those of the recording as it is.
  const auto tell_certainty = [&] { add_uncertainty(*found, split.fit, options, fit); };
  if (pair->as_recorded) {
    tell_certainty();
    exchange_wet(split, *pair->as_recorded);
  }
  Result<PairedDistance> after{PairedDistance{}}, held_out{PairedDistance{}};
  parallel_for(4, [&](std::size_t i) {
    if (i == 0 && !pair->as_recorded) tell_certainty();
    if (i == 1) after = distance_of(fit.preset, split.fit);
    if (i == 2) held_out = distance_of(fit.preset, split.held_out);
    if (i == 3) fit.before = paired_distance(split.fit, split.fit.dry);
  });
  if (!after) return tl::unexpected(after.error());
  if (!held_out) return tl::unexpected(held_out.error());
  fit.after = *after, fit.held_out = *held_out;
  remark_alignment(fit.alignment, rate_hz, fit.remarks);
  if (pair->as_recorded) remark_phase(fit.remarks);
  remark_clipping(split.fit.wet, fit.remarks);
  // A phase that no preset has is told of already: beside that, the chain may explain all there is.
  const double left_db = pair->as_recorded ? power_to_db(std::max(found->error, 1e-20)) : fit.after.esr_db;
  remark_chain(found->model, split.fit.dry.channels(), left_db, fit.remarks);
  remark_certainty(fit.parameters, fit.strong_correlations, fit.remarks);
  return fit;
}

}  // namespace

Result<PairedFit> fit_paired(const SourceOpener& dry, const SourceOpener& wet,
                             const PairedFitOptions& options) {
  if (const Result<void> ok = check_options(options); !ok) return tl::unexpected(ok.error());
  Result<PairedFit> fit;
  with_threads(options.threads, [&] {
    Result<PairRegion> region = load_region(dry, wet);
    if (region) fit = fit_region(std::move(*region), options);
    if (!region) fit = tl::unexpected(region.error());
  });
  return fit;
}

Result<PairedFit> fit_paired(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, int rate_hz,
                             const PairedFitOptions& options) {
  const auto opener = [rate_hz](const audio::AudioBuffer& buffer) -> SourceOpener {
    return [&buffer, rate_hz]() -> Result<std::unique_ptr<audio::BlockSource>> {
      return std::make_unique<BufferSource>(buffer, rate_hz);
    };
  };
  return fit_paired(opener(dry), opener(wet), options);
}

}  // namespace aapp::fit
