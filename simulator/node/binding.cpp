#include "simulator/node/binding.hpp"

#include "simulator/acl/command_set.hpp"

#include <array>
#include <utility>

namespace keyslot::sim {

namespace {

using protocol::CommandInfo;

constexpr std::array<std::pair<std::string_view, Special>, 20> specials{{
    {"exec", Special::exec},
    {"discard", Special::discard},
    {"multi", Special::multi},
    {"watch", Special::watch},
    {"quit", Special::quit},
    {"reset", Special::reset},
    {"asking", Special::asking},
    {"migrate", Special::migrate},
    {"restore-asking", Special::restore_asking},
    {"eval", Special::script},
    {"eval_ro", Special::script},
    {"evalsha", Special::script},
    {"evalsha_ro", Special::script},
    {"spublish", Special::shard_pubsub},
    {"ssubscribe", Special::shard_pubsub},
    {"sunsubscribe", Special::shard_pubsub},
    {"debug", Special::switched_off},
    {"module|load", Special::switched_off},
    {"module|loadex", Special::switched_off},
    {"module|unload", Special::switched_off},
}};

Special special_of(std::string_view name) {
    for (auto const& [special_name, special] : specials) {
        if (special_name == name) {
            return special;
        }
    }
    return Special::none;
}

Binding bind(CommandInfo const& info) {
    Binding binding;
    binding.info = &info;
    binding.server_handler = find_server_handler(info.name);
    binding.data_handler = find_handler(info.name);
    binding.special = special_of(info.name);
    binding.number = command_number(info);
    bool const movable = info.has(protocol::flag_movablekeys);
    binding.keyed = movable || !info.key_specs.empty();
    binding.one_key_first = !movable && info.first_key == 1 && info.last_key == 1;
    for (CommandInfo const& subcommand : info.subcommands) {
        binding.subcommands.push_back(bind(subcommand));
    }
    return binding;
}

/// In the order of all_commands().
std::vector<Binding> const& all_bindings() {
    static std::vector<Binding> const bindings = [] {
        std::vector<Binding> all;
        for (CommandInfo const& info : protocol::all_commands()) {
            all.push_back(bind(info));
        }
        return all;
    }();
    return bindings;
}

Binding const* top_level(std::string_view name) {
    CommandInfo const* info = protocol::find_command(name);
    if (info == nullptr) {
        return nullptr;
    }
    return &all_bindings()[static_cast<std::size_t>(info - protocol::all_commands().data())];
}

Binding const* subcommand_of(Binding const& container, std::string_view name) {
    CommandInfo const* info = protocol::find_subcommand(*container.info, name);
    if (info == nullptr) {
        return nullptr;
    }
    return &container
                .subcommands[static_cast<std::size_t>(info - container.info->subcommands.data())];
}

}  // namespace

BoundCommand find_binding(Arguments arguments) {
    Binding const* command = top_level(arguments[0]);
    if (command == nullptr || !command->is_container() || arguments.size() == 1) {
        return {command, nullptr};
    }
    return {subcommand_of(*command, arguments[1]), command};
}

Binding const* find_binding(std::string_view name) {
    std::size_t const bar = name.find('|');
    Binding const* command = top_level(name.substr(0, bar));
    if (command == nullptr || bar == std::string_view::npos) {
        return command;
    }
    return subcommand_of(*command, name.substr(bar + 1));
}

}  // namespace keyslot::sim
