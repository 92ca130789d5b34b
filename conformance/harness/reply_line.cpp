#include "conformance/harness/reply_line.hpp"

namespace keyslot::conformance {

std::string list_line(std::vector<std::string> const& elements) {
    std::string line = "[";
    for (std::string const& element : elements) {
        line += &element == &elements.front() ? "" : ", ";
        line += element;
    }
    return line + "]";
}

std::string reply_line(ReplyView reply) {
    if (reply.is_null()) {
        return "(nil)";
    }
    if (!reply.is_aggregate()) {
        auto const number = reply.type() == ReplyType::integer ? reply.as_integer() : std::nullopt;
        return number ? std::to_string(*number) : std::string(reply.text());
    }
    std::vector<std::string> elements;
    if (!reply.empty()) {
        for (ReplyView const element : reply) {
            elements.push_back(reply_line(element));
        }
    }
    return list_line(elements);
}

}  // namespace keyslot::conformance
