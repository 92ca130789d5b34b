#include "client/routing/reply_merge.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace keyslot::routing {
namespace {

using protocol::RequestPolicy;
using protocol::ResponsePolicy;
using Fold = std::int64_t (*)(std::int64_t, std::int64_t);

Fold fold_of(ResponsePolicy policy) {
    switch (policy) {
        case ResponsePolicy::agg_sum: return [](std::int64_t a, std::int64_t b) { return a + b; };
        case ResponsePolicy::agg_min:
            return [](std::int64_t a, std::int64_t b) { return std::min(a, b); };
        case ResponsePolicy::agg_max:
            return [](std::int64_t a, std::int64_t b) { return std::max(a, b); };
        case ResponsePolicy::agg_logical_and:
            return [](std::int64_t a, std::int64_t b) -> std::int64_t { return a != 0 && b != 0; };
        case ResponsePolicy::agg_logical_or:
            return [](std::int64_t a, std::int64_t b) -> std::int64_t { return a != 0 || b != 0; };
        case ResponsePolicy::none:
        case ResponsePolicy::all_succeeded:
        case ResponsePolicy::one_succeeded:
        case ResponsePolicy::special: break;
    }
    return nullptr;
}

// Numbers, or arrays of numbers element by element (SCRIPT EXISTS).
std::optional<Reply> fold(Fold combine, std::span<Reply const> replies) {
    bool const is_array = replies.front().view().is_aggregate();
    std::size_t const size = is_array ? replies.front().size() : 1;
    std::vector<std::int64_t> values;
    for (Reply const& reply : replies) {
        if (reply.view().is_aggregate() != is_array || (is_array && reply.size() != size)) {
            return std::nullopt;
        }
        for (std::size_t n = 0; n < size; ++n) {
            auto const value = is_array ? reply[n].as_integer() : reply.as_integer();
            if (!value) {
                return std::nullopt;
            }
            if (values.size() <= n) {
                values.push_back(*value);
            } else {
                values[n] = combine(values[n], *value);
            }
        }
    }
    if (!is_array) {
        return Reply::integer(values.front());
    }
    std::vector<Reply> const numbers = [&] {
        std::vector<Reply> made;
        for (std::int64_t const value : values) {
            made.push_back(Reply::integer(value));
        }
        return made;
    }();
    return Reply::array_of(std::vector<ReplyView>(numbers.begin(), numbers.end()));
}

Reply join(std::span<Reply const> replies) {
    std::vector<ReplyView> elements;
    for (Reply const& reply : replies) {
        for (ReplyView const element : reply.view()) {
            elements.push_back(element);
        }
    }
    return Reply::array_of(elements);
}

Reply one_of(std::span<Reply const> replies, std::uint64_t random) {
    std::vector<Reply const*> found;
    for (Reply const& reply : replies) {
        if (!reply.is_null()) {
            found.push_back(&reply);
        }
    }
    return found.empty() ? replies.front() : *found[random % found.size()];
}

}  // namespace

bool is_for_several_nodes(protocol::CommandInfo const& command) {
    return (command.request_policy == RequestPolicy::all_nodes ||
            command.request_policy == RequestPolicy::all_shards) &&
           command.response_policy != ResponsePolicy::special;
}

std::optional<Reply> merge(protocol::CommandInfo const& command, std::span<Reply const> replies,
                           std::uint64_t random) {
    if (replies.empty()) {
        return std::nullopt;
    }
    if (Fold const combine = fold_of(command.response_policy)) {
        return fold(combine, replies);
    }
    bool const all_arrays = std::all_of(replies.begin(), replies.end(), [](Reply const& reply) {
        return reply.view().is_aggregate();
    });
    if (command.response_policy == ResponsePolicy::none) {
        return all_arrays ? join(replies) : one_of(replies, random);
    }
    return replies.front();
}

}  // namespace keyslot::routing
