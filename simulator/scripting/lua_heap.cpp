#include "simulator/scripting/lua_heap.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <new>

namespace keyslot::sim {

namespace {

// Address space, not memory: pages come when they are first touched.
constexpr std::size_t region_bytes = std::size_t{1} << 30;
// Regions start where the low 32 bits of an address are zero.
constexpr std::size_t alignment = std::size_t{1} << 32;

unsigned char* reserve_aligned() {
    std::size_t const reserved = region_bytes + alignment;
    void* const found = mmap(nullptr, reserved, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (found == MAP_FAILED) {
        throw std::bad_alloc{};
    }
    auto* const start = static_cast<unsigned char*>(found);
    // deterministic: only to find the boundary; what is computed from it is not seen
    std::size_t const misaligned = reinterpret_cast<std::uintptr_t>(start) % alignment;
    std::size_t const skipped = misaligned == 0 ? 0 : alignment - misaligned;
    if (skipped != 0) {
        munmap(start, skipped);
    }
    if (std::size_t const behind = reserved - skipped - region_bytes; behind != 0) {
        munmap(start + skipped + region_bytes, behind);
    }
    return start + skipped;
}

}  // namespace

LuaHeap::LuaHeap() : region_(reserve_aligned()) {}

LuaHeap::~LuaHeap() { munmap(region_, region_bytes); }

std::size_t LuaHeap::class_of(std::size_t bytes) {
    if (bytes <= steps * step_bytes) {
        return (bytes + step_bytes - 1) / step_bytes - 1;
    }
    return steps + static_cast<std::size_t>(std::bit_width((bytes - 1) / (steps * step_bytes))) - 1;
}

std::size_t LuaHeap::class_bytes(std::size_t size_class) {
    return size_class < steps ? (size_class + 1) * step_bytes
                              : (steps * step_bytes) << (size_class - steps + 1);
}

void* LuaHeap::take(std::size_t bytes) {
    if (bytes > region_bytes) {
        return nullptr;
    }
    std::size_t const size_class = class_of(bytes);
    if (Free* const block = free_[size_class]) {
        free_[size_class] = block->next;
        return block;
    }
    std::size_t const rounded = class_bytes(size_class);
    if (rounded > region_bytes - used_) {
        return nullptr;
    }
    void* const block = region_ + used_;
    used_ += rounded;
    return block;
}

void LuaHeap::give_back(void* block, std::size_t bytes) {
    std::size_t const size_class = class_of(bytes);
    free_[size_class] = new (block) Free{free_[size_class]};
}

void* LuaHeap::reallocate(void* block, std::size_t old_bytes, std::size_t new_bytes) {
    if (new_bytes == 0) {
        if (block != nullptr && old_bytes != 0) {
            give_back(block, old_bytes);
        }
        return nullptr;
    }
    if (block == nullptr || old_bytes == 0) {
        return take(new_bytes);
    }
    if (class_of(old_bytes) == class_of(new_bytes)) {
        return block;
    }
    void* const moved = take(new_bytes);
    if (moved == nullptr) {
        // Lua takes for granted that shrinking cannot fail.
        return new_bytes < old_bytes ? block : nullptr;
    }
    std::memcpy(moved, block, std::min(old_bytes, new_bytes));
    give_back(block, old_bytes);
    return moved;
}

std::uint32_t LuaHeap::offset_of(void const* pointer) const {
    auto const* const place = static_cast<unsigned char const*>(pointer);
    assert(place >= region_ && place < region_ + region_bytes);
    return static_cast<std::uint32_t>(place - region_);
}

}  // namespace keyslot::sim
