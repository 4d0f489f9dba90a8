#include "common/chain/chain.h"

#include <algorithm>
#include <cassert>

#include "common/chain/node.h"
#include "common/dsp/gain_stage.h"
#include "common/rt/denormals.h"

namespace aapp::chain {
namespace {

void hold_within_reason(audio::AudioView block, dsp::Simd simd) {
  for (int c = 0; c < block.channels(); ++c) dsp::hold_within(kLoudestSample, block.channel(c), simd);
}

}  // namespace

Chain::Chain(const audio::StreamSpec& spec) : spec_(spec) {}
Chain::Chain(Chain&&) noexcept = default;
Chain& Chain::operator=(Chain&&) noexcept = default;
Chain::~Chain() = default;

Result<Chain> Chain::make(const Preset& preset, const audio::StreamSpec& spec) {
  if (const auto checked = audio::check_stream_spec(spec, "chain"); !checked) {
    return tl::unexpected(checked.error());
  }
  if (preset.chain.size() > kMaxChainNodes) {
    return fail(ErrorCode::preset_invalid, "preset {} has {} effects; at most {}", preset.name,
                preset.chain.size(), kMaxChainNodes);
  }
  Chain chain(spec);
  for (const ChainNode& node : preset.chain) chain.nodes_.push_back(std::make_unique<Node>(node, spec));
  return chain;
}

void Chain::process(audio::AudioView block) noexcept {
  assert(block.channels() == spec_.channels &&
         block.frames() <= static_cast<std::size_t>(spec_.max_block_frames));
  const rt::FlushDenormals flush;
  for (const auto& node : nodes_) {
    if (node->idle()) continue;
    node->process(block);
    hold_within_reason(block, simd_);
  }
}

void Chain::process_timed(audio::AudioView block, std::span<std::int64_t> node_ns,
                          std::int64_t (*now_ns)() noexcept) noexcept {
  assert(node_ns.size() == nodes_.size());
  const rt::FlushDenormals flush;
  std::int64_t before_ns = now_ns();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i]->idle()) {
      nodes_[i]->process(block);
      hold_within_reason(block, simd_);
    }
    const std::int64_t after_ns = now_ns();
    node_ns[i] += after_ns - before_ns;
    before_ns = after_ns;
  }
}

void Chain::reset() noexcept {
  for (const auto& node : nodes_) node->reset();
}

void Chain::set_params(std::size_t index, const effects::AnyParams& params) noexcept {
  nodes_[index]->set_params(params);
}

void Chain::set_bypass(std::size_t index, bool bypass) noexcept {
  nodes_[index]->set_bypass(BypassReason::own, bypass);
}

void Chain::set_dry(bool dry) noexcept {
  for (const auto& node : nodes_) node->set_bypass(BypassReason::compare, dry);
}

void Chain::set_shed(std::size_t index, bool shed) noexcept {
  nodes_[index]->set_bypass(BypassReason::overload, shed);
}

bool Chain::has_economy() const noexcept {
  return std::ranges::any_of(nodes_, [](const auto& node) { return node->has_economy(); });
}

void Chain::set_economy(effects::Economy economy) noexcept {
  for (const auto& node : nodes_) node->set_economy(economy);
}

const audio::StreamSpec& Chain::spec() const {
  return spec_;
}

std::size_t Chain::size() const {
  return nodes_.size();
}

std::int64_t Chain::latency_frames() const noexcept {
  std::int64_t sum = 0;
  for (const auto& node : nodes_) sum += node->latency_frames();
  return sum;
}

std::int64_t Chain::tail_frames() const noexcept {
  std::int64_t sum = 0;
  for (const auto& node : nodes_) sum += node->tail_frames();
  return sum;
}

double Chain::gain_reduction_db() const noexcept {
  double sum = 0.0;
  for (const auto& node : nodes_) sum += node->gain_reduction_db();
  return sum;
}

}  // namespace aapp::chain
