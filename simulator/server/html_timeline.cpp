#include "simulator/server/html_timeline.hpp"

#include "simulator/server/html_canvas.hpp"
#include "simulator/server/html_text.hpp"
#include "simulator/server/report.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace keyslot::sim {
namespace {

// Of rows, in pixels.
constexpr int fault_height = 18, bar_height = 26, mark_height = 4, shard_height = 18,
              calls_height = 56, counts_height = 20, gap = 7;

struct MarkKind {
    std::string_view code, style;
    int row;
};
// Each kind in a row of its own, so that colour alone need not tell them apart.
constexpr std::array<MarkKind, 6> mark_kinds{{{"MOVED", "moved", 0},
                                              {"ASK", "ask", 1},
                                              {"CLUSTERDOWN", "refused", 2},
                                              {"TRYAGAIN", "refused", 2},
                                              {"LOADING", "refused", 2},
                                              {"MASTERDOWN", "refused", 2}}};
constexpr int mark_rows = 3;

class Timeline {
public:
    explicit Timeline(RunResult const& result)
        : result_(&result), whole_(std::max(result.simulated, Duration{1})), canvas_(whole_) {}

    std::string html() {
        faults();
        nodes();
        shards();
        calls();
        return canvas_.html(background());
    }

private:
    int y() const { return canvas_.y(); }

    // Faults: a row each, and a shade over all that is below.
    Span span_of(FaultReport const& fault) const {
        Duration const from = fault.started.time_since_epoch();
        bool const over = fault.state == FaultState::ended || fault.state == FaultState::failed;
        return {from, over ? std::max(from, fault.ended.time_since_epoch()) : whole_};
    }
    static bool struck(FaultReport const& fault) {
        return fault.state == FaultState::active || fault.state == FaultState::ended;
    }
    void faults() {
        if (!result_->faults.empty()) {
            canvas_.heading("faults");
        }
        for (FaultReport const& fault : result_->faults) {
            fault_row(fault);
            canvas_.skip(fault_height);
        }
    }
    void fault_row(FaultReport const& fault) {
        canvas_.name(fault_height,
                     std::to_string(fault.id + 1) + ' ' + std::string(name_of(fault.spec)));
        std::string const tooltip = to_yaml(fault.spec) + "\n" + span_of(fault).text() + ": " +
                                    std::string(to_string(fault.state)) + ", " + fault.result;
        Span const span = span_of(fault);
        if (fault.state != FaultState::waiting) {
            canvas_.box(struck(fault) ? "fault" : "fault not-done", span, y() + 3, fault_height - 6,
                        tooltip);
        }
        canvas_.words_beside(span, fault_height,
                             fault.state == FaultState::waiting ? "waited in vain" : fault.result,
                             tooltip);
    }
    std::string background() const {
        std::string html;
        for (FaultReport const& fault : result_->faults) {
            if (struck(fault)) {
                html += canvas_.shade(span_of(fault));
            }
        }
        return html + canvas_.line("healed", result_->healed.time_since_epoch());
    }

