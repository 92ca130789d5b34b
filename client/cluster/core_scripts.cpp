// Scripts that a call names by their SHA-1.
#include "client/cluster/core.hpp"
#include "client/protocol/resp_writer.hpp"

#include <openssl/evp.h>

#include <array>

namespace keyslot::detail {

namespace {

std::string sha1_of(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), bytes.data(), &size, EVP_sha1(), nullptr);
    std::string sha;
    for (unsigned i = 0; i < size; ++i) {
        sha += digits[bytes[i] / 16];
        sha += digits[bytes[i] % 16];
    }
    return sha;
}

}  // namespace

std::string ClusterCore::register_script(std::string_view source) {
    std::string sha = sha1_of(source);
    scripts_.try_emplace(
        sha, std::make_shared<KnownScript const>(KnownScript{sha, std::string(source)}));
    return sha;
}

std::shared_ptr<KnownScript const> ClusterCore::script_of(std::string_view encoded) const {
    auto const found = scripts_.find(protocol::word_at(encoded, 1));
    return found == scripts_.end() ? nullptr : found->second;
}

}  // namespace keyslot::detail
