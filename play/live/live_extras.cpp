#include "play/live/live_extras.h"

#include <filesystem>

#include "common/preset/preset_json.h"

namespace aapp::play {
namespace {

constexpr int kTellEveryS = 5;

}  // namespace

LiveExtras::LiveExtras(const LiveOptions& options)
    : overwrite_(options.force ? Overwrite::replace : Overwrite::refuse),
      save_path_(options.save.empty() ? std::filesystem::path(options.learn).stem().string() + ".json"
                                      : options.save),
      save_at_once_(!options.save.empty()) {}

Result<std::unique_ptr<LiveExtras>> LiveExtras::make(const LiveOptions& options) {
  std::unique_ptr<LiveExtras> extras(new LiveExtras(options));
  if (options.learn.empty() && !options.save.empty())
    return fail(ErrorCode::usage, "--save {} goes with --learn, whose preset it keeps", options.save);
  if (!(options.learn_s >= 1.0 && options.learn_s <= 300.0))
    return fail(ErrorCode::usage, "--learn-seconds is {}; must be 1 to 300", options.learn_s);
  if (!options.save.empty()) {
    if (Result<void> free = check_target(options.save, extras->overwrite_); !free)
      return tl::unexpected(free.error());
  }
  if (!options.record.empty()) {
    auto recorder = Recorder::create(options.record, extras->overwrite_);
    if (!recorder) return tl::unexpected(recorder.error());
    extras->recorder_ = std::move(*recorder);
  }
  if (!options.learn.empty()) {
    auto learner = Learner::start({.reference = options.learn, .listen_s = options.learn_s});
    if (!learner) return tl::unexpected(learner.error());
    extras->learner_ = std::move(*learner);
  }
  return extras;
}

void LiveExtras::hear(const audio::StreamSpec& spec, const TappedBlock& piece) {
  if (recorder_) recorder_->hear(spec, piece);
  if (learner_) learner_->hear(spec, piece);
}

void LiveExtras::poll(LiveSession& session) {
  if (recorder_) {
    if (const std::optional<Error> error = recorder_->take_trouble())
      session.tell(EventKind::recording, error->message + "; the sound goes on");
  }
  if (learner_) poll_learner(session);
}

void LiveExtras::poll_learner(LiveSession& session) {
  const LearnOptions& options = learner_->options();
  const int heard_s = static_cast<int>(learner_->heard_s());
  const bool first = std::exchange(told_stage_, learner_->stage()) != learner_->stage();
  if (learner_->stage() == LearnStage::listening && (first || heard_s >= told_s_ + kTellEveryS)) {
    told_s_ = heard_s;
    session.tell(EventKind::learning,
                 first ? fmt::format("listening: play or sing for {:.0f} s", options.listen_s)
                       : fmt::format("listening: {} of {:.0f} s", heard_s, options.listen_s));
  }
  if (learner_->stage() == LearnStage::fitting && first)
    session.tell(EventKind::learning,
                 fmt::format("heard enough; fitting the sound to {}", options.reference));
  if (std::optional<Result<Learned>> outcome = learner_->take()) {
    learner_.reset();
    play_learned(session, std::move(*outcome));
  }
}

void LiveExtras::play_learned(LiveSession& session, Result<Learned> outcome) {
  if (!outcome) {
    return session.tell(
        EventKind::preset_rejected,
        fmt::format("nothing was learned: {}; the sound stays as it is", outcome.error().message));
  }
  learned_ = outcome->preset;
  session.play(*learned_, [&session, name = learned_->name,
                           summary = outcome->summary](const Result<void>& played) {
    if (!played)
      return session.tell(EventKind::preset_rejected, played.error().message + "; the sound stays as it is");
    session.tell(EventKind::learned, fmt::format("playing what was learned, \"{}\": {}", name, summary));
  });
  if (save_at_once_) return save_learned(session);
  session.tell(EventKind::note, fmt::format("press s to save it as {}", save_path_));
}

void LiveExtras::save_learned(LiveSession& session) {
  if (!learned_) return session.tell(EventKind::note, "nothing has been learned that could be saved");
  if (Result<void> saved = preset::save_preset(*learned_, save_path_, overwrite_); !saved)
    return session.tell(EventKind::note, saved.error().message);
  saved_ = save_path_;
  session.tell(EventKind::saved, fmt::format("saved as {}", save_path_));
}

Result<void> LiveExtras::finish(LiveSession& session) {
  learner_.reset();
  if (!recorder_) return {};
  const Result<RecordingFigures> figures = recorder_->finish();
  if (!figures) return tl::unexpected(figures.error());
  session.tell(EventKind::recording,
               fmt::format("recorded {:.1f} s, dry and wet, in {}{}", figures->seconds, recorder_->path(),
                           figures->lost_frames > 0
                               ? fmt::format("; {} frames were lost and are silence", figures->lost_frames)
                               : ""));
  return {};
}

}  // namespace aapp::play
