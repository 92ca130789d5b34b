#include "simulator/scripting/sha1.hpp"

#include <openssl/evp.h>

#include <array>
#include <cassert>

namespace keyslot::sim {

std::string sha1_hex(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    [[maybe_unused]] int const done =
        EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
    assert(done == 1);
    std::string hex;
    for (unsigned int n = 0; n < size; ++n) {
        hex += digits[digest[n] / 16u];
        hex += digits[digest[n] % 16u];
    }
    return hex;
}

}  // namespace keyslot::sim
