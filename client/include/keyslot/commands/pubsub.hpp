#pragma once

#include <keyslot/detail/command_family.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

/// Publishing, and who listens. (Subscribing is not a call: it changes what a connection is for.)
template <class Face>
class PubSubCommands {
public:
    /// How many subscribers of the node that took it got the message; other nodes pass it on to theirs.
    decltype(auto) publish(std::string_view channel, std::string_view message,
                           detail::TokenLike auto... token) {
        return detail::call<"PUBLISH", long long>(*this, {channel, message}, std::move(token)...);
    }

    /// To a sharded channel: how many subscribers of the node that serves its slot got it.
    decltype(auto) spublish(std::string_view channel, std::string_view message,
                            detail::TokenLike auto... token) {
        return detail::call<"SPUBLISH", long long>(*this, {channel, message}, std::move(token)...);
    }

    /// The channels that somebody listens to at one node, as for the rest.
    decltype(auto) pubsub_channels(detail::TokenLike auto... token) {
        return detail::call<"PUBSUB CHANNELS", std::vector<std::string>>(*this, {},
                                                                         std::move(token)...);
    }
    decltype(auto) pubsub_channels(std::string_view pattern, detail::TokenLike auto... token) {
        return detail::call<"PUBSUB CHANNELS", std::vector<std::string>>(*this, {pattern},
                                                                         std::move(token)...);
    }

    /// How many patterns are subscribed to.
    decltype(auto) pubsub_numpat(detail::TokenLike auto... token) {
        return detail::call<"PUBSUB NUMPAT", long long>(*this, {}, std::move(token)...);
    }

    /// How many subscribers each channel has.
    decltype(auto) pubsub_numsub(Words const& channels, detail::TokenLike auto... token) {
        return detail::call<"PUBSUB NUMSUB", std::vector<std::pair<std::string, long long>>>(
            *this, {channels}, std::move(token)...);
    }
    decltype(auto) pubsub_shardchannels(detail::TokenLike auto... token) {
        return detail::call<"PUBSUB SHARDCHANNELS", std::vector<std::string>>(*this, {},
                                                                              std::move(token)...);
    }
    decltype(auto) pubsub_shardchannels(std::string_view pattern, detail::TokenLike auto... token) {
        return detail::call<"PUBSUB SHARDCHANNELS", std::vector<std::string>>(*this, {pattern},
                                                                              std::move(token)...);
    }
    decltype(auto) pubsub_shardnumsub(Words const& channels, detail::TokenLike auto... token) {
        return detail::call<"PUBSUB SHARDNUMSUB", std::vector<std::pair<std::string, long long>>>(
            *this, {channels}, std::move(token)...);
    }
};

}  // namespace keyslot
