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

/// INFO: names and values in their order, all sections.
struct ServerInfo {
    std::vector<StringPair> fields;

    std::optional<std::string_view> find(std::string_view name) const;
};

struct BgSaveOptions {
    bool schedule = false;  ///< later, if the log is being rewritten now

    void append_to(detail::ArgumentList& words) const;
};

struct ShutdownOptions {
    bool save = false;  ///< even if the configuration has no save points
    bool nosave = false;
    bool now = false;    ///< without waiting for replicas that lag
    bool force = false;  ///< although something goes wrong, such as saving

    void append_to(detail::ArgumentList& words) const;
};

/// ROLE.
struct ServerRole {
    struct Replica {
        std::string host;
        long long port = 0;
        long long offset = 0;

        friend bool operator==(Replica const&, Replica const&) = default;
    };
    std::string role;           ///< "master" or "slave"
    long long offset = 0;       ///< of replication
    std::vector<Replica> replicas;  ///< of a master
    std::string master_host;    ///< of a replica, as the next two
    long long master_port = 0;
    std::string state;  ///< "connect", "connecting", "sync" or "connected"
};

struct ModuleInfo {
    std::string name;
    long long version = 0;
    std::string path;
    std::vector<std::string> arguments;
};

struct ModuleLoadExOptions {
    KeyValues configs = {};
    Words arguments = {};

    void append_to(detail::ArgumentList& words) const;
};

namespace detail {

template <>
Result<ServerInfo> Decoder<ServerInfo>::decode(ReplyView reply);
template <>
Result<ServerRole> Decoder<ServerRole>::decode(ReplyView reply);
template <>
Result<ServerRole::Replica> Decoder<ServerRole::Replica>::decode(ReplyView reply);
template <>
Result<ModuleInfo> Decoder<ModuleInfo>::decode(ReplyView reply);

}  // namespace detail

/// The servers themselves.
template <class Face>
class ServerCommands {
public:
    decltype(auto) info(detail::TokenLike auto... token) {
        return detail::call<"INFO", ServerInfo>(*this, {}, std::move(token)...);
    }

    /// Only those sections: "server", "replication", "commandstats", ...
    decltype(auto) info(Words const& sections, detail::TokenLike auto... token) {
        return detail::call<"INFO", ServerInfo>(*this, {sections}, std::move(token)...);
    }

    /// Every parameter whose name matches one of the patterns.
    decltype(auto) config_get(Words const& patterns, detail::TokenLike auto... token) {
        return detail::call<"CONFIG GET", std::vector<StringPair>>(*this, {patterns},
                                                                   std::move(token)...);
    }
    decltype(auto) config_set(std::string_view name, std::string_view value,
                              detail::TokenLike auto... token) {
        return detail::call<"CONFIG SET", bool>(*this, {name, value}, std::move(token)...);
    }

    /// All of them or none.
    decltype(auto) config_set(KeyValues const& values, detail::TokenLike auto... token) {
        return detail::call<"CONFIG SET", bool>(*this, {values}, std::move(token)...);
    }

    /// Counters of INFO begin at zero again.
    decltype(auto) config_resetstat(detail::TokenLike auto... token) {
        return detail::call<"CONFIG RESETSTAT", bool>(*this, {}, std::move(token)...);
    }

    /// Writes the configuration file anew.
    decltype(auto) config_rewrite(detail::TokenLike auto... token) {
        return detail::call<"CONFIG REWRITE", bool>(*this, {}, std::move(token)...);
    }

    /// How many keys there are.
    decltype(auto) dbsize(detail::TokenLike auto... token) {
        return detail::call<"DBSIZE", long long>(*this, {}, std::move(token)...);
    }

    /// Deletes all keys.
    decltype(auto) flushall(detail::TokenLike auto... token) {
        return detail::call<"FLUSHALL", bool>(*this, {}, std::move(token)...);
    }
    decltype(auto) flushall(FlushMode mode, detail::TokenLike auto... token) {
        return detail::call<"FLUSHALL", bool>(*this, {mode}, std::move(token)...);
    }
    decltype(auto) flushdb(detail::TokenLike auto... token) {
        return detail::call<"FLUSHDB", bool>(*this, {}, std::move(token)...);
    }
    decltype(auto) flushdb(FlushMode mode, detail::TokenLike auto... token) {
        return detail::call<"FLUSHDB", bool>(*this, {mode}, std::move(token)...);
    }

