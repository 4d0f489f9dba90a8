// aapp-play-live: all of aapp-play, with the verbs that use sound cards. aapp-play becomes this program for
// them (play/hand_over.h).
#include "play/cli.h"
#include "play/live/devices_app.h"
#include "play/live/live_app.h"
#include "play/live/tune_app.h"

int main(int argc, char** argv) {
  using namespace aapp::play;
  return run_command_line(argc, argv, {.live = run_live, .tune = run_tune, .devices = run_devices});
}
