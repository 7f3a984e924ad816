// What clients did to a camera, one line of JSON an exchange, without their secrets:
//
//   {"n":3,"http":"POST","path":"/stok=***/ds","method":"set","asks":["image.switch"],"status":200,
//    "error_code":0}
//
// "method", "asks" and "error_code" are there if bodies say so. A line is written before the answer
// is sent, so whoever has the answer finds the line.
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <mutex>

#include "stoklab/emulator/endpoint.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

// The line of one exchange, without its number.
protocol::Json journalEntry(const HttpRequest& request, const HttpReply& reply);

class ExchangeJournal final : public Endpoint {
 public:
  // `file` is open for writing.
  ExchangeJournal(std::unique_ptr<Endpoint> inside, std::ofstream file);

  HttpReply handle(const HttpRequest& request, const Peer& peer) override;
  Effort effortOf(const HttpRequest& request) const override { return inside_->effortOf(request); }

 private:
  std::unique_ptr<Endpoint> inside_;
  std::mutex mutex_;  // guards the two below
  std::ofstream file_;
  std::int64_t count_ = 0;
};

}  // namespace stoklab::emulator
