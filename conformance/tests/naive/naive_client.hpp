#pragma once

#include "conformance/harness/bell.hpp"
#include "conformance/harness/stage.hpp"
#include "conformance/harness/subject.hpp"
#include "conformance/tests/naive/line.hpp"

#include <keyslot/sim/world.hpp>

#include <array>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::conformance::naive {

/// A cluster client as one would write it in a day: no speed, one call of a slot at a time, but it
/// keeps the rules; unless it has a habit that breaks one. A habit is a name, of which the code asks
/// where a client with it would do otherwise; tests/convictions.txt says which case finds it out.
class NaiveClient final : public Subject {
public:
    NaiveClient(Case const& test, sim::World& world, Stage& stage, std::string const& host,
                std::string habit);

    asio::awaitable<void> call(CallStep const& step, std::vector<Words> commands,
                               CallSeen& seen) override;
    void close() override;

private:
    using LinePointer = std::shared_ptr<Line>;

    /// What is sent in one piece and redirected in one piece.
    struct Unit {
        // No aggregate, nor is Ending: g++ 12 destroys those twice that are made within a co_await
        // expression.
        Unit() = default;
        std::vector<Words> commands;
        Instant deadline{};
        bool is_transaction = false;
        bool may_repeat = false;
        bool blocks = false;
    };
    /// How it ended: replies, or an error.
    struct Ending {
        Ending() = default;
        std::vector<Reply> replies = {};
        bool failed = false;
        std::string text = {}, outcome = {};
    };
    /// A unit on its way: what was learned there.
    struct Journey {
        Journey() = default;
        Unit unit;
        int slot = -1;  ///< negative: none
        bool reads = true;
        std::optional<Endpoint> next = {};  ///< by a redirection
        bool asking = false;
        int redirections = 0;
        Duration pause = std::chrono::milliseconds{10};
        Ending last = {};
        bool is_over = false;
    };
    struct Shard {
        Endpoint primary;
        std::vector<Endpoint> replicas;
    };
    struct Subscription {
        ChannelKind kind{};
        std::string name;
        LinePointer line = nullptr;
        bool wanted = true;
        bool live = false;
        bool was_live = false;
    };

    bool does(std::string_view habit) const { return habit_ == habit; }
    Instant now() const { return world_.now(); }
    asio::awaitable<void> pause_for(Duration time);

    // delivery.cpp: one unit on its way through the cluster
    asio::awaitable<Ending> deliver(Unit unit);
    asio::awaitable<Ending> travel(Unit unit);
    Journey journey_of(Unit unit) const;
    asio::awaitable<void> take_step(Journey& journey);
    Instant limit_of(Journey const& journey) const;
    asio::awaitable<void> wait_a_little(Journey& journey);
    asio::awaitable<void> find_another_way(Journey& journey, Endpoint const& target);
    asio::awaitable<void> outlive_loss(Journey& journey, Endpoint const& target, Line& line,
                                       bool was_lost);
    void arrive(Journey& journey, Ending ending) const;
    asio::awaitable<void> follow(Journey& journey, Endpoint const& target, Line& line);
    asio::awaitable<void> outlast(Journey& journey, Endpoint const& target);
    asio::awaitable<void> take_turn(int slot, Instant deadline, bool& taken);
    bool is_due_again(Unit const& unit, Batch const& batch, Ending& ending) const;
    Endpoint target_of(int slot, bool is_read);
    static Ending success(std::string text);
    static Ending failure(std::string text, std::string outcome);
    int slot_of(Words const& words) const;
    std::vector<Words> bytes_of(Unit const& unit, bool asking);

    // naive_topology.cpp: connections and the map
    asio::awaitable<LinePointer> line_to(Endpoint const& to, Instant deadline);
    asio::awaitable<LinePointer> connect(Endpoint const& to, Instant deadline,
                                         Line::Hear const& hear);
    asio::awaitable<std::unique_ptr<ByteStream>> dial(Endpoint const& to, Instant limit,
                                                      std::optional<TlsOptions> tls);
    std::optional<TlsOptions> tls_to(Endpoint const& to, Line::Hear const& hear);
    asio::awaitable<bool> shake_hands(Line& line, Endpoint const& to, Instant deadline);
    asio::awaitable<std::shared_ptr<Batch>> ask(Line& line, std::vector<Words> commands,
                                                Instant limit);
    asio::awaitable<void> refresh(Instant deadline);
    void refresh_soon(Duration after);
    asio::awaitable<bool> fetch_from(Endpoint const& node, Instant deadline);
    bool adopt(ReplyView slots, Endpoint const& from);
    std::optional<Endpoint> endpoint_of(ReplyView node, Endpoint const& from) const;
    std::optional<Endpoint> endpoint_in(std::string_view text, Endpoint const& from) const;
    asio::awaitable<std::string> address_of(std::string host);
    asio::awaitable<void> refresh_now_and_then(Duration period);

    // operations.cpp
    asio::awaitable<Ending> perform(CallStep const& step, std::vector<Words> commands);
    asio::awaitable<Ending> command(Unit unit);
    asio::awaitable<Ending> pipeline(Unit unit);
    asio::awaitable<Ending> transaction(Unit unit);
    asio::awaitable<Ending> watch(Unit unit);
    asio::awaitable<Ending> run_script(Unit unit);
    asio::awaitable<Ending> change_subscriptions(CallStep const& step, Words names,
                                                 Instant deadline);
    asio::awaitable<void> keep_subscribed(Subscription& subscription);
    void hear_message(Subscription& subscription, Reply const& reply);
    std::string text_of(ReplyView reply) const;

    sim::World& world_;
    Environment& environment_;
    Bell bell_;
    CaseClient options_;
    std::string habit_;
    std::vector<Endpoint> seeds_;  // host and port: a name, maybe
    std::array<std::optional<Shard>, 16384> map_;
    std::set<Endpoint> nodes_, replicas_;
    std::map<Endpoint, LinePointer> lines_;
    std::map<Endpoint, Instant> shunned_;  // replicas that did not answer, until then
    std::map<int, std::deque<std::uint64_t>> turns_;
    std::vector<std::weak_ptr<Line>> all_lines_;
    std::uint64_t last_turn_ = 0, reads_ = 0, fetches_ = 0;
    std::set<Endpoint> dialling_, dialled_, greeted_;
    Instant next_fetch_{};
    bool fetching_ = false, fetch_is_due_ = false;
    bool closed_ = false;
    std::string last_problem_;
    LinePointer watching_;
    bool watch_lost_ = false;
    std::map<std::string, std::string> digests_;  // of scripts
    std::list<Subscription> subscriptions_;  // coroutines hold references
};

}  // namespace keyslot::conformance::naive
