#include "simulator/commands/command_docs.hpp"
#include "simulator/commands/glob.hpp"
#include "simulator/commands/server_command.hpp"
#include "simulator/node/binding.hpp"

#include <algorithm>
#include <string>
#include <vector>

/// COMMAND: what a server tells of its commands (facts 8). It speaks of all of Redis 7.0, run here or not.
namespace keyslot::sim {

namespace {

using protocol::BeginSearch;
using protocol::CommandInfo;
using protocol::FindKeys;
using protocol::KeySpec;
using protocol::RespWriter;

void write_words(RespWriter& reply, std::span<std::string_view const> words) {
    reply.set(words.size());
    for (std::string_view const word : words) {
        reply.simple(word);
    }
}

void write_begin_search(RespWriter& reply, KeySpec const& spec) {
    reply.map(2);
    reply.bulk("type");
    switch (spec.begin_search) {
        case BeginSearch::index:
            reply.bulk("index");
            reply.bulk("spec");
            reply.map(1);
            reply.bulk("index");
            return reply.integer(spec.index);
        case BeginSearch::keyword:
            reply.bulk("keyword");
            reply.bulk("spec");
            reply.map(2);
            reply.bulk("keyword");
            reply.bulk(spec.keyword);
            reply.bulk("startfrom");
            return reply.integer(spec.start_from);
        case BeginSearch::unknown:
            reply.bulk("unknown");
            reply.bulk("spec");
            return reply.map(0);
    }
}

void write_find_keys(RespWriter& reply, KeySpec const& spec) {
    reply.map(2);
    reply.bulk("type");
    switch (spec.find_keys) {
        case FindKeys::range:
            reply.bulk("range");
            reply.bulk("spec");
            reply.map(3);
            reply.bulk("lastkey");
            reply.integer(spec.last_key);
            reply.bulk("keystep");
            reply.integer(spec.key_step);
            reply.bulk("limit");
            return reply.integer(spec.limit);
        case FindKeys::keynum:
            reply.bulk("keynum");
            reply.bulk("spec");
            reply.map(3);
            reply.bulk("keynumidx");
            reply.integer(spec.keynum_index);
            reply.bulk("firstkey");
            reply.integer(spec.first_key);
            reply.bulk("keystep");
            return reply.integer(spec.key_step);
        case FindKeys::unknown:
            reply.bulk("unknown");
            reply.bulk("spec");
            return reply.map(0);
    }
}

void write_key_spec(RespWriter& reply, KeySpec const& spec) {
    reply.map(spec.notes.empty() ? 3 : 4);
    if (!spec.notes.empty()) {
        reply.bulk("notes");
        reply.bulk(spec.notes);
    }
    reply.bulk("flags");
    write_words(reply, spec.flags);
    reply.bulk("begin_search");
    write_begin_search(reply, spec);
    reply.bulk("find_keys");
    write_find_keys(reply, spec);
}

void write_info(RespWriter& reply, CommandInfo const& info) {
    reply.array(10);
    reply.bulk(info.name);
    reply.integer(info.arity);
    write_words(reply, info.flag_names);
    reply.integer(info.first_key);
    reply.integer(info.last_key);
    reply.integer(info.step);
    write_words(reply, info.acl_categories);
    reply.set(info.tips.size());
    for (std::string_view const tip : info.tips) {
        reply.bulk(tip);
    }
    reply.set(info.key_specs.size());
    for (KeySpec const& spec : info.key_specs) {
        write_key_spec(reply, spec);
    }
    reply.set(info.subcommands.size());
    for (CommandInfo const& subcommand : info.subcommands) {
        write_info(reply, subcommand);
    }
}

void all_info(ServerCommand& command) {
    auto const all = protocol::all_commands();
    command.reply.array(all.size());
    for (CommandInfo const& info : all) {
        write_info(command.reply, info);
    }
}

void info(ServerCommand& command) {
    if (command.count() == 2) {
        return all_info(command);
    }
    command.reply.array(command.count() - 2);
    for (std::string_view const name : command.arguments.subspan(2)) {
        if (Binding const* const binding = find_binding(name)) {
            write_info(command.reply, *binding->info);
        } else {
            command.reply.null();
        }
    }
}

void count(ServerCommand& command) {
    command.reply.integer(static_cast<std::int64_t>(protocol::all_commands().size()));
}

void docs(ServerCommand& command) {
    std::vector<CommandInfo const*> found;
    for (std::string_view const name : command.arguments.subspan(2)) {
        if (Binding const* const binding = find_binding(name)) {
            found.push_back(binding->info);
        }
    }
    if (command.count() == 2) {
        for (CommandInfo const& info : protocol::all_commands()) {
            found.push_back(&info);
        }
    }
    command.reply.map(found.size());
    for (CommandInfo const* info : found) {
        write_command_docs(command.reply, *info);
    }
}

template <class Predicate>
void collect_names(std::span<CommandInfo const> commands, Predicate wanted,
                   std::vector<std::string_view>& names) {
    for (CommandInfo const& info : commands) {
        if (wanted(info)) {
            names.push_back(info.name);
        }
        collect_names(info.subcommands, wanted, names);
    }
}

void list(ServerCommand& command) {
    std::vector<std::string_view> names;
    auto const all = protocol::all_commands();
    bool const filtered = command.count() == 5 && command.is(2, "filterby");
    std::string_view const value = filtered ? command.argument(4) : std::string_view{};
    if (command.count() == 2) {
        collect_names(all, [](CommandInfo const&) { return true; }, names);
    } else if (filtered && command.is(3, "aclcat")) {
        std::string const category = "@" + lowered(value);
        collect_names(
            all,
            [&](CommandInfo const& info) {
                return std::ranges::count(info.acl_categories, std::string_view(category)) > 0;
            },
            names);
    } else if (filtered && command.is(3, "pattern")) {
        collect_names(
            all, [&](CommandInfo const& info) { return glob_match(value, info.name, true); },
            names);
    } else if (!filtered || !command.is(3, "module")) {
        return command.syntax_error();
    }
    command.reply.array(names.size());
    for (std::string_view const name : names) {
        command.reply.bulk(name);
    }
}

void help(ServerCommand& command) {
    static constexpr std::string_view lines[] = {
        "COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "(no subcommand)",
        "    Return details about all Redis commands.",
        "COUNT",
        "    Return the total number of commands in this Redis server.",
        "LIST",
        "    Return a list of all commands in this Redis server.",
        "INFO [<command-name> ...]",
        "    Return details about multiple Redis commands.",
        "    If no command names are given, documentation details for all",
        "    commands are returned.",
        "DOCS [<command-name> ...]",
        "    Return documentation details about multiple Redis commands.",
        "    If no command names are given, documentation details for all",
        "    commands are returned.",
        "GETKEYS <full-command>",
        "    Return the keys from a full Redis command.",
        "GETKEYSANDFLAGS <full-command>",
        "    Return the keys and the access flags from a full Redis command.",
        "HELP",
        "    Prints this help.",
    };
    command.help(lines);
}

constexpr ServerCommandEntry entries[] = {
    {"command", all_info},  {"command|count", count}, {"command|docs", docs},
    {"command|help", help}, {"command|info", info},   {"command|list", list},
};

}  // namespace

std::span<ServerCommandEntry const> command_commands() { return entries; }

}  // namespace keyslot::sim