    /// Saves the data to disk, and answers when it is done.
    decltype(auto) save(detail::TokenLike auto... token) {
        return detail::call<"SAVE", bool>(*this, {}, std::move(token)...);
    }

    /// Begins to save in the background: what the server says to it.
    decltype(auto) bgsave(detail::TokenLike auto... token) {
        return detail::call<"BGSAVE", std::string>(*this, {}, std::move(token)...);
    }
    decltype(auto) bgsave(BgSaveOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"BGSAVE", std::string>(*this, {options}, std::move(token)...);
    }

    /// Begins to rewrite the append-only file in the background: what the server says to it.
    decltype(auto) bgrewriteaof(detail::TokenLike auto... token) {
        return detail::call<"BGREWRITEAOF", std::string>(*this, {}, std::move(token)...);
    }

    /// When the data was last saved.
    decltype(auto) lastsave(detail::TokenLike auto... token) {
        return detail::call<"LASTSAVE", std::chrono::sys_seconds>(*this, {}, std::move(token)...);
    }

    /// The server's clock.
    decltype(auto) time(detail::TokenLike auto... token) {
        return detail::call<"TIME", std::chrono::sys_time<std::chrono::microseconds>>(
            *this, {}, std::move(token)...);
    }
    decltype(auto) role(detail::TokenLike auto... token) {
        return detail::call<"ROLE", ServerRole>(*this, {}, std::move(token)...);
    }

    /// Ends the server. There is no reply when it does: the call then fails with ErrorCode::connection.
    decltype(auto) shutdown(detail::TokenLike auto... token) {
        return detail::call<"SHUTDOWN", bool>(*this, {}, std::move(token)...);
    }
    decltype(auto) shutdown(ShutdownOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"SHUTDOWN", bool>(*this, {options}, std::move(token)...);
    }

    /// Takes back a shutdown that still waits for replicas.
    decltype(auto) shutdown_abort(detail::TokenLike auto... token) {
        return detail::call<"SHUTDOWN", bool>(*this, {"ABORT"}, std::move(token)...);
    }

    /// A picture, and the version.
    decltype(auto) lolwut(detail::TokenLike auto... token) {
        return detail::call<"LOLWUT", std::string>(*this, {}, std::move(token)...);
    }
    decltype(auto) lolwut(long long version, detail::TokenLike auto... token) {
        return detail::call<"LOLWUT", std::string>(*this, {"VERSION", version},
                                                   std::move(token)...);
    }
    decltype(auto) module_list(detail::TokenLike auto... token) {
        return detail::call<"MODULE LIST", std::vector<ModuleInfo>>(*this, {}, std::move(token)...);
    }
    decltype(auto) module_load(std::string_view path, detail::TokenLike auto... token) {
        return detail::call<"MODULE LOAD", bool>(*this, {path}, std::move(token)...);
    }
    decltype(auto) module_load(std::string_view path, Words const& arguments,
                               detail::TokenLike auto... token) {
        return detail::call<"MODULE LOAD", bool>(*this, {path, arguments}, std::move(token)...);
    }
    decltype(auto) module_loadex(std::string_view path, detail::TokenLike auto... token) {
        return detail::call<"MODULE LOADEX", bool>(*this, {path}, std::move(token)...);
    }
    decltype(auto) module_loadex(std::string_view path, ModuleLoadExOptions const& options,
                                 detail::TokenLike auto... token) {
        return detail::call<"MODULE LOADEX", bool>(*this, {path, options}, std::move(token)...);
    }
    decltype(auto) module_unload(std::string_view name, detail::TokenLike auto... token) {
        return detail::call<"MODULE UNLOAD", bool>(*this, {name}, std::move(token)...);
    }
};

}  // namespace keyslot
