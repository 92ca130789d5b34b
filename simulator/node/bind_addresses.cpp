#include "simulator/node/bind_addresses.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <vector>

namespace keyslot::sim {
namespace {

/// IPv4 and IPv6 apart, whatever the way it is written.
struct Address {
    bool is_v6 = false;
    std::array<unsigned char, 16> bytes{};

    bool operator==(Address const&) const = default;

    bool is_wildcard() const { return bytes == decltype(bytes){}; }
    bool is_loopback() const {
        constexpr unsigned char v4_loopback_net = 127;
        constexpr Address v6_loopback{true, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
        return is_v6 ? *this == v6_loopback : bytes[0] == v4_loopback_net;
    }
    bool covers(Address const& other) const {
        return is_v6 == other.is_v6 && (is_wildcard() || *this == other);
    }
};

std::optional<Address> parse(std::string const& text) {
    Address address;
    if (text == "*" || text == "::*") {
        address.is_v6 = text != "*";
        return address;
    }
    address.is_v6 = text.find(':') != std::string::npos;
    bool const read =
        inet_pton(address.is_v6 ? AF_INET6 : AF_INET, text.c_str(), address.bytes.data()) == 1;
    return read ? std::optional(address) : std::nullopt;
}

}  // namespace

BindOutcome bind_outcome(
    std::string_view addresses, std::string_view host_address,
    std::function<std::optional<std::string>(std::string const& name)> const& resolve) {
    std::optional<Address> const own = parse(std::string(host_address));
    std::vector<Address> bound;
    for (auto const word : std::views::split(addresses, ' ')) {
        std::string text(word.begin(), word.end());
        bool const need_not_exist = text.starts_with('-');
        text.erase(0, need_not_exist ? 1 : 0);
        std::optional<Address> address = parse(text);
        if (std::optional<std::string> const meant = address ? std::nullopt : resolve(text)) {
            address = parse(*meant);
        }
        if (!address) {
            return BindOutcome::failed;
        }
        if (!address->is_wildcard() && !address->is_loopback() && address != own) {
            if (need_not_exist) {
                continue;
            }
            return BindOutcome::failed;
        }
        bool const taken = std::ranges::any_of(bound, [&](Address const& before) {
            return before.covers(*address) || address->covers(before);
        });
        if (taken) {
            return BindOutcome::failed;
        }
        bound.push_back(*address);
    }
    bool const heard =
        own && std::ranges::any_of(bound, [&](Address const& each) { return each.covers(*own); });
    return heard ? BindOutcome::heard : BindOutcome::deaf;
}

}  // namespace keyslot::sim
