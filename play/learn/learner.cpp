#include "play/learn/learner.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "analyze/fit/fit_summary.h"
#include "analyze/fit/unpaired_fit.h"
#include "common/audio/buffer_source.h"
#include "common/base/interrupt.h"
#include "common/base/sha256.h"
#include "common/base/units.h"
#include "common/base/version.h"
#include "common/io/audio_file.h"
#include "common/rt/rt_thread.h"

namespace aapp::play {
namespace {

constexpr double kWindowSeconds = 0.05;

std::string sha256_of(const audio::AudioBuffer& audio) {
  Sha256 sha;
  for (int c = 0; c < audio.channels(); ++c) sha.update(std::as_bytes(audio.channel(c)));
  return sha.finish();
}

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

// "spectrum 6.1 -> 0.9 dB, ..." of what the fit could compare.
std::string distances(const fit::FitSummary& summary) {
  std::string text;
  for (const fit::FitMetric& metric : summary.metrics) {
    if (!metric.before || !metric.after) continue;
    text += fmt::format("{}{} {:.1f} to {:.1f} {}", text.empty() ? "" : ", ", metric.label, *metric.before,
                        *metric.after, metric.unit);
  }
  return text;
}

// The same source, which fails instead of working once it shall stop.
fit::FitSource stoppable(fit::FitSource source, const std::atomic<bool>& stop) {
  const auto guarded = [&stop](auto work) {
    return [work = std::move(work), &stop](const Preset& preset) -> decltype(work(preset)) {
      if (stop) return tl::unexpected(interrupted_error());
      return work(preset);
    };
  };
  source.play = guarded(std::move(source.play));
  source.levels = guarded(std::move(source.levels));
  source.play_whole = guarded(std::move(source.play_whole));
  return source;
}

}  // namespace

Result<std::unique_ptr<Learner>> Learner::start(const LearnOptions& options) {
  if (auto reader = io::AudioFileReader::open(options.reference); !reader)
    return tl::unexpected(reader.error());
  return std::unique_ptr<Learner>(new Learner(options));
}

Learner::~Learner() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void Learner::hear(const audio::StreamSpec& spec, const TappedBlock& piece) {
  if (stage_ != LearnStage::listening) return;
  if (rate_hz_ != spec.rate_hz || channels_.size() != static_cast<std::size_t>(spec.channels)) {
    rate_hz_ = spec.rate_hz;
    channels_.assign(static_cast<std::size_t>(spec.channels), {});
    heard_s_ = 0.0;
    heard_frames_ = 0;
  }
  heard_frames_ += static_cast<std::int64_t>(piece.dry.frames());
  for (int c = 0; c < spec.channels; ++c) {
    const auto samples = piece.dry.channel(c);
    auto& kept = channels_[static_cast<std::size_t>(c)];
    kept.insert(kept.end(), samples.begin(), samples.end());
    for (const float sample : samples) window_energy_ += static_cast<double>(sample) * sample / spec.channels;
  }
  window_frames_ += static_cast<std::int64_t>(piece.dry.frames());
  if (static_cast<double>(window_frames_) < kWindowSeconds * rate_hz_) return;
  const double window_s = static_cast<double>(window_frames_) / rate_hz_;
  listened_s_ += window_s;
  if (window_energy_ > db_to_power(kHeardDbfs) * static_cast<double>(window_frames_)) heard_s_ += window_s;
  window_energy_ = 0.0;
  window_frames_ = 0;
  if (heard_s_ >= options_.listen_s) return begin_fit();
  if (listened_s_ < options_.give_up_s) return;
  fail_with({ErrorCode::failed,
             fmt::format("of {:.0f} s only {:.1f} were louder than {:.0f} dBFS, {:.0f} are needed; is the "
                         "microphone connected and turned up?",
                         listened_s_, heard_s_, kHeardDbfs, options_.listen_s)});
}

void Learner::begin_fit() {
  stage_ = LearnStage::fitting;
  audio::AudioBuffer source(static_cast<int>(channels_.size()), channels_.front().size());
  for (int c = 0; c < source.channels(); ++c)
    std::ranges::copy(channels_[static_cast<std::size_t>(c)], source.channel(c).begin());
  channels_.clear();
  thread_ = std::thread([this, source = std::move(source), rate_hz = rate_hz_] {
    rt::step_back();
    Result<Learned> outcome = fit(source, rate_hz);
    const std::lock_guard lock(mutex_);
    outcome_.emplace(std::move(outcome));
  });
}

void Learner::fail_with(Error error) {
  stage_ = LearnStage::done;
  const std::lock_guard lock(mutex_);
  outcome_.emplace(tl::unexpected(std::move(error)));
}

std::optional<Result<Learned>> Learner::take() {
  const std::lock_guard lock(mutex_);
  if (outcome_) stage_ = LearnStage::done;
  return std::exchange(outcome_, std::nullopt);
}

Result<Learned> Learner::fit(const audio::AudioBuffer& heard, int rate_hz) const {
  const auto going_on = [this](std::int64_t) { return !stop_; };
  const auto reference = measure::measure_file(options_.reference, {.progress = going_on});
  if (!reference) return tl::unexpected(reference.error());
  auto sha256 = sha256_of_file(options_.reference);
  if (!sha256) return tl::unexpected(sha256.error());
  const fit::SourceOpener open = [&]() -> Result<std::unique_ptr<audio::BlockSource>> {
    return std::make_unique<audio::BufferSource>(heard, rate_hz);
  };
  auto source = fit::recorded_source(open, "the microphone", going_on);
  if (!source) return tl::unexpected(source.error());
  fit::FitOptions options;  // one thread leaves the other cores to the sound
  options.threads = 1;
  auto fitted = fit::fit_unpaired(stoppable(std::move(*source), stop_), *reference, options);
  if (!fitted) return tl::unexpected(fitted.error());

  const fit::FitSummary summary = fit::summarize("unpaired", *fitted, *reference);
  const fit::Provenance provenance{
      .tool = fmt::format("aapp-play {}", version()),
      .references = {{.name = file_name(options_.reference), .sha256 = std::move(*sha256)}},
      .source = fit::FitFile{.name = "live input", .sha256 = sha256_of(heard)}};
  Preset preset = std::move(fitted->preset);
  preset.name = std::filesystem::path(options_.reference).stem().string();
  preset.description = fmt::format("fitted to {}, live", file_name(options_.reference));
  preset.fit_json = fit::fit_json(summary);
  preset.provenance_json = fit::provenance_json(provenance);
  return Learned{.preset = std::move(preset), .summary = distances(summary)};
}

}  // namespace aapp::play
