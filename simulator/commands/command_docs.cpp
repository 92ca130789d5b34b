#include "simulator/commands/command_docs.hpp"

#include "client/protocol/command_table.hpp"
#include "client/protocol/resp_writer.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstddef>

namespace keyslot::sim {

namespace {

using protocol::CommandInfo;
using protocol::RespWriter;

std::string_view text_of(CommandInfo const& info) {
    auto const all = all_command_docs();
    auto const found = std::ranges::lower_bound(all, info.name, {}, &CommandDocs::name);
    assert(found != all.end() && found->name == info.name);
    return found->text;
}

std::string_view take_line(std::string_view& text) {
    std::size_t const end = text.find('\n');
    std::string_view const line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

std::size_t number(std::string_view digits) {
    std::size_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

void write_line(RespWriter& reply, std::string_view line) {
    std::string_view const rest = line.substr(1);
    switch (line[0]) {
        case '%': return reply.map(number(rest));
        case '~': return reply.set(number(rest));
        case '*': return reply.array(number(rest));
        case ':': return reply.integer(static_cast<std::int64_t>(number(rest)));
        case '+': return reply.simple(rest);
        default: return reply.bulk(rest);
    }
}

}  // namespace

void write_command_docs(RespWriter& reply, CommandInfo const& info) {
    std::string_view text = text_of(info);
    bool const container = !info.subcommands.empty();
    reply.bulk(info.name);
    reply.map(number(take_line(text).substr(1)) + (container ? 1 : 0));
    while (!text.empty()) {
        write_line(reply, take_line(text));
    }
    if (container) {
        reply.bulk("subcommands");
        reply.map(info.subcommands.size());
        for (CommandInfo const& subcommand : info.subcommands) {
            write_command_docs(reply, subcommand);
        }
    }
}

}  // namespace keyslot::sim
