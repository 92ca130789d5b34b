#include "simulator/network/names.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace keyslot::sim {

void NameTable::bind(std::string name, std::vector<std::string> addresses) {
    bound_.insert_or_assign(std::move(name), std::move(addresses));
}

void NameTable::restore(std::string const& name, NameFailure how) {
    auto const found = failing_.find(name);
    if (found == failing_.end()) {
        return;
    }
    std::vector<NameFailure>& failures = found->second;
    if (auto const one = std::find(failures.begin(), failures.end(), how); one != failures.end()) {
        failures.erase(one);
    }
    if (failures.empty()) {
        failing_.erase(found);
    }
}

NameFailure const* NameTable::failure_of(std::string const& name) const {
    auto const found = failing_.find(name);
    return found == failing_.end() ? nullptr : &found->second.back();
}

error_code NameTable::resolve(std::string const& name, std::vector<std::string>& addresses) const {
    if (NameFailure const* const failure = failure_of(name)) {
        return *failure == NameFailure::not_found ? asio::error::host_not_found
                                                  : asio::error::host_not_found_try_again;
    }
    if (auto const found = bound_.find(name); found != bound_.end() && !found->second.empty()) {
        addresses = found->second;
        return {};
    }
    error_code ec;
    asio::ip::make_address(name, ec);
    if (ec) {
        return asio::error::host_not_found;
    }
    addresses = {name};
    return {};
}

}  // namespace keyslot::sim
