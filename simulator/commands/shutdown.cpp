#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"

#include <algorithm>

namespace keyslot::sim {

namespace {

/// The words after SHUTDOWN.
struct Wishes {
    bool no_save = false;
    bool save = false;
    bool now = false;
    bool force = false;
    bool abort = false;

    bool make_sense() const {
        bool const others = no_save || save || now || force;
        return !(abort && others) && !(save && no_save);
    }
};

struct Word {
    std::string_view text;
    bool Wishes::* wish;
};

constexpr Word words[] = {
    {"nosave", &Wishes::no_save}, {"save", &Wishes::save},   {"now", &Wishes::now},
    {"force", &Wishes::force},    {"abort", &Wishes::abort},
};

void shutdown(ServerCommand& command) {
    Wishes wishes;
    for (std::size_t n = 1; n < command.count(); ++n) {
        auto const word = std::ranges::find_if(
            words, [&](Word const& candidate) { return command.is(n, candidate.text); });
        if (word == std::end(words)) {
            return command.syntax_error();
        }
        wishes.*word->wish = true;
    }
    if (!wishes.make_sense()) {
        return command.syntax_error();
    }
    Server& server = command.server;
    if (wishes.abort) {
        return server.shutdown.abort() ? command.reply.ok()
                                       : command.reply.error("ERR No shutdown in progress.");
    }
    if (!wishes.no_save && server.scripts.is_busy()) {
        return command.reply.error(errors::busy_script);
    }
    server.shutdown.begin(command.session, wishes.now);
}

constexpr ServerCommandEntry entries[] = {{"shutdown", shutdown}};

}  // namespace

std::span<ServerCommandEntry const> shutdown_commands() { return entries; }

}  // namespace keyslot::sim
