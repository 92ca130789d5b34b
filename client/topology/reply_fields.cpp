#include "client/topology/reply_fields.hpp"

namespace keyslot::topology {

bool is_list(ReplyView reply) {
    return reply.type() == ReplyType::array || reply.type() == ReplyType::set ||
           reply.type() == ReplyType::push;
}

bool is_string(ReplyView reply) {
    return reply.type() == ReplyType::bulk_string || reply.type() == ReplyType::simple_string ||
           reply.type() == ReplyType::verbatim_string;
}

std::optional<std::uint16_t> slot_number(ReplyView reply) {
    auto const number = reply.as_integer();
    if (!number || *number < 0 || *number >= slot_count) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(*number);
}

std::uint16_t port_number(ReplyView reply) {
    auto const number = reply.as_integer();
    return number && *number > 0 && *number <= 0xffff ? static_cast<std::uint16_t>(*number)
                                                      : std::uint16_t{0};
}

std::string unexpected(std::string_view command, ReplyView reply) {
    std::string text(command);
    if (reply.is_error()) {
        text += ": the node answered: ";
        text += reply.text();
    } else {
        text += ": an array was expected, the reply is of type ";
        text += to_string(reply.type());
    }
    return text;
}

}  // namespace keyslot::topology
