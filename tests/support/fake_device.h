// A sound device made of a thread: it calls back every period like a server, shows what goes wrong on
// command, and can be asked for what it was fed. FakeSoundCard is the thing in the rack; each FakeDevice one
// opening of it.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>

#include "play/device/device_list.h"

namespace aapp::test {

// What the test changes while streams run. Any thread.
struct FakeSoundCard {
  std::atomic<bool> present{true};
  std::atomic<bool> stalled{false};   // callbacks stop, everything else looks well
  std::atomic<bool> spinning{false};  // callbacks come as fast as they can
  std::atomic<bool> broken{false};    // the device says that it is lost
  std::atomic<bool> hang_on_close{false};
  std::atomic<int> rate_hz{48000};
  std::atomic<int> period_frames{480};
  std::atomic<int> opened{0};
  std::atomic<int> open_now{0};
  std::atomic<std::int64_t> published_latency{-1};
  std::atomic<float> peak{0.0F};  // of all output so far
};

class FakeDevice final : public play::AudioDevice {
 public:
  explicit FakeDevice(std::shared_ptr<FakeSoundCard> card) : card_(std::move(card)) {}
  ~FakeDevice() override { close(); }

  Result<play::StreamFacts> open(const play::DeviceWishes&) override {
    if (!card_->present) return fail(ErrorCode::device_unavailable, "the fake sound card is not there");
    rate_hz_ = card_->rate_hz;
    ++card_->opened;
    ++card_->open_now;
    open_ = true;
    return play::StreamFacts{.backend = play::Backend::pulse,
                             .client_name = "fake",
                             .rate_hz = rate_hz_,
                             .period_frames = card_->period_frames,
                             .channels_in = 2,
                             .channels_out = 2};
  }
  Result<void> start(play::AudioCallback callback) override {
    running_ = true;
    thread_ = std::thread([this, callback] { run(callback); });
    return {};
  }
  void close() noexcept override {
    while (card_->hang_on_close) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    running_ = false;
    if (thread_.joinable()) thread_.join();
    if (std::exchange(open_, false)) --card_->open_now;
  }
  play::DeviceStatus status() const noexcept override {
    return {.state = card_->broken ? play::DeviceState::lost : play::DeviceState::running,
            .callbacks = callbacks_,
            .rate_hz = rate_hz_,
            .period_frames = card_->period_frames};
  }
  void publish_latency(std::int64_t frames) override { card_->published_latency = frames; }

 private:
  void run(play::AudioCallback callback) {
    using Clock = std::chrono::steady_clock;
    audio::AudioBuffer in(2, kMostFrames), out(2, kMostFrames);
    for (int c = 0; c < 2; ++c) std::ranges::fill(in.channel(c), 0.5F);
    for (Clock::time_point next = Clock::now(); running_;) {
      const auto frames = static_cast<std::size_t>(card_->period_frames.load());
      if (card_->stalled) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        next = Clock::now();
        continue;
      }
      callback(in.view().slice(0, frames), out.view().slice(0, frames));
      ++callbacks_;
      for (const float sample : out.channel(0).first(frames)) {
        card_->peak = std::max(card_->peak.load(), std::abs(sample));
      }
      if (card_->spinning) continue;
      next += std::chrono::microseconds(static_cast<std::int64_t>(frames) * 1'000'000 / rate_hz_);
      std::this_thread::sleep_until(next);
    }
  }

  static constexpr std::size_t kMostFrames = 8192;
  std::shared_ptr<FakeSoundCard> card_;
  int rate_hz_ = 0;
  bool open_ = false;
  std::atomic<bool> running_{false};
  std::atomic<std::uint64_t> callbacks_{0};
  std::thread thread_;
};

// For SessionOptions::opener.
inline auto open_fake(std::shared_ptr<FakeSoundCard> card) {
  return
      [card](std::optional<play::Backend>, const play::DeviceWishes& wishes) -> Result<play::OpenedDevice> {
        auto device = std::make_unique<FakeDevice>(card);
        Result<play::StreamFacts> facts = device->open(wishes);
        if (!facts) return tl::unexpected(facts.error());
        return play::OpenedDevice{std::move(device), std::move(*facts)};
      };
}

}  // namespace aapp::test
