#include "harness/html_template.h"

#include <stdexcept>

#include "harness/redaction.h"

namespace stoklab::conformance {
namespace {

class Renderer {
 public:
  explicit Renderer(std::string_view page) : page_(page) {}

  // Writes from the present place to the end tag of `part`, or to the end of the page if there is
  // no part. Nothing is written if `wanted` is false.
  void write(const std::string& part, bool wanted, std::string& out) {
    for (;;) {
      const std::size_t open = page_.find("{{", at_);
      if (wanted) out += page_.substr(at_, open == std::string_view::npos ? open : open - at_);
      if (open == std::string_view::npos) {
        if (!part.empty()) throw std::logic_error("the part " + part + " of a page does not end");
        return;
      }
      const std::size_t close = page_.find("}}", open);
      if (close == std::string_view::npos) throw std::logic_error("a tag of a page does not end");
      const std::string tag(page_.substr(open + 2, close - open - 2));
      at_ = close + 2;
      const bool opens = tag.rfind('#', 0) == 0;
      const bool ends = tag.rfind('/', 0) == 0;
      if ((opens || ends) && at_ < page_.size() && page_[at_] == '\n') ++at_;
      if (ends) {
        if (tag.substr(1) == part) return;
        throw std::logic_error("a part of a page ends as " + tag + ", not as /" + part);
      }
      if (opens) {
        writePart(tag.substr(1), wanted, out);
      } else if (wanted) {
        out += htmlEscaped(textOf(tag));
      }
    }
  }

  void enter(const Values& values) { scopes_.push_back(&values); }
  void leave() { scopes_.pop_back(); }

 private:
  void writePart(const std::string& name, bool wanted, std::string& out) {
    const std::size_t start = at_;
    bool written = false;
    if (const auto* items = wanted ? itemsOf(name) : nullptr; items != nullptr) {
      for (const Values& item : *items) {
        at_ = start;
        enter(item);
        write(name, true, out);
        leave();
        written = true;
      }
    } else if (wanted && !textOf(name).empty()) {
      write(name, true, out);
      written = true;
    }
    if (!written) write(name, false, out);
  }

  const std::vector<Values>* itemsOf(const std::string& name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      if (const auto* items = (*scope)->items(name)) return items;
    }
    return nullptr;
  }

  const std::string& textOf(const std::string& name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      if (const auto* text = (*scope)->text(name)) return *text;
    }
    throw std::logic_error("a page asks for '" + name + "', which is not there");
  }

  std::string_view page_;
  std::size_t at_ = 0;
  std::vector<const Values*> scopes_;
};

}  // namespace

Values& Values::set(const std::string& name, std::string_view text) {
  texts_[name] = text;
  return *this;
}

Values& Values::list(const std::string& name) {
  lists_[name];
  return *this;
}

Values& Values::add(const std::string& name, Values item) {
  lists_[name].push_back(std::move(item));
  return *this;
}

const std::string* Values::text(const std::string& name) const {
  const auto at = texts_.find(name);
  return at == texts_.end() ? nullptr : &at->second;
}

const std::vector<Values>* Values::items(const std::string& name) const {
  const auto at = lists_.find(name);
  return at == lists_.end() ? nullptr : &at->second;
}

std::string renderHtml(std::string_view page, const Values& values) {
  Renderer renderer(page);
  renderer.enter(values);
  std::string out;
  renderer.write("", true, out);
  return out;
}

std::string htmlEscaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace stoklab::conformance
