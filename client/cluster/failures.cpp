// What a failed call tells its caller.
#include "client/cluster/core.hpp"
#include "client/protocol/command_table.hpp"
#include "client/protocol/resp_writer.hpp"

#include <algorithm>

namespace keyslot::detail {

namespace {

Outcome outcome_of(routing::Ran ran) {
    switch (ran) {
        case routing::Ran::no: return Outcome::not_executed;
        case routing::Ran::yes: return Outcome::executed;
        case routing::Ran::unknown: return Outcome::unknown;
    }
    return Outcome::unknown;
}

/// EVAL, FCALL and their like; the rest of the group runs no script, and is not refused half-way.
bool is_script(std::string_view encoded) {
    protocol::CommandInfo const* const info =
        encoded.empty() ? nullptr : protocol::find_command(protocol::word_at(encoded, 0));
    return info != nullptr && info->group == "scripting";
}

}  // namespace

std::string milliseconds(Duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) +
           " ms";
}

std::shared_ptr<Failure const> ClusterCore::failure_of_reply(Call const& call, NodeLink const* link,
                                                             std::string_view text) const {
    Failure failure = failure_of_error(text, is_script(call.encoded));
    failure.node = link != nullptr ? link->name() : std::string();
    failure.hops = call.hops;
    return std::make_shared<Failure const>(std::move(failure));
}

Failure failure_of_error(std::string_view text, bool of_script) {
    std::string_view const word = text.substr(0, text.find(' '));
    Failure failure;
    failure.code = word == "CROSSSLOT" ? ErrorCode::cross_slot
                   : word == "NOAUTH" || word == "NOPERM" || word == "WRONGPASS"
                       ? ErrorCode::authentication
                       : ErrorCode::response;
    failure.outcome = outcome_of(routing::has_run(text, of_script));
    failure.message = text;
    return failure;
}

std::string ClusterCore::unserved(Call const& call) const {
    if (lacks_coverage()) {
        return std::to_string(topology::slot_count - map_.covered_slots()) +
               " slots, and full coverage is required";
    }
    return "slot " + std::to_string(call.route.slot);
}

std::shared_ptr<Failure const> ClusterCore::make_failure(Call const& call,
                                                         routing::Fail const& fail) const {
    Failure failure;
    failure.outcome = fail.outcome == routing::Outcome::not_executed ? Outcome::not_executed
                      : fail.outcome == routing::Outcome::executed   ? Outcome::executed
                                                                     : Outcome::unknown;
    failure.hops = call.hops;
    if (!call.hops.empty()) {
        // A hop reads "host:port: what".
        failure.node = call.hops.back().substr(0, call.hops.back().find(": "));
    }
    switch (fail.code) {
        case routing::FailureCode::cancelled:
            failure.code = ErrorCode::cancelled;
            failure.message = "the call was cancelled";
            break;
        case routing::FailureCode::too_many_redirects:
            failure.code = ErrorCode::too_many_redirects;
            failure.message =
                "redirected more than " + std::to_string(limits_.redirects_max) + " times";
            break;
        case routing::FailureCode::too_many_attempts:
            failure.code =
                call.last_refusal == routing::ErrorKind::cluster_down ? ErrorCode::cluster_down
                : call.last_refusal == routing::ErrorKind::try_again  ? ErrorCode::try_again
                                                                      : ErrorCode::connection;
            failure.message = "sent " + std::to_string(call.machine->attempts()) + " times";
            break;
        case routing::FailureCode::attempt_timeout:
            failure.code = ErrorCode::timeout;
            failure.message = "no answer within " + milliseconds(options_.attempt_timeout) +
                              "; the command is not repeated, because it may have run";
            break;
        case routing::FailureCode::connection_lost:
            failure.code = ErrorCode::connection;
            failure.message =
                "the connection was lost before the reply; the command is not repeated, "
                "because it may have run";
            break;
        case routing::FailureCode::overtaken:
            failure.code =
                call.last_refusal == routing::ErrorKind::cluster_down ? ErrorCode::cluster_down
                : call.last_refusal == routing::ErrorKind::try_again  ? ErrorCode::try_again
                                                                      : ErrorCode::response;
            failure.message =
                "refused, and a command behind it in the pipeline has run: sent again it would "
                "come after that";
            break;
        case routing::FailureCode::no_owner:
            failure.code = ErrorCode::slot_not_covered;
            failure.message = "no known node serves " + unserved(call);
            break;
        case routing::FailureCode::deadline: {
            std::string const within = " within " + milliseconds(call.timeout);
            if (map_.version() == 0) {
                failure.code = ErrorCode::cluster_unreachable;
                failure.message = "no start-up node gave a topology" + within + ": " +
                                  (fetch_problems_.empty() ? "no answer yet" : fetch_problems_);
            } else if (call.lacks_access) {
                failure.code = ErrorCode::authentication;
                failure.message = "the credentials were not accepted" + within;
            } else if (call.no_owner) {
                failure.code = ErrorCode::slot_not_covered;
                failure.message = "no known node served " + unserved(call) + within;
            } else if (call.last_refusal == routing::ErrorKind::cluster_down) {
                failure.code = ErrorCode::cluster_down;
                failure.message = "the cluster did not come back" + within;
            } else if (call.last_refusal == routing::ErrorKind::try_again) {
                failure.code = ErrorCode::try_again;
                failure.message = "the keys were not together on one node" + within;
            } else {
                failure.code = ErrorCode::timeout;
                failure.message = "no reply" + within;
            }
            break;
        }
    }
    return std::make_shared<Failure const>(std::move(failure));
}

}  // namespace keyslot::detail
