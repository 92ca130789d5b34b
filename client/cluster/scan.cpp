// Scans: pages of keys from one node after the other, and of the items of one key.
#include <keyslot/scan.hpp>

#include "client/cluster/core.hpp"
#include "client/cluster/scan_state.hpp"
#include "client/protocol/hash_slot.hpp"
#include "client/routing/scan_plan.hpp"

#include <keyslot/commands/hashes.hpp>
#include <keyslot/commands/sets.hpp>
#include <keyslot/detail/decode.hpp>

#include <utility>

namespace keyslot::detail {

namespace {

using Keys = std::vector<std::string>;

// What both kinds of scan have in common: one next() at a time, made of calls one after the other.
template <class Item>
class CallByCall : public ScanSource<Item>, public std::enable_shared_from_this<CallByCall<Item>> {
public:
    using Page = std::optional<std::vector<Item>>;
    using Done = UniqueFunction<void(Result<Page>)>;

    CallByCall(std::shared_ptr<ClusterCore> core, CallOptions const& call)
        : core_(std::move(core)), manner_{.options = call} {}

    Operation<Page> next() final {
        return [self = this->shared_from_this()](Done done) {
            if (self->done_) {
                self->core_->environment().post([done = std::move(done)]() mutable {
                    done(std::make_shared<Failure const>(
                        Failure{.code = ErrorCode::invalid_argument,
                                .message = "the scan's last next() is still under way"}));
                });
                return UniqueFunction<void()>([] {});
            }
            self->done_ = std::move(done);
            // Not inside the start of the operation, which may have to be told the result.
            self->core_->environment().post([self] { self->go_on(); });
            return UniqueFunction<void()>([self] { self->cancel(); });
        };
    }

protected:
    virtual void go_on() = 0;
    virtual void answered(CallResult const& result) = 0;

    bool under_way() const { return static_cast<bool>(done_); }

    void ask(std::vector<std::string_view> const& words) {
        call_ = prepare(core_, nullptr, words, manner_)
                    .submit([self = this->shared_from_this()](CallResult& result) {
                        self->call_ = 0;
                        self->answered(result);
                    });
    }
    void wait(Instant until) {
        timer_ = core_->environment().make_timer();
        timer_->arm(until, [self = this->shared_from_this()] {
            self->timer_.reset();
            self->go_on();
        });
    }
    void finish(Result<Page> result) {
        if (done_) {
            std::exchange(done_, nullptr)(std::move(result));
        }
    }

    std::shared_ptr<ClusterCore> core_;
    CallManner manner_;

private:
    void cancel() {
        if (call_ != 0) {
            core_->cancel(call_);
        } else if (under_way()) {
            timer_.reset();
            finish(std::make_shared<Failure const>(
                Failure{.code = ErrorCode::cancelled, .message = "the scan was cancelled"}));
        }
    }

    Done done_;
    std::uint64_t call_ = 0;
    std::unique_ptr<Timer> timer_;
};

// The node's trouble: another node may do better, or the same one later.
bool is_of_node(Failure const& failure) {
    switch (failure.code) {
        case ErrorCode::timeout:
        case ErrorCode::connection:
        case ErrorCode::cluster_down:
        case ErrorCode::try_again:
        case ErrorCode::too_many_redirects: return true;
        case ErrorCode::response:
            return failure.message.starts_with("LOADING") ||
                   failure.message.starts_with("MASTERDOWN") ||
                   failure.message.starts_with("CLUSTERDOWN") ||
                   failure.message.starts_with("BUSY ");
        default: return false;
    }
}

class KeyScan final : public CallByCall<std::string> {
public:
    KeyScan(std::shared_ptr<ClusterCore> core, ScanIterOptions const& options)
        : CallByCall(std::move(core), options.call), plan_(options.patience) {
        manner_.options.repeatable = true;  // CLUSTER NODES
        auto const copy = [](std::optional<std::string_view> text) {
            return text ? std::optional<std::string>(*text) : std::nullopt;
        };
        match_ = copy(options.match);
        type_ = copy(options.type);
        if (options.count) {
            count_ = std::to_string(*options.count);
        }
    }

    std::vector<SlotRange> uncovered() const override {
        std::vector<SlotRange> ranges;
        for (auto const& [first, last] : plan_.open()) {
            ranges.push_back({first, last});
        }
        return ranges;
    }

private:
    enum class Step : std::uint8_t { map, choose, before, page, after, finished };

    void go_on() override {
        if (!under_way()) {
            return;  // cancelled before it began
        }
        switch (step_) {
            case Step::map:
                if (core_->map().version() != 0) {
                    step_ = Step::choose;
                    choose();
                } else {
                    ask({"PING"});  // waits for the topology, and has it fetched if need be
                }
                return;
            case Step::choose: choose(); return;
            case Step::before:
            case Step::after: ask({"CLUSTER", "NODES"}); return;
            case Step::page: ask_page(); return;
            case Step::finished: finish(Page()); return;
        }
    }

    void choose() {
        plan_.learn(core_->map().version(), core_->map().shards());
        routing::ScanPlan::Action const action = plan_.next(core_->now());
        if (auto const* visit = std::get_if<routing::ScanPlan::Visit>(&action)) {
            manner_.node = ClusterNode{.host = {}, .port = 0, .id = visit->node};
            step_ = Step::before;
            go_on();
        } else if (auto const* pause = std::get_if<routing::ScanPlan::Wait>(&action)) {
            core_->ask_refresh(routing::RefreshReason::no_owner);
            wait(pause->until);
        } else {
            step_ = Step::finished;
            go_on();
        }
    }

