#pragma once

#include "client/cluster/call.hpp"

namespace keyslot::detail {

/// Calls by deadline, linked through the calls themselves. Deadlines mostly come in ascending order (one
/// timeout for all), so that a call is added and removed in constant time; a kernel timer per call would
/// cost more than the call.
class DeadlineList {
public:
    bool empty() const { return first_ == nullptr; }
    Call* first() const { return first_; }

    void add(Call& call) {
        Call* before = last_;
        while (before != nullptr && before->deadline > call.deadline) {
            before = before->earlier;
        }
        call.earlier = before;
        call.later = before != nullptr ? before->later : first_;
        (call.earlier != nullptr ? call.earlier->later : first_) = &call;
        (call.later != nullptr ? call.later->earlier : last_) = &call;
    }

    void remove(Call& call) {
        (call.earlier != nullptr ? call.earlier->later : first_) = call.later;
        (call.later != nullptr ? call.later->earlier : last_) = call.earlier;
        call.earlier = call.later = nullptr;
    }

private:
    Call* first_ = nullptr;
    Call* last_ = nullptr;
};

}  // namespace keyslot::detail
