#include "harness/html_template.h"

#include <gmock/gmock.h>

#include <stdexcept>

namespace stoklab::conformance {
namespace {

TEST(HtmlTemplate, PutsValuesInTheirPlaces) {
  EXPECT_EQ(renderHtml("<b>{{a}}</b> {{b}}", Values().set("a", "one").set("b", "two")),
            "<b>one</b> two");
}

TEST(HtmlTemplate, LetsNoMarkupIn) {
  EXPECT_EQ(renderHtml("<i title=\"{{a}}\">", Values().set("a", "\"><script>'x' & y</script>")),
            "<i title=\"&quot;&gt;&lt;script&gt;&#39;x&#39; &amp; y&lt;/script&gt;\">");
}

TEST(HtmlTemplate, ShowsBytesThatAreNoText) {
  EXPECT_EQ(htmlEscaped(std::string_view("a\0b\xFF\x1B", 5)), "a\\x00b\\xFF\\x1B");
}

TEST(HtmlTemplate, DoesNotLookIntoValuesAgain) {
  EXPECT_EQ(renderHtml("{{a}}{{b}}", Values().set("a", "{{b}}{{#a}}").set("b", "2")),
            "{{b}}{{#a}}2");
}

TEST(HtmlTemplate, RepeatsAPartForEachItem) {
  Values values;
  values.set("unit", "s").add("rows", Values().set("n", "1")).add("rows", Values().set("n", "2"));
  EXPECT_EQ(renderHtml("<ul>\n{{#rows}}\n<li>{{n}} {{unit}}\n{{/rows}}\n</ul>", values),
            "<ul>\n<li>1 s\n<li>2 s\n</ul>");
}

TEST(HtmlTemplate, LeavesAPartOutIfThereIsNothingForIt) {
  const auto values = Values().set("empty", "").set("full", "x").list("none");
  EXPECT_EQ(renderHtml("{{#empty}}a{{/empty}}{{#full}}b{{/full}}{{#none}}{{#deep}}c{{/deep}}"
                       "{{unknown}}{{/none}}",
                       values),
            "b");
}

TEST(HtmlTemplate, PrefersTheNamesOfAnItem) {
  Values values;
  values.set("n", "outer").add("rows", Values().set("n", "inner"));
  EXPECT_EQ(renderHtml("{{#rows}}{{n}}{{/rows}} {{n}}", values), "inner outer");
}

TEST(HtmlTemplate, RefusesWhatIsNotWellFormed) {
  for (const char* page : {"{{nothing}}", "{{#a}}x", "{{/a}}", "{{#a}}{{#b}}{{/a}}{{/b}}", "{{a"}) {
    SCOPED_TRACE(page);
    EXPECT_THROW(renderHtml(page, Values().set("a", "1").set("b", "1")), std::logic_error);
  }
}

}  // namespace
}  // namespace stoklab::conformance
