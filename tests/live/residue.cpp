// What clicks leave in a recording of low tones: peaks above 8 kHz, in slices of 170 ms. Prints the loudest
// slice, and the loudest of those that stand out by 1 dB from the slices at 340 ms to both sides (a
// compressor makes harmonics of its own all the time; swaps are further apart than that).
//
//   residue FILE.wav CHANNEL SKIP_SECONDS
#include <cstdio>
#include <cstdlib>

#include "common/io/audio_file.h"
#include "tests/support/residue.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto audio = aapp::io::load_audio(argv[1]);
  if (!audio) {
    std::fprintf(stderr, "residue: %s\n", audio.error().message.c_str());
    return 1;
  }
  const auto rate_hz = audio->info.rate_hz;
  const auto slice = static_cast<std::size_t>(0.17 * rate_hz);
  const std::vector<double> residue =
      aapp::test::above_8khz(audio->samples.channel(std::atoi(argv[2])), rate_hz);
  std::vector<double> peaks_db;
  for (auto at = static_cast<std::size_t>(std::atof(argv[3]) * rate_hz); at + slice <= residue.size();
       at += slice)
    peaks_db.push_back(aapp::test::peak_db(std::span(residue).subspan(at, slice)));
  double worst_db = -600.0, stands_out_db = -600.0;
  for (std::size_t i = 0; i < peaks_db.size(); ++i) {
    worst_db = std::max(worst_db, peaks_db[i]);
    if (i < 2 || i + 2 >= peaks_db.size()) continue;
    if (peaks_db[i] > std::max(peaks_db[i - 2], peaks_db[i + 2]) + 1.0)
      stands_out_db = std::max(stands_out_db, peaks_db[i]);
  }
  std::printf("{\"worst_db\": %.2f, \"stands_out_db\": %.2f}\n", worst_db, stands_out_db);
  return 0;
}
