#include "analyze/inspect/finding.h"

#include <algorithm>
#include <array>

namespace aapp::inspect {
namespace {

constexpr std::array<FindingRow, 23> kRows{{
    {FindingKind::unreadable, "unreadable", "cannot be decoded",
     "programs will refuse it, or play a part of it as if it were the whole"},
    {FindingKind::truncated, "truncated", "is cut off",
     "the end of the recording is missing, and programs disagree on what to do about it"},
    {FindingKind::length_not_written, "length_not_written", "does not say how long it is",
     "the recorder was stopped before it finished the header; some programs see an empty file"},
    {FindingKind::size_mismatch, "size_mismatch", "has a size that is no whole number of frames",
     "bytes were lost or added; everything behind that place may be read a byte or a channel off"},
    {FindingKind::header_contradiction, "header_contradiction", "contradicts itself in its header",
     "programs that trust different fields play it at different rates or widths"},
    {FindingKind::wrong_encoding, "wrong_encoding", "is read with the wrong sample width, type or byte order",
     "what plays is noise, and every measure of it is meaningless"},
    {FindingKind::lost_alignment, "lost_alignment", "loses its frame alignment",
     "a byte went missing there: from then on bytes of different samples are mixed into noise"},
    {FindingKind::mono_as_stereo, "mono_as_stereo", "is mono that is read as stereo",
     "it plays twice as fast and an octave too high"},
    {FindingKind::stereo_as_mono, "stereo_as_mono", "is stereo that is read as mono",
     "it plays at half its speed, with both channels mixed into a rasp"},
    {FindingKind::wrong_rate, "wrong_rate", "has a declared rate that does not fit the voice in it",
     "pitch, tempo and every frequency that is measured are off by the same factor"},
    {FindingKind::non_finite, "non_finite", "holds NaN or infinite samples",
     "one of them silences every filter that keeps state"},
    {FindingKind::over_full_scale, "over_full_scale", "goes beyond full scale",
     "integer formats and sound cards clip it"},
    {FindingKind::clipped, "clipped", "is clipped",
     "the tops of the waves are missing: distortion that no equaliser removes, and peaks that measure too "
     "low"},
    {FindingKind::dc_offset, "dc_offset", "has a DC offset",
     "it takes headroom, clicks at every cut and shifts what a compressor sees"},
    {FindingKind::silent, "silent", "is silent", "there is nothing to measure or to fit"},
    {FindingKind::near_silent, "near_silent", "is nearly silent",
     "noise and rounding are most of what is measured"},
    {FindingKind::silent_channel, "silent_channel", "has a silent channel",
     "mixing to mono halves the level, and the image sits on one side"},
    {FindingKind::duplicated_channels, "duplicated_channels", "holds the same sound in several channels",
     "it is mono that takes the room of more, and counts as wide where channels are compared"},
    {FindingKind::inverted_channel, "inverted_channel", "has a channel with inverted polarity",
     "mixed to mono, the two cancel each other"},
    {FindingKind::swapped_channels, "swapped_channels", "has its channels in the wrong places",
     "sounds come from the wrong speakers, and mono mixes lose treble"},
    {FindingKind::dropout, "dropout", "has dropouts",
     "chunks went missing while it was recorded: each is heard as a click or a gap"},
    {FindingKind::band_limited, "band_limited", "holds no sound up to its Nyquist frequency",
     "it was upsampled or lossy coded: nothing above the edge can be matched or measured"},
    {FindingKind::padded_bits, "padded_bits", "uses fewer bits than it stores",
     "the file is larger than its content and its noise floor is that of the smaller width"},
}};

constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].kind) != i) return false;
  }
  return true;
}
static_assert(rows_are_in_order());

}  // namespace

const FindingRow& finding_row(FindingKind kind) {
  return kRows[static_cast<std::size_t>(kind)];
}

}  // namespace aapp::inspect
