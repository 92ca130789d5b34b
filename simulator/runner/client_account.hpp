#pragma once

#include <keyslot/events.hpp>
#include <keyslot/options.hpp>
#include <keyslot/time.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// What one client said of itself, with its times. Changes nothing in what the client does.
class ClientAccount final : public ClusterObserver {
public:
    explicit ClientAccount(std::function<Instant()> now) : now_(std::move(now)) {}

    /// The client is closed, or gone.
    void close() { closed_ = now_(); }
    /// What it has counted, when nothing of it was pending any more.
    void count(ClusterStats const& stats) { stats_ = stats; }

    std::vector<Instant> const& refreshes() const { return refreshes_; }
    std::size_t refreshes_at_once() const { return refreshing_max_; }
    /// Connections that could not be made, by node.
    std::map<std::string, std::vector<Instant>> const& failed_connects() const {
        return failed_connects_;
    }
    std::optional<Instant> closed() const { return closed_; }
    /// What it did first after it was closed, and when.
    std::optional<std::pair<Instant, std::string>> const& afterwards() const { return afterwards_; }
    std::optional<ClusterStats> const& stats() const { return stats_; }

private:
    void on_redirection(events::Redirection const&) override { note("was redirected"); }
    void on_retry(events::Retry const&) override { note("tried again"); }
    void on_refresh_begun(events::RefreshBegun const&) override {
        note("asked for the topology");
        refreshes_.push_back(now_());
        refreshing_max_ = std::max(refreshing_max_, ++refreshing_);
    }
    void on_refresh_ended(events::RefreshEnded const&) override { --refreshing_; }
    void on_connected(events::Connected const&) override { note("connected"); }
    void on_disconnected(events::Disconnected const& event) override {
        if (!event.was_ready) {
            note("tried to connect");
            failed_connects_[std::string(event.node)].push_back(now_());
        }
    }
    void on_call_ended(events::CallEnded const&) override { note("ended a call"); }

    void note(std::string_view what) {
        if (closed_ && now_() > *closed_ && !afterwards_) {
            afterwards_.emplace(now_(), what);
        }
    }

    std::function<Instant()> now_;
    std::vector<Instant> refreshes_;
    std::size_t refreshing_ = 0, refreshing_max_ = 0;
    std::map<std::string, std::vector<Instant>> failed_connects_;
    std::optional<Instant> closed_;
    std::optional<std::pair<Instant, std::string>> afterwards_;
    std::optional<ClusterStats> stats_;
};

}  // namespace keyslot::sim
