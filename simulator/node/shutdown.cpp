#include "simulator/node/shutdown.hpp"

#include "simulator/node/server.hpp"

#include <algorithm>
#include <chrono>

namespace keyslot::sim {

void Shutdown::begin(Session& session, bool at_once) {
    session.blocked = Blocked::shutdown;
    if (in_progress()) {
        return;  // not even NOW makes it come sooner
    }
    std::chrono::seconds const patience{server_.parameters.shutdown_timeout_s};
    if (at_once || patience.count() == 0 || replicas_have_all()) {
        return finish();
    }
    deadline_ = server_.now() + patience;
    server_.pause.pause_writes_for_shutdown(true);
    server_.feed.want_acknowledgements();
}

bool Shutdown::abort() {
    if (!in_progress()) {
        return false;
    }
    deadline_ = Instant::max();
    server_.pause.pause_writes_for_shutdown(false);
    server_.sessions.each([this](Session& session) {
        if (session.blocked == Blocked::shutdown) {
            server_.late_reply(session).error("ERR Errors trying to SHUTDOWN. Check logs.");
            server_.resume(session);
        }
    });
    server_.release_paused();
    return true;
}

void Shutdown::cron() {
    if (in_progress() && (server_.now() >= deadline_ || replicas_have_all())) {
        finish();
    }
}

Duration Shutdown::time_left() const { return std::max(deadline_ - server_.now(), Duration{}); }

bool Shutdown::replicas_have_all() const {
    std::int64_t const offset = server_.feed.log().offset();
    return std::ranges::all_of(server_.feed.replicas(), [&](Session const* session) {
        return session->replica->acknowledged == offset;
    });
}

/// What was sent before still arrives; what was about to be sent does not.
void Shutdown::finish() {
    over_ = true;
    server_.sessions.each(
        [this](Session const& session) { server_.host.close_session(session.id); });
    server_.host.shut_down();
}

}  // namespace keyslot::sim
