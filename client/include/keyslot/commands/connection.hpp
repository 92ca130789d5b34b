#pragma once

#include <keyslot/commands/common.hpp>
#include <keyslot/detail/command_family.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

/// A line of CLIENT LIST: "id", "addr", "name", ... with their values.
struct ClientFields {
    std::vector<StringPair> fields;

    std::optional<std::string_view> find(std::string_view name) const;
};

struct ClientListOptions {
    std::optional<std::string_view> type =
        std::nullopt;  ///< "normal", "master", "replica" or "pubsub"
    ListOf<long long> ids = {};

    void append_to(detail::ArgumentList& words) const;
};

/// All that are given must hold.
struct ClientKillFilter {
    std::optional<long long> id = std::nullopt;
    std::optional<std::string_view> type = std::nullopt;
    std::optional<std::string_view> user = std::nullopt;
    std::optional<std::string_view> addr = std::nullopt;
    std::optional<std::string_view> laddr = std::nullopt;
    bool skipme = true;

    void append_to(detail::ArgumentList& words) const;
};

struct ClientPauseOptions {
    bool all = true;  ///< false: only what writes

    void append_to(detail::ArgumentList& words) const;
};

struct ClientUnblockOptions {
    bool error = false;  ///< it gets an error, not what it gets after the time

    void append_to(detail::ArgumentList& words) const;
};

struct ClientTrackingInfo {
    std::vector<std::string> flags;
    long long redirect = 0;
    std::vector<std::string> prefixes;

    friend bool operator==(ClientTrackingInfo const&, ClientTrackingInfo const&) = default;
};

namespace detail {

template <>
Result<ClientFields> Decoder<ClientFields>::decode(ReplyView reply);
template <>
struct Decoder<std::vector<ClientFields>> {
    static Result<std::vector<ClientFields>> decode(ReplyView reply);
};
template <>
Result<ClientTrackingInfo> Decoder<ClientTrackingInfo>::decode(ReplyView reply);

}  // namespace detail

/// Connections, this client's and others'. Calls share connections: which one a call takes is not the caller's
/// to say, and what would change one (its name, tracking, replies) is the client's own business.
template <class Face>
class ConnectionCommands {
public:
    /// "PONG".
    decltype(auto) ping(detail::TokenLike auto... token) {
        return detail::call<"PING", std::string>(*this, {}, std::move(token)...);
    }

    /// The message itself.
    decltype(auto) ping(std::string_view message, detail::TokenLike auto... token) {
        return detail::call<"PING", std::string>(*this, {message}, std::move(token)...);
    }
    decltype(auto) echo(std::string_view message, detail::TokenLike auto... token) {
        return detail::call<"ECHO", std::string>(*this, {message}, std::move(token)...);
    }

    /// Of the connection that the call took, as for the next four.
    decltype(auto) client_id(detail::TokenLike auto... token) {
        return detail::call<"CLIENT ID", long long>(*this, {}, std::move(token)...);
    }
    decltype(auto) client_info(detail::TokenLike auto... token) {
        return detail::call<"CLIENT INFO", ClientFields>(*this, {}, std::move(token)...);
    }
    decltype(auto) client_getname(detail::TokenLike auto... token) {
        return detail::call<"CLIENT GETNAME", std::optional<std::string>>(*this, {},
                                                                          std::move(token)...);
    }
    decltype(auto) client_getredir(detail::TokenLike auto... token) {
        return detail::call<"CLIENT GETREDIR", long long>(*this, {}, std::move(token)...);
    }
    decltype(auto) client_trackinginfo(detail::TokenLike auto... token) {
        return detail::call<"CLIENT TRACKINGINFO", ClientTrackingInfo>(*this, {},
                                                                       std::move(token)...);
    }

    /// The connections of a node, as for the rest: `on(node)` says of which.
    decltype(auto) client_list(detail::TokenLike auto... token) {
        return detail::call<"CLIENT LIST", std::vector<ClientFields>>(*this, {},
                                                                      std::move(token)...);
    }
    decltype(auto) client_list(ClientListOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"CLIENT LIST", std::vector<ClientFields>>(*this, {options},
                                                                      std::move(token)...);
    }

    /// Closes the connection from that "host:port"; an error if there is none.
    decltype(auto) client_kill(std::string_view address, detail::TokenLike auto... token) {
        return detail::call<"CLIENT KILL", bool>(*this, {address}, std::move(token)...);
    }

    /// How many connections were closed.
    decltype(auto) client_kill_filter(ClientKillFilter const& filter,
                                      detail::TokenLike auto... token) {
        return detail::call<"CLIENT KILL", long long>(*this, {filter}, std::move(token)...);
    }

    /// Commands wait for so long.
    decltype(auto) client_pause(std::chrono::milliseconds timeout,
                                detail::TokenLike auto... token) {
        return detail::call<"CLIENT PAUSE", bool>(*this, {timeout}, std::move(token)...);
    }
    decltype(auto) client_pause(std::chrono::milliseconds timeout,
                                ClientPauseOptions const& options,
                                detail::TokenLike auto... token) {
        return detail::call<"CLIENT PAUSE", bool>(*this, {timeout, options}, std::move(token)...);
    }
    decltype(auto) client_unpause(detail::TokenLike auto... token) {
        return detail::call<"CLIENT UNPAUSE", bool>(*this, {}, std::move(token)...);
    }

    /// Ends another connection's blocking command; false if it has none.
    decltype(auto) client_unblock(long long id, detail::TokenLike auto... token) {
        return detail::call<"CLIENT UNBLOCK", bool>(*this, {id}, std::move(token)...);
    }
    decltype(auto) client_unblock(long long id, ClientUnblockOptions const& options,
                                  detail::TokenLike auto... token) {
        return detail::call<"CLIENT UNBLOCK", bool>(*this, {id, options}, std::move(token)...);
    }
};

}  // namespace keyslot
