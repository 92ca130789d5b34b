#include <keyslot/commands/acl.hpp>

#include "client/commands/decode_struct.hpp"

namespace keyslot {

namespace detail {

template <>
Result<AclUser::Selector> Decoder<AclUser::Selector>::decode(ReplyView reply) {
    return StructDecoder<AclUser::Selector>(reply)
        .named("commands", &AclUser::Selector::commands)
        .named("keys", &AclUser::Selector::keys)
        .named("channels", &AclUser::Selector::channels)
        .result();
}

template <>
Result<AclUser> Decoder<AclUser>::decode(ReplyView reply) {
    return StructDecoder<AclUser>(reply)
        .named("flags", &AclUser::flags)
        .named("passwords", &AclUser::passwords)
        .named("commands", &AclUser::commands)
        .named("keys", &AclUser::keys)
        .named("channels", &AclUser::channels)
        .named("selectors", &AclUser::selectors)
        .result();
}

template <>
Result<AclLogEntry> Decoder<AclLogEntry>::decode(ReplyView reply) {
    return StructDecoder<AclLogEntry>(reply)
        .named("count", &AclLogEntry::count)
        .named("reason", &AclLogEntry::reason)
        .named("context", &AclLogEntry::context)
        .named("object", &AclLogEntry::object)
        .named("username", &AclLogEntry::username)
        .named("age-seconds", &AclLogEntry::age_seconds)
        .named("client-info", &AclLogEntry::client_info)
        .result();
}

}  // namespace detail

}  // namespace keyslot
