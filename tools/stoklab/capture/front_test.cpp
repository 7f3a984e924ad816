#include "capture/front.h"

#include <gtest/gtest.h>

namespace stoklab::cli {

namespace {

const Target kCamera{.tls = true, .host = "192.0.2.7", .port = 443};
constexpr const char* kFront = "https://127.0.0.1:8443";

}  // namespace

TEST(Front, NamesAnOriginAsABrowserDoes) {
  EXPECT_EQ(originOf(kCamera), "https://192.0.2.7");
  EXPECT_EQ(originOf({.tls = false, .host = "camera.test", .port = 80}), "http://camera.test");
  EXPECT_EQ(originOf({.tls = true, .host = "::1", .port = 8443}), "https://[::1]:8443");
}

TEST(Front, TakesThePlaceOfTheDeviceInItsUrls) {
  EXPECT_EQ(withOrigin("https://192.0.2.7/a?b#c", kCamera, kFront), "https://127.0.0.1:8443/a?b#c");
  EXPECT_EQ(withOrigin("HTTPS://192.0.2.7:443", kCamera, kFront), "https://127.0.0.1:8443");
  EXPECT_EQ(withOrigin("//192.0.2.7/x", kCamera, kFront), "https://127.0.0.1:8443/x");
  EXPECT_EQ(withOrigin(" https://Camera.test?q", {.host = "camera.TEST"}, kFront),
            "https://127.0.0.1:8443?q");
  EXPECT_EQ(withOrigin("https://[::1]:8443/", {.host = "::1", .port = 8443}, kFront),
            "https://127.0.0.1:8443/");
}

TEST(Front, LeavesOtherUrlsAlone) {
  for (const char* url :
       {"/login", "", "index.html", "http://192.0.2.7/", "https://192.0.2.7:8443/",
        "https://192.0.2.70/", "https://192.0.2.7.test/", "https://user@192.0.2.7/", "null",
        "ftp://192.0.2.7/", "https://", "//", "data:text/plain,https://192.0.2.7/"}) {
    SCOPED_TRACE(url);
    EXPECT_EQ(withOrigin(url, kCamera, kFront), std::nullopt);
  }
}

TEST(Front, LetsABrowserKeepTheCookiesOfTheDevice) {
  EXPECT_EQ(cookieForFront("a=b; Domain=192.0.2.7; Path=/; Secure", kCamera, true),
            "a=b; Path=/; Secure");
  EXPECT_EQ(cookieForFront("a=b; domain=.192.0.2.7;secure; HttpOnly", kCamera, false),
            "a=b; HttpOnly");
  EXPECT_EQ(cookieForFront("Secure=1; Domain=other.test", kCamera, false),
            "Secure=1; Domain=other.test");
  EXPECT_EQ(cookieForFront("", kCamera, false), "");
}

}  // namespace stoklab::cli
