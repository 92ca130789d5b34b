#include <keyslot/commands/introspection.hpp>

#include "client/commands/decode_struct.hpp"

namespace keyslot {

void CommandListOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("FILTERBY", module || category || pattern)
        .add_option("MODULE", module)
        .add_option("ACLCAT", category)
        .add_option("PATTERN", pattern);
}

namespace detail {

template <>
Result<CommandDetails> Decoder<CommandDetails>::decode(ReplyView reply) {
    StructDecoder<CommandDetails> decoder(reply);
    decoder.at(0, &CommandDetails::name)
        .at(1, &CommandDetails::arity)
        .at(2, &CommandDetails::flags)
        .at(3, &CommandDetails::first_key)
        .at(4, &CommandDetails::last_key)
        .at(5, &CommandDetails::step)
        .at(6, &CommandDetails::acl_categories);
    if (reply.is_aggregate() &&
        reply.size() > 7) {  // since Redis 7; the key specifications are left out
        decoder.at(7, &CommandDetails::tips).at(9, &CommandDetails::subcommands);
    }
    return decoder.result();
}

template <>
Result<CommandDocs> Decoder<CommandDocs>::decode(ReplyView reply) {
    return StructDecoder<CommandDocs>(reply)
        .named("summary", &CommandDocs::summary)
        .named("since", &CommandDocs::since)
        .named("group", &CommandDocs::group)
        .maybe_named("complexity", &CommandDocs::complexity)
        .result();
}

}  // namespace detail

}  // namespace keyslot
