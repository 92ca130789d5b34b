#include "simulator/acl/command_set.hpp"

#include "simulator/node/words.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <vector>

namespace keyslot::sim {

namespace {

using protocol::CommandInfo;

constexpr std::array<std::string_view, 21> categories{
    "keyspace", "read",   "write",       "set",       "sortedset",  "list",        "hash",
    "string",   "bitmap", "hyperloglog", "geo",       "stream",     "pubsub",      "admin",
    "fast",     "slow",   "blocking",    "dangerous", "connection", "transaction", "scripting"};

struct Numbers {
    std::vector<std::size_t> of_top_level;
    std::vector<std::uint32_t> category_mask;  // by number
};

std::uint32_t mask_of(CommandInfo const& command) {
    std::uint32_t mask = 0;
    for (std::string_view const category : command.acl_categories) {
        auto const place = std::ranges::find(categories, category.substr(1));
        assert(place != categories.end());
        mask |= 1u << static_cast<unsigned>(place - categories.begin());
    }
    return mask;
}

Numbers const& numbers() {
    static Numbers const all = [] {
        Numbers made;
        for (CommandInfo const& command : protocol::all_commands()) {
            made.of_top_level.push_back(made.category_mask.size());
            made.category_mask.push_back(mask_of(command));
            for (CommandInfo const& subcommand : command.subcommands) {
                made.category_mask.push_back(mask_of(subcommand));
            }
        }
        return made;
    }();
    return all;
}

std::size_t top_level_number(CommandInfo const& command) {
    auto const place = static_cast<std::size_t>(&command - protocol::all_commands().data());
    return numbers().of_top_level[place];
}

}  // namespace

std::size_t command_number(CommandInfo const& command) {
    std::size_t const bar = command.name.find('|');
    if (bar == std::string_view::npos) {
        return top_level_number(command);
    }
    CommandInfo const& container = *protocol::find_command(command.name.substr(0, bar));
    return top_level_number(container) + 1 +
           static_cast<std::size_t>(&command - container.subcommands.data());
}

std::span<std::string_view const> acl_categories() { return categories; }

std::optional<std::size_t> find_acl_category(std::string_view name) {
    auto const place = std::ranges::find_if(
        categories, [&](std::string_view category) { return same_word(category, name); });
    return place == categories.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(place - categories.begin()));
}

bool in_acl_category(CommandInfo const& command, std::size_t category) {
    return (numbers().category_mask[command_number(command)] & (1u << category)) != 0;
}

void CommandSet::put(CommandInfo const& command, bool member) {
    std::size_t const number = command_number(command);
    assert(number < numbers_max);
    for (std::size_t n = 0; n <= command.subcommands.size(); ++n) {
        members_[number + n] = member;
    }
}

void CommandSet::put_category(std::size_t category, bool member) {
    each_command(protocol::all_commands(), [&](CommandInfo const& command) {
        if (in_acl_category(command, category)) {
            put(command, member);
        }
    });
}

void CommandSet::put_all(bool member) {
    started_full_ = member;
    if (member) {
        members_.set();
    } else {
        members_.reset();
    }
}

CommandSet::Count CommandSet::count_category(std::size_t category) const {
    Count count;
    each_command(protocol::all_commands(), [&](CommandInfo const& command) {
        if (in_acl_category(command, category)) {
            ++(contains(command) ? count.in : count.out);
        }
    });
    return count;
}

}  // namespace keyslot::sim
