#include "simulator/node/output_limits.hpp"

#include "simulator/node/parameter_table.hpp"
#include "simulator/node/value.hpp"
#include "simulator/node/words.hpp"

#include <vector>

namespace keyslot::sim {

namespace {

std::optional<ClientClass> class_of(std::string_view word) {
    if (same_word(word, "normal")) {
        return ClientClass::normal;
    }
    if (same_word(word, "slave") || same_word(word, "replica")) {
        return ClientClass::replica;
    }
    if (same_word(word, "pubsub")) {
        return ClientClass::pubsub;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> OutputLimits::parse(std::string_view text) {
    std::vector<std::string> const words = split_words(text);
    if (words.empty() || words.size() % 4 != 0) {
        return "Wrong number of arguments in buffer limit configuration.";
    }
    OutputLimits changed = *this;
    for (std::size_t n = 0; n < words.size(); n += 4) {
        auto const kind = class_of(words[n]);
        if (!kind) {
            return "Invalid client class specified in buffer limit configuration.";
        }
        auto const hard = parse_memory(words[n + 1]);
        auto const soft = parse_memory(words[n + 2]);
        auto const seconds = parse_integer(words[n + 3]);
        if (!hard || !soft || !seconds || *seconds < 0) {
            return "Error in hard, soft or soft_seconds setting in buffer limit configuration.";
        }
        changed.of(*kind) = {*hard, *soft, *seconds};
    }
    *this = changed;
    return std::nullopt;
}

std::string OutputLimits::text() const {
    constexpr std::string_view names[] = {"normal", "slave", "pubsub"};
    std::string line;
    for (std::size_t n = 0; n < limits.size(); ++n) {
        OutputLimit const& limit = limits[n];
        line += (n == 0 ? "" : " ") + std::string(names[n]) + ' ' +
                std::to_string(limit.hard_bytes) + ' ' + std::to_string(limit.soft_bytes) + ' ' +
                std::to_string(limit.soft_seconds);
    }
    return line;
}

}  // namespace keyslot::sim
