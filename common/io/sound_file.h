// An open SNDFILE that closes itself. Internal to io.
#pragma once

#include <sndfile.h>

#include <memory>
#include <string>

namespace aapp::io {

struct CloseSoundFile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundFile = std::unique_ptr<SNDFILE, CloseSoundFile>;

struct OpenedSoundFile {
  SoundFile file;     // empty where it could not be opened
  std::string error;  // why
};

// `mode`, `info`: as of sf_open_fd. The descriptor stays the caller's, open whatever comes of it; its place
// in the file is the sound file's too. Any thread.
OpenedSoundFile open_sound_file(int descriptor, int mode, SF_INFO& info);

}  // namespace aapp::io
