#pragma once

#include <keyslot/detail/decode.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <type_traits>
#include <utility>

namespace keyslot {

/// The token that asks for a Result<T> instead of an exception. as_result alone is awaited;
/// as_result(token) wraps any other token, whose handler then takes one Result<T>.
template <class Token>
struct AsResult {
    Token token;
};
struct AsResultTag {
    template <class Token>
    constexpr AsResult<std::decay_t<Token>> operator()(Token&& token) const {
        return {std::forward<Token>(token)};
    }
};
inline constexpr AsResultTag as_result{};

namespace detail {

template <class T>
struct is_as_result : std::false_type {};
template <class Token>
struct is_as_result<AsResult<Token>> : std::true_type {};

/// Calls `handler(arguments...)` where it belongs: here, when its executor is the client's own, else
/// through its executor.
template <class Handler, class... Arguments>
void complete_handler(asio::any_io_executor const& own, Handler&& handler,
                      Arguments&&... arguments) {
    auto const slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) {
        auto mutable_slot = slot;
        mutable_slot.clear();
    }
    auto const executor = asio::get_associated_executor(handler, own);
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(executor)>, asio::any_io_executor>) {
        if (executor == own) {
            std::move(handler)(std::forward<Arguments>(arguments)...);
            return;
        }
    }
    asio::dispatch(
        executor,
        [handler = std::move(handler),
         ... stored = std::decay_t<Arguments>(std::forward<Arguments>(arguments))]() mutable {
            std::move(handler)(std::move(stored)...);
        });
}

/// Submits a call whose completion is an Asio handler: of `void(std::exception_ptr, T)`, or, for
/// as_result, of `void(Result<T>)`.
template <class T, bool as_value>
struct Initiate {
    template <class Handler>
    void operator()(Handler&& handler, PreparedCall call) const {
        auto slot = asio::get_associated_cancellation_slot(handler);
        std::shared_ptr<ClusterCore> const core =
            slot.is_connected() ? call.shared_core() : nullptr;
        std::uint64_t const handle = std::move(call).submit(
            [handler = std::forward<Handler>(handler)](CallResult& result) mutable {
                Result<T> decoded = decode<T>(result);
                if constexpr (as_value) {
                    complete_handler(*result.executor, std::move(handler), std::move(decoded));
                } else if (decoded) {
                    complete_handler(*result.executor, std::move(handler), std::exception_ptr(),
                                     std::move(*decoded));
                } else {
                    complete_handler(*result.executor, std::move(handler),
                                     make_error(decoded.failure()), T());
                }
            });
        if (core) {
            slot.assign([core, handle](asio::cancellation_type) { cancel(*core, handle); });
        }
    }
};

/// The asynchronous face of one call.
template <class T, class Token>
decltype(auto) initiate(PreparedCall call, Token&& token) {
    using Plain = std::remove_cvref_t<Token>;
    if constexpr (std::is_same_v<Plain, AsResultTag>) {
        return asio::async_initiate<asio::use_awaitable_t<> const, void(Result<T>)>(
            Initiate<T, true>{}, asio::use_awaitable, std::move(call));
    } else if constexpr (is_as_result<Plain>::value) {
        return asio::async_initiate<decltype(token.token), void(Result<T>)>(
            Initiate<T, true>{}, token.token, std::move(call));
    } else {
        return asio::async_initiate<Token, void(std::exception_ptr, T)>(Initiate<T, false>{}, token,
                                                                        std::move(call));
    }
}

}  // namespace detail
}  // namespace keyslot
