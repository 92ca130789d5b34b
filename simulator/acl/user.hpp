#pragma once

#include "simulator/acl/selector.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// An ACL user: who may log in as it, and what it may do then.
class AclUser {
public:
    /// `all_channels`: acl-pubsub-default, what a user is born with.
    explicit AclUser(std::string_view user_name, bool all_channels = false);

    /// The user that everybody is at first.
    static AclUser everything_allowed(std::string_view name);

    /// acl-pubsub-default has changed: it is for selectors to come, and for the rule "reset".
    void set_channels_by_default(bool all) { channels_by_default_ = all; }
    /// One rule of ACL SETUSER; a selector comes as a whole, "(+get ~x)". nullopt: taken; else what is
    /// wrong with it.
    std::optional<std::string_view> apply(std::string_view rule);

    /// Whether somebody with this password is let in.
    bool admits(std::string_view password) const;
    /// A connection needs not log in.
    bool open_to_all() const { return enabled_ && no_password_; }
    bool has_no_password() const { return no_password_; }
    bool enabled() const { return enabled_; }

    AccessVerdict check(CommandLine& line) const;
    bool may_use_channel(std::string_view channel, bool is_pattern) const;
    bool may_use_all_channels() const;
    bool may_use_channels() const;

    std::vector<std::string_view> flags() const;
    std::span<std::string const> passwords() const { return passwords_; }
    Selector const& root() const { return root_; }
    std::span<Selector const> selectors() const { return selectors_; }
    /// The line of ACL LIST.
    std::string describe() const;

    std::string name;

private:
    enum class Payload : std::uint8_t { as_configured, sanitized, taken };

    std::optional<std::string_view> set_password(std::string_view rule);
    std::optional<std::string_view> add_selector(std::string_view rules);
    void reset();

    bool channels_by_default_;
    bool enabled_ = false;
    bool no_password_ = false;
    Payload payload_ = Payload::as_configured;
    std::vector<std::string> passwords_;  // sha256, in hex
    Selector root_;
    std::vector<Selector> selectors_;
};

/// Joins words that a selector was split into: {"(+get", "~x)"} is one rule. nullopt: it never ends,
/// `unclosed` says where it starts.
std::optional<std::vector<std::string>> join_selectors(std::span<std::string_view const> words,
                                                       std::string& unclosed);

}  // namespace keyslot::sim
