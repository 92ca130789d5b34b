#include <keyslot/sim/fault_player.hpp>

#include "simulator/faults/player/stage.hpp"

#include <utility>

namespace keyslot::sim {

std::string_view to_string(FaultState state) {
    switch (state) {
        case FaultState::waiting: return "waiting";
        case FaultState::active: return "active";
        case FaultState::ended: return "ended";
        case FaultState::failed: return "failed";
    }
    return "";
}

FaultPlayer::FaultPlayer(World& world, Cluster& cluster, std::vector<std::string> client_hosts)
    : stage_(std::make_unique<Stage>(world, cluster, std::move(client_hosts))) {}
FaultPlayer::~FaultPlayer() = default;

std::size_t FaultPlayer::start(FaultSpec spec) { return stage_->start(std::move(spec)); }
std::size_t FaultPlayer::start_when(Trigger trigger, FaultSpec spec) {
    return stage_->start_when(std::move(trigger), std::move(spec));
}
Fault FaultPlayer::play(FaultSpec spec) {
    std::size_t const id = start(std::move(spec));
    return Fault{[this, id] { stage_->end(id); }};
}
void FaultPlayer::end(std::size_t id) { stage_->end(id); }
asio::awaitable<void> FaultPlayer::heal(Duration patience) { return stage_->heal(patience); }
void FaultPlayer::disarm() { stage_->disarm(); }

FaultReport const& FaultPlayer::report(std::size_t id) const { return stage_->report(id); }
std::size_t FaultPlayer::size() const { return stage_->size(); }
bool FaultPlayer::anything_active() const { return stage_->anything_active(); }

}  // namespace keyslot::sim
