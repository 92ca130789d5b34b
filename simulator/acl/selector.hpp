#pragma once

#include "simulator/acl/command_set.hpp"
#include "simulator/acl/key_access.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// Why a user may not run a command, from the least to the most telling reason: of several selectors
/// that refuse the most telling one is reported.
enum class Denied : std::uint8_t { no, command, key, auth, channel };

struct AccessVerdict {
    Denied denied = Denied::no;
    std::uint32_t position = 0;  ///< of the key or channel among the arguments

    explicit operator bool() const { return denied == Denied::no; }
};

/// A command about to be run, its keys looked up no more than once.
class CommandLine {
public:
    CommandLine(protocol::CommandInfo const& info, std::span<std::string_view const> words)
        : command(info), arguments(words) {}
    std::vector<KeyAccess> const& keys();

    protocol::CommandInfo const& command;
    std::span<std::string_view const> arguments;

private:
    std::optional<std::vector<KeyAccess>> keys_;
};

/// One set of permissions of an ACL user: commands, keys and channels. Every user has one, "(...)"
/// adds others; a command may run if one of them allows all of it.
class Selector {
public:
    /// One rule: "+get", "~key*", "allchannels". nullopt: taken; else what is wrong with it.
    std::optional<std::string_view> apply(std::string_view rule);
    AccessVerdict check(CommandLine& line) const;
    bool may_use_channel(std::string_view channel, bool is_pattern) const;
    bool all_channels() const { return all_channels_; }
    bool names_channels() const { return all_channels_ || !channels_.empty(); }

    /// As rules that would make it: "+@all -flushall", "~a %R~b", "&c".
    std::string describe_commands() const;
    std::string describe_keys() const;
    std::string describe_channels() const;
    /// All of it, as in ACL LIST.
    std::string describe() const;

private:
    struct KeyPattern {
        std::string pattern;
        bool read = true;
        bool write = true;
    };

    std::optional<std::string_view> add_keys(std::string_view rule);
    std::optional<std::string_view> add_channels(std::string_view rule);
    std::optional<std::string_view> set_category(std::string_view name, bool allowed);
    std::optional<std::string_view> set_command(std::string_view name, bool allowed);
    std::optional<std::string_view> allow_first_argument(std::string_view rule, std::size_t bar);
    void put(protocol::CommandInfo const& command, bool allowed);
    bool allows_command(CommandLine const& line) const;
    bool allows_key(std::string_view key, KeyAccess const& access) const;

    CommandSet commands_;
    bool all_commands_ = false;
    bool all_keys_ = false;
    bool all_channels_ = false;
    std::vector<KeyPattern> keys_;
    std::vector<std::string> channels_;
    /// By command number: "+select|0" allows the command with this first argument only.
    std::map<std::size_t, std::vector<std::string>> first_arguments_;
};

}  // namespace keyslot::sim
