#include "simulator/acl/key_access.hpp"

#include "simulator/node/value.hpp"
#include "simulator/node/words.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace keyslot::sim {

namespace {

using protocol::BeginSearch;
using protocol::CommandInfo;
using protocol::FindKeys;
using protocol::KeySpec;
using Words = std::span<std::string_view const>;

constexpr std::string_view read[] = {"RO", "access"};
constexpr std::string_view overwrite[] = {"OW", "update"};
constexpr std::string_view update[] = {"RW", "access", "update"};
constexpr std::string_view move_away[] = {"RW", "access", "delete"};

bool has_flag(KeySpec const& spec, std::string_view flag) {
    return std::ranges::find(spec.flags, flag) != spec.flags.end();
}

/// Where a specification's keys begin; 0: its keyword is not there, and neither are keys.
std::int64_t first_of(KeySpec const& spec, Words words) {
    if (spec.begin_search == BeginSearch::index) {
        return spec.index;
    }
    auto const count = static_cast<std::int64_t>(words.size());
    bool const backwards = spec.start_from < 0;
    std::int64_t const end = backwards ? 1 : count - 1;
    for (std::int64_t at = backwards ? count + spec.start_from : spec.start_from;
         at != end && at >= 1 && at < count; at += backwards ? -1 : 1) {
        if (same_word(words[static_cast<std::size_t>(at)], spec.keyword)) {
            return at + 1;
        }
    }
    return 0;
}

struct Range {
    std::int64_t first = 0;
    std::int64_t last = 0;
};

std::optional<Range> range_of(KeySpec const& spec, Words words, std::int64_t first) {
    auto const count = static_cast<std::int64_t>(words.size());
    if (spec.find_keys == FindKeys::range) {
        if (spec.last_key >= 0) {
            return Range{first, first + spec.last_key};
        }
        std::int64_t const all = spec.limit == 0 ? count : first + (count - first) / spec.limit;
        return Range{first, all + spec.last_key};
    }
    std::int64_t const count_at = first + spec.keynum_index;
    if (count_at >= count) {
        return std::nullopt;
    }
    auto const keys = parse_integer(words[static_cast<std::size_t>(count_at)]);
    if (!keys || *keys < 0 || *keys > count) {
        return std::nullopt;
    }
    return Range{first + spec.first_key, first + spec.first_key + (*keys - 1) * spec.key_step};
}

bool by_specifications(CommandInfo const& command, Words words, std::vector<KeyAccess>& keys) {
    auto const count = static_cast<std::int64_t>(words.size());
    for (KeySpec const& spec : command.key_specs) {
        if (spec.not_key) {
            continue;
        }
        if (spec.begin_search == BeginSearch::unknown || spec.find_keys == FindKeys::unknown ||
            has_flag(spec, "incomplete")) {
            return false;
        }
        std::int64_t const first = first_of(spec, words);
        if (first == 0) {
            continue;
        }
        auto const range = range_of(spec, words, first);
        if (!range || range->last >= count || range->last < range->first) {
            return false;
        }
        for (std::int64_t at = range->first; at <= range->last; at += spec.key_step) {
            keys.push_back({static_cast<std::uint32_t>(at), spec.flags});
        }
    }
    return true;
}

bool set_reads(Words words) {
    return words.size() > 3 && std::ranges::any_of(words.subspan(3), [](std::string_view word) {
               return same_word(word, "get");
           });
}

bool bitfield_only_reads(Words words) {
    for (std::size_t at = 2; at < words.size(); ++at) {
        std::size_t const more = words.size() - 1 - at;
        if (same_word(words[at], "get") && more >= 2) {
            at += 2;
        } else if (same_word(words[at], "overflow") && more >= 1) {
            at += 1;
        } else {
            return false;
        }
    }
    return true;
}

/// What the rules of single commands say of the n-th key that they find.
std::span<std::string_view const> flags_by_rule(CommandInfo const& command, Words words,
                                                std::size_t n) {
    if (command.name == "set") {
        return set_reads(words) ? std::span<std::string_view const>(update) : overwrite;
    }
    if (command.name == "bitfield") {
        return bitfield_only_reads(words) ? std::span<std::string_view const>(read) : update;
    }
    if (command.name == "migrate") {
        return move_away;
    }
    if (command.name == "sort" || command.name == "sort_ro") {
        return n == 0 ? std::span<std::string_view const>(read) : overwrite;
    }
    return {};  // the rules for numkeys tell positions only
}

}  // namespace

bool KeyAccess::reads() const {
    return std::ranges::find(flags, std::string_view("access")) != flags.end();
}

bool KeyAccess::writes() const {
    return std::ranges::any_of(flags, [](std::string_view flag) {
        return flag == "insert" || flag == "update" || flag == "delete";
    });
}

bool has_keys(CommandInfo const& command) {
    return command.has(protocol::flag_movablekeys) ||
           std::ranges::any_of(command.key_specs,
                               [](KeySpec const& spec) { return !spec.not_key; });
}

bool find_keys(CommandInfo const& command, Words words, std::vector<KeyAccess>& keys) {
    keys.clear();
    bool const flags_vary = std::ranges::any_of(
        command.key_specs, [](KeySpec const& spec) { return has_flag(spec, "variable_flags"); });
    if (!flags_vary && by_specifications(command, words, keys)) {
        return true;
    }
    keys.clear();
    std::vector<std::uint32_t> positions;
    if (!protocol::key_positions(command, words, positions)) {
        return false;
    }
    if (command.first_key == 1 && command.group == "sorted-set" && positions.size() > 1) {
        std::ranges::rotate(positions, positions.begin() + 1);  // the destination comes last there
    }
    for (std::size_t n = 0; n < positions.size(); ++n) {
        keys.push_back({positions[n], flags_by_rule(command, words, n)});
    }
    return true;
}

ChannelArguments channel_arguments(CommandInfo const& command) {
    struct Entry {
        std::string_view name;
        ChannelArguments channels;
    };
    // To leave a channel nobody needs a permission.
    static constexpr Entry entries[] = {
        {"subscribe", {1, false, false}},  {"psubscribe", {1, false, true}},
        {"ssubscribe", {1, false, false}}, {"publish", {1, true, false}},
        {"spublish", {1, true, false}},
    };
    if (!command.has(protocol::flag_pubsub)) {
        return {};
    }
    auto const found = std::ranges::find(entries, command.name, &Entry::name);
    return found == std::end(entries) ? ChannelArguments{} : found->channels;
}

}  // namespace keyslot::sim
