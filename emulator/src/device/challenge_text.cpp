#include "challenge_text.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace stoklab::emulator {

namespace {

// No part of a key in base64, which has no such character.
constexpr std::string_view kMark = "_nonce_";

bool isPlain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool differInTheirNonceOnly(const protocol::Challenge& one, const protocol::Challenge& other) {
  return one.code == other.code && one.key == other.key && one.key2 == other.key2 &&
         one.encryptTypes == other.encryptTypes && one.md5EncryptType == other.md5EncryptType &&
         one.passwdType == other.passwdType && one.attemptsLeft == other.attemptsLeft &&
         one.maxAttempts == other.maxAttempts && one.lockedFor == other.lockedFor;
}

}  // namespace

ChallengeText::ChallengeText(protocol::Challenge usual, WireStyle style)
    : usual_(std::move(usual)), style_(style) {
  protocol::Challenge marked = usual_;
  marked.nonce = kMark;
  std::string text;
  appendWire(toJson(marked), style_, text);
  // Where a profile encodes underscores, nothing is found, and nothing is kept.
  const auto at = text.find(kMark);
  if (at == std::string::npos) return;
  before_ = text.substr(0, at);
  after_ = text.substr(at + kMark.size());
}

void ChallengeText::append(const protocol::Challenge& challenge, std::string& out) const {
  const std::string& nonce = challenge.nonce;
  if (before_.empty() || !std::all_of(nonce.begin(), nonce.end(), isPlain) ||
      !differInTheirNonceOnly(challenge, usual_)) {
    appendWire(toJson(challenge), style_, out);
    return;
  }
  out.reserve(out.size() + before_.size() + nonce.size() + after_.size() + 1);
  out += before_;
  out += nonce;
  out += after_;
}

}  // namespace stoklab::emulator
