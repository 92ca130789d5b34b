#pragma once

#include <keyslot/detail/decode.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The typed commands: one table that gives the blocking, the asynchronous and the pipeline face.
///
/// Every function takes the command's words and, as an optional last argument, what the face allows: a
/// completion token (asynchronous; default asio::use_awaitable), keyslot::as_result (blocking and
/// asynchronous: a Result instead of an exception), nothing (pipeline: returns the pipeline, and the
/// result comes from execute() as a Reply). The arguments are copied before the function returns.
namespace keyslot {

/// Options of SET. At most one of the four expiries and keepttl; at most one of nx and xx: the server
/// answers a combination with a syntax error.
struct SetOptions {
    std::optional<std::chrono::seconds> ex = std::nullopt;
    std::optional<std::chrono::milliseconds> px = std::nullopt;
    std::optional<std::chrono::sys_seconds> exat = std::nullopt;
    std::optional<std::chrono::sys_time<std::chrono::milliseconds>> pxat = std::nullopt;
    bool keepttl = false;
    bool nx = false;
    bool xx = false;
};

/// Options of GETEX; at most one.
struct GetExOptions {
    std::optional<std::chrono::seconds> ex = std::nullopt;
    std::optional<std::chrono::milliseconds> px = std::nullopt;
    std::optional<std::chrono::sys_seconds> exat = std::nullopt;
    std::optional<std::chrono::sys_time<std::chrono::milliseconds>> pxat = std::nullopt;
    bool persist = false;
};

/// Condition of the EXPIRE family; at most one (gt or lt may stand with xx).
struct ExpireOptions {
    bool nx = false;
    bool xx = false;
    bool gt = false;
    bool lt = false;
};

struct CopyOptions {
    bool replace = false;
};

using KeyValue = std::pair<std::string_view, std::string_view>;

/// Words or keys in a row, for the functions that take several: `redis.del(args("a", "b"))`. The same as
/// `{"a", "b"}`, which g++ 12 cannot compile inside a co_await expression. The words are only looked at.
template <class... Words>
constexpr std::array<std::string_view, sizeof...(Words)> args(Words const&... words) {
    return {std::string_view(words)...};
}

namespace detail {

/// A completion token or as_result: anything that is not one of the option structs above.
template <class T>
concept TokenLike = !std::is_same_v<std::remove_cvref_t<T>, SetOptions> &&
                    !std::is_same_v<std::remove_cvref_t<T>, GetExOptions> &&
                    !std::is_same_v<std::remove_cvref_t<T>, ExpireOptions> &&
                    !std::is_same_v<std::remove_cvref_t<T>, CopyOptions>;

/// Names the type that a command gives.
template <class T>
struct Gives {};
template <class T>
inline constexpr Gives<T> gives{};

/// What the families share (one base for each `Family`, so that they can be inherited side by side).
/// `Face` has
/// `template <class T, class... Token> auto issue(CommandInfo const&, ArgumentList const&, Token&&...)`.
template <class Face, template <class> class Family>
class CommandFamily {
protected:
    template <class T, class... Token>
    decltype(auto) issue(Gives<T>, protocol::CommandInfo const& info, ArgumentList const& words,
                         Token&&... token) {
        static_assert(sizeof...(Token) <= 1, "one completion token at most");
        return static_cast<Face&>(*this).template issue_command<T>(info, words,
                                                                   std::forward<Token>(token)...);
    }
    /// COMMAND key
    template <class T, class... Token>
    decltype(auto) issue_key(Gives<T> type, protocol::CommandInfo const& info,
                             std::string_view name, std::string_view key, Token&&... token) {
        ArgumentList words(name);
        words.add(key);
        return issue(type, info, words, std::forward<Token>(token)...);
    }
    /// COMMAND key argument
    template <class T, class Argument, class... Token>
    decltype(auto) issue_key_with(Gives<T> type, protocol::CommandInfo const& info,
                                  std::string_view name, std::string_view key, Argument argument,
                                  Token&&... token) {
        ArgumentList words(name);
        words.add(key).add(argument);
        return issue(type, info, words, std::forward<Token>(token)...);
    }
    /// COMMAND key... (one slot: keys of several slots fail with cross_slot before anything is sent)
    template <class T, class... Token>
    decltype(auto) issue_keys(Gives<T> type, protocol::CommandInfo const& info,
                              std::string_view name, std::span<std::string_view const> keys,
                              Token&&... token) {
        ArgumentList words(name);
        words.add_all(keys);
        return issue(type, info, words, std::forward<Token>(token)...);
    }
    static void add_expiry(ArgumentList& words, auto const& options) {
        if (options.ex) {
            words.add("EX").add(options.ex->count());
        }
        if (options.px) {
            words.add("PX").add(options.px->count());
        }
        if (options.exat) {
            words.add("EXAT").add(options.exat->time_since_epoch().count());
        }
        if (options.pxat) {
            words.add("PXAT").add(options.pxat->time_since_epoch().count());
        }
    }
    static void add_conditions(ArgumentList& words, ExpireOptions const& options) {
        for (auto const& [set, word] : {std::pair{options.nx, "NX"}, std::pair{options.xx, "XX"},
                                        std::pair{options.gt, "GT"}, std::pair{options.lt, "LT"}}) {
            if (set) {
                words.add(std::string_view(word));
            }
        }
    }
};

}  // namespace detail

using Keys = std::initializer_list<std::string_view>;

/// Strings.
template <class Face>
class StringCommands : public detail::CommandFamily<Face, StringCommands> {
    using detail::CommandFamily<Face, StringCommands>::issue;
    using detail::CommandFamily<Face, StringCommands>::issue_key;
    using detail::CommandFamily<Face, StringCommands>::issue_key_with;
    using detail::CommandFamily<Face, StringCommands>::issue_keys;
    using Family = detail::CommandFamily<Face, StringCommands>;

public:
    /// The value; nullopt if the key does not exist.
    template <detail::TokenLike... Token>
    decltype(auto) get(std::string_view key, Token&&... token) {
        static auto const& info = detail::known_command("get");
        return issue_key(detail::gives<std::optional<std::string>>, info, "GET", key,
                         std::forward<Token>(token)...);
    }

