// aapp-play. What needs no sound card is done here; live, tune and devices are a program of their own
// (hand_over.h).
#include "play/cli.h"
#include "play/hand_over.h"

int main(int argc, char** argv) {
  const auto hand_over = [argv](const auto&) { return aapp::play::hand_over_to_live_program(argv); };
  return aapp::play::run_command_line(argc, argv,
                                      {.live = hand_over, .tune = hand_over, .devices = hand_over});
}
