// The program as its users run it, for tests: a run from start to end, a device that the run did
// not start, and files that are gone afterwards.
#pragma once

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "harness/json_view.h"
#include "harness/process.h"

namespace stoklab::conformance {

inline constexpr const char* kPassword = "Selftest-Password-1";

struct Finished {
  int code = -1;
  std::string text;  // standard output and standard error
};

// Where all runs of this process keep their state, so that they meet nobody else's.
inline std::string stateDirectory() {
  struct Directory {
    Directory() {
      if (::mkdtemp(name.data()) == nullptr) std::abort();
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() {
      std::error_code ignored;
      std::filesystem::remove_all(name, ignored);
    }
    std::string name = testing::TempDir() + "stoklab-state-XXXXXX";
  };
  static const Directory directory;
  return directory.name;
}

// Runs the program with the given arguments and password.
inline Finished run(const std::string& arguments, const std::string& password = kPassword,
                    const std::string& state = stateDirectory()) {
  const std::string command = "XDG_STATE_HOME='" + state + "' STOKLAB_PASSWORD='" + password +
                              "' '" STOKLAB_PROGRAM "' " + arguments + " </dev/null 2>&1";
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  Finished finished;
  std::array<char, 4096> chunk{};
  for (std::size_t size = 0; (size = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;)
    finished.text.append(chunk.data(), size);
  const int status = ::pclose(pipe);
  finished.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return finished;
}

// The sections and tables of the shipped profile, "image.switch image.common ...".
inline std::string readablePaths() {
  std::ifstream in(STOKLAB_PROFILE, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto profile = parseJson(text);
  std::string paths;
  for (const Member& module : profile->find("modules")->members) {
    for (const Member& section : module.value.members) {
      const std::string& kind = section.value.find("kind")->text;
      if (kind == "section" || kind == "table") paths += module.name + "." + section.name + " ";
    }
  }
  return paths;
}

// A device that the judged run did not start.
class StrangeDevice {
 public:
  explicit StrangeDevice(const std::vector<std::string>& options = {})
      : process_({.command = command(options),
                  .environment = {{"STOKLAB_PASSWORD", kPassword},
                                  {"XDG_STATE_HOME", stateDirectory()}}}) {
    const auto announced = parseJson(process_.announcement());
    const Value* url = announced ? announced->find("url") : nullptr;
    url_ = url == nullptr ? "(no url)" : url->text;
  }
  std::string target() const { return " --target " + url_ + " "; }
  // Everything that can be read of it and does not change by itself.
  std::string state() const {
    return run("get --target " + url_ + " --format json " + readablePaths()).text;
  }

 private:
  static std::vector<std::string> command(const std::vector<std::string>& options) {
    std::vector<std::string> all = {STOKLAB_PROGRAM,   "emulate", "--port", "0",
                                    "--auto-shutdown", "300"};
    all.insert(all.end(), options.begin(), options.end());
    return all;
  }

  Process process_;
  std::string url_;
};

// A file name that is free, and free again afterwards.
class TemporaryFile {
 public:
  TemporaryFile() {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("stoklab-conform-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }
  std::string text() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::filesystem::path path_;
};

// A copy of the shipped profile with one text replaced.
class ChangedProfile {
 public:
  ChangedProfile(const std::string& old, const std::string& now)
      : directory_(std::filesystem::temp_directory_path() /
                   ("stoklab-profile-" + std::to_string(::getpid()))) {
    std::ifstream in(STOKLAB_PROFILE, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    for (const auto& [from, to] : {std::pair{old, now}, {name_, "changed"}}) {
      const std::size_t at = text.find(from);
      if (at != std::string::npos) text.replace(at, from.size(), to);
      changed_ = at != std::string::npos;
    }
    std::filesystem::create_directories(directory_);
    std::ofstream(path(), std::ios::binary) << text;
  }
  ChangedProfile(const ChangedProfile&) = delete;
  ChangedProfile& operator=(const ChangedProfile&) = delete;
  ~ChangedProfile() { std::filesystem::remove_all(directory_); }
  bool changed() const { return changed_; }
  std::string path() const { return (directory_ / "changed.json").string(); }

 private:
  std::string name_ = std::filesystem::path(STOKLAB_PROFILE).stem().string();
  std::filesystem::path directory_;
  bool changed_ = true;
};

}  // namespace stoklab::conformance
