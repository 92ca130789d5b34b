// Commands split by slot: one call for each, and what became of each key.
#include <keyslot/multi_key.hpp>

#include "client/cluster/core.hpp"
#include "client/routing/key_groups.hpp"

#include <keyslot/detail/decode.hpp>

#include <algorithm>
#include <utility>

namespace keyslot::detail {

namespace {

// What the whole is called when some keys failed; nullptr: none did.
std::shared_ptr<Failure const> failure_of_keys(std::vector<KeyFailure> const& failures,
                                               std::size_t keys) {
    if (failures.empty()) {
        return nullptr;
    }
    Failure whole = *failures.front().failure;
    bool const some_ran =
        failures.size() < keys ||
        std::any_of(
            failures.begin(), failures.end(),
            [](KeyFailure const& key) { return key.failure->outcome != Outcome::not_executed; });
    std::string said = std::to_string(failures.size());
    said += " of ";
    said += std::to_string(keys);
    said += " keys failed, the first of them, ";
    said += failures.front().key;
    said += ", with: ";
    whole.message.insert(0, said);
    whole.outcome = some_ran ? Outcome::unknown : Outcome::not_executed;
    return std::make_shared<Failure const>(std::move(whole));
}

// The values of one part, in the order of its keys, put in their places among all.
std::shared_ptr<Failure const> take(SplitValues*, ReplyView reply,
                                    std::vector<std::size_t> const& places,
                                    std::vector<std::optional<std::string>>& values) {
    auto part = Decoder<std::vector<std::optional<std::string>>>::decode(reply);
    if (!part) {
        return part.failure();
    }
    if (part->size() != places.size()) {
        return unexpected_reply(reply, "a value for each key");
    }
    for (std::size_t n = 0; n < places.size(); ++n) {
        values[places[n]] = std::move((*part)[n]);
    }
    return nullptr;
}

std::shared_ptr<Failure const> take(SplitCount*, ReplyView reply, std::vector<std::size_t> const&,
                                    long long& sum) {
    auto const count = Decoder<long long>::decode(reply);
    sum += count ? *count : 0;
    return count.failure();
}

std::shared_ptr<Failure const> take(SplitDone*, ReplyView reply, std::vector<std::size_t> const&,
                                    bool& all) {
    auto const done = Decoder<bool>::decode(reply);
    all = done && *done && all;
    return done.failure();
}

void make_room(std::vector<std::optional<std::string>>& values, std::size_t keys) {
    values.resize(keys);
}
void make_room(long long&, std::size_t) {}
void make_room(bool& all, std::size_t) { all = true; }

template <class Split, class Value>
class SplitRun : public std::enable_shared_from_this<SplitRun<Split, Value>> {
public:
    using Done = UniqueFunction<void(Result<Split>)>;

    SplitRun(std::shared_ptr<ClusterCore> core, CallManner manner, SplitCommand command, Done done)
        : core_(std::move(core)),
          manner_(std::move(manner)),
          command_(std::move(command)),
          done_(std::move(done)) {
        for (std::size_t n = 0; n < command_.arguments.size(); n += command_.stride) {
            keys_.push_back(command_.arguments[n]);
        }
        groups_ = routing::group_by_slot(keys_);
        make_room(value_, keys_.size());
    }

    void start() {
        missing_ = groups_.size();
        if (missing_ == 0) {
            core_->environment().post([self = this->shared_from_this()] { self->finish(); });
        }
        std::vector<std::string_view> words;
        for (routing::KeyGroup const& group : groups_) {
            words.assign(1, command_.name);
            for (std::size_t const key : group.keys) {
                for (std::size_t n = 0; n < command_.stride; ++n) {
                    words.push_back(command_.arguments[key * command_.stride + n]);
                }
            }
            handles_.push_back(
                prepare(core_, nullptr, words, manner_)
                    .submit([self = this->shared_from_this(), &group](CallResult& result) {
                        self->completed(group, result);
                    }));
        }
    }

    void cancel() {
        auto const keep = this->shared_from_this();
        for (std::uint64_t const handle : handles_) {
            core_->cancel(handle);
        }
    }

private:
    void completed(routing::KeyGroup const& group, CallResult const& result) {
        std::shared_ptr<Failure const> const failure =
            result.failure ? result.failure
                           : take(static_cast<Split*>(nullptr), result.reply, group.keys, value_);
        if (failure) {
            for (std::size_t const key : group.keys) {
                failures_.push_back({key, keys_[key], failure});
            }
        }
        if (--missing_ == 0) {
            finish();
        }
    }

    void finish() {
        std::sort(failures_.begin(), failures_.end(),
                  [](KeyFailure const& a, KeyFailure const& b) { return a.position < b.position; });
        auto failure = failure_of_keys(failures_, keys_.size());
        done_(Split(std::move(value_), std::move(failures_), std::move(failure)));
    }

    std::shared_ptr<ClusterCore> core_;
    CallManner manner_;
    SplitCommand command_;
    Done done_;
    std::vector<std::string> keys_;
    std::vector<routing::KeyGroup> groups_;
    std::vector<std::uint64_t> handles_;
    std::size_t missing_ = 0;
    Value value_{};
    std::vector<KeyFailure> failures_;
};

template <class Split, class Value>
Operation<Split> split(std::shared_ptr<ClusterCore> core, CallManner manner, SplitCommand command) {
    using Run = SplitRun<Split, Value>;
    return [core = std::move(core), manner = std::move(manner),
            command = std::move(command)](typename Run::Done done) mutable {
        auto const run =
            std::make_shared<Run>(core, std::move(manner), std::move(command), std::move(done));
        run->start();
        return UniqueFunction<void()>([weak = std::weak_ptr<Run>(run)] {
            if (auto const alive = weak.lock()) {
                alive->cancel();
            }
        });
    };
}

}  // namespace

Operation<SplitValues> split_for_values(std::shared_ptr<ClusterCore> core, CallManner manner,
                                        SplitCommand command) {
    return split<SplitValues, std::vector<std::optional<std::string>>>(
        std::move(core), std::move(manner), std::move(command));
}

Operation<SplitCount> split_for_count(std::shared_ptr<ClusterCore> core, CallManner manner,
                                      SplitCommand command) {
    return split<SplitCount, long long>(std::move(core), std::move(manner), std::move(command));
}

Operation<SplitDone> split_for_ok(std::shared_ptr<ClusterCore> core, CallManner manner,
                                  SplitCommand command) {
    return split<SplitDone, bool>(std::move(core), std::move(manner), std::move(command));
}

}  // namespace keyslot::detail