    void nodes() {
        if (!result_->chronicle) {
            return;
        }
        canvas_.heading("nodes");
        std::uint16_t most = 1;
        for (NodeChronicle const& node : result_->chronicle->nodes) {
            for (auto const& change : node.slots.changes()) {
                most = std::max(most, change.value);
            }
        }
        for (NodeChronicle const& node : result_->chronicle->nodes) {
            canvas_.name(bar_height, node.name);
            slots(node, most);
            conditions(node);
            canvas_.skip(bar_height + 1);
            marks(node);
            canvas_.skip(mark_rows * mark_height + gap);
        }
    }
    template <class T, class F>
    void each_stretch(Track<T> const& track, F&& draw) const {
        auto const& changes = track.changes();
        for (std::size_t n = 0; n < changes.size(); ++n) {
            Instant const to = n + 1 < changes.size() ? changes[n + 1].from : Instant{whole_};
            draw(Span{changes[n].from.time_since_epoch(), to.time_since_epoch()}, changes[n].value);
        }
    }
    // As high as the share of slots that the node owns in its own view.
    void slots(NodeChronicle const& node, std::uint16_t most) {
        each_stretch(node.slots, [&](Span span, std::uint16_t slots) {
            if (slots > 0) {
                int const height = std::max(3, bar_height * slots / most);
                canvas_.box(
                    "master", span, y() + bar_height - height, height,
                    node.name + ", " + span.text() + ": owns " + std::to_string(slots) + " slots");
            }
        });
    }
    static std::string describe(NodeCondition const& condition) {
        std::string text = condition.life == Life::down     ? "down"
                           : condition.life == Life::paused ? "paused"
                           : condition.is_master            ? "master"
                           : condition.master.empty()       ? "replica"
                                                            : "replica of " + condition.master;
        return text;
    }
    // Of the words, one set for stretches that differ in nothing but cluster_state.
    void conditions(NodeChronicle const& node) {
        Span said;
        std::string text;
        each_stretch(node.conditions, [&](Span span, NodeCondition const& condition) {
            std::string const tooltip = node.name + ", " + span.text() + ": " +
                                        describe(condition) +
                                        (condition.cluster_ok ? "" : "; to it the cluster is down");
            if (condition.life == Life::down) {
                canvas_.box("down", span, y(), bar_height, tooltip);
            } else if (condition.life == Life::paused) {
                canvas_.box("paused", span, y(), bar_height, tooltip);
            }
            if (condition.life != Life::down) {
                if (condition.is_master) {
                    canvas_.box("base", span, y() + bar_height - 2, 2, tooltip);
                } else {
                    canvas_.box("replica", span, y() + bar_height - 7, 7, tooltip);
                }
                if (!condition.cluster_ok) {
                    canvas_.box("cluster-down", span, y() + bar_height - 4, 4, tooltip);
                }
            }
            if (describe(condition) == text) {
                said.to = span.to;
                return;
            }
            canvas_.words(said, y(), bar_height, text);
            said = span;
            text = describe(condition);
        });
        canvas_.words(said, y(), bar_height, text);
    }
    // Neighbours make one mark.
    template <class F>
    static void each_burst(Histogram const& histogram, F&& draw) {
        auto const& counts = histogram.counts();
        for (std::size_t n = 0; n < counts.size(); ++n) {
            std::size_t const first = n;
            std::uint64_t sum = 0;
            for (; n < counts.size() && counts[n] > 0; ++n) {
                sum += counts[n];
            }
            if (sum > 0) {
                draw(Span{histogram.stretch() * static_cast<std::int64_t>(first),
                          histogram.stretch() * static_cast<std::int64_t>(n)},
                     sum);
            }
        }
    }
    void marks(NodeChronicle const& node) {
        for (MarkKind const& kind : mark_kinds) {
            auto const found = node.refusals.find(kind.code);
            if (found == node.refusals.end()) {
                continue;
            }
            each_burst(found->second, [&](Span span, std::uint64_t count) {
                canvas_.box(kind.style, span, y() + kind.row * mark_height, mark_height - 1,
                            node.name + ", " + span.text() + ": " + std::to_string(count) + ' ' +
                                std::string(kind.code));
            });
        }
    }

    void shards() {
        if (result_->outages.empty()) {
            return;
        }
        canvas_.heading("out of reach");
        for (Availability::Outages const& shard : result_->outages) {
            canvas_.name(shard_height, shard.range);
            canvas_.box("reached", {Duration{}, whole_}, y() + 4, shard_height - 8,
                        shard.range + ": calls succeeded");
            for (Availability::Gap const& outage : shard.gaps) {
                Duration const from = outage.from.time_since_epoch();
                Span const span{from, from + outage.length};
                canvas_.box("outage", span, y() + 2, shard_height - 4,
                            shard.range + ", " + span.text() + ": no call succeeded for " +
                                in_seconds(outage.length));
                canvas_.words(span, y() + 1, shard_height - 2, in_seconds(outage.length));
            }
            canvas_.skip(shard_height);
        }
    }

