#pragma once

#include "simulator/acl/user.hpp"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// The users of one node. Redis keeps them in nodes of its own, not in the data set: they are neither
/// replicated nor saved. A user keeps its address until it is removed.
class UserTable {
public:
    static constexpr std::string_view default_name = "default";

    /// `password`: requirepass; empty: none.
    explicit UserTable(std::string_view password);

    AclUser& default_user() { return users_.find(default_name)->second; }
    AclUser const& default_user() const { return users_.find(default_name)->second; }
    AclUser* find(std::string_view name);

    /// requirepass has been set.
    void set_default_password(std::string_view password);

    struct Problem {
        std::string rule;
        std::string_view reason;
    };
    /// Applies all rules, to a new user if there is none of this name, or none of them.
    std::optional<Problem> set(std::string_view name, std::span<std::string const> rules);
    void erase(std::string_view name) { users_.erase(users_.find(name)); }

    std::map<std::string, AclUser, std::less<>> const& all() const { return users_; }

    bool all_channels_by_default = false;  ///< acl-pubsub-default

private:
    std::map<std::string, AclUser, std::less<>> users_;
};

}  // namespace keyslot::sim
