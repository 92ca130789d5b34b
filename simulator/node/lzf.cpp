#include "simulator/node/lzf.hpp"

#include "simulator/node/packed.hpp"

namespace keyslot::sim {

// Either up to 32 bytes as they are, or a piece of what came before: how long, and how far back.
std::optional<std::string> lzf_expanded(std::string_view compressed, std::uint64_t full_size) {
    std::string result;
    packed::Reader rest(compressed);
    while (!rest.at_end()) {
        std::uint64_t const control = rest.number(1);
        if (control < 32) {
            result += rest.take(control + 1);
            continue;
        }
        std::uint64_t length = control >> 5;
        if (length == 7) {
            length += rest.number(1);
        }
        std::uint64_t const back = ((control & 31) << 8 | rest.number(1)) + 1;
        if (rest.failed() || back > result.size() || result.size() + length + 2 > full_size) {
            return std::nullopt;
        }
        for (std::size_t from = result.size() - back, left = length + 2; left > 0; --left) {
            result += result[from++];  // it may run into what is just being made
        }
    }
    return rest.failed() || result.size() != full_size ? std::nullopt
                                                       : std::optional(std::move(result));
}

}  // namespace keyslot::sim
