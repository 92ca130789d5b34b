#pragma once

#include "client/protocol/resp_parser.hpp"

#include <keyslot/reply.hpp>

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

/// RESP as tests write it: array({integer(0), bulk("x")}).
namespace keyslot::resp_text {

inline std::string bulk(std::string_view text) {
    return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}
inline std::string integer(long long value) { return ":" + std::to_string(value) + "\r\n"; }
inline std::string error(std::string_view text) { return "-" + std::string(text) + "\r\n"; }
inline std::string null2() { return "$-1\r\n"; }
inline std::string null3() { return "_\r\n"; }

inline std::string array(std::initializer_list<std::string> elements) {
    std::string text = "*" + std::to_string(elements.size()) + "\r\n";
    for (std::string const& element : elements) {
        text += element;
    }
    return text;
}

/// Names and values in turn.
inline std::string map3(std::initializer_list<std::string> elements) {
    std::string text = "%" + std::to_string(elements.size() / 2) + "\r\n";
    for (std::string const& element : elements) {
        text += element;
    }
    return text;
}

inline Reply parse(std::string const& resp) {
    protocol::RespParser parser;
    if (parser.parse(resp) != protocol::ParseStatus::complete) {
        throw std::logic_error("not RESP: " + resp);
    }
    return Reply(parser.reply());
}

}  // namespace keyslot::resp_text
