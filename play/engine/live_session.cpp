#include "play/engine/live_session.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "common/base/units.h"
#include "common/chain/chain.h"
#include "play/engine/quiet_moment.h"

namespace aapp::play {
namespace {

// What we ask for where the audio server did not give its thread real-time priority: below jackd's default of
// 10 for clients would lose to ordinary work, far above would fight with drivers.
constexpr int kAudioPriority = 20;

// Over how long levels are compared for a bypass at equal loudness, and what is not believed.
constexpr std::int64_t kLoudnessMs = 3000;
constexpr double kMostTrimDb = 18.0;

// A swap is over by then, warm-up, crossfade and the server's message about an xrun included.
constexpr std::int64_t kSwapMs = 1000;

// ALSA's plug-ins (the device "default") wait in a busy loop for a thread of their own; at real-time priority
// the loop would keep that thread from running.
bool busy_waits(const StreamFacts& facts) {
  return facts.backend == Backend::alsa &&
         !(facts.input.starts_with("hw:") || facts.output.starts_with("hw:"));
}

}  // namespace

LiveSession::LiveSession(SessionOptions options, Preset preset)
    : options_(std::move(options)), preset_(std::move(preset)), gate_(options_.admit) {}

LiveSession::~LiveSession() {
  abandon_stream();
}

Result<std::unique_ptr<LiveSession>> LiveSession::start(SessionOptions options, Preset preset) {
  std::unique_ptr<LiveSession> session(new LiveSession(std::move(options), std::move(preset)));
  Result<AdmittedStream> opened = open_admitted(session->options_, session->preset_);
  if (opened) {
    if (Result<void> ok = session->adopt(std::move(*opened)); !ok) return tl::unexpected(ok.error());
  } else if (session->options_.when_absent == WhenAbsent::fail ||
             opened.error().code != ErrorCode::device_unavailable) {
    return tl::unexpected(opened.error());
  } else {
    session->tell(EventKind::waiting, opened.error().message);
    session->last_refusal_ = opened.error().message;
  }
  return session;
}

// Everything that depends on the stream is made anew: rate, channels and block size may all have changed.
Result<void> LiveSession::adopt(AdmittedStream opened) {
  Result<chain::Chain> chain = chain::Chain::make(preset_, opened.setup.stream);
  if (!chain) return tl::unexpected(chain.error());
  auto stream = std::make_unique<Stream>();
  chain_latency_frames_ = chain->latency_frames();
  predicted_p999_us_ = opened.predicted_us;
  stream->engine = std::make_unique<Engine>(opened.setup);
  stream->howl = HowlDetector(opened.device.facts.rate_hz);
  stream->engine->set_listener([this, self = stream.get()](const auto& spec, const TappedBlock& piece) {
    listen(*self, spec, piece);
  });
  stream->engine->play(std::make_unique<chain::Chain>(std::move(*chain)));
  if (!muted_) stream->engine->fade_in();
  stream->device = std::move(opened.device.device);
  stream->device->publish_latency(chain_latency_frames_);
  if (Result<void> ok = stream->device->start(callback_to(*stream->engine)); !ok) return ok;

  facts_ = std::move(opened.device.facts);
  options_.backend = facts_.backend;
  stream_ = std::move(stream);
  watch_.emplace(facts_);
  stalled_ = scheduling_told_ = false;
  rung_ = Rung::full;
  cpu_seen_at_ns_ = 0;
  bypass_ = Bypass::off;
  meters_ = meters_before_ = {};
  meters_before_ms_ = 0;
  backoff_.reset();
  last_refusal_.clear();
  tell(EventKind::opened, fmt::format("audio runs on {} at {} Hz, {} frames a period",
                                      backend_name(facts_.backend), facts_.rate_hz, facts_.period_frames));
  for (const std::string& note : facts_.notes) tell(EventKind::note, note);
  return {};
}

void LiveSession::tick(std::int64_t now_ms) {
  poll_gate();
  if (!stream_) return try_reopen(now_ms);
  stream_->engine->collect();
  take_meters(now_ms);
  announce_scheduling();
  const DeviceStatus status = stream_->device->status();
  follow_period(status);
  watch_load(status, now_ms);
  const StreamHealth health = watch_->look(status, now_ms);
  // libjack brings a client back by itself once its server runs on, so a stall there is only told.
  if (health == StreamHealth::stalled && facts_.backend == Backend::jack) {
    if (!std::exchange(stalled_, true))
      tell(EventKind::stalled, health_sentence(health, backend_name(facts_.backend)));
    return;
  }
  if (health != StreamHealth::healthy) return after_fault(health);
  if (std::exchange(stalled_, false)) tell(EventKind::resumed, "audio is back");
}

void LiveSession::after_fault(StreamHealth health) {
  tell(EventKind::lost, health_sentence(health, backend_name(facts_.backend)) + "; reopening");
  abandon_stream();
  next_try_ms_ = 0;
}

void LiveSession::try_reopen(std::int64_t now_ms) {
  if (!opening_) {
    if (now_ms < next_try_ms_) return;
    opening_.emplace([options = options_, preset = preset_] { return open_admitted(options, preset); });
    return;
  }
  std::optional<Result<AdmittedStream>> opened = opening_->take();
  if (!opened) return;
  opening_.reset();
  if (*opened && (*opened)->preset != preset_) return;  // it was opened for another: at once again
  Result<void> adopted = *opened ? adopt(std::move(**opened)) : tl::unexpected(opened->error());
  if (adopted) {
    ++past_.reopened;
    return;
  }
  next_try_ms_ = now_ms + backoff_.next_ms();
  if (adopted.error().message == last_refusal_) return;
  last_refusal_ = adopted.error().message;
  tell(EventKind::waiting, last_refusal_);
}

void LiveSession::follow_period(const DeviceStatus& status) {
  if (status.period_frames == facts_.period_frames || status.period_frames == 0) return;
  facts_.period_frames = status.period_frames;
  if (facts_.backend == Backend::rtaudio_jack) return;  // its callbacks stop for good: the watch will reopen
  tell(EventKind::period_changed, fmt::format("the period is now {} frames", facts_.period_frames));
}

// Servers that do not schedule our thread as real-time (PulseAudio, ALSA) leave that to us; we may not be
// allowed to.
void LiveSession::announce_scheduling() {
  if (scheduling_told_) return;
  const std::optional<pthread_t> thread = stream_->engine->audio_thread();
  if (!thread) return;
  scheduling_told_ = true;
  if (rt::thread_scheduling(*thread).scheduling_class == rt::SchedulingClass::realtime) return;
  if (busy_waits(facts_)) {
    return tell(EventKind::note,
                "ALSA's \"default\" device cannot run at real-time priority; choose a device whose name "
                "starts with hw:");
  }
  if (rt::request_realtime(*thread, kAudioPriority)) return;
  tell(EventKind::note,
       "the audio thread runs without real-time priority, so a busy machine may interrupt the sound; allow "
       "\"rtprio\" "
       "for your group in /etc/security/limits.d");
}

void LiveSession::listen(Stream& stream, const audio::StreamSpec& spec, const TappedBlock& piece) {
  if (options_.listener) options_.listener(spec, piece);
  const std::optional<double> howl_hz = stream.howl.hear(piece.dry);
  if (!howl_hz) return;
  ++past_.howls;
  tell(EventKind::howl,
       fmt::format("feedback builds up at {:.0f} Hz; turn down, or turn the microphone away from "
                   "the loudspeaker (space mutes)",
                   *howl_hz));
}

void LiveSession::watch_load(const DeviceStatus& status, std::int64_t now_ms) {
  tell_overload(stream_->engine->counts());
  const std::optional<pthread_t> thread = stream_->engine->audio_thread();
  const std::optional<std::int64_t> cpu_ns = thread ? rt::thread_cpu_ns(*thread) : std::nullopt;
  if (!cpu_ns) return;
  const LoadFigures load = stream_->engine->load();
  // Without a prediction anything may be.
  const double predicted_share = predicted_p999_us_ ? *predicted_p999_us_ / callback_spec().period_us() : 1.0;
  stream_->xruns.look({.xruns = status.xruns,
                       .device_xruns = status.device_xruns,
                       .overruns = load.overruns,
                       .late_wakes = load.late_wakes,
                       .cpu_ns = *cpu_ns,
                       .period_ns = std::int64_t{1'000'000'000} * status.period_frames / facts_.rate_hz,
                       .usual_share = usual_share(load, predicted_share),
                       .swapping = swapping(now_ms)},
                      now_ms);
  const std::int64_t at_ns = rt::monotonic_ns();
  if (cpu_seen_at_ns_ != 0 && at_ns > cpu_seen_at_ns_)
    stream_->cpu_load.add(0, *cpu_ns - cpu_seen_ns_, at_ns - cpu_seen_at_ns_);
  cpu_seen_ns_ = *cpu_ns;
  cpu_seen_at_ns_ = at_ns;
}

bool LiveSession::swapping(std::int64_t now_ms) {
  if (std::exchange(swapped_, false)) swapped_ms_ = now_ms;
  return swapped_ms_ && now_ms - *swapped_ms_ <= kSwapMs;
}

void LiveSession::tell_overload(const EngineCounts& counts) {
  const Rung before = std::exchange(rung_, counts.rung);
  if (rung_ == before) return;
  tell(EventKind::overload,
       overload_sentence(before, rung_,
                         counts.left_out < preset_.chain.size()
                             ? fmt::format("effect {}, {},", counts.left_out + 1,
                                           effects::effect_type(preset_.chain[counts.left_out].params).id)
                             : "an effect"));
}

int LiveSession::advised_period_frames() const {
  return play::advised_period_frames(load(), facts_.period_frames);
}

std::optional<rt::Scheduling> LiveSession::scheduling() const {
  if (!stream_) return std::nullopt;
  const std::optional<pthread_t> thread = stream_->engine->audio_thread();
  return thread ? std::optional(rt::thread_scheduling(*thread)) : std::nullopt;
}

void LiveSession::play(Preset preset, PlayOutcome told) {
  const bool at_once = !stream_ || !options_.admit;
  if (at_once || preset == preset_) gate_.clear();
  if (preset == preset_) return told({});
  if (at_once) return told(swap_to(std::move(preset), std::nullopt));
  gate_.push({std::move(preset), callback_spec(), std::move(told)});
}

CallbackSpec LiveSession::callback_spec() const {
  return {stream_->engine->stream(), facts_.period_frames};
}

void LiveSession::poll_gate() {
  std::optional<GateAnswer> answer = gate_.take();
  if (!answer) return;
  PlayRequest& request = answer->request;
  if (stream_ && request.callback != callback_spec()) {  // the stream has changed meanwhile
    request.callback = callback_spec();
    if (gate_.empty()) gate_.push(std::move(request));  // else a newer one is on its way
    return;
  }
  if (!answer->predicted_us) return request.told(tl::unexpected(answer->predicted_us.error()));
  request.told(swap_to(std::move(request.preset), *answer->predicted_us));
}

Result<void> LiveSession::swap_to(Preset preset, std::optional<double> predicted_us) {
  if (stream_) {
    Result<chain::Chain> chain = chain::Chain::make(preset, stream_->engine->stream());
    if (!chain) return tl::unexpected(chain.error());
    chain_latency_frames_ = chain->latency_frames();
    predicted_p999_us_ = predicted_us;
    stream_->engine->play(std::make_unique<chain::Chain>(std::move(*chain)));
    swapped_ = true;
    stream_->device->publish_latency(chain_latency_frames_);
  }
  preset_ = std::move(preset);
  bypass_ = Bypass::off;
  meters_before_ = meters_;
  return {};
}

// Sums in the meters only grow, so two looks some seconds apart give the level in between.
void LiveSession::take_meters(std::int64_t now_ms) {
  stream_->engine->read_meters(meters_);
  if (bypass_ == Bypass::on || now_ms - meters_before_ms_ < kLoudnessMs) return;
  meters_before_ = meters_;
  meters_before_ms_ = now_ms;
}

double LiveSession::preset_gain_db() const {
  double in = 0.0, out = 0.0;
  for (int c = 0; c < meters_.in.channels; ++c) {
    const auto i = static_cast<std::size_t>(c);
    in += meters_.in.channel[i].sum_squares - meters_before_.in.channel[i].sum_squares;
    out += meters_.out.channel[i].sum_squares - meters_before_.out.channel[i].sum_squares;
  }
  if (!(in > 0.0) || !(out > 0.0)) return 0.0;
  return std::clamp(power_to_db(out / in), -kMostTrimDb, kMostTrimDb);
}

void LiveSession::set_bypass(Bypass bypass) {
  if (!stream_ || bypass == bypass_) return;
  const double trim_db = bypass == Bypass::on ? preset_gain_db() : 0.0;
  if (!stream_->engine->send(SetBypass{bypass, trim_db})) return;
  bypass_ = bypass;
  tell(EventKind::note, bypass == Bypass::on
                            ? fmt::format("bypass, {:+.1f} dB to match the preset's level", trim_db)
                            : "the preset again");
}

void LiveSession::set_muted(bool muted) {
  muted_ = muted;
  tell(EventKind::note, muted ? "muted" : "no longer muted");
  if (!stream_) return;
  if (muted) {
    stream_->engine->fade_out();
  } else {
    stream_->engine->fade_in();
  }
}

std::int64_t LiveSession::next_tick_ns(std::int64_t earliest_ns) const {
  if (!stream_) return earliest_ns;
  return quiet_moment_ns(earliest_ns, stream_->engine->last_callback_ns(),
                         static_cast<std::int64_t>(1000.0 * callback_spec().period_us()));
}

LoadFigures LiveSession::load() const {
  return stream_ ? stream_->engine->load() : load_;
}

LoadFigures LiveSession::cpu_load() const {
  return stream_ ? stream_->cpu_load.figures() : cpu_load_;
}

Engine& LiveSession::engine() {
  return *stream_->engine;
}

void LiveSession::keep_counts() {
  load_ = stream_->engine->load();
  cpu_load_ = stream_->cpu_load.figures();
  const SessionCounts now = counts();
  past_ = now;
}

SessionCounts LiveSession::counts() const {
  SessionCounts total = past_;
  if (!stream_) return total;
  const EngineCounts engine = stream_->engine->counts();
  total.callbacks += engine.callbacks;
  total.xruns += stream_->device->status().xruns;
  total.non_finite_in += engine.non_finite_in;
  total.runaways += engine.runaways;
  const XrunCauses& causes = stream_->xruns.causes();
  total.causes.late_wakeup += causes.late_wakeup;
  total.causes.own_overrun += causes.own_overrun;
  total.causes.other_client += causes.other_client;
  total.causes.device += causes.device;
  return total;
}

// Closing may hang on a server that does not answer, so it happens on a thread of its own.
void LiveSession::abandon_stream() {
  if (!stream_) return;
  keep_counts();
  DetachedTask<bool>([stream = std::shared_ptr<Stream>(std::move(stream_))] {
    stream->device->close();
    return true;
  });
}

void LiveSession::stop() {
  if (!stream_) return;
  stream_->engine->fade_out();
  using namespace std::chrono_literals;
  constexpr auto kMostWait = 500ms;
  const auto deadline = std::chrono::steady_clock::now() + kMostWait;
  while (!stream_->engine->silent() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(5ms);
  keep_counts();
  stream_->engine->collect();
  const std::shared_ptr<Stream> stream(std::move(stream_));
  DetachedTask<bool> closing([stream] {
    stream->device->close();
    return true;
  });
  while (!closing.take() && std::chrono::steady_clock::now() < deadline + kMostWait)
    std::this_thread::sleep_for(5ms);
}

}  // namespace aapp::play
