#include "simulator/acl/selector.hpp"

#include <optional>
#include <vector>

namespace keyslot::sim {

namespace {

/// The category whose rule brings `wanted` nearest to what is still to be told: it must save more
/// single rules than it costs.
std::optional<std::size_t> best_category(CommandSet const& rest, bool adding,
                                         std::vector<bool> const& used) {
    std::optional<std::size_t> best;
    std::size_t fewest_wrong = 0;
    std::size_t most_right = 0;
    for (std::size_t category = 0; category < used.size(); ++category) {
        if (used[category]) {
            continue;
        }
        CommandSet::Count const count = rest.count_category(category);
        std::size_t const wrong = adding ? count.out : count.in;
        std::size_t const right = adding ? count.in : count.out;
        if (right > wrong &&
            (!best || wrong < fewest_wrong || (wrong == fewest_wrong && right > most_right))) {
            best = category;
            fewest_wrong = wrong;
            most_right = right;
        }
    }
    return best;
}

}  // namespace

/// Redis 7.0 does not remember the rules as they were given. It starts from all or nothing, goes through
/// the categories as long as one fits what is left better than single commands would, and ends with
/// single commands. (Those come in the order of its hash table there, by name here.)
std::string Selector::describe_commands() const {
    bool const adding = !commands_.started_full();
    std::string rules = adding ? "-@all" : "+@all";
    CommandSet told;
    told.put_all(!adding);
    CommandSet rest = commands_;
    std::vector<bool> used(acl_categories().size());
    while (auto const category = best_category(rest, adding, used)) {
        rules += (adding ? " +@" : " -@") + std::string(acl_categories()[*category]);
        told.put_category(*category, adding);
        rest.put_category(*category, !adding);
        used[*category] = true;
    }
    each_command(protocol::all_commands(), [&](protocol::CommandInfo const& command) {
        bool const allowed = commands_.contains(command);
        if (told.contains(command) != allowed) {
            rules += (allowed ? " +" : " -") + std::string(command.name);
            told.put(command, allowed);
        }
        auto const arguments = first_arguments_.find(command_number(command));
        if (!allowed && arguments != first_arguments_.end()) {
            for (std::string const& argument : arguments->second) {
                rules += " +" + std::string(command.name) + "|" + argument;
            }
        }
    });
    return rules;
}

std::string Selector::describe_keys() const {
    if (all_keys_) {
        return "~*";
    }
    std::string rules;
    for (KeyPattern const& key : keys_) {
        rules += rules.empty() ? "" : " ";
        rules += key.read && key.write ? "~" : key.read ? "%R~" : "%W~";
        rules += key.pattern;
    }
    return rules;
}

std::string Selector::describe_channels() const {
    if (all_channels_) {
        return "&*";
    }
    std::string rules;
    for (std::string const& channel : channels_) {
        rules += (rules.empty() ? "&" : " &") + channel;
    }
    return rules;
}

std::string Selector::describe() const {
    std::string const keys = describe_keys();
    std::string const channels = describe_channels();
    std::string rules = keys.empty() ? "" : keys + " ";
    rules += all_channels_ ? "" : "resetchannels ";
    rules += channels.empty() ? "" : channels + " ";
    return rules + describe_commands();
}

}  // namespace keyslot::sim
