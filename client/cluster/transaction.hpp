#pragma once

#include "client/cluster/call.hpp"

#include <keyslot/pipeline.hpp>

#include <memory>

namespace keyslot::detail {

/// MULTI, the commands and EXEC as one call: on the connection of `lease`, or without one (nullptr)
/// wherever the keys are. Completes with the reply to each command; one that failed inside EXEC is a failure
/// in its place, or of the whole with raise_on_error.
Operation<PipelineReplies> run_transaction(std::shared_ptr<ClusterCore> core, PipelineBatch batch,
                                           PipelineOptions const& options,
                                           std::shared_ptr<LinkLease> lease);

}  // namespace keyslot::detail
