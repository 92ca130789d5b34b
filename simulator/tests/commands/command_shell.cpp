// Runs data commands against a keyspace without a node around it: RESP commands on stdin, on stdout
// for each command its reply and what would go to the replicas. For scripts/differential, which
// compares both with a real redis-server.
//
// "@at MS": the unix time of the commands that follow. "@resp N": the protocol of their replies.
// Output per command: "<bytes of reply> <propagated commands>\n", the reply, the commands as RESP.

#include "client/protocol/command_table.hpp"
#include "client/protocol/request_parser.hpp"
#include "simulator/commands/command_context.hpp"
#include "simulator/kernel/random.hpp"

#include <charconv>
#include <cstdio>
#include <string>

namespace keyslot::sim {
namespace {

class Shell : KeyspaceListener {
public:
    Shell() { keyspace_.set_listener(this); }

    void run(std::span<std::string_view const> arguments) {
        reply_.clear();
        stream_.clear();
        streamed_ = 0;
        if (arguments[0].starts_with('@')) {
            set_up(arguments);
        } else {
            execute(arguments);
        }
        std::printf("%zu %zu\n", reply_.size(), streamed_);
        std::fwrite(reply_.data(), 1, reply_.size(), stdout);
        std::fwrite(stream_.data(), 1, stream_.size(), stdout);
        std::fflush(stdout);
    }

private:
    void on_key_changed(std::string_view) override {}
    void on_flush() override {}
    void on_key_expired(std::string_view key) override { stream({"DEL", std::string(key)}); }

    void set_up(std::span<std::string_view const> arguments) {
        std::int64_t number = 0;
        std::from_chars(arguments[1].data(), arguments[1].data() + arguments[1].size(), number);
        if (arguments[0] == "@at") {
            unix_time_ms_ = number;
        } else {
            protocol_ = static_cast<int>(number);
        }
    }

    void execute(std::span<std::string_view const> arguments) {
        protocol::RespWriter writer(reply_, protocol_);
        auto const* const info = protocol::lookup_command(arguments);
        CommandHandler const handler = info != nullptr ? find_handler(info->name) : nullptr;
        if (handler == nullptr || !info->accepts_arity(arguments.size())) {
            writer.error("ERR no such command, or a wrong number of arguments");
            return;
        }
        CommandContext context{.info = *info,
                               .arguments = arguments,
                               .keyspace = keyspace_,
                               .reply = writer,
                               .random = random_,
                               .unix_time_ms = unix_time_ms_,
                               .may_block = true};
        handler(context);
        if (context.block) {
            writer.null_array();  // its time is up at once
        }
        if (context.dirty == 0 || context.propagate_nothing) {
            return;
        }
        if (context.propagate_instead.empty()) {
            stream({arguments.begin(), arguments.end()});
        }
        for (auto const& words : context.propagate_instead) {
            stream(words);
        }
    }

    void stream(std::vector<std::string> const& words) {
        std::vector<std::string_view> const views(words.begin(), words.end());
        protocol::write_command(stream_, views);
        ++streamed_;
    }

    Keyspace keyspace_;
    Random random_{1};
    std::int64_t unix_time_ms_ = 0;
    int protocol_ = 2;
    std::string reply_;
    std::string stream_;
    std::size_t streamed_ = 0;
};

int run() {
    Shell shell;
    protocol::RequestParser parser;
    std::string input;
    char chunk[65536];
    for (;;) {
        auto const status = parser.parse(input);
        if (status == protocol::ParseStatus::error) {
            std::fprintf(stderr, "%s\n", parser.error_line().c_str());
            return 1;
        }
        if (status == protocol::ParseStatus::complete) {
            if (!parser.arguments().empty()) {
                shell.run(parser.arguments());
            }
            input.erase(0, parser.consumed());
            continue;
        }
        // One byte short of a full line is waited for: fread would wait for a full chunk.
        if (std::fgets(chunk, 2, stdin) == nullptr) {
            return 0;
        }
        input += chunk[0];
    }
}

}  // namespace
}  // namespace keyslot::sim

int main() { return keyslot::sim::run(); }
