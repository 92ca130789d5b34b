#pragma once

#include <keyslot/detail/decode.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace keyslot::detail {

/// Fills the members of a struct from an aggregate reply, and remembers the first thing that does not fit.
template <class T>
class StructDecoder {
public:
    explicit StructDecoder(ReplyView reply) : reply_(reply) {
        if (!reply.is_aggregate()) {
            failure_ = unexpected_reply(reply, "an array or a map");
        }
    }

    /// The element in that place.
    template <class Member>
    StructDecoder& at(std::size_t index, Member T::* member) {
        if (!failure_ && index >= reply_.size()) {
            failure_ = unexpected_reply(reply_, "more elements");
        }
        if (!failure_) {
            take(reply_[index], member);
        }
        return *this;
    }
    /// The value of that name, in a map or an array of names and values.
    template <class Member>
    StructDecoder& named(std::string_view name, Member T::* member) {
        auto const value = failure_ ? std::nullopt : reply_.find(name);
        if (!failure_ && !value) {
            failure_ = unexpected_reply(reply_, "a field " + std::string(name));
        }
        if (!failure_) {
            take(*value, member);
        }
        return *this;
    }
    /// The same where a server may leave the name out.
    template <class Member>
    StructDecoder& maybe_named(std::string_view name, Member T::* member) {
        return !failure_ && reply_.find(name) ? named(name, member) : *this;
    }

    Result<T> result() {
        if (failure_) {
            return failure_;
        }
        return std::move(value_);
    }

private:
    template <class Member>
    void take(ReplyView part, Member T::* member) {
        Result<Member> decoded = Decoder<Member>::decode(part);
        if (decoded) {
            value_.*member = std::move(*decoded);
        } else {
            failure_ = decoded.failure();
        }
    }

    ReplyView reply_;
    T value_{};
    std::shared_ptr<Failure const> failure_;
};

}  // namespace keyslot::detail
