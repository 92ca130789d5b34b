#include <keyslot/commands/common.hpp>

#include "client/protocol/numbers.hpp"

#include <charconv>

namespace keyslot {

void Limit::append_to(detail::ArgumentList& words) const {
    words.add("LIMIT").add(offset).add(count);
}

void ScanOptions::append_to(detail::ArgumentList& words) const {
    words.add_option("MATCH", match).add_option("COUNT", count);
}

namespace detail {

template <>
Result<Reply> Decoder<Reply>::decode(ReplyView reply) {
    return Reply(reply);
}

template <>
Result<std::uint64_t> Decoder<std::uint64_t>::decode(ReplyView reply) {
    std::string_view const text = reply.text();
    std::uint64_t value = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || failure != std::errc{} || end != text.data() + text.size()) {
        return unexpected_reply(reply, "an unsigned integer");
    }
    return value;
}

Result<std::chrono::sys_time<std::chrono::microseconds>> Decoder<
    std::chrono::sys_time<std::chrono::microseconds>>::decode(ReplyView reply) {
    auto const parts =
        Decoder<std::pair<std::chrono::seconds, std::chrono::microseconds>>::decode(reply);
    if (!parts) {
        return parts.failure();
    }
    return std::chrono::sys_time<std::chrono::microseconds>(parts->first + parts->second);
}

}  // namespace detail

}  // namespace keyslot
