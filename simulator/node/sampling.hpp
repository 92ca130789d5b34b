#pragma once

#include "simulator/kernel/random.hpp"

#include <algorithm>
#include <cstddef>

namespace keyslot::sim {

/// Chooses `count` of `total` things that come by one after the other, every choice equally likely.
class InOrderSample {
public:
    InOrderSample(std::size_t total, std::size_t count)
        : left_(total), wanted_(std::min(total, count)) {}

    bool takes_next(Random& random) {
        bool const take = wanted_ > 0 && random.below(left_) < wanted_;
        --left_;
        wanted_ -= take ? 1 : 0;
        return take;
    }

private:
    std::size_t left_;
    std::size_t wanted_;
};

}  // namespace keyslot::sim
