// Whether a report has the form that its schema states. For tests; the schemas lie in
// conformance/schema/.
#pragma once

#include <string>

namespace stoklab::conformance {

// What is wrong with a JSON report by report.schema.json; empty if nothing is.
std::string jsonReportFaults(const std::string& json);

// What xmllint finds wrong with JUnit XML by junit.xsd; empty if nothing is.
std::string junitReportFaults(const std::string& xml);

}  // namespace stoklab::conformance