    void ask_page() {
        std::vector<std::string_view> words{"SCAN", cursor_};
        auto const add = [&words](std::string_view name, std::optional<std::string> const& value) {
            if (value) {
                words.push_back(name);
                words.push_back(*value);
            }
        };
        add("MATCH", match_);
        add("COUNT", count_);
        add("TYPE", type_);
        ask(words);
    }

    void answered(CallResult const& result) override {
        if (result.failure) {
            failed(result.failure);
        } else if (step_ == Step::map) {
            step_ = Step::choose;
            go_on();
        } else if (step_ != Step::before && result.connection != connection_) {
            void_visit();  // another process may answer: the cursor means nothing to it
        } else if (step_ == Step::page) {
            got_page(result.reply);
        } else {
            got_state(result);
        }
    }

    void failed(std::shared_ptr<Failure const> const& failure) {
        if (step_ == Step::map && core_->map().version() != 0) {
            go_on();
        } else if (step_ != Step::map && is_of_node(*failure)) {
            void_visit();
        } else {
            finish(failure);
        }
    }

    void void_visit() {
        plan_.failed(core_->now());
        step_ = Step::choose;
        go_on();
    }

    void got_state(CallResult const& result) {
        std::string problem;
        auto state = scan_state(result.reply, problem);
        if (!state) {
            finish(std::make_shared<Failure const>(Failure{
                .code = ErrorCode::protocol, .outcome = Outcome::executed, .message = problem}));
            return;
        }
        if (step_ == Step::after) {
            plan_.ended(*state, core_->now());
            step_ = Step::choose;
        } else if (plan_.begun(std::move(*state), core_->now())) {
            connection_ = result.connection;
            cursor_ = "0";
            step_ = Step::page;
        } else {
            step_ = Step::choose;
        }
        go_on();
    }

    void got_page(ReplyView reply) {
        auto page = Decoder<ScanPage<std::string>>::decode(reply);
        if (!page) {
            finish(page.failure());
            return;
        }
        plan_.got_page();
        std::erase_if(page->items, [this](std::string const& key) {
            return !plan_.wants(protocol::hash_slot(key));
        });
        cursor_ = std::to_string(page->cursor);
        if (page->cursor == 0) {
            step_ = Step::after;
        }
        if (page->items.empty()) {
            go_on();
        } else {
            finish(Page(std::move(page->items)));
        }
    }

    routing::ScanPlan plan_;
    std::optional<std::string> match_;
    std::optional<std::string> count_;
    std::optional<std::string> type_;
    Step step_ = Step::map;
    std::string cursor_;
    std::uint64_t connection_ = 0;
};

// A cursor belongs to the process that gave it: with any other connection the scan begins again.
template <class Item>
class ItemScan final : public CallByCall<Item> {
public:
    using Base = CallByCall<Item>;

    ItemScan(std::shared_ptr<ClusterCore> core, std::string_view command, std::string_view key,
             ScanOptions const& options, CallOptions const& call)
        : Base(std::move(core), call), words_{std::string(command), std::string(key), "0"} {
        this->manner_.options.read_from_replicas = false;
        ArgumentList more;
        options.append_to(more);
        words_.insert(words_.end(), more.words().begin(), more.words().end());
    }

    std::vector<SlotRange> uncovered() const override { return {}; }

private:
    static constexpr int restarts_max = 16;

    void go_on() override {
        if (!this->under_way()) {
            return;
        }
        if (finished_) {
            this->finish(typename Base::Page());
        } else {
            this->ask(std::vector<std::string_view>(words_.begin(), words_.end()));
        }
    }

    void answered(CallResult const& result) override {
        if (result.failure) {
            this->finish(result.failure);
            return;
        }
        std::string& cursor = words_[2];
        if (cursor != "0" && result.connection != connection_) {
            cursor = "0";
            if (++restarts_ > restarts_max) {
                restarts_ = 0;
                this->finish(std::make_shared<Failure const>(
                    Failure{.code = ErrorCode::connection,
                            .message = "the scan had to begin again too often: the node that it "
                                       "asks changes, or its connection breaks"}));
                return;
            }
            go_on();
            return;
        }
        connection_ = result.connection;
        auto page = Decoder<ScanPage<Item>>::decode(result.reply);
        if (!page) {
            this->finish(page.failure());
            return;
        }
        cursor = std::to_string(page->cursor);
        finished_ = page->cursor == 0;
        if (page->items.empty()) {
            go_on();
        } else {
            this->finish(typename Base::Page(std::move(page->items)));
        }
    }

    std::vector<std::string> words_;  // the third is the cursor
    std::uint64_t connection_ = 0;
    int restarts_ = 0;
    bool finished_ = false;
};

}  // namespace

std::shared_ptr<ScanSource<std::string>> scan_keys(std::shared_ptr<ClusterCore> core,
                                                   ScanIterOptions const& options) {
    return std::make_shared<KeyScan>(std::move(core), options);
}

template <class Item>
std::shared_ptr<ScanSource<Item>> scan_items(std::shared_ptr<ClusterCore> core,
                                             std::string_view command, std::string_view key,
                                             ScanOptions const& options, CallOptions const& call) {
    return std::make_shared<ItemScan<Item>>(std::move(core), command, key, options, call);
}

template std::shared_ptr<ScanSource<StringPair>> scan_items(std::shared_ptr<ClusterCore>,
                                                            std::string_view, std::string_view,
                                                            ScanOptions const&, CallOptions const&);
template std::shared_ptr<ScanSource<std::string>> scan_items(std::shared_ptr<ClusterCore>,
                                                             std::string_view, std::string_view,
                                                             ScanOptions const&,
                                                             CallOptions const&);
template std::shared_ptr<ScanSource<ScoredMember>> scan_items(std::shared_ptr<ClusterCore>,
                                                              std::string_view, std::string_view,
                                                              ScanOptions const&,
                                                              CallOptions const&);

}  // namespace keyslot::detail
