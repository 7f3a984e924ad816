#include "selftest/report_schemas.h"

#include <Poco/JSON/Parser.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <valijson/adapters/poco_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace stoklab::conformance {
namespace {

std::string textOf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::string jsonReportFaults(const std::string& json) {
  try {
    const Poco::Dynamic::Var schemaJson =
        Poco::JSON::Parser().parse(textOf(STOKLAB_REPORT_SCHEMAS "/report.schema.json"));
    valijson::Schema schema;
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::PocoJsonAdapter(schemaJson), schema);
    const Poco::Dynamic::Var report = Poco::JSON::Parser().parse(json);
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    valijson::ValidationResults results;
    if (validator.validate(schema, valijson::adapters::PocoJsonAdapter(report), &results))
      return {};
    std::string faults = "the report is not as its schema says:";
    for (const auto& fault : results) {
      faults += "\n";
      for (const std::string& step : fault.context) faults += step;
      faults += ": " + fault.description;
    }
    return faults;
  } catch (const std::exception& problem) {
    return std::string("cannot be checked: ") + problem.what();
  }
}

std::string junitReportFaults(const std::string& xml) {
  static int count = 0;
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() /
      ("stoklab-junit-" + std::to_string(::getpid()) + "-" + std::to_string(++count) + ".xml");
  std::ofstream(file, std::ios::binary) << xml;
  const std::string command = "xmllint --noout --nonet --schema '" STOKLAB_REPORT_SCHEMAS
                              "/junit.xsd' '" +
                              file.string() + "' 2>&1";
  std::string said;
  int status = -1;
  if (FILE* pipe = ::popen(command.c_str(), "r"); pipe != nullptr) {
    std::array<char, 4096> chunk{};
    for (std::size_t size = 0; (size = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;)
      said.append(chunk.data(), size);
    status = ::pclose(pipe);
  }
  std::filesystem::remove(file);
  if (status == 0) return {};
  return "xmllint: " + said;
}

}  // namespace stoklab::conformance