    /// True if the value was set; false when nx or xx did not allow it.
    template <detail::TokenLike... Token>
    decltype(auto) set(std::string_view key, std::string_view value, Token&&... token) {
        return set(key, value, SetOptions{}, std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) set(std::string_view key, std::string_view value, SetOptions const& options,
                       Token&&... token) {
        static auto const& info = detail::known_command("set");
        detail::ArgumentList words("SET");
        add_set(words.add(key).add(value), options);
        return issue(detail::gives<bool>, info, words, std::forward<Token>(token)...);
    }
    /// SET ... GET: sets the value and gives the one before it; nullopt if there was none.
    template <detail::TokenLike... Token>
    decltype(auto) set_and_get(std::string_view key, std::string_view value,
                               SetOptions const& options, Token&&... token) {
        static auto const& info = detail::known_command("set");
        detail::ArgumentList words("SET");
        add_set(words.add(key).add(value), options);
        words.add("GET");
        return issue(detail::gives<std::optional<std::string>>, info, words,
                     std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) setnx(std::string_view key, std::string_view value, Token&&... token) {
        static auto const& info = detail::known_command("setnx");
        return issue_key_with(detail::gives<bool>, info, "SETNX", key, value,
                              std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) setex(std::string_view key, std::chrono::seconds expiry, std::string_view value,
                         Token&&... token) {
        static auto const& info = detail::known_command("setex");
        detail::ArgumentList words("SETEX");
        words.add(key).add(expiry.count()).add(value);
        return issue(detail::gives<bool>, info, words, std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) psetex(std::string_view key, std::chrono::milliseconds expiry,
                          std::string_view value, Token&&... token) {
        static auto const& info = detail::known_command("psetex");
        detail::ArgumentList words("PSETEX");
        words.add(key).add(expiry.count()).add(value);
        return issue(detail::gives<bool>, info, words, std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) getset(std::string_view key, std::string_view value, Token&&... token) {
        static auto const& info = detail::known_command("getset");
        return issue_key_with(detail::gives<std::optional<std::string>>, info, "GETSET", key, value,
                              std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) getdel(std::string_view key, Token&&... token) {
        static auto const& info = detail::known_command("getdel");
        return issue_key(detail::gives<std::optional<std::string>>, info, "GETDEL", key,
                         std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) getex(std::string_view key, GetExOptions const& options, Token&&... token) {
        static auto const& info = detail::known_command("getex");
        detail::ArgumentList words("GETEX");
        Family::add_expiry(words.add(key), options);
        if (options.persist) {
            words.add("PERSIST");
        }
        return issue(detail::gives<std::optional<std::string>>, info, words,
                     std::forward<Token>(token)...);
    }
    /// The length of the value after the appending.
    template <detail::TokenLike... Token>
    decltype(auto) append(std::string_view key, std::string_view value, Token&&... token) {
        static auto const& info = detail::known_command("append");
        return issue_key_with(detail::gives<long long>, info, "APPEND", key, value,
                              std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) strlen(std::string_view key, Token&&... token) {
        static auto const& info = detail::known_command("strlen");
        return issue_key(detail::gives<long long>, info, "STRLEN", key,
                         std::forward<Token>(token)...);
    }
    /// Bytes start..end, both included; negative positions count from the end.
    template <detail::TokenLike... Token>
    decltype(auto) getrange(std::string_view key, long long start, long long end,
                            Token&&... token) {
        static auto const& info = detail::known_command("getrange");
        detail::ArgumentList words("GETRANGE");
        words.add(key).add(start).add(end);
        return issue(detail::gives<std::string>, info, words, std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) setrange(std::string_view key, long long offset, std::string_view value,
                            Token&&... token) {
        static auto const& info = detail::known_command("setrange");
        detail::ArgumentList words("SETRANGE");
        words.add(key).add(offset).add(value);
        return issue(detail::gives<long long>, info, words, std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) incr(std::string_view key, Token&&... token) {
        static auto const& info = detail::known_command("incr");
        return issue_key(detail::gives<long long>, info, "INCR", key,
                         std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) decr(std::string_view key, Token&&... token) {
        static auto const& info = detail::known_command("decr");
        return issue_key(detail::gives<long long>, info, "DECR", key,
                         std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) incrby(std::string_view key, long long amount, Token&&... token) {
        static auto const& info = detail::known_command("incrby");
        return issue_key_with(detail::gives<long long>, info, "INCRBY", key, amount,
                              std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) decrby(std::string_view key, long long amount, Token&&... token) {
        static auto const& info = detail::known_command("decrby");
        return issue_key_with(detail::gives<long long>, info, "DECRBY", key, amount,
                              std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) incrbyfloat(std::string_view key, double amount, Token&&... token) {
        static auto const& info = detail::known_command("incrbyfloat");
        return issue_key_with(detail::gives<double>, info, "INCRBYFLOAT", key, amount,
                              std::forward<Token>(token)...);
    }
    /// One entry per key, in their order. All keys in one slot.
    template <detail::TokenLike... Token>
    decltype(auto) mget(std::span<std::string_view const> keys, Token&&... token) {
        static auto const& info = detail::known_command("mget");
        return issue_keys(detail::gives<std::vector<std::optional<std::string>>>, info, "MGET",
                          keys, std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) mget(Keys keys, Token&&... token) {
        return mget(std::span(keys.begin(), keys.size()), std::forward<Token>(token)...);
    }
    /// All keys in one slot: all are set at once or none.
    template <detail::TokenLike... Token>
    decltype(auto) mset(std::span<KeyValue const> values, Token&&... token) {
        static auto const& info = detail::known_command("mset");
        return issue_values(detail::gives<bool>, info, "MSET", values,
                            std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) mset(std::initializer_list<KeyValue> values, Token&&... token) {
        return mset(std::span(values.begin(), values.size()), std::forward<Token>(token)...);
    }
    /// False, and nothing set, if any of the keys exists.
    template <detail::TokenLike... Token>
    decltype(auto) msetnx(std::span<KeyValue const> values, Token&&... token) {
        static auto const& info = detail::known_command("msetnx");
        return issue_values(detail::gives<bool>, info, "MSETNX", values,
                            std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) msetnx(std::initializer_list<KeyValue> values, Token&&... token) {
        return msetnx(std::span(values.begin(), values.size()), std::forward<Token>(token)...);
    }
    /// The longest common subsequence of two values.
    template <detail::TokenLike... Token>
    decltype(auto) lcs(std::string_view key_a, std::string_view key_b, Token&&... token) {
        static auto const& info = detail::known_command("lcs");
        return issue_key_with(detail::gives<std::string>, info, "LCS", key_a, key_b,
                              std::forward<Token>(token)...);
    }

private:
    static void add_set(detail::ArgumentList& words, SetOptions const& options) {
        Family::add_expiry(words, options);
        if (options.keepttl) {
            words.add("KEEPTTL");
        }
        if (options.nx) {
            words.add("NX");
        }
        if (options.xx) {
            words.add("XX");
        }
    }
    template <class T, class... Token>
    decltype(auto) issue_values(detail::Gives<T> type, protocol::CommandInfo const& info,
                                std::string_view name, std::span<KeyValue const> values,
                                Token&&... token) {
        detail::ArgumentList words(name);
        for (auto const& [key, value] : values) {
            words.add(key).add(value);
        }
        return issue(type, info, words, std::forward<Token>(token)...);
    }
};

/// Keys of any type.
template <class Face>
class KeyCommands : public detail::CommandFamily<Face, KeyCommands> {
    using detail::CommandFamily<Face, KeyCommands>::issue;
    using detail::CommandFamily<Face, KeyCommands>::issue_key;
    using detail::CommandFamily<Face, KeyCommands>::issue_key_with;
    using detail::CommandFamily<Face, KeyCommands>::issue_keys;
    using Family = detail::CommandFamily<Face, KeyCommands>;

public:
    /// How many of the keys were deleted. All keys in one slot, as for the next three.
    template <detail::TokenLike... Token>
    decltype(auto) del(std::span<std::string_view const> keys, Token&&... token) {
        static auto const& info = detail::known_command("del");
        return issue_keys(detail::gives<long long>, info, "DEL", keys,
                          std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) del(Keys keys, Token&&... token) {
        return del(std::span(keys.begin(), keys.size()), std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) del(std::string_view key, Token&&... token) {
        return del(std::span(&key, 1), std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) unlink(std::span<std::string_view const> keys, Token&&... token) {
        static auto const& info = detail::known_command("unlink");
        return issue_keys(detail::gives<long long>, info, "UNLINK", keys,
                          std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) unlink(Keys keys, Token&&... token) {
        return unlink(std::span(keys.begin(), keys.size()), std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) unlink(std::string_view key, Token&&... token) {
        return unlink(std::span(&key, 1), std::forward<Token>(token)...);
    }
    /// How many of the keys exist; a key named twice counts twice.
    template <detail::TokenLike... Token>
    decltype(auto) exists(std::span<std::string_view const> keys, Token&&... token) {
        static auto const& info = detail::known_command("exists");
        return issue_keys(detail::gives<long long>, info, "EXISTS", keys,
                          std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) exists(Keys keys, Token&&... token) {
        return exists(std::span(keys.begin(), keys.size()), std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) exists(std::string_view key, Token&&... token) {
        return exists(std::span(&key, 1), std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) touch(std::span<std::string_view const> keys, Token&&... token) {
        static auto const& info = detail::known_command("touch");
        return issue_keys(detail::gives<long long>, info, "TOUCH", keys,
                          std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) touch(Keys keys, Token&&... token) {
        return touch(std::span(keys.begin(), keys.size()), std::forward<Token>(token)...);
    }
    /// "string", "list", ... or "none".
    template <detail::TokenLike... Token>
    decltype(auto) type(std::string_view key, Token&&... token) {
        static auto const& info = detail::known_command("type");
        return issue_key(detail::gives<std::string>, info, "TYPE", key,
                         std::forward<Token>(token)...);
    }
    /// False if the key does not exist or the condition is not met.
    template <detail::TokenLike... Token>
    decltype(auto) expire(std::string_view key, std::chrono::seconds after, Token&&... token) {
        return expire(key, after, ExpireOptions{}, std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) expire(std::string_view key, std::chrono::seconds after,
                          ExpireOptions const& options, Token&&... token) {
        static auto const& info = detail::known_command("expire");
        return issue_expiry(info, "EXPIRE", key, after.count(), options,
                            std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) pexpire(std::string_view key, std::chrono::milliseconds after,
                           Token&&... token) {
        return pexpire(key, after, ExpireOptions{}, std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) pexpire(std::string_view key, std::chrono::milliseconds after,
                           ExpireOptions const& options, Token&&... token) {
        static auto const& info = detail::known_command("pexpire");
        return issue_expiry(info, "PEXPIRE", key, after.count(), options,
                            std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) expireat(std::string_view key, std::chrono::sys_seconds at, Token&&... token) {
        static auto const& info = detail::known_command("expireat");
        return issue_expiry(info, "EXPIREAT", key, at.time_since_epoch().count(), ExpireOptions{},
                            std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) pexpireat(std::string_view key,
                             std::chrono::sys_time<std::chrono::milliseconds> at,
                             Token&&... token) {
        static auto const& info = detail::known_command("pexpireat");
        return issue_expiry(info, "PEXPIREAT", key, at.time_since_epoch().count(), ExpireOptions{},
                            std::forward<Token>(token)...);
    }
    /// Seconds to live; -1: for ever, -2: no such key.
    template <detail::TokenLike... Token>
    decltype(auto) ttl(std::string_view key, Token&&... token) {
        static auto const& info = detail::known_command("ttl");
        return issue_key(detail::gives<long long>, info, "TTL", key, std::forward<Token>(token)...);
    }
    /// Milliseconds to live; -1: for ever, -2: no such key.
    template <detail::TokenLike... Token>
    decltype(auto) pttl(std::string_view key, Token&&... token) {
        static auto const& info = detail::known_command("pttl");
        return issue_key(detail::gives<long long>, info, "PTTL", key,
                         std::forward<Token>(token)...);
    }
    /// Unix time of expiry in seconds; -1: never, -2: no such key.
    template <detail::TokenLike... Token>
    decltype(auto) expiretime(std::string_view key, Token&&... token) {
        static auto const& info = detail::known_command("expiretime");
        return issue_key(detail::gives<long long>, info, "EXPIRETIME", key,
                         std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) pexpiretime(std::string_view key, Token&&... token) {
        static auto const& info = detail::known_command("pexpiretime");
        return issue_key(detail::gives<long long>, info, "PEXPIRETIME", key,
                         std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) persist(std::string_view key, Token&&... token) {
        static auto const& info = detail::known_command("persist");
        return issue_key(detail::gives<bool>, info, "PERSIST", key, std::forward<Token>(token)...);
    }
    /// Both keys in one slot; an error if `key` does not exist.
    template <detail::TokenLike... Token>
    decltype(auto) rename(std::string_view key, std::string_view new_key, Token&&... token) {
        static auto const& info = detail::known_command("rename");
        return issue_key_with(detail::gives<bool>, info, "RENAME", key, new_key,
                              std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) renamenx(std::string_view key, std::string_view new_key, Token&&... token) {
        static auto const& info = detail::known_command("renamenx");
        return issue_key_with(detail::gives<bool>, info, "RENAMENX", key, new_key,
                              std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) copy(std::string_view source, std::string_view destination,
                        CopyOptions const& options, Token&&... token) {
        static auto const& info = detail::known_command("copy");
        detail::ArgumentList words("COPY");
        words.add(source).add(destination);
        if (options.replace) {
            words.add("REPLACE");
        }
        return issue(detail::gives<bool>, info, words, std::forward<Token>(token)...);
    }
    /// The serialised value; nullopt if the key does not exist.
    template <detail::TokenLike... Token>
    decltype(auto) dump(std::string_view key, Token&&... token) {
        static auto const& info = detail::known_command("dump");
        return issue_key(detail::gives<std::optional<std::string>>, info, "DUMP", key,
                         std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) object_encoding(std::string_view key, Token&&... token) {
        static auto const& info = detail::known_command("object");
        detail::ArgumentList words("OBJECT");
        words.add("ENCODING").add(key);
        return issue(detail::gives<std::optional<std::string>>, info, words,
                     std::forward<Token>(token)...);
    }

private:
    template <class... Token>
    decltype(auto) issue_expiry(protocol::CommandInfo const& info, std::string_view name,
                                std::string_view key, std::int64_t when,
                                ExpireOptions const& options, Token&&... token) {
        detail::ArgumentList words(name);
        words.add(key).add(when);
        Family::add_conditions(words, options);
        return issue(detail::gives<bool>, info, words, std::forward<Token>(token)...);
    }
};

/// All families, and execute() for everything else.
template <class Face>
class Commands : public StringCommands<Face>, public KeyCommands<Face> {
public:
    /// Any command, word by word: routed by its keys, which are found by Redis' own key specifications.
    /// A command without keys goes to some primary. The reply comes as it is.
    template <detail::TokenLike... Token>
    decltype(auto) execute(std::span<std::string_view const> words, Token&&... token) {
        return static_cast<Face&>(*this).issue_words(words, std::forward<Token>(token)...);
    }
    template <detail::TokenLike... Token>
    decltype(auto) execute(std::initializer_list<std::string_view> words, Token&&... token) {
        return execute(std::span(words.begin(), words.size()), std::forward<Token>(token)...);
    }
};

}  // namespace keyslot
