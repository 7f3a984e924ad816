#include "webui/web_ui.h"

#include <gmock/gmock.h>

#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

namespace {

const fixtures::Profile& profile() {
  static const auto kProfile = *fixtures::builtInProfile(fixtures::kDefaultProfile);
  return kProfile;
}

const WebUi& webUi() {
  static const WebUi kWebUi(profile(), WebUiBackend::emulated);
  return kWebUi;
}

HttpReply get(std::string_view target) {
  return webUi().find({.method = "GET", .target = target}).value();
}

// Every "/..." that the page loads, by its attributes src and href.
std::vector<std::string> loadedBy(const std::string& html) {
  std::vector<std::string> paths;
  for (const std::string_view attribute : {"src=\"", "href=\""}) {
    for (std::size_t at = html.find(attribute); at != std::string::npos;
         at = html.find(attribute, at + 1)) {
      const std::size_t begin = at + attribute.size();
      paths.push_back(html.substr(begin, html.find('"', begin) - begin));
    }
  }
  return paths;
}

}  // namespace

TEST(WebUi, ShowsAPageThatLoadsOnlyWhatIsThere) {
  const HttpReply page = get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.contentType, "text/html; charset=UTF-8");
  const auto paths = loadedBy(page.body);
  EXPECT_GE(paths.size(), 8U);
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    // The console is none of the camera's pages; see console.h.
    if (path.starts_with('#') || path == "/stoklab/console.html") continue;
    const auto file = webUi().find({.method = "GET", .target = path});
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ(file->status, 200);
  }
}

TEST(WebUi, HasAFileForEachOfItsPages) {
  for (const char* path :
       {"/", "/stoklab/style.css", "/stoklab/wire.js", "/stoklab/camera.js", "/stoklab/settings.js",
        "/stoklab/views.js", "/stoklab/app.js", "/stoklab/icon.svg", "/stoklab/lib/jsencrypt.js",
        "/stoklab/lib/md5.js", "/stoklab/lib/licences.txt", "/stoklab/about.json"}) {
    SCOPED_TRACE(path);
    EXPECT_GT(get(path).body.size(), 100U);
  }
}

TEST(WebUi, LetsAPageRunNoScriptOfItsOwnAndNoneFromElsewhere) {
  const HttpReply page = get("/");
  EXPECT_THAT(page.headers, Contains(Pair("Content-Security-Policy",
                                          AllOf(StartsWith("default-src 'none'; script-src 'self'"),
                                                Not(HasSubstr("unsafe"))))));
  EXPECT_THAT(page.body, Not(HasSubstr("<script>")));
  EXPECT_THAT(page.body, Not(HasSubstr("style=")));
  EXPECT_THAT(page.body, Not(HasSubstr("//")));  // no address of another host either
}

TEST(WebUi, CarriesTheNoticesOfTheLibrariesItGivesAway) {
  EXPECT_THAT(get("/stoklab/lib/licences.txt").body,
              AllOf(HasSubstr("Form.io"), HasSubstr("Tom Wu"), HasSubstr("Sebastian Tschan"),
                    HasSubstr("Permission is hereby granted")));
}

TEST(WebUi, SaysWhichProfileStandsBehindIt) {
  const auto about = protocol::parseJson(get("/stoklab/about.json").body).value();
  EXPECT_EQ(*about.find("backend"), protocol::Json("emulated"));
  EXPECT_EQ(*about.find("profile"), protocol::Json("c350_hw1.0_fw2.3.2"));
  EXPECT_EQ(*about.find("model"), protocol::Json("VIGI C350"));
  const WebUi replayed(profile(), WebUiBackend::replayed);
  EXPECT_THAT(replayed.find({.method = "GET", .target = "/stoklab/about.json"})->body,
              HasSubstr(R"("backend":"replayed")"));
}

TEST(WebUi, ListsWhatCanBeReadAndWhatItMayBe) {
  const std::string about = get("/stoklab/about.json").body;
  EXPECT_THAT(about, HasSubstr(R"({"name":"label_info","kind":"table")"));
  EXPECT_THAT(about, HasSubstr(R"("flicker":{"allowed":["50hz","60hz"]})"));
  EXPECT_THAT(about, HasSubstr(R"("luma":{"minimum":0,"maximum":100})"));
  EXPECT_THAT(about, Not(HasSubstr(R"("logout")")));  // an action
}

TEST(WebUi, AnswersAKnownETagWithoutABody) {
  const auto first = get("/stoklab/app.js");
  EXPECT_THAT(first.headers, Contains(Pair("Cache-Control", "no-cache")));
  std::string etag;
  for (const auto& [name, value] : first.headers)
    if (name == "ETag") etag = value;
  const std::array<HttpHeader, 1> headers = {{{"If-None-Match", etag}}};
  const auto again =
      webUi().find({.method = "GET", .target = "/stoklab/app.js", .headers = headers}).value();
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  const std::array<HttpHeader, 1> others = {{{"If-None-Match", "\"0123456789abcdef\""}}};
  EXPECT_EQ(webUi().find({.method = "GET", .target = "/stoklab/app.js", .headers = others})->status,
            200);
}

TEST(WebUi, LeavesEverythingElseToTheDevice) {
  for (const char* target :
       {"/stoklab", "/stoklab/", "/stoklab/nothing.js", "/stoklab/app.js/",
        "/stoklab/../stoklab/app.js", "/stok=abc/ds", "/index.html", "*", ""}) {
    SCOPED_TRACE(target);
    EXPECT_FALSE(webUi().find({.method = "GET", .target = target}).has_value());
  }
  EXPECT_FALSE(webUi().find({.method = "POST", .target = "/"}).has_value());
  EXPECT_TRUE(webUi().find({.method = "HEAD", .target = "/?from=somewhere"}).has_value());
}

}  // namespace stoklab::emulator
