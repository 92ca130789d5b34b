#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace keyslot::sim {

/// The memory of one Lua interpreter. The order in which Lua walks a table depends on the addresses of
/// the keys that are tables or functions, and tostring() shows them: here the low 32 bits of an
/// address, which is all that Lua hashes, are the same in every run.
class LuaHeap {
public:
    LuaHeap();
    ~LuaHeap();
    LuaHeap(LuaHeap const&) = delete;
    LuaHeap& operator=(LuaHeap const&) = delete;

    /// As lua_Alloc has it: nullptr when there is no more.
    void* reallocate(void* block, std::size_t old_bytes, std::size_t new_bytes);
    /// Where in the heap: what to show of an address.
    std::uint32_t offset_of(void const* pointer) const;

private:
    struct Free {
        Free* next = nullptr;
    };
    // Steps of 16 bytes up to 1 KiB, then powers of two.
    static constexpr std::size_t step_bytes = 16;
    static constexpr std::size_t steps = 64;
    static constexpr std::size_t classes = steps + 32;

    static std::size_t class_of(std::size_t bytes);
    static std::size_t class_bytes(std::size_t size_class);
    void* take(std::size_t bytes);
    void give_back(void* block, std::size_t bytes);

    unsigned char* region_ = nullptr;
    std::size_t used_ = 0;
    std::array<Free*, classes> free_{};
};

}  // namespace keyslot::sim
