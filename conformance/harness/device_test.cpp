// The device as the suites see it, against a camera of a few lines on the loopback: nothing here is
// the emulator's.
#include "harness/device.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace stoklab::conformance {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// The key of a challenge, as it travels.
std::string wireKey() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_RSA_gen(1024), &EVP_PKEY_free);
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  const std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return percentEncode(toBase64(bytes), false);
}

// Has one section, image.switch, and speaks plain HTTP. It says no word about keeping connections.
class SmallCamera {
 public:
  SmallCamera() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 8);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    target_ = {.tls = false, .host = "127.0.0.1", .port = ntohs(address.sin_port)};
    acceptor_ = std::thread([this] {
      for (int fd = 0; (fd = ::accept(listener_, nullptr, nullptr)) >= 0;) {
        const std::lock_guard lock(mutex_);
        open_.push_back(fd);
        servers_.emplace_back([this, fd] { serve(fd); });
      }
    });
  }
  SmallCamera(const SmallCamera&) = delete;
  SmallCamera& operator=(const SmallCamera&) = delete;
  ~SmallCamera() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    for (std::thread& server : servers_) server.join();
    for (const int fd : open_) ::close(fd);
    ::close(listener_);
  }

  Target target() const { return target_; }
  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return open_.size();
  }
  // The bodies of the sets that have come.
  std::vector<std::string> sets() const {
    const std::lock_guard lock(mutex_);
    return sets_;
  }
  std::map<std::string, std::string> fields() const {
    const std::lock_guard lock(mutex_);
    return fields_;
  }

  // What is odd about it. Set before anything is asked.
  bool closesAfterEach = false;
  bool dropsSets = false;
  bool refusesSetsOfSeveral = false;

 private:
  void serve(int fd) {
    std::string buffer;
    std::array<char, 4096> chunk{};
    for (ssize_t size = 0; (size = ::read(fd, chunk.data(), chunk.size())) > 0;) {
      buffer.append(chunk.data(), static_cast<std::size_t>(size));
      const std::size_t head = buffer.find("\r\n\r\n");
      if (head == std::string::npos) continue;
      const std::size_t length = buffer.find("Content-Length: ");
      const std::size_t body = std::stoul(buffer.substr(length + 16));
      if (buffer.size() < head + 4 + body) continue;
      const std::string answer = answerTo(buffer.substr(head + 4, body));
      buffer.erase(0, head + 4 + body);
      const std::string text =
          "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(answer.size()) + "\r\n\r\n" +
          answer;
      if (!answer.empty()) ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
      if (answer.empty() || closesAfterEach) ::shutdown(fd, SHUT_RDWR);
    }
  }

  std::string answerTo(const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (text.find("get_encrypt_info") != std::string::npos)
      return R"({"error_code":-40401,"data":{"encrypt_type":["2"],"nonce":"n","key":")" + key_ +
             "\"}}";
    if (text.find("\"login\"") != std::string::npos) return R"({"error_code":0,"stok":"token"})";
    const auto json = parseJson(text);
    if (const Value* changes = json ? json->at("image.switch") : nullptr;
        changes != nullptr && json->find("method")->text == "set") {
      sets_.push_back(text);
      if (dropsSets) return {};
      if (refusesSetsOfSeveral && changes->members.size() > 1) return R"({"error_code":-40209})";
      for (const Member& change : changes->members) fields_[change.name] = change.value.text;
      return R"({"error_code":0})";
    }
    std::string fields;
    for (const auto& [name, value] : fields_)
      fields += (fields.empty() ? "\"" : ",\"") + name + "\":\"" + value + "\"";
    return R"({"image":{"switch":{)" + fields + R"(}},"error_code":0})";
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::string> fields_ = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  std::vector<std::string> sets_;
  std::string key_ = wireKey();
  int listener_;
  Target target_;
  std::list<int> open_;
  std::list<std::thread> servers_;
  std::thread acceptor_;
};

// A device with all that it needs, logged in.
struct Bench {
  explicit Bench(const Target& target)
      : device({.target = target,
                .credentials = {.password = "Judge-1"},
                .own = true,
                .guard = &guard,
                .redactor = &redactor,
                .transcript = &transcript}) {
    device.session();
  }
  LoginGuard guard{true, 0};
  Redactor redactor;
  Transcript transcript;
  Device device;
};

constexpr const char* kGet = R"({"method":"get","image":{"name":"switch"}})";
constexpr const char* kSet = R"({"method":"set","image":{"switch":{"a":"7"}}})";
const Setting kA{"image", "switch", "a"};
const Setting kB{"image", "switch", "b"};

TEST(DeviceCommands, ShareAConnection) {
  const SmallCamera camera;
  Bench bench(camera.target());
  const std::size_t before = camera.connections();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bench.device.command(kGet).succeeded());
  EXPECT_TRUE(bench.device.command(kSet).succeeded());
  EXPECT_EQ(camera.connections(), before + 1);
}

TEST(DeviceCommands, WriteOnAnotherConnectionUntilTheDeviceIsSeenToKeepOne) {
  const SmallCamera camera;
  Bench bench(camera.target());
  const std::size_t before = camera.connections();
  EXPECT_TRUE(bench.device.command(kGet).succeeded());
  EXPECT_TRUE(bench.device.command(kSet).succeeded());
  EXPECT_EQ(camera.connections(), before + 2);
}

TEST(DeviceCommands, ReadAgainWhereTheDeviceHasClosed) {
  SmallCamera camera;
  camera.closesAfterEach = true;
  Bench bench(camera.target());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bench.device.command(kGet).succeeded());
}

TEST(DeviceCommands, NeverSendAWriteTwice) {
  SmallCamera camera;
  camera.dropsSets = true;
  Bench bench(camera.target());
  bench.device.command(kGet);
  bench.device.command(kGet);
  EXPECT_THROW(bench.device.command(kSet), WireFailure);
  EXPECT_THAT(camera.sets(), SizeIs(1));
}

TEST(Restore, PutsTheFieldsOfASectionBackWithOneSet) {
  const SmallCamera camera;
  Bench bench(camera.target());
  const auto before = camera.fields();
  EXPECT_TRUE(bench.device.change(kA, "8").succeeded());
  EXPECT_TRUE(bench.device.change(kB, "9").succeeded());
  EXPECT_THAT(bench.device.restore(), IsEmpty());
  EXPECT_EQ(camera.fields(), before);
  ASSERT_THAT(camera.sets(), SizeIs(3));
  EXPECT_THAT(camera.sets().back(), HasSubstr(R"("switch":{"a":"1","b":"2"})"));
}

TEST(Restore, WritesNothingThatHasNotChanged) {
  const SmallCamera camera;
  Bench bench(camera.target());
  bench.device.remember(kA);
  bench.device.remember(kB, *parseJson("\"2\""));
  EXPECT_THAT(bench.device.restore(), IsEmpty());
  EXPECT_THAT(camera.sets(), IsEmpty());
}

TEST(Restore, GoesFieldByFieldWhereASetOfAllIsRefused) {
  SmallCamera camera;
  camera.refusesSetsOfSeveral = true;
  Bench bench(camera.target());
  const auto before = camera.fields();
  EXPECT_TRUE(bench.device.change(kA, "8").succeeded());
  EXPECT_TRUE(bench.device.change(kB, "9").succeeded());
  EXPECT_THAT(bench.device.restore(), IsEmpty());
  EXPECT_EQ(camera.fields(), before);
}

}  // namespace
}  // namespace stoklab::conformance
