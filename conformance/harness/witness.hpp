#pragma once

#include "conformance/harness/dialogue.hpp"

#include <keyslot/sim/world.hpp>
#include <keyslot/unique_function.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace keyslot::conformance {

/// Writes down what the client under test says to the nodes, and carries out the case's scripts on
/// it. Requests of anybody else (operators, replicas) pass unseen.
class Witness final : public sim::SessionTap {
public:
    using NodeNames = std::function<std::string(Session const&)>;
    /// `subject_host`: the host of the world on which the client runs. `names`: of nodes that are not
    /// the world's.
    Witness(sim::World& world, std::string subject_host, NodeNames names = nullptr);

    /// Called inside the world after each request of the client; may be null.
    void tell(UniqueFunction<void()> heard) { heard_ = std::move(heard); }
    void add_script(ScriptStep script) { scripts_.push_back(std::move(script)); }
    void end_scripts() { scripts_.clear(); }

    Dialogue const& dialogue() const { return dialogue_; }
    std::string const& subject_host() const { return subject_host_; }
    std::string const& subject_ip() const { return subject_ip_; }
    /// Requests that match, from that one on.
    std::size_t count(Pattern const& pattern, std::size_t from) const;
    /// True if that command was executed for the client under test.
    bool is_subject(sim::ExecutionRecord const& record) const;

    void on_open(Session const& session) override;
    Fate on_request(Session const& session, std::span<std::string_view const> arguments) override;
    void on_answer(Session const& session, std::string_view bytes) override;
    void on_late_answer(Session const& session, std::string_view bytes) override {
        on_answer(session, bytes);
    }

private:
    using Key = std::tuple<std::size_t, std::size_t, std::uint64_t, sim::SessionId>;
    static Key key(Session const& session) {
        return {session.cluster, session.node, session.incarnation, session.id};
    }
    std::string name_of(Session const& session) const;
    Fate carry_out(std::size_t script, ConnectionSeen& connection);

    sim::World& world_;
    std::string subject_host_, subject_ip_;
    NodeNames names_;
    UniqueFunction<void()> heard_;
    std::vector<ScriptStep> scripts_;
    Dialogue dialogue_;
    std::map<Key, std::size_t> connections_;  // of the subject; kept after they have closed
};

}  // namespace keyslot::conformance
