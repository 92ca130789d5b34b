#pragma once

#include <cstddef>
#include <new>

namespace keyslot::io {

/// Room for one outstanding Asio operation, so that a read or a write costs no allocation on whichever
/// thread it runs (Asio recycles memory only within one call of io_context::run). A second operation, or
/// one too large, falls back to the heap.
class OperationMemory {
public:
    OperationMemory() = default;
    OperationMemory(OperationMemory const&) = delete;
    OperationMemory& operator=(OperationMemory const&) = delete;

    void* allocate(std::size_t size) {
        if (taken_ || size > sizeof(storage_)) {
            return ::operator new(size);
        }
        taken_ = true;
        return storage_;
    }

    void deallocate(void* at) noexcept {
        if (at == storage_) {
            taken_ = false;
        } else {
            ::operator delete(at);
        }
    }

private:
    alignas(std::max_align_t) std::byte storage_[320];
    bool taken_ = false;
};

/// The allocator that Asio finds on a handler.
template <class T>
struct OperationAllocator {
    using value_type = T;

    explicit OperationAllocator(OperationMemory& from) noexcept : memory(&from) {}
    template <class U>
    OperationAllocator(OperationAllocator<U> const& other) noexcept : memory(other.memory) {}

    T* allocate(std::size_t n) { return static_cast<T*>(memory->allocate(n * sizeof(T))); }
    void deallocate(T* at, std::size_t) noexcept { memory->deallocate(at); }

    template <class U>
    bool operator==(OperationAllocator<U> const& other) const noexcept {
        return memory == other.memory;
    }

    OperationMemory* memory;
};

}  // namespace keyslot::io
