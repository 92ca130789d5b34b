#pragma once

#include "client/protocol/ascii.hpp"
#include "client/protocol/command_table.hpp"

#include <array>
#include <cstddef>

namespace keyslot::protocol {

/// Finds commands by name: a hash table with open addressing, filled while the program is compiled.
class CommandIndex {
public:
    constexpr explicit CommandIndex(std::span<CommandInfo const> commands) : commands_(commands) {
        slots_.fill(no_command);
        for (std::size_t n = 0; n < commands.size(); ++n) {
            std::size_t slot = first_slot(commands[n].name);
            while (slots_[slot] != no_command) {
                slot = (slot + 1) % slots_.size();
            }
            slots_[slot] = static_cast<std::uint8_t>(n);
        }
    }

    constexpr CommandInfo const* find(std::string_view name) const {
        for (std::size_t slot = first_slot(name); slots_[slot] != no_command;
             slot = (slot + 1) % slots_.size()) {
            CommandInfo const& command = commands_[slots_[slot]];
            if (equals_ignoring_case(name, command.name)) {
                return &command;
            }
        }
        return nullptr;
    }

private:
    static constexpr std::uint8_t no_command = 255;

    // Setting the bit that tells the cases apart also mixes up a few other characters: harmless
    // here. Names are short; a long word that is none needs not be read to its end.
    static constexpr std::size_t first_slot(std::string_view name) {
        auto hash = static_cast<std::uint32_t>(name.size());
        for (char const c : name.substr(0, 24)) {
            hash = hash * 31 + (static_cast<unsigned char>(c) | 0x20u);
        }
        return (hash ^ (hash >> 15)) % slots;
    }

    static constexpr std::size_t slots = 1024;
    std::span<CommandInfo const> commands_;
    std::array<std::uint8_t, slots> slots_{};
};

extern CommandIndex const command_index;

}  // namespace keyslot::protocol
