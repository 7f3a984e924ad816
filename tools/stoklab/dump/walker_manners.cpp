// What a device does with requests that nobody should send, with a connection that is kept, and
// with a session that it does not know.
#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <utility>

#include "dump/door_facts.h"
#include "dump/walker.h"
#include "dump/wrong_requests.h"

namespace stoklab::cli::dump {

using client::HttpAnswer;
using client::HttpExchange;
using protocol::Error;
using protocol::ErrorKind;
using protocol::Json;

namespace {

constexpr int kKeptRequests = 16;  // on one connection, to see whether it is closed
constexpr std::chrono::milliseconds kRawSilence{2'000};

// Of the connection, or different each time.
constexpr auto kOwnHeaders = std::to_array<std::string_view>(
    {"content-type", "content-length", "connection", "keep-alive", "transfer-encoding", "date",
     "set-cookie", "age", "etag", "last-modified", "expires"});

Json codesAsJson(const HttpAnswer& answer) {
  const AnswerCodes codes = codesOf(answer);
  Json facts = Json::object({{"status", codes.status}, {"error_code", codes.errorCode}});
  const auto body = protocol::parseJson(answer.body);
  if (body && body->find("error_code") != nullptr && codes.errorCode == 0) facts.set("taken", true);
  return facts;
}

// "HTTP/1.1 400 Bad Request": 400; 0 if it is nothing of the kind.
int statusIn(std::string_view head) {
  if (!head.starts_with("HTTP/1.") || head.size() < 12) return 0;
  int status = 0;
  for (const char c : head.substr(9, 3)) {
    if (c < '0' || c > '9') return 0;
    status = status * 10 + (c - '0');
  }
  return status;
}

}  // namespace

// A section that the device has, to ask for when it does not matter which.
Json Walker::cheapRead() const {
  for (const auto& [module, sections] : findings_.modules) {
    for (const FoundSection& each : sectionsFrom(sections)) {
      if (each.errorCode != 0 || each.table || module == kIdentityModule) continue;
      Json modules = Json::object();
      modules.set(module, Json::object({{"name", each.name}}));
      return modules;
    }
  }
  return Json::object();
}

Result<Json> Walker::wrongStep(WrongPlace place, const std::string& text) {
  if (place == WrongPlace::raw) {
    link_.throttle.wait();
    auto connection = RawConnection::open(link_.device);
    if (!connection) return connection.error();
    ++handshakes_;
    auto said = connection->say(text, std::min(kRawSilence, link_.device.timeout));
    const int status = said ? statusIn(*said) : 0;
    if (status == 0) return Json::object({{"dropped", true}});
    return Json::object({{"status", status}, {"error_code", 0}});
  }
  const bool get = place == WrongPlace::root;
  HttpExchange request{.path = get ? text : commandPath_, .body = get ? std::string() : text};
  if (get) {
    request.method = "GET";
    request.contentType.clear();
    if (text == "{command}") request.path = commandPath_;
  }
  auto answer = exchange(request);
  if (answer) return codesAsJson(*answer);
  const bool silent = answer.error().kind == ErrorKind::transport &&
                      answer.error().execution == protocol::Execution::mayHaveRun;
  if (silent || answer.error().kind == ErrorKind::malformed)
    return Json::object({{"dropped", true}});
  return answer.error();
}

Result<void> Walker::wrongRequests() {
  const Json read = cheapRead();
  if (read.size() == 0) {
    notes_.push_back("the device answers no section, so wrong requests were not tried");
    return {};
  }
  const std::string module = read.members()->front().key;
  const std::string section = *read.members()->front().value.find("name")->string();
  for (const WrongRequest& each : dump::wrongRequests()) {
    auto answer = steps_("wrong " + std::string(each.kind),
                         [&] { return wrongStep(each.place, textOf(each, module, section)); });
    if (!answer) return answer.error();
    findings_.wrong[std::string(each.kind)] = *std::move(answer);
  }
  return {};
}

Result<Json> Walker::connectionStep() {
  const Json read = cheapRead();
  const std::string body = getBody(read);
  link_.disconnect();
  int closedAfter = 0;
  Json facts = Json::object();
  std::vector<std::pair<std::string, std::string>> common;
  std::size_t connections = 0;
  for (int i = 1; i <= kKeptRequests && closedAfter == 0; ++i) {
    auto answer = post(commandPath_, body);
    if (!answer) return answer.error();
    if (i > 1 && link_.connectionsOpened() > connections) {
      closedAfter = i - 1;
      break;
    }
    connections = link_.connectionsOpened();
    if (i == 1) common = answer->headers;
    std::erase_if(common, [&](const auto& header) {
      return std::find(answer->headers.begin(), answer->headers.end(), header) ==
             answer->headers.end();
    });
    if (i == 1) facts.set("content_type", headerOf(*answer, "Content-Type"));
    if (lowered(headerOf(*answer, "Connection")) == "close") closedAfter = i;
  }
  facts.set("keep_alive", closedAfter != 1);
  if (closedAfter > 1) {
    facts.set("max_requests", closedAfter);
  } else if (closedAfter == 0 && base_->transport.maxRequestsPerConnection.value <= kKeptRequests) {
    facts.set("max_requests", 0);
  }
  Json& headers = facts.set("headers", Json::object());
  for (const auto& [name, value] : common) {
    const std::string key = lowered(name);
    if (std::find(kOwnHeaders.begin(), kOwnHeaders.end(), key) != kOwnHeaders.end()) continue;
    const std::string shown = redactor_.redactHeader(key, value);
    if (shown != value) steps_.noteMasked();
    headers.set(name, shown);
  }
  if (facts.find("content_type")->string()->empty()) facts.erase("content_type");
  return facts;
}

Result<Json> Walker::deadTokenStep() {
  // Of the form of a token, and never given out.
  const std::string path = "/stok=" + std::string(session_.token()->text().size(), '0') + "/ds";
  auto answer = post(path, getBody(cheapRead()));
  if (!answer) return answer.error();
  const AnswerCodes codes = codesOf(*answer);
  return Json::object({{"status", codes.status}, {"error_code", codes.errorCode}});
}

Result<void> Walker::manners() {
  auto dead = steps_("dead token", [&] { return deadTokenStep(); });
  if (!dead) return dead.error();
  findings_.deadToken = *std::move(dead);
  auto pages = steps_("page without a session", [&]() -> Result<Json> {
    auto answer = exchange({.method = "GET", .path = "/pc/Content.htm", .contentType = {}});
    if (!answer) return answer.error();
    const auto body = protocol::parseJson(answer->body);
    return Json::object({{"challenge", body && body->at({"data", "nonce"}) != nullptr}});
  });
  if (!pages) return pages.error();
  findings_.pages = *std::move(pages);
  auto connection = steps_("connection", [&] { return connectionStep(); });
  if (!connection) return connection.error();
  findings_.connection = *std::move(connection);
  if (!options_.httpPort || !link_.device.tls) return {};
  auto redirect = steps_("plain http", [&]() -> Result<Json> {
    Device plain = link_.device;
    plain.tls = false;
    plain.port = *options_.httpPort;
    link_.throttle.wait();
    auto opened = RawConnection::open(plain);
    if (!opened) return Json::object();
    const auto said = opened->say(
        "GET / HTTP/1.1\r\nHost: " + plain.host + "\r\nConnection: close\r\n\r\n", kRawSilence);
    const int status = said ? statusIn(*said) : 0;
    return status == 0 ? Json::object() : Json::object({{"status", status}});
  });
  if (!redirect) return redirect.error();
  findings_.redirect = *std::move(redirect);
  return {};
}

}  // namespace stoklab::cli::dump
