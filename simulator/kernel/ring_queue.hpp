#pragma once

#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// A FIFO in one block of memory that grows by doubling and is never given back: std::deque allocates
/// and frees as its contents move along. Popped elements stay constructed, and keep their own memory,
/// until their place is used again.
template <class T>
class RingQueue {
public:
    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }

    T& front() {
        assert(size_ > 0);
        return places_[head_];
    }
    T& back() {
        assert(size_ > 0);
        return places_[wrap(head_ + size_ - 1)];
    }
    T& operator[](std::size_t n) {
        assert(n < size_);
        return places_[wrap(head_ + n)];
    }

    /// The new last element, in whatever state its place was left.
    T& push() {
        if (size_ == places_.size()) {
            grow();
        }
        return places_[wrap(head_ + size_++)];
    }
    void push(T value) { push() = std::move(value); }

    void pop() {
        assert(size_ > 0);
        head_ = wrap(head_ + 1);
        --size_;
    }
    void clear() { size_ = 0; }

private:
    std::size_t wrap(std::size_t n) const { return n & (places_.size() - 1); }

    void grow() {
        std::vector<T> bigger(places_.empty() ? 4 : places_.size() * 2);
        for (std::size_t n = 0; n < size_; ++n) {
            bigger[n] = std::move(places_[wrap(head_ + n)]);
        }
        places_ = std::move(bigger);
        head_ = 0;
    }

    std::vector<T> places_;  // a power of two
    std::size_t head_ = 0;
    std::size_t size_ = 0;
};

}  // namespace keyslot::sim