    // Answered calls upwards, failed ones on top of them.
    void calls() {
        canvas_.heading("calls");
        std::uint64_t most = 1;
        for (Stretch const& stretch : result_->timeline) {
            most = std::max(most, stretch.answered + stretch.failed);
        }
        Duration const each = whole_ / std::max<std::int64_t>(1, std::ssize(result_->timeline));
        canvas_.name(calls_height, "ended");
        for (std::size_t n = 0; n < result_->timeline.size(); ++n) {
            Stretch const& stretch = result_->timeline[n];
            Span const span{each * static_cast<std::int64_t>(n),
                            each * static_cast<std::int64_t>(n + 1)};
            int const answered = pixels(stretch.answered, most, calls_height);
            int const failed = pixels(stretch.failed, most, calls_height - answered);
            std::string const tooltip = span.text() + ": " + std::to_string(stretch.answered) +
                                        " answered, " + std::to_string(stretch.failed) + " failed";
            if (answered > 0) {
                canvas_.box("answered", span, y() + calls_height - answered, answered, tooltip);
            }
            if (failed > 0) {
                canvas_.box("failed", span, y() + calls_height - answered - failed, failed,
                            tooltip);
            }
        }
        canvas_.skip(calls_height + gap);
        if (result_->chronicle) {
            counts("redirects", "moved", result_->chronicle->redirects);
            counts("retries", "retried", result_->chronicle->retries);
        }
    }
    // Something is never nothing.
    static int pixels(std::uint64_t count, std::uint64_t most, int height) {
        if (count == 0) {
            return 0;
        }
        auto const share = static_cast<int>(count * static_cast<std::uint64_t>(height) / most);
        return std::clamp(share, 2, std::max(height, 2));
    }
    void counts(std::string_view what, std::string_view style, Histogram const& histogram) {
        canvas_.name(counts_height, what);
        auto const& all = histogram.counts();
        std::uint64_t const most =
            std::max<std::uint64_t>(1, *std::max_element(all.begin(), all.end()));
        for (std::size_t n = 0; n < all.size(); ++n) {
            if (all[n] > 0) {
                int const height = pixels(all[n], most, counts_height);
                Duration const from = histogram.stretch() * static_cast<std::int64_t>(n);
                Span const span{from, from + histogram.stretch()};
                canvas_.box(style, span, y() + counts_height - height, height,
                            span.text() + ": " + std::to_string(all[n]) + ' ' + std::string(what));
            }
        }
        canvas_.skip(counts_height + gap);
    }

    RunResult const* result_;
    Duration whole_;
    Canvas canvas_;
};

}  // namespace

std::string html_timeline(RunResult const& result) { return Timeline(result).html(); }

std::string html_legend() {
    struct Entry {
        std::string_view style, meaning;
    };
    constexpr std::array<Entry, 12> entries{{{"fault", "fault; the shade below it shows its time"},
                                             {"master", "master, as high as its share of slots"},
                                             {"replica", "replica"},
                                             {"down", "down"},
                                             {"paused", "paused"},
                                             {"cluster-down", "to this node the cluster is down"},
                                             {"moved", "MOVED replies (first line below a lane)"},
                                             {"ask", "ASK (second line)"},
                                             {"refused", "CLUSTERDOWN, TRYAGAIN, LOADING (third)"},
                                             {"outage", "no call of these slots succeeded"},
                                             {"answered", "calls answered"},
                                             {"failed", "calls failed"}}};
    std::string html;
    for (Entry const& entry : entries) {
        html += element("span", "",
                        "<svg width='18' height='12'><rect width='18' height='12' class='" +
                            std::string(entry.style) + "'/></svg>" + escaped(entry.meaning)) +
                '\n';
    }
    return element("div", "class='legend'", html) + '\n';
}

}  // namespace keyslot::sim
