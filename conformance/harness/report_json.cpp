// The JSON report: the whole result tree, members always in the same order. Its form is stated in
// conformance/schema/report.schema.json; whoever changes one changes the other.
#include <array>
#include <ostream>
#include <string>

#include "harness/reports.h"
#include "harness/second_opinion.h"

namespace stoklab::conformance {
namespace {

// Line breaks and tabs are the only controls that redacted text holds.
std::string json(std::string_view text) { return jsonString(text); }

// Writes `"name": value` pairs with commas between them.
class Members {
 public:
  Members(std::ostream& out, std::string indent) : out_(out), indent_(std::move(indent)) {}
  Members& add(std::string_view name, const std::string& value) {
    out_ << (first_ ? "\n" : ",\n") << indent_ << json(name) << ": " << value;
    first_ = false;
    return *this;
  }

 private:
  std::ostream& out_;
  std::string indent_;
  bool first_ = true;
};

template <class Items, class Write>
std::string list(const Items& items, Write write) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() > 1 ? ", " : "") + write(item);
  return out + "]";
}

std::string finding(const Finding& f) {
  return "{\"what\": " + json(f.what.text()) + ", \"expected\": " + json(f.expected.text()) +
         ", \"got\": " + json(f.got.text()) + ", \"where\": " + json(f.where) + "}";
}

std::string fact(const Fact& f) {
  return "{\"name\": " + json(f.name) + ", \"value\": " + json(f.value.text()) + "}";
}

std::string capability(const Capability& c) {
  return "{\"name\": " + json(c.name) + ", \"device\": " + json(c.device) +
         ", \"profile\": " + json(c.profile) +
         ", \"differs\": " + (c.differs() ? "true" : "false") + "}";
}

std::string notice(const Notice& n) {
  return "{\"kind\": " + json(n.kind) + ", \"subject\": " + json(n.subject) +
         ", \"text\": " + json(n.text) + ", \"finding\": " + (n.finding ? "true" : "false") + "}";
}

std::string number(int n) { return std::to_string(n); }

std::string totalsOfAll(const Totals& t) {
  return "{\"all\": " + number(t.all) + ", \"pass\": " + number(t.pass) +
         ", \"fail\": " + number(t.fail) + ", \"deviation\": " + number(t.deviation) +
         ", \"unexpected_pass\": " + number(t.unexpectedPass) +
         ", \"skipped\": " + number(t.skipped) +
         ", \"not_applicable\": " + number(t.notApplicable) + ", \"error\": " + number(t.error) +
         ", \"blocked\": " + number(t.blocked) + "}";
}

void requirementMembers(const Requirement& r, Members& members) {
  members.add("slug", json(r.slug))
      .add("sentence", json(r.sentence))
      .add("level", json(toText(r.level)))
      .add("evidence", json(toText(r.evidence)))
      .add("rows", json(r.rows))
      .add("effect", json(toText(r.effect)))
      .add("needs", list(r.needs, [](const std::string& need) { return json(need); }));
}

void writeResult(const Result& result, std::ostream& out) {
  out << "    {";
  Members members(out, "      ");
  requirementMembers(result.requirement, members);
  members.add("state", json(toText(result.state)))
      .add("reason", json(result.reason.text()))
      .add("blocked", result.blocked ? "true" : "false")
      .add("findings", list(result.findings, finding))
      .add("exchange", list(result.exchange, [](const Redacted& e) { return json(e.text()); }))
      .add("reproduce", json(result.reproduce));
  out << "\n    }";
}

constexpr std::array<ReportKind, 5> kKinds = {{
    {"text", [](const Report& report, std::ostream& out) { writeText(report, {}, out); }},
    {"junit", writeJunit},
    {"json", writeJson},
    {"md", writeMarkdown},
    {"html", writeHtml},
}};

}  // namespace

std::span<const ReportKind> reportWriters() { return kKinds; }

void writeJson(const Report& report, std::ostream& out) {
  out << "{";
  Members top(out, "  ");
  top.add("schema_version", "1")
      .add("kind", json("conformance-report"))
      .add("target", json(report.target))
      .add("profile", json(report.profile))
      .add("device", list(report.device, fact))
      .add("capabilities", list(report.capabilities, capability))
      .add("exit_code", std::to_string(exitCodeOf(report)))
      .add("verdict", json(verdictOf(report)));
  if (report.stop) {
    top.add("stopped",
            "{\"reason\": " + json(report.stop->reason) + ", \"seconds_left\": " +
                (report.stop->secondsLeft ? std::to_string(*report.stop->secondsLeft) : "null") +
                "}");
  } else {
    top.add("stopped", "null");
  }
  top.add("faults", list(report.faults, [](const std::string& f) { return json(f); }))
      .add("notices", list(report.notices, notice))
      .add("logins", "{\"accepted\": " + std::to_string(report.logins) +
                         ", \"refused\": " + std::to_string(report.failedLogins) + "}")
      .add("totals", totalsOfAll(totalsOf(report)));
  out << ",\n  \"requirements\": [";
  bool first = true;
  for (const Result& result : report.results) {
    out << (first ? "\n" : ",\n");
    first = false;
    writeResult(result, out);
  }
  out << (first ? "]\n}\n" : "\n  ]\n}\n");
}

void writeListJson(std::span<const Requirement> requirements, std::ostream& out) {
  out << "{\n  \"schema_version\": 1,\n  \"kind\": \"conformance-requirements\",\n"
      << "  \"requirements\": [";
  bool first = true;
  for (const Requirement& requirement : requirements) {
    out << (first ? "\n    {" : ",\n    {");
    first = false;
    Members members(out, "      ");
    requirementMembers(requirement, members);
    members.add("not_tested", json(requirement.notTested))
        .add("aspect", json(requirement.aspect))
        .add("module", json(requirement.module));
    out << "\n    }";
  }
  out << (first ? "]\n}\n" : "\n  ]\n}\n");
}

}  // namespace stoklab::conformance
