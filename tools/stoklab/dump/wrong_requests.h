// Requests that are wrong and harmless: one for each kind of bad request that somebody who only
// reads can provoke. What a device answers to them is a part of how it behaves.
//
// The one thing not to get wrong: nothing here could change a device that reads it leniently, and
// nothing is too long: whoever sends a small web server more than it expects may bring it down.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace stoklab::cli::dump {

enum class WrongPlace {
  command,  // POST to the session's command path
  root,     // GET of a path
  raw,      // bytes on a connection of their own
};

struct WrongRequest {
  std::string_view kind;  // of fixtures::badRequestKinds()
  WrongPlace place = WrongPlace::command;
  // {m} and {s} stand for a module and a section that the device has, {deep} for nested arrays.
  std::string_view text = {};  // body, path, or bytes
};

std::span<const WrongRequest> wrongRequests();

// The text with its names put in.
std::string textOf(const WrongRequest& request, std::string_view module, std::string_view section);

}  // namespace stoklab::cli::dump
