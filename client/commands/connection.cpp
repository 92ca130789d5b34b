#include <keyslot/commands/connection.hpp>

#include "client/commands/decode_struct.hpp"
#include "client/commands/text_fields.hpp"

#include <algorithm>

namespace keyslot {

std::optional<std::string_view> ClientFields::find(std::string_view name) const {
    return detail::find_field(fields, name);
}

void ClientListOptions::append_to(detail::ArgumentList& words) const {
    words.add_option("TYPE", type).add_flag("ID", !ids.empty()).add(ids);
}

void ClientKillFilter::append_to(detail::ArgumentList& words) const {
    words.add_option("ID", id)
        .add_option("TYPE", type)
        .add_option("USER", user)
        .add_option("ADDR", addr)
        .add_option("LADDR", laddr);
    words.add("SKIPME").add(skipme ? "yes" : "no");
}

void ClientPauseOptions::append_to(detail::ArgumentList& words) const {
    words.add(all ? "ALL" : "WRITE");
}

void ClientUnblockOptions::append_to(detail::ArgumentList& words) const {
    words.add(error ? "ERROR" : "TIMEOUT");
}

namespace detail {

template <>
Result<ClientFields> Decoder<ClientFields>::decode(ReplyView reply) {
    Result<std::string> const text = Decoder<std::string>::decode(reply);
    if (!text) {
        return text.failure();
    }
    std::string_view line = *text;
    if (line.ends_with('\n')) {
        line.remove_suffix(1);
    }
    return ClientFields{text_fields(line, ' ', '=')};
}

Result<std::vector<ClientFields>> Decoder<std::vector<ClientFields>>::decode(ReplyView reply) {
    Result<std::string> const text = Decoder<std::string>::decode(reply);
    if (!text) {
        return text.failure();
    }
    std::vector<ClientFields> clients;
    std::string_view lines = *text;
    while (!lines.empty()) {
        std::size_t const end = std::min(lines.find('\n'), lines.size());
        clients.push_back({text_fields(lines.substr(0, end), ' ', '=')});
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    return clients;
}

template <>
Result<ClientTrackingInfo> Decoder<ClientTrackingInfo>::decode(ReplyView reply) {
    return StructDecoder<ClientTrackingInfo>(reply)
        .named("flags", &ClientTrackingInfo::flags)
        .named("redirect", &ClientTrackingInfo::redirect)
        .named("prefixes", &ClientTrackingInfo::prefixes)
        .result();
}

}  // namespace detail

}  // namespace keyslot
