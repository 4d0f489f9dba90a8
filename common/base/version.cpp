#include "common/base/version.h"

namespace aapp {

std::string_view version() {
  return AAPP_VERSION;
}

}  // namespace aapp
