#pragma once

#include <keyslot/detail/decode.hpp>
#include <keyslot/environment.hpp>
#include <keyslot/time.hpp>
#include <keyslot/unique_function.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <optional>
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

/// The token for handlers of `void(error_code, T)`: as_error_code(token) wraps any other token, such as
/// asio::redirect_error; as_error_code alone is awaited and throws boost::system::system_error. Tell the
/// errors apart by ErrorCode and Outcome.
template <class Token>
struct AsErrorCode {
    Token token;
};
struct AsErrorCodeTag {
    template <class Token>
    constexpr AsErrorCode<std::decay_t<Token>> operator()(Token&& token) const {
        return {std::forward<Token>(token)};
    }
};
inline constexpr AsErrorCodeTag as_error_code{};

namespace detail {

template <class T>
struct is_as_error_code : std::false_type {};
template <class Token>
struct is_as_error_code<AsErrorCode<Token>> : std::true_type {};

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

/// How the result of a call is told to its handler.
enum class Telling { exception, result, error_code };

/// Submits a call whose completion is an Asio handler: of `void(std::exception_ptr, T)`, for as_result of
/// `void(Result<T>)`, for as_error_code of `void(error_code, T)`.
template <class T, Telling telling>
struct Initiate {
    template <class Handler>
    void operator()(Handler&& handler, PreparedCall call) const {
        auto slot = asio::get_associated_cancellation_slot(handler);
        std::shared_ptr<ClusterCore> const core =
            slot.is_connected() ? call.shared_core() : nullptr;
        std::uint64_t const handle = std::move(call).submit(
            [handler = std::forward<Handler>(handler)](CallResult& result) mutable {
                Result<T> decoded = decode<T>(result);
                if constexpr (telling == Telling::result) {
                    complete_handler(*result.executor, std::move(handler), std::move(decoded));
                } else if constexpr (telling == Telling::error_code) {
                    error_code const failure =
                        decoded ? error_code() : make_error_code(decoded.error());
                    complete_handler(*result.executor, std::move(handler), failure,
                                     decoded ? std::move(*decoded) : T());
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
            Initiate<T, Telling::result>{}, asio::use_awaitable, std::move(call));
    } else if constexpr (is_as_result<Plain>::value) {
        Plain wrapper(std::forward<Token>(token));
        return asio::async_initiate<decltype(wrapper.token), void(Result<T>)>(
            Initiate<T, Telling::result>{}, wrapper.token, std::move(call));
    } else if constexpr (std::is_same_v<Plain, AsErrorCodeTag>) {
        return asio::async_initiate<asio::use_awaitable_t<> const, void(error_code, T)>(
            Initiate<T, Telling::error_code>{}, asio::use_awaitable, std::move(call));
    } else if constexpr (is_as_error_code<Plain>::value) {
        Plain wrapper(std::forward<Token>(token));
        return asio::async_initiate<decltype(wrapper.token), void(error_code, T)>(
            Initiate<T, Telling::error_code>{}, wrapper.token, std::move(call));
    } else {
        return asio::async_initiate<Token, void(std::exception_ptr, T)>(
            Initiate<T, Telling::exception>{}, token, std::move(call));
    }
}

/// Something that takes its time and is not one call: started with what is to be told its result, once
/// and on the client's executor but not inside the start; gives what cancels it, which may come too late.
template <class T>
using Operation = UniqueFunction<UniqueFunction<void()>(UniqueFunction<void(Result<T>)>)>;

/// The operation behind close(patience).
Operation<bool> drain(std::shared_ptr<ClusterCore> core, Duration patience);

template <class T, bool as_value>
struct InitiateOperation {
    template <class Handler>
    void operator()(Handler&& handler, asio::any_io_executor own, Operation<T> start) const {
        auto slot = asio::get_associated_cancellation_slot(handler);
        UniqueFunction<void()> cancel =
            start([own, handler = std::forward<Handler>(handler)](Result<T> result) mutable {
                if constexpr (as_value) {
                    complete_handler(own, std::move(handler), std::move(result));
                } else if (result) {
                    complete_handler(own, std::move(handler), std::exception_ptr(),
                                     std::move(*result));
                } else {
                    complete_handler(own, std::move(handler), make_error(result.failure()), T());
                }
            });
        if (slot.is_connected()) {
            slot.assign(
                [cancel = std::move(cancel)](asio::cancellation_type) mutable { cancel(); });
        }
    }
};

/// The blocking face of one operation.
template <class T>
Result<T> wait_for(Environment& environment, Operation<T> start) {
    std::optional<Result<T>> result;
    environment.block_on([&](Environment::Completion done) {
        start([&result, done = std::move(done)](Result<T> got) mutable {
            result.emplace(std::move(got));
            done();
        });
    });
    return std::move(*result);
}

/// The asynchronous face of one operation.
template <class T, class Token>
decltype(auto) initiate_operation(asio::any_io_executor const& own, Operation<T> start,
                                  Token&& token) {
    using Plain = std::remove_cvref_t<Token>;
    if constexpr (std::is_same_v<Plain, AsResultTag>) {
        return asio::async_initiate<asio::use_awaitable_t<> const, void(Result<T>)>(
            InitiateOperation<T, true>{}, asio::use_awaitable, own, std::move(start));
    } else if constexpr (is_as_result<Plain>::value) {
        return asio::async_initiate<decltype(token.token), void(Result<T>)>(
            InitiateOperation<T, true>{}, token.token, own, std::move(start));
    } else {
        return asio::async_initiate<Token, void(std::exception_ptr, T)>(
            InitiateOperation<T, false>{}, token, own, std::move(start));
    }
}

}  // namespace detail
}  // namespace keyslot
