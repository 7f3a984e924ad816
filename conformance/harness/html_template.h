// Text into a page: a template with named places, and the values that go there. Whatever goes in is
// escaped, so that an answer of a device that holds "<script>" is shown and does not run; there is
// no way to put markup in. Values are not looked at again: "{{x}}" in one stays as it is.
//
//   {{name}}               the value of that name
//   {{#name}}...{{/name}}  the part between, once for each item of that list, or once if the value
//                          of that name is not empty. A line break right after either tag is
//                          dropped.
//
// In an item, names of what is around it are seen too, its own first. A name that is not there and
// a part that does not end throw std::logic_error: the template is ours, so the judge is at fault.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stoklab::conformance {

class Values {
 public:
  Values& set(const std::string& name, std::string_view text);
  // Makes an empty list, or does nothing if there is one of that name.
  Values& list(const std::string& name);
  Values& add(const std::string& name, Values item);

  // Null if there is none of that name.
  const std::string* text(const std::string& name) const;
  const std::vector<Values>* items(const std::string& name) const;

 private:
  std::map<std::string, std::string> texts_;
  std::map<std::string, std::vector<Values>> lists_;
};

std::string renderHtml(std::string_view page, const Values& values);

// For text between tags and for attribute values in quotes of either kind. Bytes that are not
// printable UTF-8 become "\xNN".
std::string htmlEscaped(std::string_view text);

}  // namespace stoklab::conformance
