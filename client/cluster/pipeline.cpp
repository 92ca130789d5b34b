#include <keyslot/pipeline.hpp>

#include "client/cluster/core.hpp"
#include "client/cluster/transaction.hpp"

#include <algorithm>
#include <utility>

namespace keyslot::detail {

namespace {

using Done = UniqueFunction<void(Result<PipelineReplies>)>;

std::shared_ptr<Failure const> first_failure(PipelineReplies const& replies) {
    auto const found =
        std::find_if(replies.begin(), replies.end(), [](auto const& reply) { return !reply; });
    return found == replies.end() ? nullptr : found->failure();
}

/// One execute(): submits so many commands, and then one for each that completes, in their order.
class Run : public std::enable_shared_from_this<Run> {
public:
    Run(std::shared_ptr<ClusterCore> core, PipelineBatch batch, PipelineOptions const& options,
        Done done)
        : core_(std::move(core)),
          batch_(std::move(batch)),
          options_(options),
          replies_(batch_.items.size(), Result<Reply>(Reply())),
          handles_(batch_.items.size()),
          done_(std::move(done)),
          number_(core_->new_pipeline()) {}

    void start() {
        while (next_ < std::min(at_once, batch_.items.size())) {
            submit_next();
        }
    }

    void cancel() {
        cancelled_ = true;
        auto const keep = shared_from_this();
        for (std::size_t i = 0; i < next_; ++i) {
            core_->cancel(handles_[i]);
        }
    }

private:
    // More commands than this would only wait in the queues of the nodes.
    static constexpr std::size_t at_once = 10000;

    void submit_next() {
        std::size_t const i = next_++;
        PipelineBatch::Item const& item = batch_.items[i];
        std::string_view const encoded =
            std::string_view(batch_.encoded).substr(begin_, item.end - begin_);
        begin_ = item.end;
        handles_[i] = prepare_encoded(core_, item.route, encoded,
                                      {.options = options_.call, .pipeline = number_})
                          .submit([self = shared_from_this(), i](CallResult& result) {
                              self->completed(i, result);
                          });
        if (cancelled_) {
            core_->cancel(handles_[i]);
        }
    }

    void completed(std::size_t i, CallResult const& result) {
        replies_[i] = decode<Reply>(result);
        handles_[i] = 0;
        if (next_ < batch_.items.size()) {
            submit_next();
        }
        if (++completed_ < batch_.items.size()) {
            return;
        }
        auto const failure = options_.raise_on_error ? first_failure(replies_) : nullptr;
        if (failure) {
            done_(failure);
        } else {
            done_(std::move(replies_));
        }
    }

    std::shared_ptr<ClusterCore> core_;
    PipelineBatch batch_;
    PipelineOptions options_;
    PipelineReplies replies_;
    std::vector<std::uint64_t> handles_;
    Done done_;
    std::uint64_t const number_;
    std::size_t next_ = 0;
    std::size_t begin_ = 0;  // of the next command's bytes
    std::size_t completed_ = 0;
    bool cancelled_ = false;
};

}  // namespace

Operation<PipelineReplies> run_pipeline(std::shared_ptr<ClusterCore> core, PipelineBatch batch,
                                        PipelineOptions const& options, bool as_transaction) {
    if (as_transaction) {
        return run_transaction(std::move(core), std::move(batch), options, nullptr);
    }
    return [core = std::move(core), batch = std::move(batch), options](Done done) mutable {
        if (batch.items.empty()) {
            core->environment().post(
                [done = std::move(done)]() mutable { done(PipelineReplies()); });
            return UniqueFunction<void()>([] {});
        }
        auto const run = std::make_shared<Run>(core, std::move(batch), options, std::move(done));
        run->start();
        return UniqueFunction<void()>([weak = std::weak_ptr<Run>(run)] {
            if (auto const alive = weak.lock()) {
                alive->cancel();
            }
        });
    };
}

}  // namespace keyslot::detail
