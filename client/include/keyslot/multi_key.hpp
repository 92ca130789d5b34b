#pragma once

#include <keyslot/arguments.hpp>
#include <keyslot/detail/initiate.hpp>
#include <keyslot/error.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace keyslot {

/// A key whose part of a split command failed. The outcome is that of this key.
struct KeyFailure {
    std::size_t position = 0;  ///< among the keys as they were given
    std::string key;
    std::shared_ptr<Failure const> failure;
};

/// What a command gave that was split by slot. Each part ran by itself, or not at all: there is a failure
/// for every key of a part that failed, and the keys that are not named there have had their command.
template <class T>
class [[nodiscard]] SplitResult {
public:
    SplitResult() = default;
    SplitResult(T value, std::vector<KeyFailure> failures,
                std::shared_ptr<Failure const> failure = nullptr)
        : value_(std::move(value)), failures_(std::move(failures)), failure_(std::move(failure)) {}

    /// No key failed.
    bool complete() const { return failure_ == nullptr; }
    explicit operator bool() const { return complete(); }
    /// The whole; throws failure() if it is not complete.
    T const& value() const& {
        require();
        return value_;
    }
    T&& value() && {
        require();
        return std::move(value_);
    }
    /// What there is of it: of a count, the sum over the parts that were answered; of values, nullopt in the
    /// places of the keys that failed.
    T const& partial() const { return value_; }
    /// In the order of the keys.
    std::vector<KeyFailure> const& failures() const { return failures_; }
    /// All failures as one: how many keys failed, and why. Its outcome is not_executed only if no part ran.
    std::shared_ptr<Failure const> failure() const { return failure_; }

private:
    void require() const {
        if (failure_) {
            throw_error(failure_);
        }
    }

    T value_{};
    std::vector<KeyFailure> failures_;
    std::shared_ptr<Failure const> failure_;
};

using SplitValues = SplitResult<std::vector<std::optional<std::string>>>;
using SplitCount = SplitResult<long long>;
using SplitDone = SplitResult<bool>;

namespace detail {

/// Its arguments one after the other; `stride` of them belong to one key, which stands first.
struct SplitCommand {
    std::string_view name;  ///< of a literal
    std::vector<std::string> arguments;
    std::size_t stride = 1;
};

Operation<SplitValues> split_for_values(std::shared_ptr<ClusterCore> core, CallManner manner,
                                        SplitCommand command);
Operation<SplitCount> split_for_count(std::shared_ptr<ClusterCore> core, CallManner manner,
                                      SplitCommand command);
Operation<SplitDone> split_for_ok(std::shared_ptr<ClusterCore> core, CallManner manner,
                                  SplitCommand command);

}  // namespace detail

/// Commands over keys of any slots, split into one command for each slot. All parts go out at once, each
/// like any other call: with the client's CallOptions, redirections, and the order of its slot. It is not
/// atomic: others see some parts done and others not, and some may fail while others run.
///
/// They complete when the last part has, always with a SplitResult, which tells what failed; nothing is
/// thrown unless its value() is asked for. Cancelling ends the parts that are under way: their keys then
/// fail with ErrorCode::cancelled. The arguments are copied.
template <class Face>
class ClusterMultiKeyCommands {
public:
    /// The values in the order of the keys; nullopt: no such key, or no string.
    decltype(auto) mget_nonatomic(Words const& keys, auto... token) {
        return split<SplitValues>(detail::split_for_values, "MGET", keys, std::move(token)...);
    }
    /// True.
    decltype(auto) mset_nonatomic(KeyValues const& pairs, auto... token) {
        detail::SplitCommand command{.name = "MSET", .arguments = {}, .stride = 2};
        pairs.for_each([&command](KeyValue const& pair) {
            command.arguments.emplace_back(pair.first);
            command.arguments.emplace_back(pair.second);
        });
        return run_split<SplitDone>(detail::split_for_ok, std::move(command), std::move(token)...);
    }
    /// How many keys were deleted.
    decltype(auto) del_nonatomic(Words const& keys, auto... token) {
        return split<SplitCount>(detail::split_for_count, "DEL", keys, std::move(token)...);
    }
    decltype(auto) unlink_nonatomic(Words const& keys, auto... token) {
        return split<SplitCount>(detail::split_for_count, "UNLINK", keys, std::move(token)...);
    }
    /// How many of the keys exist; a key named twice counts twice.
    decltype(auto) exists_nonatomic(Words const& keys, auto... token) {
        return split<SplitCount>(detail::split_for_count, "EXISTS", keys, std::move(token)...);
    }
    decltype(auto) touch_nonatomic(Words const& keys, auto... token) {
        return split<SplitCount>(detail::split_for_count, "TOUCH", keys, std::move(token)...);
    }

private:
    template <class T, class Make, class... Token>
    decltype(auto) split(Make make, std::string_view name, Words const& keys, Token&&... token) {
        detail::SplitCommand command{.name = name, .arguments = {}};
        keys.for_each([&command](std::string_view key) { command.arguments.emplace_back(key); });
        return run_split<T>(make, std::move(command), std::forward<Token>(token)...);
    }
    template <class T, class Make, class... Token>
    decltype(auto) run_split(Make make, detail::SplitCommand command, Token&&... token) {
        return static_cast<Face&>(*this).template issue_operation<T>(
            [&](std::shared_ptr<detail::ClusterCore> core, detail::CallManner manner) {
                return make(std::move(core), std::move(manner), std::move(command));
            },
            std::forward<Token>(token)...);
    }
};

}  // namespace keyslot
