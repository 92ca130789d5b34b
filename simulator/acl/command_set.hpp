#pragma once

#include "client/protocol/command_table.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace keyslot::sim {

/// Every command and subcommand of the table has a number of its own, subcommands right after their
/// container.
std::size_t command_number(protocol::CommandInfo const& command);

/// The categories of ACL rules, in the order of ACL CAT, without '@'.
std::span<std::string_view const> acl_categories();
/// By name, whatever its case; nullopt: there is none.
std::optional<std::size_t> find_acl_category(std::string_view name);
bool in_acl_category(protocol::CommandInfo const& command, std::size_t category);

/// A set of commands that rules add to and take from: what a selector lets its user run.
class CommandSet {
public:
    bool contains(protocol::CommandInfo const& command) const {
        return members_[command_number(command)];
    }
    /// A container brings all its subcommands along.
    void put(protocol::CommandInfo const& command, bool member);
    void put_category(std::size_t category, bool member);
    void put_all(bool member);

    /// Made by "+@all", whatever was taken away since: commands that a module might bring are in it.
    bool started_full() const { return started_full_; }

    struct Count {
        std::size_t in = 0;
        std::size_t out = 0;
    };
    Count count_category(std::size_t category) const;

private:
    static constexpr std::size_t numbers_max = 512;
    std::bitset<numbers_max> members_;
    bool started_full_ = false;
};

/// Visits commands and subcommands by name, a container before its subcommands.
template <class Visitor>
void each_command(std::span<protocol::CommandInfo const> commands, Visitor visit) {
    for (protocol::CommandInfo const& command : commands) {
        visit(command);
        each_command(command.subcommands, visit);
    }
}

}  // namespace keyslot::sim
