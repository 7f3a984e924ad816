// How long things took, in microseconds, kept with an error below 2 % whatever their number.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace stoklab::bench {

class Histogram {
 public:
  void add(std::uint64_t microseconds) {
    ++buckets_[indexOf(microseconds)];
    ++count_;
    if (microseconds > largest_) largest_ = microseconds;
  }

  std::uint64_t count() const { return count_; }
  std::uint64_t largest() const { return largest_; }

  // The smallest value that `part` (0 to 1) of all do not exceed; 0 if there is none.
  double quantile(double part) const {
    const double wanted = part * static_cast<double>(count_);
    std::uint64_t below = 0;
    for (std::size_t index = 0; index < buckets_.size(); ++index) {
      below += buckets_[index];
      if (below > 0 && static_cast<double>(below) >= wanted) return middleOf(index);
    }
    return 0;
  }

 private:
  static constexpr std::size_t kFine = 64;  // steps to a power of two
  static constexpr std::size_t kPowers = 40;

  static std::size_t indexOf(std::uint64_t value) {
    if (value < kFine) return value;
    const auto power = static_cast<std::size_t>(std::bit_width(value)) - 7;  // value >> power < 128
    const std::size_t index = (power + 1) * kFine + ((value >> power) - kFine);
    return index < kFine * kPowers ? index : kFine * kPowers - 1;
  }
  static double middleOf(std::size_t index) {
    if (index < kFine) return static_cast<double>(index);
    const std::size_t power = index / kFine - 1;
    const std::uint64_t low = (kFine + index % kFine) << power;
    return static_cast<double>(low) + static_cast<double>((std::uint64_t{1} << power) - 1) / 2;
  }

  std::array<std::uint64_t, kFine * kPowers> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t largest_ = 0;
};

}  // namespace stoklab::bench
