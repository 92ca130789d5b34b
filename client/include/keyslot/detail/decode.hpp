#pragma once

#include <keyslot/detail/call.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace keyslot::detail {

/// The reply had a type that the command does not give.
std::shared_ptr<Failure const> unexpected_reply(ReplyView reply, std::string_view expected);

/// Turns a reply that is not an error into the C++ type a typed command promises.
template <class T>
struct Decoder;

template <>
struct Decoder<Reply> {
    static Result<Reply> decode(ReplyView reply) { return Reply(reply); }
};

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

template <class T>
struct Decoder<std::vector<T>> {
    static Result<std::vector<T>> decode(ReplyView reply) {
        if (!reply.is_aggregate()) {
            return unexpected_reply(reply, "an array");
        }
        std::vector<T> elements;
        elements.reserve(reply.size());
        for (ReplyView const element : reply) {
            Result<T> inner = Decoder<T>::decode(element);
            if (!inner) {
                return inner.failure();
            }
            elements.push_back(std::move(*inner));
        }
        return elements;
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
