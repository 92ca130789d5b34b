#include "simulator/network/names.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>

namespace keyslot::sim {

void NameTable::bind(std::string name, std::vector<std::string> addresses) {
    bound_.insert_or_assign(std::move(name), std::move(addresses));
}

void NameTable::restore(std::string const& name) {
    if (auto const found = failing_.find(name); found != failing_.end()) {
        failing_.erase(found);
    }
}

error_code NameTable::resolve(std::string const& name, std::vector<std::string>& addresses) const {
    if (failing_.contains(name)) {
        return asio::error::host_not_found;
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
