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

struct FunctionLoadOptions {
    bool replace = false;  ///< also if there is a library of that name

    void append_to(detail::ArgumentList& words) const;
};

struct FunctionListOptions {
    std::optional<std::string_view> library = std::nullopt;  ///< a pattern
    bool withcode = false;

    void append_to(detail::ArgumentList& words) const;
};

/// What FUNCTION RESTORE does with the libraries that are there.
enum class FunctionRestorePolicy : std::uint8_t { flush, append, replace };
std::string_view word_of(FunctionRestorePolicy policy);

struct FunctionInfo {
    std::string name;
    std::optional<std::string> description;
    std::vector<std::string> flags;

    friend bool operator==(FunctionInfo const&, FunctionInfo const&) = default;
};

struct LibraryInfo {
    std::string name;
    std::string engine;
    std::vector<FunctionInfo> functions;
    std::optional<std::string> code;  ///< with withcode

    friend bool operator==(LibraryInfo const&, LibraryInfo const&) = default;
};

struct RunningScript {
    std::string name;
    std::vector<std::string> command;
    std::chrono::milliseconds duration{};
};

struct FunctionEngine {
    long long libraries = 0;
    long long functions = 0;

    friend bool operator==(FunctionEngine const&, FunctionEngine const&) = default;
};

struct FunctionStats {
    std::optional<RunningScript> running_script;
    std::vector<std::pair<std::string, FunctionEngine>> engines;
};

namespace detail {

template <>
Result<FunctionInfo> Decoder<FunctionInfo>::decode(ReplyView reply);
template <>
Result<LibraryInfo> Decoder<LibraryInfo>::decode(ReplyView reply);
template <>
Result<RunningScript> Decoder<RunningScript>::decode(ReplyView reply);
template <>
Result<FunctionEngine> Decoder<FunctionEngine>::decode(ReplyView reply);
template <>
Result<FunctionStats> Decoder<FunctionStats>::decode(ReplyView reply);

}  // namespace detail

/// Functions: libraries of scripts that the server keeps. All keys in one slot.
template <class Face>
class FunctionCommands {
public:
    /// Runs it; what it gives comes as it is.
    decltype(auto) fcall(std::string_view function, Words const& keys, Words const& arguments,
                         detail::TokenLike auto... token) {
        return detail::call<"FCALL", Reply>(*this, {function, detail::Counted{keys}, arguments},
                                            std::move(token)...);
    }

    /// A function that only reads; may run on a replica.
    decltype(auto) fcall_ro(std::string_view function, Words const& keys, Words const& arguments,
                            detail::TokenLike auto... token) {
        return detail::call<"FCALL_RO", Reply>(*this, {function, detail::Counted{keys}, arguments},
                                               std::move(token)...);
    }

    /// The name of the library.
    decltype(auto) function_load(std::string_view code, detail::TokenLike auto... token) {
        return detail::call<"FUNCTION LOAD", std::string>(*this, {code}, std::move(token)...);
    }
    decltype(auto) function_load(std::string_view code, FunctionLoadOptions const& options,
                                 detail::TokenLike auto... token) {
        return detail::call<"FUNCTION LOAD", std::string>(*this, {options, code},
                                                          std::move(token)...);
    }
    decltype(auto) function_delete(std::string_view library, detail::TokenLike auto... token) {
        return detail::call<"FUNCTION DELETE", bool>(*this, {library}, std::move(token)...);
    }

    /// All libraries, for function_restore().
    decltype(auto) function_dump(detail::TokenLike auto... token) {
        return detail::call<"FUNCTION DUMP", std::string>(*this, {}, std::move(token)...);
    }
    decltype(auto) function_restore(std::string_view payload, detail::TokenLike auto... token) {
        return detail::call<"FUNCTION RESTORE", bool>(*this, {payload}, std::move(token)...);
    }
    decltype(auto) function_restore(std::string_view payload, FunctionRestorePolicy policy,
                                    detail::TokenLike auto... token) {
        return detail::call<"FUNCTION RESTORE", bool>(*this, {payload, policy},
                                                      std::move(token)...);
    }

    /// Deletes all libraries.
    decltype(auto) function_flush(detail::TokenLike auto... token) {
        return detail::call<"FUNCTION FLUSH", bool>(*this, {}, std::move(token)...);
    }
    decltype(auto) function_flush(FlushMode mode, detail::TokenLike auto... token) {
        return detail::call<"FUNCTION FLUSH", bool>(*this, {mode}, std::move(token)...);
    }

    /// Ends the function that runs, if it has written nothing yet; an error NOTBUSY if none runs.
    decltype(auto) function_kill(detail::TokenLike auto... token) {
        return detail::call<"FUNCTION KILL", bool>(*this, {}, std::move(token)...);
    }
    decltype(auto) function_list(detail::TokenLike auto... token) {
        return detail::call<"FUNCTION LIST", std::vector<LibraryInfo>>(*this, {},
                                                                       std::move(token)...);
    }
    decltype(auto) function_list(FunctionListOptions const& options,
                                 detail::TokenLike auto... token) {
        return detail::call<"FUNCTION LIST", std::vector<LibraryInfo>>(*this, {options},
                                                                       std::move(token)...);
    }
    decltype(auto) function_stats(detail::TokenLike auto... token) {
        return detail::call<"FUNCTION STATS", FunctionStats>(*this, {}, std::move(token)...);
    }
};

}  // namespace keyslot
