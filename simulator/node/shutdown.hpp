#pragma once

#include <keyslot/time.hpp>

namespace keyslot::sim {

class Server;
struct Session;

/// SHUTDOWN: the node ends as a crash that keeps its data, once its replicas have all that it has or
/// have had shutdown-timeout seconds. Until then nothing is written.
class Shutdown {
public:
    explicit Shutdown(Server& server) : server_(server) {}

    /// Nobody answers the session any more, unless it is aborted.
    void begin(Session& session, bool at_once);
    /// False: there is nothing to abort.
    bool abort();
    /// Ten times a second.
    void cron();

    bool in_progress() const { return deadline_ != Instant::max(); }
    Duration time_left() const;
    /// The process is gone: nothing it is told or asked has an effect.
    bool is_over() const { return over_; }

private:
    bool replicas_have_all() const;
    void finish();

    Server& server_;
    Instant deadline_ = Instant::max();
    bool over_ = false;
};

}  // namespace keyslot::sim
