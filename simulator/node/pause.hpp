#pragma once

#include <keyslot/time.hpp>

#include <algorithm>
#include <cstdint>

namespace keyslot::sim {

enum class PauseKind : std::uint8_t { none, writes, all };

/// CLIENT PAUSE, and the pauses of writes that a manual failover and a shutdown make. The strictest holds.
class PauseState {
public:
    /// Overlapping pauses by command: the later end and the stricter kind count.
    void pause_by_command(PauseKind kind, Instant until, Instant now) {
        if (command_until_ <= now) {
            command_kind_ = PauseKind::none;
        }
        command_kind_ = std::max(command_kind_, kind);
        command_until_ = std::max(command_until_, until);
    }
    void unpause_by_command() { command_until_ = Instant::min(); }
    void pause_writes_by_failover(Instant until) { failover_until_ = until; }
    /// Without an end.
    void pause_writes_for_shutdown(bool on) { for_shutdown_ = on; }

    PauseKind kind(Instant now) const {
        if (command_until_ > now) {
            return command_kind_;
        }
        return for_shutdown_ || failover_until_ > now ? PauseKind::writes : PauseKind::none;
    }
    bool by_failover(Instant now) const { return failover_until_ > now; }
    /// When it ends, or Instant::max() if there is none.
    Instant end(Instant now) const {
        Instant const end = std::max(command_until_, failover_until_);
        return end > now ? end : Instant::max();
    }

private:
    PauseKind command_kind_ = PauseKind::none;
    Instant command_until_ = Instant::min();
    Instant failover_until_ = Instant::min();
    bool for_shutdown_ = false;
};

}  // namespace keyslot::sim
