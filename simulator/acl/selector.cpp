#include "simulator/acl/selector.hpp"

#include "simulator/acl/rule_errors.hpp"
#include "simulator/commands/glob.hpp"
#include "simulator/node/words.hpp"

#include <algorithm>

namespace keyslot::sim {

namespace {

using protocol::CommandInfo;
using Problem = std::optional<std::string_view>;

/// "client|list" or "get", in any case.
CommandInfo const* find_by_full_name(std::string_view name) {
    std::size_t const bar = name.find('|');
    CommandInfo const* const command = protocol::find_command(name.substr(0, bar));
    if (command == nullptr || bar == std::string_view::npos) {
        return command;
    }
    return protocol::find_subcommand(*command, name.substr(bar + 1));
}

}  // namespace

std::vector<KeyAccess> const& CommandLine::keys() {
    if (!keys_) {
        keys_.emplace();
        find_keys(command, arguments, *keys_);
    }
    return *keys_;
}

Problem Selector::apply(std::string_view rule) {
    if (same_word(rule, "allkeys") || rule == "~*") {
        all_keys_ = true;
        keys_.clear();
    } else if (same_word(rule, "resetkeys")) {
        all_keys_ = false;
        keys_.clear();
    } else if (same_word(rule, "allchannels") || rule == "&*") {
        all_channels_ = true;
        channels_.clear();
    } else if (same_word(rule, "resetchannels")) {
        all_channels_ = false;
        channels_.clear();
    } else if (same_word(rule, "allcommands") || same_word(rule, "+@all")) {
        return set_category("all", true);
    } else if (same_word(rule, "nocommands") || same_word(rule, "-@all")) {
        return set_category("all", false);
    } else if (rule.starts_with('~') || rule.starts_with('%')) {
        return add_keys(rule);
    } else if (rule.starts_with('&')) {
        return add_channels(rule);
    } else if (rule.starts_with("+@") || rule.starts_with("-@")) {
        return set_category(rule.substr(2), rule[0] == '+');
    } else if (rule.starts_with('+') || rule.starts_with('-')) {
        return set_command(rule.substr(1), rule[0] == '+');
    } else {
        return rule_errors::syntax;
    }
    return std::nullopt;
}

Problem Selector::add_keys(std::string_view rule) {
    if (all_keys_) {
        return rule_errors::keys_after_all;
    }
    KeyPattern added;
    std::string_view pattern = rule.substr(1);
    if (rule[0] == '%') {
        std::size_t const tilde = pattern.find('~');
        std::string const access = lowered(pattern.substr(0, tilde));
        if (access != "r" && access != "w" && access != "rw" && access != "wr") {
            return rule_errors::syntax;
        }
        added.read = access.find('r') != std::string::npos;
        added.write = access.find('w') != std::string::npos;
        pattern.remove_prefix(std::min(tilde, pattern.size() - 1) +
                              1);  // "%R" means the pattern ""
    }
    if (has_blanks(pattern)) {
        return rule_errors::syntax;
    }
    added.pattern = pattern;
    auto const known = std::ranges::find(keys_, added.pattern, &KeyPattern::pattern);
    if (known == keys_.end()) {
        keys_.push_back(std::move(added));
    } else {
        known->read |= added.read;
        known->write |= added.write;
    }
    return std::nullopt;
}

Problem Selector::add_channels(std::string_view rule) {
    if (all_channels_) {
        return rule_errors::channels_after_all;
    }
    std::string_view const pattern = rule.substr(1);
    if (has_blanks(pattern)) {
        return rule_errors::syntax;
    }
    if (std::ranges::find(channels_, pattern) == channels_.end()) {
        channels_.emplace_back(pattern);
    }
    return std::nullopt;
}

Problem Selector::set_category(std::string_view name, bool allowed) {
    if (same_word(name, "all")) {
        all_commands_ = allowed;
        commands_.put_all(allowed);
        first_arguments_.clear();
        return std::nullopt;
    }
    auto const category = find_acl_category(name);
    if (!category) {
        return rule_errors::unknown_command;
    }
    each_command(protocol::all_commands(), [&](CommandInfo const& command) {
        if (in_acl_category(command, *category)) {
            put(command, allowed);
        }
    });
    return std::nullopt;
}

Problem Selector::set_command(std::string_view name, bool allowed) {
    std::size_t const bar = name.rfind('|');
    if (allowed && bar != std::string_view::npos) {
        CommandInfo const* const command = find_by_full_name(name.substr(0, bar));
        if (command == nullptr) {
            return rule_errors::unknown_command;
        }
        if (command->name.find('|') != std::string_view::npos) {
            return rule_errors::first_argument_of_subcommand;
        }
        if (bar + 1 == name.size()) {
            return rule_errors::syntax;
        }
        if (command->subcommands.empty()) {
            return allow_first_argument(name, bar);
        }
    }
    CommandInfo const* const command = find_by_full_name(name);
    if (command == nullptr) {
        return rule_errors::unknown_command;
    }
    put(*command, allowed);
    return std::nullopt;
}

Problem Selector::allow_first_argument(std::string_view rule, std::size_t bar) {
    CommandInfo const& command = *protocol::find_command(rule.substr(0, bar));
    std::vector<std::string>& allowed = first_arguments_[command_number(command)];
    std::string_view const argument = rule.substr(bar + 1);
    if (std::ranges::none_of(allowed,
                             [&](std::string const& word) { return same_word(word, argument); })) {
        allowed.emplace_back(argument);
    }
    return std::nullopt;
}

void Selector::put(CommandInfo const& command, bool allowed) {
    all_commands_ = all_commands_ && allowed;
    commands_.put(command, allowed);
    std::size_t const number = command_number(command);
    for (std::size_t n = 0; n <= command.subcommands.size(); ++n) {
        first_arguments_.erase(number + n);
    }
}

bool Selector::allows_command(CommandLine const& line) const {
    if (all_commands_ || line.command.has(protocol::flag_no_auth) ||
        commands_.contains(line.command)) {
        return true;
    }
    auto const allowed = first_arguments_.find(command_number(line.command));
    return allowed != first_arguments_.end() && line.arguments.size() > 1 &&
           std::ranges::any_of(allowed->second, [&](std::string const& word) {
               return same_word(word, line.arguments[1]);
           });
}

bool Selector::allows_key(std::string_view key, KeyAccess const& access) const {
    return std::ranges::any_of(keys_, [&](KeyPattern const& pattern) {
        return (pattern.read || !access.reads()) && (pattern.write || !access.writes()) &&
               glob_match(pattern.pattern, key);
    });
}

bool Selector::may_use_channel(std::string_view channel, bool is_pattern) const {
    return all_channels_ || std::ranges::any_of(channels_, [&](std::string const& pattern) {
               return is_pattern ? pattern == channel : glob_match(pattern, channel);
           });
}

AccessVerdict Selector::check(CommandLine& line) const {
    if (!allows_command(line)) {
        return {Denied::command};
    }
    if (!all_keys_ && has_keys(line.command)) {
        for (KeyAccess const& access : line.keys()) {
            if (!allows_key(line.arguments[access.position], access)) {
                return {Denied::key, access.position};
            }
        }
    }
    ChannelArguments const channels = channel_arguments(line.command);
    auto const count = static_cast<std::uint32_t>(line.arguments.size());
    std::uint32_t const end = channels.only_one ? std::min(2u, count) : count;
    for (std::uint32_t at = channels.first; channels.first != 0 && at < end; ++at) {
        if (!may_use_channel(line.arguments[at], channels.patterns)) {
            return {Denied::channel, at};
        }
    }
    return {};
}

}  // namespace keyslot::sim
