#include "faults/script/delay.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stoklab::emulator {
namespace {

// Above 0 and below 1, both excluded, so that its logarithm is finite. Not the distributions of
// <random>, which may differ from one library to the next.
double fraction(Random& chance) {
  constexpr double kSteps = 9007199254740992.0;  // 2^53
  return (static_cast<double>(chance.next() >> 11) + 0.5) / kSteps;
}

double drawn(const Delay& delay, Random& chance) {
  switch (delay.kind) {
    case Delay::Kind::fixed:
      return delay.a;
    case Delay::Kind::uniform:
      return delay.a + (delay.b - delay.a) * fraction(chance);
    case Delay::Kind::normal: {
      // Box and Muller; the second number of the pair is not used.
      const double radius = std::sqrt(-2 * std::log(fraction(chance)));
      return delay.a + delay.b * radius * std::cos(2 * std::numbers::pi * fraction(chance));
    }
    case Delay::Kind::exponential:
      return -delay.a * std::log(fraction(chance));
  }
  return 0;
}

}  // namespace

std::chrono::milliseconds Delay::draw(Random& chance) const {
  const double most = static_cast<double>(kLongestScriptedDelay.count());
  const double time = std::clamp(drawn(*this, chance), 0.0, most);
  return std::chrono::milliseconds(std::llround(time));
}

}  // namespace stoklab::emulator
