#include "simulator/server/html_text.hpp"

#include <cstdio>

namespace keyslot::sim {

std::string escaped(std::string_view text) {
    std::string result;
    for (char const c : text) {
        switch (c) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '"': result += "&quot;"; break;
            case '\'': result += "&#39;"; break;
            case '\n':
            case '\t': result += c; break;
            default:
                // A page may hold no other control character; keys and replies may.
                result += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
        }
    }
    return result;
}

std::string decimal(double number) {
    char text[40];
    std::snprintf(text, sizeof text, "%.2f", number);
    return text;
}

std::string element(std::string_view tag, std::string_view attributes, std::string_view content) {
    std::string html = "<";
    html += tag;
    if (!attributes.empty()) {
        html += ' ';
        html += attributes;
    }
    html += '>';
    html += content;
    html += "</";
    html += tag;
    html += '>';
    return html;
}

}  // namespace keyslot::sim
