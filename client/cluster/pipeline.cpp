#include <keyslot/pipeline.hpp>

#include "client/cluster/core.hpp"

#include <algorithm>

namespace keyslot::detail {

namespace {

/// Shared by the calls of one execute(): the last one to complete hands the replies over.
struct Gathering {
    std::vector<Result<Reply>> replies;
    std::size_t missing = 0;
    UniqueFunction<void(PipelineReplies)> completion;
};

}  // namespace

void submit_pipeline(std::shared_ptr<ClusterCore> const& core, PipelineBatch const& batch,
                     CallOptions const& options, UniqueFunction<void(PipelineReplies)> completion) {
    if (batch.items.empty()) {
        core->environment().post(
            [completion = std::move(completion)]() mutable { completion(PipelineReplies()); });
        return;
    }
    auto const gathering = std::make_shared<Gathering>();
    gathering->replies.assign(batch.items.size(), Result<Reply>(Reply()));
    gathering->missing = batch.items.size();
    gathering->completion = std::move(completion);
    std::size_t begin = 0;
    for (std::size_t i = 0; i < batch.items.size(); ++i) {
        PipelineBatch::Item const& item = batch.items[i];
        std::string_view const encoded =
            std::string_view(batch.encoded).substr(begin, item.end - begin);
        begin = item.end;
        prepare_encoded(core, item.route, encoded, {options})
            .submit([gathering, i](CallResult& result) {
                gathering->replies[i] = decode<Reply>(result);
                if (--gathering->missing == 0) {
                    gathering->completion(std::move(gathering->replies));
                }
            });
    }
}

std::shared_ptr<Failure const> first_failure(PipelineReplies const& replies) {
    auto const found =
        std::find_if(replies.begin(), replies.end(), [](auto const& reply) { return !reply; });
    return found == replies.end() ? nullptr : found->failure();
}

}  // namespace keyslot::detail
