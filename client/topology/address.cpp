#include "client/topology/address.hpp"

namespace keyslot::topology {

std::string to_string(HostPort const& address) {
    bool const bare_ipv6 =
        address.host.find(':') != std::string::npos && address.host.front() != '[';
    std::string text = bare_ipv6 ? "[" + address.host + "]" : address.host;
    text += ':';
    text += std::to_string(address.port);
    return text;
}

std::optional<HostPort> dialable(std::string_view host, std::uint16_t port, Asked const& asked) {
    std::string_view const name = host.empty() ? asked.host : host;
    if (port == 0 || name.empty() || name == "?") {
        return std::nullopt;
    }
    HostPort address{std::string(name), port};
    if (asked.remap == nullptr || !*asked.remap) {
        return address;
    }
    address = (*asked.remap)(address);
    return address.port == 0 || address.host.empty() ? std::nullopt : std::optional(address);
}

}  // namespace keyslot::topology
