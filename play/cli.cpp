#include "play/cli.h"

#include <CLI/CLI.hpp>

#include "common/cli/program.h"
#include "play/check_app.h"
#include "play/convert_app.h"
#include "play/presets_app.h"
#include "play/render_app.h"

namespace aapp::play {
namespace {

// What render and convert share.
void add_batch_options(CLI::App& app, BatchAppOptions& options) {
  app.add_option("--format", options.container, "container: wav rf64 w64 flac aiff caf ogg opus mp3")
      ->type_name("NAME");
  app.add_option("--sample-format", options.sample_format,
                 "pcm_u8 pcm_s8 pcm_16 pcm_24 pcm_32 float double; default: as the input, or float if a "
                 "preset makes that clip")
      ->type_name("NAME");
  app.add_option("--rate", options.rate_hz, "resample to this rate; default: each file's own")
      ->type_name("HZ");
  app.add_flag("--dither", options.dither, "add triangular dither when writing integers");
  app.add_option("--raw", options.raw, "headerless PCM, for - and unknown extensions: s16le:16000:1")
      ->type_name("SPEC");
  app.add_flag("-f,--force", options.force, "replace outputs that exist");
  cli::add_common_flags(app, options.common);
}

void add_render(cli::Program& program) {
  auto [app, options] = program.verb<RenderAppOptions>(
      {.name = "render",
       .summary = "Plays files and folders through a preset.",
       .examples = {{"render voice take.wav -o out.wav", "one file through the preset voice"},
                    {"render voice takes/ -o done/ --format flac", "a folder, mirrored into another as FLAC"},
                    {"render voice - -o - --raw s16le:48000:1", "a pipe of headerless PCM"}}},
      run_render);
  app.add_option("preset", options.preset, "a preset's name or file")->required()->type_name("PRESET");
  app.add_option("inputs", options.batch.inputs, "files, folders, quoted patterns, or -")
      ->required()
      ->type_name("FILE");
  app.add_option("-o,--output", options.batch.output, "a file for one input, else a folder; - is stdout")
      ->required()
      ->type_name("OUT");
  app.add_option("-j,--jobs", options.batch.jobs, "files at a time; default: one per processor")
      ->type_name("N");
  app.add_flag("--keep-rate", options.keep_rate, "play each file at its own rate (the default)");
  app.add_flag("--tail", options.tail, "keep what rings on after the end of the input");
  app.add_option("--normalize", options.normalize_lufs, "bring the result to this loudness, in two passes")
      ->type_name("LUFS");
  add_batch_options(app, options.batch);
}

void add_convert(cli::Program& program) {
  auto [app, options] = program.verb<ConvertAppOptions>(
      {.name = "convert",
       .summary = "Changes container, sample format, rate or channels.",
       .examples = {{"convert in.flac out.wav", "the same samples in another container"},
                    {"convert in.wav out.wav --sample-format pcm_16 --dither", "24 to 16 bits with dither"},
                    {"convert call.raw call.wav --raw s16le:8000:1", "headerless PCM gets a header"}}},
      run_convert);
  app.add_option("input", options.input, "a file, a folder or -")->required()->type_name("FILE");
  app.add_option("output", options.batch.output, "a file, or a folder for a folder; - is stdout")
      ->required()
      ->type_name("OUT");
  app.add_option("--channels", options.channels, "mix all to 1, or spread 1 over N")->type_name("N");
  add_batch_options(app, options.batch);
}

void add_presets(cli::Program& program) {
  auto [app, options] = program.verb<PresetsOptions>(
      {.name = "presets",
       .summary = "Lists the presets that can be named.",
       .examples = {{"presets", "lists them with what they are for and where they are"},
                    {"presets --schema > preset.schema.json",
                     "for an editor that checks presets while you type"}}},
      run_presets);
  app.add_flag("--names", options.names, "only the names, one a line");
  app.add_flag("--schema", options.schema, "print the JSON Schema of presets instead");
  app.add_flag("--reference", options.reference, "print the reference of all effects and parameters instead");
  cli::add_common_flags(app, options.common);
}

void add_check(cli::Program& program) {
  auto [app, options] = program.verb<CheckOptions>(
      {.name = "check",
       .summary = "Says whether presets can be played, and what is in them.",
       .examples = {{"check voice", "the effects of the preset voice, their parameters and the latency"},
                    {"check --quiet *.json", "prints errors only; exit code 4 if any preset is invalid"}}},
      run_check);
  app.add_option("preset", options.presets, "names or files of presets; - is standard input")
      ->required()
      ->type_name("PRESET");
  cli::add_common_flags(app, options.common);
}

// What live and tune share.
void add_device_options(CLI::App& app, DeviceOptions& options) {
  app.add_option("--backend", options.backend, "auto, jack (native), pulse, alsa or rtaudio-jack")
      ->type_name("NAME");
  app.add_option("--device", options.device, "part of the device's name, for input and output")
      ->type_name("NAME");
  app.add_option("--input", options.input, "part of the input's name, or none")->type_name("NAME");
  app.add_option("--output", options.output, "part of the output's name, or none")->type_name("NAME");
  app.add_option("--rate", options.rate_hz,
                 "sample rate; refused where the device would have to resample silently")
      ->type_name("HZ");
  app.add_option("--buffers", options.buffers, "periods that PulseAudio or ALSA queue, 2 to 4")
      ->type_name("N");
  app.add_option("--channels-in", options.channels_in, "inputs to open")->type_name("N");
  app.add_option("--channels-out", options.channels_out, "outputs to open")->type_name("N");
}

void add_power_flag(CLI::App& app, bool& save_power) {
  app.add_flag("--save-power", save_power,
               "let processors sleep deeply between periods: cooler, but slower and less even");
}

void add_live(cli::Program& program, const LiveVerbs& verbs) {
  auto [app, options] = program.verb<LiveOptions>(
      {.name = "live",
       .summary = "Plays the microphone through a preset, live.",
       .examples = {{"live voice", "through the default device, until Ctrl-C"},
                    {"live voice --device usb --map 1,1", "input 1 of the USB interface on both ears"},
                    {"live take.json --backend jack --input none --json",
                     "connect the input yourself; NDJSON"},
                    {"live --learn idol.wav --save mine.json",
                     "sound like the recording, from the next verse on"},
                    {"live voice --record take.wav", "dry and wet of the whole set, for later"}}},
      verbs.live);
  app.add_option("preset", options.preset, "preset: a file, or the name of one (default: bypass)")
      ->type_name("PRESET");
  app.add_option("--frames", options.period_frames, "frames a period")->type_name("N");
  add_device_options(app, options.device);
  app.add_option("--map", options.map, "the input that each output hears, from 1; 0 is silence")
      ->type_name("I,I...");
  app.add_option("--duration", options.duration_s, "stop by itself after this time")->type_name("SECONDS");
  app.add_option("--record", options.record,
                 "record what goes in and what comes out, side by side in one file")
      ->type_name("FILE");
  app.add_option("--learn", options.learn,
                 "listen to you, fit a preset to this recording, and play through it")
      ->type_name("REFERENCE");
  app.add_option("--learn-seconds", options.learn_s, "how much sound to hear before fitting")
      ->type_name("SECONDS");
  app.add_option("--save", options.save, "keep the preset that was learned here")->type_name("PRESET.json");
  app.add_flag("--meters", options.meters, "print levels every second where stdout is no terminal");
  app.add_flag("--measure-latency", options.measure_latency,
               "measure how long sound takes from output 1 back to input 1; connect them first");
  app.add_flag("--force", options.force,
               "play although the preset seems too much for this machine and period; replace files");
  app.add_flag("--wait", options.wait, "start although no device is there yet, and wait for it");
  add_power_flag(app, options.save_power);
  add_common_flags(app, options.common);
}

void add_tune(cli::Program& program, const LiveVerbs& verbs) {
  auto [app, options] = program.verb<TuneOptions>(
      {.name = "tune",
       .summary = "Finds the smallest period that holds on this machine and device.",
       .examples = {{"tune voice", "tries 16, 32 ... 2048 frames with the preset voice, silently"},
                    {"tune voice --seconds 60", "each for a minute: surer"}}},
      verbs.tune);
  app.add_option("preset", options.preset, "preset: a file, or the name of one (default: bypass)")
      ->type_name("PRESET");
  app.add_option("--seconds", options.seconds, "how long a period must hold")->type_name("SECONDS");
  app.add_option("--dropouts", options.dropouts, "how many are forgiven in that time")->type_name("N");
  add_device_options(app, options.device);
  app.add_flag("--force", options.force, "change JACK's period although other programs use it");
  add_power_flag(app, options.save_power);
  add_common_flags(app, options.common);
}

void add_devices(cli::Program& program, const LiveVerbs& verbs) {
  auto [app, options] = program.verb<DevicesOptions>({.name = "devices",
                                                      .summary = "Lists audio servers and devices.",
                                                      .examples = {{"devices", "names for live's --device"}}},
                                                     verbs.devices);
  add_common_flags(app, options.common);
}

}  // namespace

int run_command_line(int argc, char** argv, const LiveVerbs& verbs) {
  cli::Program program(
      {.name = "aapp-play", .summary = "Plays audio through presets: live, and files in batches."});
  add_render(program);
  add_convert(program);
  add_check(program);
  add_presets(program);
  add_live(program, verbs);
  add_tune(program, verbs);
  add_devices(program, verbs);
  return program.run(argc, argv);
}

}  // namespace aapp::play
