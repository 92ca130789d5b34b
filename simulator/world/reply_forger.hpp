#pragma once

#include "simulator/network/network.hpp"
#include "simulator/world/triggers.hpp"

#include <keyslot/sim/fault.hpp>
#include <keyslot/sim/fault_spec.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// Answers in the nodes' place, and remembers whom that may have misled: no client can be blamed for
/// what it made of a reply that no Redis gave.
class ReplyForger final : private SessionTap {
public:
    ReplyForger(Network& network, SessionTaps& taps) : network_(network), taps_(taps) {}

    /// `node` and `from` name hosts as they are, or are empty: any.
    Fault forge(ForgeReply rule);
    /// These bytes were sent unasked on that session.
    void note_push(Session const& session, std::string_view bytes);

    /// The words of every request that was answered so, and of all that came later on a connection
    /// where replies and requests do not go together any more.
    std::vector<std::vector<std::string>> const& misled() const { return misled_; }

private:
    struct Rule {
        ForgeReply what;
        std::uint32_t seen = 0;
    };

    void on_open(Session const&) override {}
    Fate on_request(Session const& session, std::span<std::string_view const> words) override;
    void on_answer(Session const&, std::string_view) override {}

    void listen();
    bool is_for(ForgeReply const& rule, Session const& session,
                std::span<std::string_view const> words) const;
    Fate fate_of(ForgeReply const& rule) const;

    Network& network_;
    SessionTaps& taps_;
    bool listening_ = false;
    std::map<std::uint64_t, Rule> rules_;  // in the order they were added
    std::uint64_t last_ = 0;
    std::set<SessionKey> out_of_step_;
    std::vector<std::vector<std::string>> misled_;
};

}  // namespace keyslot::sim
