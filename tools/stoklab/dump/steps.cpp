#include "dump/steps.h"

#include <utility>

#include "stoklab/fixtures/secret_scan.h"

namespace stoklab::cli::dump {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Json;

namespace {

// Whether two outcomes of a step can be of one device: the same keys in the same order, as deep as
// codes stand.
bool isAlike(const Json& a, const Json& b) {
  const auto* left = a.members();
  const auto* right = b.members();
  if (left == nullptr || right == nullptr) return (left == nullptr) == (right == nullptr);
  if (left->size() != right->size()) return false;
  for (std::size_t i = 0; i < left->size(); ++i) {
    const auto& [key, value] = (*left)[i];
    if (key != (*right)[i].key) return false;
    if (key == "error_code" ? value != (*right)[i].value : !isAlike(value, (*right)[i].value))
      return false;
  }
  return true;
}

}  // namespace

Steps::Steps(Journal& journal, fixtures::Redactor& redactor, const DumpOptions& options)
    : journal_(journal), redactor_(redactor), options_(options) {}

Json Steps::redacted(const Json& body) {
  Json out = redactor_.redactBody(body);
  if (out != body) masked_ = true;
  return out;
}

Result<Json> Steps::operator()(const std::string& step, const Take& take) {
  if (options_.interrupted != nullptr && *options_.interrupted != 0)
    return Error{.kind = ErrorKind::safety, .detail = "the dump was interrupted"};
  if (options_.progress) options_.progress(step, done_, expected_);
  ++done_;
  const Record* known = journal_.find(step);
  if (known != nullptr && !known->masked) {
    ++resumed_;
    return known->facts;
  }
  masked_ = false;
  redactor_.setPlace(step);
  auto facts = take();
  if (!facts) return facts.error();
  if (known != nullptr) {
    ++resumed_;
    if (!isAlike(known->facts, *facts)) contradicted_ = true;
  }
  const auto hits = fixtures::scanForSecrets(printJson(*facts), redactor_.seen());
  if (!hits.empty()) {
    leaked_ = true;
    return Error{.kind = ErrorKind::safety,
                 .detail = "something that was masked (" + hits.front().where +
                           ") turned up in what was to be kept of the step \"" + step +
                           "\", so nothing was written"};
  }
  if (auto written = journal_.write(step, {.facts = *facts, .masked = masked_}); !written) {
    diskFailed_ = true;
    return written.error();
  }
  return *std::move(facts);
}

}  // namespace stoklab::cli::dump
