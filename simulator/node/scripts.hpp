#pragma once

#include "simulator/node/session.hpp"
#include "simulator/scripting/interpreter.hpp"
#include "simulator/scripting/script_header.hpp"

#include <keyslot/time.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

class Server;
struct ServerCommand;

/// The scripts that a server knows, and the one that it runs: EVAL and its family, SCRIPT.
///
/// A script is atomic: while it runs nothing else happens on the node. It takes no time, unless it goes
/// on for more than instructions_at_once; from then on it is set aside after every
/// instructions_per_slice for a millisecond of virtual time. Past busy-reply-threshold the node hears
/// its clients again, to answer them BUSY.
class Scripts : private ScriptHost {
public:
    static constexpr std::uint64_t instructions_at_once = 1'000'000;
    static constexpr std::uint64_t instructions_per_slice = 10'000;

    explicit Scripts(Server& server);
    ~Scripts() override;

    /// EVAL, EVALSHA, EVAL_RO, EVALSHA_RO.
    void eval(ServerCommand& command);
    /// SCRIPT LOAD.
    void load(ServerCommand& command);
    bool knows(std::string_view sha) const { return known_.contains(lowered_sha(sha)); }
    /// SCRIPT FLUSH: with the scripts goes the interpreter and all it has seen.
    void flush();
    /// SCRIPT KILL.
    void kill(ServerCommand& command);

    /// The flags of a command as the checks before it see them: a script with a header says itself what
    /// it does (facts 2.3).
    std::uint32_t command_flags(Binding const& binding, Arguments arguments) const;

    bool is_active() const { return run_.active; }
    /// A script is under way, set aside for now.
    bool is_suspended() const { return run_.suspended; }
    /// And so early that nobody is answered.
    bool holds_the_node() const { return run_.suspended && !run_.busy; }
    bool is_busy() const { return run_.busy; }
    /// It runs this very moment: what it writes belongs together.
    bool is_running() const { return run_.active && !run_.suspended; }
    /// The session whose script it is; nullptr: none.
    Session* caller() const { return run_.active ? run_.caller : nullptr; }
    /// Whether this is no client's, but the one that the commands of scripts answer.
    bool owns(Session const& session) const { return &session == &fake_; }
    std::vector<std::string> const& declared_keys() const { return run_.keys; }
    /// Its client has gone; its session stays until the script is over.
    void caller_left() { run_.caller_left = true; }
    Instant next_slice() const { return run_.next_slice; }
    /// Keys expire in the eyes of a script as of its start.
    std::optional<std::int64_t> unix_time_ms() const;
    bool is_replicated() const { return run_.replicated; }
    void on_wake();
    /// A MIGRATE of the script has its reply; `moved`: and keys are gone.
    void on_migrated(bool moved);
    /// The commands by which the last script changed the data set.
    std::vector<std::vector<std::string>> take_effects();

private:
    struct Run {
        Session* caller = nullptr;
        bool active = false;
        bool suspended = false;
        bool busy = false;
        bool caller_left = false;
        bool waits_for_migrate = false;
        bool abandoned = false;  ///< the node ends in the middle of a MIGRATE
        bool read_only = false;
        bool may_cross_slots = true;
        bool may_exceed_memory = false;
        bool wrote = false;  ///< or tried to: a command that writes got as far as that
        bool replicated = true;
        std::optional<std::uint16_t> slot;
        std::int64_t started_ms = 0;
        Instant started_at{};
        Instant next_slice = Instant::max();
        std::vector<std::string> keys;
        std::vector<std::string> words;  ///< of the EVAL, once it is set aside
    };
    using Known = std::map<std::string, ScriptHeader, std::less<>>;

    // ScriptHost
    void call(std::span<std::string_view const> words, int protocol, std::string& reply) override;
    std::optional<bool> may_call(std::span<std::string_view const> words) override;
    void set_replicated(bool replicated) override { run_.replicated = replicated; }

    static std::string lowered_sha(std::string_view sha);
    /// Compiles and keeps; the error of EVAL otherwise.
    std::optional<std::string> learn(std::string const& sha, std::string_view source);
    std::optional<std::string> refusal(ScriptHeader const& header, bool read_only) const;
    void run(ServerCommand& command, std::string const& sha, bool read_only, std::size_t keys);
    void go_on(std::uint64_t instructions);
    /// Appends the reply to what the caller gets.
    void end(Session& caller);

    bool await_migrate();
    std::optional<std::string> refusal(Binding const* binding, Arguments words);
    std::optional<std::string> refusal_by_access(Binding const& binding, Arguments words);
    std::optional<std::string> refusal_of_write(Binding const& binding) const;
    std::optional<std::string> refusal_by_cluster(Binding const& binding, Arguments words);

    Server& server_;
    Known known_;
    ScriptRandom random_;
    std::unique_ptr<Interpreter> interpreter_;  ///< made when the first script comes
    Session fake_;
    bool migrate_moved_ = false;  ///< what on_migrated() was told
    Run run_;
    std::vector<std::vector<std::string>> effects_;
};

}  // namespace keyslot::sim
