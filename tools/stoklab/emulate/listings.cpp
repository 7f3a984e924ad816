#include "emulate/listings.h"

#include <string_view>
#include <utility>

#include "stoklab/emulator/fault.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli {

using protocol::Json;

ExitCode listAssumptions(const fixtures::Profile& profile, Console& console) {
  const auto guesses = fixtures::assumptions(profile);
  if (console.format == Format::json) {
    Json list = Json::array();
    for (const auto& guess : guesses)
      list.push(Json::object({{"path", guess.path}, {"value", guess.value}, {"note", guess.note}}));
    printDocument(console, Json::object({{"profile", profile.name}, {"assumed", std::move(list)}}));
    return ExitCode::asExpected;
  }
  console.out << profile.name << ": " << profile.identity.model << ", hardware "
              << profile.identity.hardware << ", firmware " << profile.identity.firmware << "\n"
              << guesses.size() << " behaviours are assumed: nobody has published a measurement.\n";
  for (const auto& guess : guesses) {
    console.out << "\n" << guess.path;
    if (!guess.value.empty()) console.out << " = " << guess.value;
    if (!guess.note.empty()) console.out << "\n    " << guess.note;
  }
  console.out << "\n";
  return ExitCode::asExpected;
}

ExitCode listFaults(Console& console) {
  if (console.format == Format::json) {
    Json list = Json::array();
    for (const auto& fault : emulator::faults()) {
      Json breaks = Json::array();
      for (const auto slug : fault.breaks) breaks.push(slug);
      list.push(Json::object(
          {{"name", fault.name}, {"sentence", fault.sentence}, {"breaks", std::move(breaks)}}));
    }
    printDocument(console, Json::object({{"faults", std::move(list)}}));
    return ExitCode::asExpected;
  }
  for (const auto& fault : emulator::faults()) {
    console.out << fault.name << "  " << fault.sentence << " Breaks";
    std::string_view separator = " ";
    for (const auto slug : fault.breaks) {
      console.out << separator << slug;
      separator = ", ";
    }
    console.out << ".\n";
  }
  return ExitCode::asExpected;
}

}  // namespace stoklab::cli
