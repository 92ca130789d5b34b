#include "conformance/harness/reply_line.hpp"

namespace keyslot::conformance {

std::string reply_line(ReplyView reply) {
    if (reply.is_null()) {
        return "(nil)";
    }
    if (!reply.is_aggregate()) {
        auto const number = reply.type() == ReplyType::integer ? reply.as_integer() : std::nullopt;
        return number ? std::to_string(*number) : std::string(reply.text());
    }
    std::string line = "[";
    if (!reply.empty()) {
        for (ReplyView const element : reply) {
            line += line.size() == 1 ? "" : ", ";
            line += reply_line(element);
        }
    }
    return line + "]";
}

}  // namespace keyslot::conformance
