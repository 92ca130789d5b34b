#pragma once

#include "client/protocol/command_table.hpp"
#include "simulator/commands/command_context.hpp"
#include "simulator/kernel/random.hpp"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// One node's data set and a clock, without the node: commands in, raw replies out, and what would
/// have gone to the replicas, each command as one line of words.
class CommandBench : KeyspaceListener {
public:
    CommandBench() { keyspace.set_listener(this); }

    /// "GET a" is split at spaces.
    std::string operator()(std::string_view line) {
        std::vector<std::string_view> words;
        for (std::size_t at = 0; at <= line.size();) {
            std::size_t const end = std::min(line.find(' ', at), line.size());
            words.push_back(line.substr(at, end - at));
            at = end + 1;
        }
        return run(words);
    }
    std::string run(std::initializer_list<std::string_view> words) {
        return run(std::span(words.begin(), words.size()));
    }

    std::string run(std::span<std::string_view const> words) {
        streamed.clear();
        changed.clear();
        std::string out;
        protocol::RespWriter writer(out, protocol);
        auto const* const info = protocol::lookup_command(words);
        CommandContext context{.info = *info,
                               .arguments = words,
                               .keyspace = keyspace,
                               .reply = writer,
                               .random = random,
                               .unix_time_ms = now_ms,
                               .is_replica = is_replica,
                               .from_master = from_master,
                               .is_paused = is_paused};
        find_handler(info->name)(context);
        if (context.dirty != 0 && context.propagate_instead.empty()) {
            stream({words.begin(), words.end()});
        }
        for (auto const& command : context.propagate_instead) {
            stream(command);
        }
        return out;
    }

    Keyspace keyspace;
    Random random{42};
    std::int64_t now_ms = 1'700'000'000'000;
    int protocol = 2;
    bool is_replica = false;
    bool from_master = false;
    bool is_paused = false;
    /// Of the last command.
    std::vector<std::string> streamed;
    std::vector<std::string> changed;

private:
    void on_key_changed(std::string_view key) override { changed.emplace_back(key); }
    void on_key_expired(std::string_view key) override { stream({"DEL", std::string(key)}); }
    void on_flush() override { changed.emplace_back("(all)"); }

    void stream(std::vector<std::string> const& words) {
        std::string line;
        for (std::string const& word : words) {
            line += line.empty() ? word : " " + word;
        }
        streamed.push_back(line);
    }
};

inline constexpr std::string_view ok = "+OK\r\n";
inline constexpr std::string_view nil = "$-1\r\n";

inline std::string bulk(std::string_view text) {
    return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

}  // namespace keyslot::sim
