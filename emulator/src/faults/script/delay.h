// How long an answer is kept back: a fixed time, or one drawn for each answer.
#pragma once

#include <chrono>

#include "stoklab/emulator/environment.h"

namespace stoklab::emulator {

// The most that a server keeps an answer back.
inline constexpr std::chrono::milliseconds kLongestScriptedDelay{60'000};

// Milliseconds, all of them at least 0.
struct Delay {
  enum class Kind {
    fixed,        // a
    uniform,      // from a to b
    normal,       // mean a, standard deviation b
    exponential,  // mean a
  };
  Kind kind = Kind::fixed;
  double a = 0, b = 0;

  // Never below 0 nor above kLongestScriptedDelay, whatever is drawn. The same chance gives the
  // same time on every machine.
  std::chrono::milliseconds draw(Random& chance) const;
};

}  // namespace stoklab::emulator
