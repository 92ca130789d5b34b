#include "simulator/acl/user_table.hpp"

#include <utility>

namespace keyslot::sim {

UserTable::UserTable(std::string_view password) {
    users_.emplace(default_name, AclUser::everything_allowed(default_name));
    set_default_password(password);
}

AclUser* UserTable::find(std::string_view name) {
    auto const found = users_.find(name);
    return found == users_.end() ? nullptr : &found->second;
}

void UserTable::set_default_password(std::string_view password) {
    AclUser& user = default_user();
    user.apply("resetpass");
    user.apply(password.empty() ? "nopass" : ">" + std::string(password));
}

std::optional<UserTable::Problem> UserTable::set(std::string_view name,
                                                 std::span<std::string const> rules) {
    AclUser const* const known = find(name);
    AclUser changed = known != nullptr ? *known : AclUser(name, all_channels_by_default);
    changed.set_channels_by_default(all_channels_by_default);
    for (std::string const& rule : rules) {
        if (auto const reason = changed.apply(rule)) {
            return Problem{rule, *reason};
        }
    }
    users_.insert_or_assign(std::string(name), std::move(changed));
    return std::nullopt;
}

}  // namespace keyslot::sim
