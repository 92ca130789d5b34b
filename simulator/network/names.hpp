#pragma once

#include <keyslot/environment.hpp>
#include <keyslot/sim/fault_spec.hpp>
#include <keyslot/time.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// The name service of the simulated network, the same for every host.
class NameTable {
public:
    /// Replaces what the name was bound to.
    void bind(std::string name, std::vector<std::string> addresses);
    /// Until the matching restore(), that is what resolving the name comes to. Nests: the failure that
    /// was told last counts.
    void fail(std::string const& name, NameFailure how) { failing_[name].push_back(how); }
    void restore(std::string const& name, NameFailure how);
    /// nullptr: the name does not fail.
    NameFailure const* failure_of(std::string const& name) const;
    /// host_not_found, or the addresses; an IP literal is its own address.
    error_code resolve(std::string const& name, std::vector<std::string>& addresses) const;

    Duration delay() const { return delay_; }
    /// How long an answer takes.
    void set_delay(Duration delay) { delay_ = delay; }

private:
    std::map<std::string, std::vector<std::string>, std::less<>> bound_;
    std::map<std::string, std::vector<NameFailure>> failing_;
    Duration delay_{};
};

}  // namespace keyslot::sim
