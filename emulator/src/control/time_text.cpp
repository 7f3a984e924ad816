#include "control/time_text.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace stoklab::emulator {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::sys_days;

namespace {

constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd";

// The number of `length` digits at `begin`.
int numberAt(std::string_view text, std::size_t begin, std::size_t length) {
  int number = 0;
  for (const char digit : text.substr(begin, length)) number = number * 10 + (digit - '0');
  return number;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool hasForm(std::string_view text) {
  return text.size() > kForm.size() &&
         std::equal(kForm.begin(), kForm.end(), text.begin(),
                    [](char form, char c) { return form == 'd' ? isDigit(c) : form == c; });
}

}  // namespace

std::int64_t millisecondsOf(Clock::Time time) {
  return floor<milliseconds>(time.time_since_epoch()).count();
}

Clock::Time timeOf(std::int64_t count) { return Clock::Time(milliseconds(count)); }

std::string timeText(Clock::Time time) {
  const auto day = floor<days>(time);
  const std::chrono::year_month_day date(day);
  const auto rest = floor<milliseconds>(time - day);
  const std::chrono::hh_mm_ss clock(rest);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int{date.year()},
                unsigned{date.month()}, unsigned{date.day()},
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text;
}

std::optional<Clock::Time> parseTime(std::string_view text) {
  if (!hasForm(text) || !text.ends_with('Z')) return std::nullopt;
  std::string_view fraction = text.substr(kForm.size());
  fraction.remove_suffix(1);
  int thousandths = 0;
  if (!fraction.empty()) {
    fraction.remove_prefix(1);
    if (text[kForm.size()] != '.' || fraction.empty() || fraction.size() > 9 ||
        !std::all_of(fraction.begin(), fraction.end(), isDigit))
      return std::nullopt;
    thousandths = numberAt(std::string(fraction) + "00", 0, 3);
  }
  const std::chrono::year_month_day date{
      std::chrono::year(numberAt(text, 0, 4)),
      std::chrono::month(static_cast<unsigned>(numberAt(text, 5, 2))),
      std::chrono::day(static_cast<unsigned>(numberAt(text, 8, 2)))};
  const int hour = numberAt(text, 11, 2), minute = numberAt(text, 14, 2),
            second = numberAt(text, 17, 2);
  if (!date.ok() || date.year() < std::chrono::year(1970) ||
      date.year() > std::chrono::year(2199) || hour > 23 || minute > 59 || second > 59)
    return std::nullopt;
  return Clock::Time(sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
                     std::chrono::minutes(minute) + std::chrono::seconds(second) +
                     milliseconds(thousandths));
}

}  // namespace stoklab::emulator
