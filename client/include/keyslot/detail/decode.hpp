#pragma once

#include <keyslot/detail/call.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace keyslot::detail {

/// The reply had a type that the command does not give.
std::shared_ptr<Failure const> unexpected_reply(ReplyView reply, std::string_view expected);

/// Turns a reply that is not an error into the C++ type a typed command promises, the same for RESP2 and
/// RESP3. A type of one family is decoded in client/commands/<family>.cpp; its header declares that.
template <class T>
struct Decoder {
    static Result<T> decode(ReplyView reply);
};

template <>
Result<Reply> Decoder<Reply>::decode(ReplyView reply);
/// Unsigned, as cursors are.
template <>
Result<std::uint64_t> Decoder<std::uint64_t>::decode(ReplyView reply);
template <>
struct Decoder<std::string> {
    static Result<std::string> decode(ReplyView reply) {
        if (reply.is_null() || reply.is_aggregate()) {
            return unexpected_reply(reply, "a string");
        }
        return std::string(reply.text());
    }
};

template <>
struct Decoder<long long> {
    static Result<long long> decode(ReplyView reply) {
        if (auto const value = reply.as_integer()) {
            return static_cast<long long>(*value);
        }
        return unexpected_reply(reply, "an integer");
    }
};

template <>
struct Decoder<double> {
    static Result<double> decode(ReplyView reply) {
        if (auto const value = reply.as_double()) {
            return *value;
        }
        return unexpected_reply(reply, "a number");
    }
};

/// +OK is true, null (a condition such as NX was not met) false; integers and booleans as they are.
template <>
struct Decoder<bool> {
    static Result<bool> decode(ReplyView reply) {
        switch (reply.type()) {
            case ReplyType::simple_string: return true;
            case ReplyType::null: return false;
            default: break;
        }
        if (auto const value = reply.as_integer()) {
            return *value != 0;
        }
        return unexpected_reply(reply, "OK, null or an integer");
    }
};

/// An integer that counts the unit of the type.
template <class Rep, class Period>
struct Decoder<std::chrono::duration<Rep, Period>> {
    static Result<std::chrono::duration<Rep, Period>> decode(ReplyView reply) {
        if (auto const value = reply.as_integer()) {
            return std::chrono::duration<Rep, Period>(*value);
        }
        return unexpected_reply(reply, "an integer");
    }
};

/// An integer: Unix time.
template <class Duration>
struct Decoder<std::chrono::sys_time<Duration>> {
    static Result<std::chrono::sys_time<Duration>> decode(ReplyView reply) {
        Result<Duration> const since_epoch = Decoder<Duration>::decode(reply);
        if (!since_epoch) {
            return since_epoch.failure();
        }
        return std::chrono::sys_time<Duration>(*since_epoch);
    }
};

/// TIME: seconds and microseconds.
template <>
struct Decoder<std::chrono::sys_time<std::chrono::microseconds>> {
    static Result<std::chrono::sys_time<std::chrono::microseconds>> decode(ReplyView reply);
};

template <class T>
struct Decoder<std::optional<T>> {
    static Result<std::optional<T>> decode(ReplyView reply) {
        if (reply.is_null()) {
            return std::optional<T>();
        }
        Result<T> inner = Decoder<T>::decode(reply);
        if (!inner) {
            return inner.failure();
        }
        return std::optional<T>(std::move(*inner));
    }
};

/// A pair, and whatever stands in replies as one: an array of two, or two neighbours of a longer array.
template <class T, class First, class Second>
struct PairDecoder {
    static Result<T> decode_two(ReplyView first_part, ReplyView second_part) {
        Result<First> first = Decoder<First>::decode(first_part);
        if (!first) {
            return first.failure();
        }
        Result<Second> second = Decoder<Second>::decode(second_part);
        if (!second) {
            return second.failure();
        }
        return T{std::move(*first), std::move(*second)};
    }
    static Result<T> decode(ReplyView reply) {
        if (!reply.is_aggregate() || reply.size() != 2) {
            return unexpected_reply(reply, "an array of two");
        }
        return decode_two(reply[0], reply[1]);
    }
};

template <class First, class Second>
struct Decoder<std::pair<First, Second>> : PairDecoder<std::pair<First, Second>, First, Second> {};

template <class T>
concept PairShaped = requires(ReplyView part) { Decoder<T>::decode_two(part, part); };

/// An array or a set; of pairs also a map, or an array that names the parts of all pairs in turn, or one of
/// arrays of two. Null, as some commands say "nothing here", is no elements.
template <class T>
struct Decoder<std::vector<T>> {
    static Result<std::vector<T>> decode(ReplyView reply) {
        std::vector<T> elements;
        if (reply.is_null()) {
            return elements;
        }
        if (!reply.is_aggregate()) {
            return unexpected_reply(reply, "an array");
        }
        bool flat = false;
        if constexpr (PairShaped<T>) {
            flat = reply.type() == ReplyType::map || (!reply.empty() && !reply[0].is_aggregate());
            if (flat && reply.size() % 2 != 0) {
                return unexpected_reply(reply, "an even number of elements");
            }
        }
        elements.reserve(flat ? reply.size() / 2 : reply.size());
        for (auto part = reply.begin(); part != reply.end(); ++part) {
            Result<T> element = decode_element(part, flat);
            if (!element) {
                return element.failure();
            }
            elements.push_back(std::move(*element));
        }
        return elements;
    }

private:
    static Result<T> decode_element(ReplyView::Iterator& part, [[maybe_unused]] bool flat) {
        if constexpr (PairShaped<T>) {
            if (flat) {
                ReplyView const first = *part++;
                return Decoder<T>::decode_two(first, *part);
            }
        }
        return Decoder<T>::decode(*part);
    }
};

template <class T>
struct ResultOf {
    static Result<T> decode(CallResult const& result) { return Decoder<T>::decode(result.reply); }
};
template <class T>
struct ResultOf<NodeResults<T>> {
    static Result<NodeResults<T>> decode(CallResult const& result) {
        NodeResults<T> results;
        results.reserve(result.parts->size());
        for (NodeResult<Reply> const& part : *result.parts) {
            results.push_back({part.node, part.result ? Decoder<T>::decode(part.result->view())
                                                      : Result<T>(part.result.failure())});
        }
        return results;
    }
};

template <class T>
Result<T> decode(CallResult const& result) {
    if (result.failure) {
        return result.failure;
    }
    return ResultOf<T>::decode(result);
}

}  // namespace keyslot::detail
