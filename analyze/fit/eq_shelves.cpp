#include "analyze/fit/eq_shelves.h"

namespace aapp::fit {

using dsp::BandType;

bool is_shelf(BandType type) {
  return type == BandType::low_shelf || type == BandType::high_shelf;
}

BandType natural_shelf(double frequency_hz, double middle_hz) {
  return frequency_hz < middle_hz ? BandType::low_shelf : BandType::high_shelf;
}

effects::EqBand turned_shelf(const effects::EqBand& shelf) {
  effects::EqBand turned = shelf;
  turned.type = shelf.type == BandType::low_shelf ? BandType::high_shelf : BandType::low_shelf;
  turned.gain_db = -shelf.gain_db;
  return turned;
}

}  // namespace aapp::fit
