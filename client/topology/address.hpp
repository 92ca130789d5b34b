#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace keyslot::topology {

/// Host (a name or an IP literal) and port, as a node is dialled and as redirections name it.
struct HostPort {
    std::string host;
    std::uint16_t port = 0;
    friend bool operator==(HostPort const&, HostPort const&) = default;
    friend auto operator<=>(HostPort const&, HostPort const&) = default;
};
std::string to_string(HostPort const& address);  ///< "host:port", IPv6 in brackets

/// From an address as the cluster tells it to the one that is dialled: NAT, tunnels.
using AddressRemap = std::function<HostPort(HostPort const&)>;

/// What turns the addresses in a node's reply into addresses to dial.
struct Asked {
    std::string_view host = {};  ///< what the connection to that node was opened with
    AddressRemap const* remap = nullptr;  ///< nullptr, or one that is empty: addresses are as told

    Asked() = default;
    template <class Text>
        requires std::convertible_to<Text, std::string_view>
    Asked(Text const& host_asked, AddressRemap const* mapping = nullptr)
        : host(host_asked), remap(mapping) {}
};

/// Where to dial a node that a reply puts at `host` and `port`. Every address that any node tells, in
/// CLUSTER SHARDS, SLOTS or NODES, in MOVED or ASK, goes through here (client-bugs 9). Null and empty
/// hosts, both "" here, mean the host that was asked. nullopt: it cannot be dialled ("?", port 0, or no
/// host at all). (Facts, section 3.4; client-bugs 10.)
std::optional<HostPort> dialable(std::string_view host, std::uint16_t port, Asked const& asked);

}  // namespace keyslot::topology
