#include "live_values.h"

#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>

#include <algorithm>
#include <array>
#include <utility>

namespace stoklab::emulator {

using protocol::Json;

namespace {

// Only what the profile has is kept up to date; a device of another family tells less.
void update(Json& fields, std::string_view name, Json value) {
  if (fields.find(name) != nullptr) fields.set(name, std::move(value));
}

// Integers where the device sends integers (facts.md W7).
void clockStatus(const LiveContext& context, Json& fields) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(context.clock.now().time_since_epoch())
          .count();
  update(fields, "seconds_from_1970", std::int64_t{seconds});
  const auto time = Poco::Timestamp::fromEpochTime(static_cast<std::time_t>(seconds));
  update(fields, "local_time", Poco::DateTimeFormatter::format(time, "%Y-%m-%d %H:%M:%S"));
}

void wanStatus(const LiveContext& context, Json& fields) {
  const auto up =
      std::chrono::duration_cast<std::chrono::seconds>(context.clock.now() - context.started);
  update(fields, "up_time", std::int64_t{up.count()});
}

struct LiveSection {
  std::string_view module, section;
  void (*update)(const LiveContext&, Json& fields);
};

constexpr std::array<LiveSection, 2> kLiveSections = {{
    {"system", "clock_status", clockStatus},
    {"network", "wan_status", wanStatus},
}};

const LiveSection* find(std::string_view module, std::string_view section) {
  const auto* row = std::find_if(
      kLiveSections.begin(), kLiveSections.end(),
      [&](const LiveSection& live) { return live.section == section && live.module == module; });
  return row == kLiveSections.end() ? nullptr : row;
}

}  // namespace

bool isLive(std::string_view module, std::string_view section) {
  return find(module, section) != nullptr;
}

bool updateLive(std::string_view module, std::string_view section, const LiveContext& context,
                Json& fields) {
  const LiveSection* live = find(module, section);
  if (live == nullptr) return false;
  live->update(context, fields);
  return true;
}

}  // namespace stoklab::emulator
