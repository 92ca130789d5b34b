#include "simulator/commands/command_context.hpp"

#include <unordered_map>

namespace keyslot::sim {

CommandHandler find_handler(std::string_view name) {
    static auto const handlers = [] {
        std::unordered_map<std::string_view, CommandHandler> all;
        for (auto const family :
             {string_commands(), generic_commands(), transfer_commands(), list_commands(),
              hash_commands(), set_commands(), sorted_set_commands()}) {
            for (CommandEntry const& entry : family) {
                all.emplace(entry.name, entry.handler);
            }
        }
        return all;
    }();
    auto const found = handlers.find(name);
    return found != handlers.end() ? found->second : nullptr;
}

}  // namespace keyslot::sim
