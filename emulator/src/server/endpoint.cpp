#include "stoklab/emulator/endpoint.h"

#include "http_text.h"

namespace stoklab::emulator {

std::string_view HttpRequest::header(std::string_view name) const {
  for (const HttpHeader& header : headers) {
    if (equalsIgnoringCase(header.name, name)) return header.value;
  }
  return {};
}

}  // namespace stoklab::emulator
