#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// What `bind` of redis.conf comes to on a host with one address and its loopback.
enum class BindOutcome {
    heard,   ///< whoever connects to the host's address gets through
    deaf,    ///< it does not listen there: only on the loopback, or nowhere
    failed,  ///< Redis cannot bind to these, and goes on where it listened before
};

/// The addresses stand in their order, one space apart; a '-' before one says that the host need not have
/// it. As observed on 7.0.15: any word that is neither an address nor a name fails, the empty one too, and
/// so does an address that is already taken by one before it ("* 127.0.0.1"). No word at all: nowhere.
/// `resolve`: the address of a name, nullopt: there is no such name.
BindOutcome bind_outcome(
    std::string_view addresses, std::string_view host_address,
    std::function<std::optional<std::string>(std::string const& name)> const& resolve);

}  // namespace keyslot::sim
