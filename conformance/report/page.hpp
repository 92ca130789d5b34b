#pragma once

#include "conformance/report/html_style.hpp"
#include "simulator/server/html_text.hpp"

#include <string>
#include <string_view>

namespace keyslot::conformance {

/// A whole page in the look of the reports. `body` is HTML already.
inline std::string html_page(std::string_view title, std::string_view body) {
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
           sim::element("title", "", title) + sim::element("style", "", html_style) + "</head>\n" +
           sim::element("body", "", body) + "</html>\n";
}

}  // namespace keyslot::conformance
