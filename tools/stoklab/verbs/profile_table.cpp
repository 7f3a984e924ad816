#include "stoklab/fixtures/profile_table.h"

#include "verbs/profile_verbs.h"

namespace stoklab::cli {

using protocol::Json;

namespace {

Json documentOf(const fixtures::ProfileRow& row) {
  Json shares = Json::object();
  for (const auto& [evidence, count] : row.counts) {
    shares.set(std::string(fixtures::toText(evidence)), static_cast<std::int64_t>(count));
  }
  return Json::object({{"name", row.name},
                       {"model", row.identity.model},
                       {"hardware", row.identity.hardware},
                       {"firmware", row.identity.firmware},
                       {"evidence", std::move(shares)},
                       {"firmware_date", row.firmwareDate}});
}

ExitCode run(Console& console) {
  const auto rows = fixtures::profileRows();
  if (!rows) return complain(console, ExitCode::fault, rows.error().detail);
  if (console.format == Format::text) {
    console.out << fixtures::profileTable(*rows);
    return ExitCode::asExpected;
  }
  Json profiles = Json::array();
  for (const auto& row : *rows) profiles.push(documentOf(row));
  printDocument(console, Json::object({{"profiles", std::move(profiles)}}));
  return ExitCode::asExpected;
}

}  // namespace

Run declareProfileTable(CLI::App&, Console& console) {
  return [&console] { return run(console); };
}

}  // namespace stoklab::cli
