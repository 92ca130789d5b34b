#include "simulator/scripting/sha.hpp"

#include <openssl/evp.h>

#include <cassert>
#include <cstddef>

namespace keyslot::sim {

namespace {

template <std::size_t Size>
std::array<unsigned char, Size> digest(std::string_view text, EVP_MD const* kind) {
    assert(static_cast<std::size_t>(EVP_MD_get_size(kind)) == Size);
    std::array<unsigned char, Size> bytes{};
    [[maybe_unused]] int const done =
        EVP_Digest(text.data(), text.size(), bytes.data(), nullptr, kind, nullptr);
    assert(done == 1);
    return bytes;
}

}  // namespace

Sha1 sha1(std::string_view text) { return digest<std::tuple_size_v<Sha1>>(text, EVP_sha1()); }

std::string hex(std::span<unsigned char const> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned char const byte : bytes) {
        text += digits[byte / 16u];
        text += digits[byte % 16u];
    }
    return text;
}

std::string sha1_hex(std::string_view text) { return hex(sha1(text)); }

std::string sha256_hex(std::string_view text) { return hex(digest<32>(text, EVP_sha256())); }

}  // namespace keyslot::sim
