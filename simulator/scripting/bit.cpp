#include "simulator/scripting/lua_support.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>

namespace keyslot::sim::lua {

namespace {

/// The low 32 bits of the nearest whole number, found by adding 1.5 * 2^52, as BitOp finds them: that
/// fixes what numbers too large for it give.
std::uint32_t bits_of(lua_State* state, int index) {
    double const shifted = luaL_checknumber(state, index) + 6755399441055744.0;
    return static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(shifted));
}

int give(lua_State* state, std::uint32_t bits) {
    lua_pushnumber(state, static_cast<std::int32_t>(bits));
    return 1;
}

int tobit(lua_State* state) { return give(state, bits_of(state, 1)); }

int bnot(lua_State* state) { return give(state, ~bits_of(state, 1)); }

int bswap(lua_State* state) {
    std::uint32_t const bits = bits_of(state, 1);
    return give(state, bits >> 24 | (bits >> 8 & 0xff00) | (bits & 0xff00) << 8 | bits << 24);
}

template <class Operation>
int fold(lua_State* state, Operation operation) {
    std::uint32_t bits = bits_of(state, 1);
    for (int n = 2; n <= lua_gettop(state); ++n) {
        bits = operation(bits, bits_of(state, n));
    }
    return give(state, bits);
}

int band(lua_State* state) {
    return fold(state, [](std::uint32_t a, std::uint32_t b) { return a & b; });
}

int bor(lua_State* state) {
    return fold(state, [](std::uint32_t a, std::uint32_t b) { return a | b; });
}

int bxor(lua_State* state) {
    return fold(state, [](std::uint32_t a, std::uint32_t b) { return a ^ b; });
}

template <class Operation>
int shift(lua_State* state, Operation operation) {
    std::uint32_t const bits = bits_of(state, 1);
    return give(state, operation(bits, static_cast<int>(bits_of(state, 2) & 31)));
}

int lshift(lua_State* state) {
    return shift(state, [](std::uint32_t bits, int by) { return bits << by; });
}

int rshift(lua_State* state) {
    return shift(state, [](std::uint32_t bits, int by) { return bits >> by; });
}

int arshift(lua_State* state) {
    return shift(state, [](std::uint32_t bits, int by) {
        return static_cast<std::uint32_t>(static_cast<std::int32_t>(bits) >> by);
    });
}

int rol(lua_State* state) {
    return shift(state, [](std::uint32_t bits, int by) { return std::rotl(bits, by); });
}

int ror(lua_State* state) {
    return shift(state, [](std::uint32_t bits, int by) { return std::rotr(bits, by); });
}

// A negative number of digits means capital letters.
int tohex(lua_State* state) {
    constexpr std::int32_t digits_max = 8;
    std::uint32_t bits = bits_of(state, 1);
    auto digits =
        lua_isnone(state, 2) != 0 ? digits_max : static_cast<std::int32_t>(bits_of(state, 2));
    std::string_view const alphabet = digits < 0 ? "0123456789ABCDEF" : "0123456789abcdef";
    digits = digits < -digits_max ? digits_max : std::min(std::abs(digits), digits_max);
    std::string text(static_cast<std::size_t>(digits), '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, bits >>= 4) {
        *digit = alphabet[bits & 15];
    }
    push(state, text);
    return 1;
}

constexpr luaL_Reg functions[] = {
    {"arshift", arshift}, {"band", band},     {"bnot", bnot},     {"bor", bor},
    {"bswap", bswap},     {"bxor", bxor},     {"lshift", lshift}, {"rol", rol},
    {"ror", ror},         {"rshift", rshift}, {"tobit", tobit},   {"tohex", tohex},
};

}  // namespace

void open_bit(lua_State* state) {
    lua_newtable(state);
    for (luaL_Reg const& function : functions) {
        set_function(state, function.name, function.func);
    }
}

}  // namespace keyslot::sim::lua
