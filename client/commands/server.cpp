#include <keyslot/commands/server.hpp>

#include "client/commands/decode_struct.hpp"
#include "client/commands/text_fields.hpp"

namespace keyslot {

std::optional<std::string_view> ServerInfo::find(std::string_view name) const {
    return detail::find_field(fields, name);
}

void BgSaveOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("SCHEDULE", schedule);
}

void ShutdownOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("NOSAVE", nosave)
        .add_flag("SAVE", save)
        .add_flag("NOW", now)
        .add_flag("FORCE", force);
}

void ModuleLoadExOptions::append_to(detail::ArgumentList& words) const {
    configs.for_each([&words](KeyValue const& config) { words.add("CONFIG").add(config); });
    words.add_flag("ARGS", !arguments.empty()).add(arguments);
}

namespace detail {

template <>
Result<ServerInfo> Decoder<ServerInfo>::decode(ReplyView reply) {
    Result<std::string> const text = Decoder<std::string>::decode(reply);
    if (!text) {
        return text.failure();
    }
    return ServerInfo{text_fields(*text, '\n', ':')};
}

template <>
Result<ServerRole::Replica> Decoder<ServerRole::Replica>::decode(ReplyView reply) {
    return StructDecoder<ServerRole::Replica>(reply)
        .at(0, &ServerRole::Replica::host)
        .at(1, &ServerRole::Replica::port)
        .at(2, &ServerRole::Replica::offset)
        .result();
}

template <>
Result<ServerRole> Decoder<ServerRole>::decode(ReplyView reply) {
    StructDecoder<ServerRole> decoder(reply);
    decoder.at(0, &ServerRole::role);
    if (reply.is_aggregate() && reply.size() == 3) {
        decoder.at(1, &ServerRole::offset).at(2, &ServerRole::replicas);
    } else {
        decoder.at(1, &ServerRole::master_host)
            .at(2, &ServerRole::master_port)
            .at(3, &ServerRole::state)
            .at(4, &ServerRole::offset);
    }
    return decoder.result();
}

template <>
Result<ModuleInfo> Decoder<ModuleInfo>::decode(ReplyView reply) {
    return StructDecoder<ModuleInfo>(reply)
        .named("name", &ModuleInfo::name)
        .named("ver", &ModuleInfo::version)
        .maybe_named("path", &ModuleInfo::path)
        .maybe_named("args", &ModuleInfo::arguments)
        .result();
}

}  // namespace detail

}  // namespace keyslot
