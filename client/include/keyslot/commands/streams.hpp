#pragma once

#include <keyslot/commands/common.hpp>
#include <keyslot/detail/command_family.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

struct StreamEntry {
    std::string id;
    std::vector<StringPair> fields;  ///< empty: the entry was deleted while it was pending

    friend bool operator==(StreamEntry const&, StreamEntry const&) = default;
};
/// A stream's key, and what was read from it.
using StreamEntries = std::pair<std::string, std::vector<StreamEntry>>;

/// How XTRIM and XADD cut a stream: by its length, or by the oldest id to keep; one of the two.
struct XTrimOptions {
    std::optional<long long> maxlen = std::nullopt;
    std::optional<std::string_view> minid = std::nullopt;
    bool approximate = true;                        ///< whole nodes only, which is much cheaper
    std::optional<long long> limit = std::nullopt;  ///< remove so many at most (approximate only)

    void append_to(detail::ArgumentList& words) const;
};

struct XAddOptions {
    std::string_view id = "*";  ///< "*": the server's clock makes it
    bool nomkstream = false;  ///< only if the stream exists
    XTrimOptions trim = {};

    void append_to(detail::ArgumentList& words) const;
};

struct XReadOptions {
    std::optional<long long> count = std::nullopt;
    std::optional<std::chrono::milliseconds> block = std::nullopt;  ///< zero: for ever

    void append_to(detail::ArgumentList& words) const;
};

struct XReadGroupOptions {
    std::optional<long long> count = std::nullopt;
    std::optional<std::chrono::milliseconds> block = std::nullopt;  ///< zero: for ever
    bool noack = false;  ///< entries do not become pending

    void append_to(detail::ArgumentList& words) const;
};

struct XGroupCreateOptions {
    bool mkstream = false;  ///< also if there is no stream yet
    std::optional<long long> entries_read = std::nullopt;

    void append_to(detail::ArgumentList& words) const;
};

struct XGroupSetIdOptions {
    std::optional<long long> entries_read = std::nullopt;

    void append_to(detail::ArgumentList& words) const;
};

struct XClaimOptions {
    std::optional<std::chrono::milliseconds> idle = std::nullopt;
    std::optional<std::chrono::sys_time<std::chrono::milliseconds>> time = std::nullopt;
    std::optional<long long> retrycount = std::nullopt;
    bool force = false;  ///< also what is not pending

    void append_to(detail::ArgumentList& words) const;
};

struct XPendingOptions {
    std::optional<std::chrono::milliseconds> idle = std::nullopt;  ///< not delivered for so long
    std::optional<std::string_view> consumername = std::nullopt;  ///< to this one only
};

struct XSetIdOptions {
    std::optional<long long> entries_added = std::nullopt;
    std::optional<std::string_view> max_deleted_id = std::nullopt;

    void append_to(detail::ArgumentList& words) const;
};

struct PendingSummary {
    long long pending = 0;
    std::optional<std::string> min;  ///< nullopt: nothing is pending
    std::optional<std::string> max;
    std::vector<std::pair<std::string, long long>> consumers;  ///< how many entries each has

    friend bool operator==(PendingSummary const&, PendingSummary const&) = default;
};

struct PendingEntry {
    std::string id;
    std::string consumer;
    std::chrono::milliseconds since_delivered{};
    long long times_delivered = 0;

    friend bool operator==(PendingEntry const&, PendingEntry const&) = default;
};

/// One step of XAUTOCLAIM.
struct AutoClaimed {
    std::string next;  ///< where to go on; "0-0": the end
    std::vector<StreamEntry> entries;
    std::vector<std::string> deleted;  ///< ids that were pending and are no longer in the stream

    friend bool operator==(AutoClaimed const&, AutoClaimed const&) = default;
};
struct AutoClaimedIds {
    std::string next;
    std::vector<std::string> ids;
    std::vector<std::string> deleted;

    friend bool operator==(AutoClaimedIds const&, AutoClaimedIds const&) = default;
};

struct StreamInfo {
    long long length = 0;
    long long radix_tree_keys = 0;
    long long radix_tree_nodes = 0;
    std::string last_generated_id;
    std::string max_deleted_entry_id;
    long long entries_added = 0;
    std::string recorded_first_entry_id;
    long long groups = 0;
    std::optional<StreamEntry> first_entry;
    std::optional<StreamEntry> last_entry;
};

struct StreamGroupInfo {
    std::string name;
    long long consumers = 0;
    long long pending = 0;
    std::string last_delivered_id;
    std::optional<long long> entries_read;  ///< nullopt: the server cannot tell
    std::optional<long long> lag;
};

struct StreamConsumerInfo {
    std::string name;
    long long pending = 0;
    std::chrono::milliseconds idle{};
};

/// XINFO STREAM FULL.
struct StreamFullInfo {
    struct OwnPending {
        std::string id;
        std::chrono::sys_time<std::chrono::milliseconds> delivered{};
        long long times_delivered = 0;
    };
    struct Pending {
        std::string id;
        std::string consumer;
        std::chrono::sys_time<std::chrono::milliseconds> delivered{};
        long long times_delivered = 0;
    };
    struct Consumer {
        std::string name;
        std::chrono::sys_time<std::chrono::milliseconds> seen_time{};
        long long pel_count = 0;
        std::vector<OwnPending> pending;
    };
    struct Group {
        std::string name;
        std::string last_delivered_id;
        std::optional<long long> entries_read;
        std::optional<long long> lag;
        long long pel_count = 0;
        std::vector<Pending> pending;
        std::vector<Consumer> consumers;
    };

    long long length = 0;
    long long radix_tree_keys = 0;
    long long radix_tree_nodes = 0;
    std::string last_generated_id;
    std::string max_deleted_entry_id;
    long long entries_added = 0;
    std::string recorded_first_entry_id;
    std::vector<StreamEntry> entries;
    std::vector<Group> groups;
};

namespace detail {

/// STREAMS, the keys, and then the ids.
struct StreamPositions {
    KeyValues streams;
    void append_to(ArgumentList& words) const;
};

struct PendingRange {
    std::string_view min;
    std::string_view max;
    long long count;
    XPendingOptions const& options;
    void append_to(ArgumentList& words) const;
};

template <>
Result<StreamEntry> Decoder<StreamEntry>::decode(ReplyView reply);
template <>
Result<PendingSummary> Decoder<PendingSummary>::decode(ReplyView reply);
template <>
Result<PendingEntry> Decoder<PendingEntry>::decode(ReplyView reply);
template <>
Result<AutoClaimed> Decoder<AutoClaimed>::decode(ReplyView reply);
template <>
Result<AutoClaimedIds> Decoder<AutoClaimedIds>::decode(ReplyView reply);
template <>
Result<StreamInfo> Decoder<StreamInfo>::decode(ReplyView reply);
template <>
Result<StreamGroupInfo> Decoder<StreamGroupInfo>::decode(ReplyView reply);
template <>
Result<StreamConsumerInfo> Decoder<StreamConsumerInfo>::decode(ReplyView reply);
template <>
Result<StreamFullInfo> Decoder<StreamFullInfo>::decode(ReplyView reply);

}  // namespace detail

/// Streams. XREAD and XREADGROUP with `block` wait on the server until there is an entry; the deadline of
/// such a call is that much later.
template <class Face>
class StreamCommands {
public:
    /// The id of the new entry; nullopt with nomkstream and no stream.
    decltype(auto) xadd(std::string_view key, KeyValues const& fields,
                        detail::TokenLike auto... token) {
        return detail::call<"XADD", std::optional<std::string>>(*this, {key, "*", fields},
                                                                std::move(token)...);
    }
    decltype(auto) xadd(std::string_view key, KeyValues const& fields, XAddOptions const& options,
                        detail::TokenLike auto... token) {
        return detail::call<"XADD", std::optional<std::string>>(*this, {key, options, fields},
                                                                std::move(token)...);
    }

    /// How many entries were removed.
    decltype(auto) xdel(std::string_view key, Words const& ids, detail::TokenLike auto... token) {
        return detail::call<"XDEL", long long>(*this, {key, ids}, std::move(token)...);
    }
    decltype(auto) xtrim(std::string_view key, XTrimOptions const& options,
                         detail::TokenLike auto... token) {
        return detail::call<"XTRIM", long long>(*this, {key, options}, std::move(token)...);
    }

    /// How many entries there are.
    decltype(auto) xlen(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"XLEN", long long>(*this, {key}, std::move(token)...);
    }

    /// Entries from `min` to `max`, both included: ids, "-", "+", or "(" and an id to leave it out.
    decltype(auto) xrange(std::string_view key, std::string_view min, std::string_view max,
                          detail::TokenLike auto... token) {
        return detail::call<"XRANGE", std::vector<StreamEntry>>(*this, {key, min, max},
                                                                std::move(token)...);
    }
    decltype(auto) xrange(std::string_view key, std::string_view min, std::string_view max,
                          long long count, detail::TokenLike auto... token) {
        return detail::call<"XRANGE", std::vector<StreamEntry>>(
            *this, {key, min, max, "COUNT", count}, std::move(token)...);
    }

    /// The newest first: the maximum comes first.
    decltype(auto) xrevrange(std::string_view key, std::string_view max, std::string_view min,
                             detail::TokenLike auto... token) {
        return detail::call<"XREVRANGE", std::vector<StreamEntry>>(*this, {key, max, min},
                                                                   std::move(token)...);
    }
    decltype(auto) xrevrange(std::string_view key, std::string_view max, std::string_view min,
                             long long count, detail::TokenLike auto... token) {
        return detail::call<"XREVRANGE", std::vector<StreamEntry>>(
            *this, {key, max, min, "COUNT", count}, std::move(token)...);
    }

    /// Entries behind the id given with each stream ("$": from now on). Streams without any are left out. All
    /// streams in one slot.
    decltype(auto) xread(KeyValues const& streams, detail::TokenLike auto... token) {
        return detail::call<"XREAD", std::vector<StreamEntries>>(
            *this, {detail::StreamPositions{streams}}, std::move(token)...);
    }
    decltype(auto) xread(KeyValues const& streams, XReadOptions const& options,
                         detail::TokenLike auto... token) {
        return detail::call<"XREAD", std::vector<StreamEntries>>(
            *this, {options, detail::StreamPositions{streams}}, std::move(token)...);
    }

    /// For a consumer of a group; id ">": entries that nobody has got yet, else what this one has pending.
    decltype(auto) xreadgroup(std::string_view group, std::string_view consumer,
                              KeyValues const& streams, detail::TokenLike auto... token) {
        return detail::call<"XREADGROUP", std::vector<StreamEntries>>(
            *this, {"GROUP", group, consumer, detail::StreamPositions{streams}},
            std::move(token)...);
    }
    decltype(auto) xreadgroup(std::string_view group, std::string_view consumer,
                              KeyValues const& streams, XReadGroupOptions const& options,
                              detail::TokenLike auto... token) {
        return detail::call<"XREADGROUP", std::vector<StreamEntries>>(
            *this, {"GROUP", group, consumer, options, detail::StreamPositions{streams}},
            std::move(token)...);
    }

    /// How many of them were pending.
    decltype(auto) xack(std::string_view key, std::string_view group, Words const& ids,
                        detail::TokenLike auto... token) {
        return detail::call<"XACK", long long>(*this, {key, group, ids}, std::move(token)...);
    }

    /// The group begins behind that id ("$": at the end).
    decltype(auto) xgroup_create(std::string_view key, std::string_view group, std::string_view id,
                                 detail::TokenLike auto... token) {
        return detail::call<"XGROUP CREATE", bool>(*this, {key, group, id}, std::move(token)...);
    }
    decltype(auto) xgroup_create(std::string_view key, std::string_view group, std::string_view id,
                                 XGroupCreateOptions const& options,
                                 detail::TokenLike auto... token) {
        return detail::call<"XGROUP CREATE", bool>(*this, {key, group, id, options},
                                                   std::move(token)...);
    }
    decltype(auto) xgroup_setid(std::string_view key, std::string_view group, std::string_view id,
                                detail::TokenLike auto... token) {
        return detail::call<"XGROUP SETID", bool>(*this, {key, group, id}, std::move(token)...);
    }
    decltype(auto) xgroup_setid(std::string_view key, std::string_view group, std::string_view id,
                                XGroupSetIdOptions const& options,
                                detail::TokenLike auto... token) {
        return detail::call<"XGROUP SETID", bool>(*this, {key, group, id, options},
                                                  std::move(token)...);
    }

    /// False if there was no such group.
    decltype(auto) xgroup_destroy(std::string_view key, std::string_view group,
                                  detail::TokenLike auto... token) {
        return detail::call<"XGROUP DESTROY", bool>(*this, {key, group}, std::move(token)...);
    }

    /// False if the consumer exists.
    decltype(auto) xgroup_createconsumer(std::string_view key, std::string_view group,
                                         std::string_view consumer,
                                         detail::TokenLike auto... token) {
        return detail::call<"XGROUP CREATECONSUMER", bool>(*this, {key, group, consumer},
                                                           std::move(token)...);
    }

    /// How many entries it had pending: they are lost to the group.
    decltype(auto) xgroup_delconsumer(std::string_view key, std::string_view group,
                                      std::string_view consumer, detail::TokenLike auto... token) {
        return detail::call<"XGROUP DELCONSUMER", long long>(*this, {key, group, consumer},
                                                             std::move(token)...);
    }
    decltype(auto) xpending(std::string_view key, std::string_view group,
                            detail::TokenLike auto... token) {
        return detail::call<"XPENDING", PendingSummary>(*this, {key, group}, std::move(token)...);
    }
    decltype(auto) xpending_range(std::string_view key, std::string_view group,
                                  std::string_view min, std::string_view max, long long count,
                                  detail::TokenLike auto... token) {
        return detail::call<"XPENDING", std::vector<PendingEntry>>(
            *this, {key, group, min, max, count}, std::move(token)...);
    }
    decltype(auto) xpending_range(std::string_view key, std::string_view group,
                                  std::string_view min, std::string_view max, long long count,
                                  XPendingOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"XPENDING", std::vector<PendingEntry>>(
            *this, {key, group, detail::PendingRange{min, max, count, options}},
            std::move(token)...);
    }

    /// Makes pending entries this consumer's, if nobody has touched them for `min_idle_time`.
    decltype(auto) xclaim(std::string_view key, std::string_view group, std::string_view consumer,
                          std::chrono::milliseconds min_idle_time, Words const& ids,
                          detail::TokenLike auto... token) {
        return detail::call<"XCLAIM", std::vector<StreamEntry>>(
            *this, {key, group, consumer, min_idle_time, ids}, std::move(token)...);
    }
    decltype(auto) xclaim(std::string_view key, std::string_view group, std::string_view consumer,
                          std::chrono::milliseconds min_idle_time, Words const& ids,
                          XClaimOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"XCLAIM", std::vector<StreamEntry>>(
            *this, {key, group, consumer, min_idle_time, ids, options}, std::move(token)...);
    }

    /// Only the ids; the counters of deliveries stay as they are.
    decltype(auto) xclaim_justid(std::string_view key, std::string_view group,
                                 std::string_view consumer, std::chrono::milliseconds min_idle_time,
                                 Words const& ids, detail::TokenLike auto... token) {
        return detail::call<"XCLAIM", std::vector<std::string>>(
            *this, {key, group, consumer, min_idle_time, ids, "JUSTID"}, std::move(token)...);
    }
    decltype(auto) xclaim_justid(std::string_view key, std::string_view group,
                                 std::string_view consumer, std::chrono::milliseconds min_idle_time,
                                 Words const& ids, XClaimOptions const& options,
                                 detail::TokenLike auto... token) {
        return detail::call<"XCLAIM", std::vector<std::string>>(
            *this, {key, group, consumer, min_idle_time, ids, options, "JUSTID"},
            std::move(token)...);
    }

    /// Looks for such entries by itself, from `start` on.
    decltype(auto) xautoclaim(std::string_view key, std::string_view group,
                              std::string_view consumer, std::chrono::milliseconds min_idle_time,
                              std::string_view start, detail::TokenLike auto... token) {
        return detail::call<"XAUTOCLAIM", AutoClaimed>(
            *this, {key, group, consumer, min_idle_time, start}, std::move(token)...);
    }
    decltype(auto) xautoclaim(std::string_view key, std::string_view group,
                              std::string_view consumer, std::chrono::milliseconds min_idle_time,
                              std::string_view start, long long count,
                              detail::TokenLike auto... token) {
        return detail::call<"XAUTOCLAIM", AutoClaimed>(
            *this, {key, group, consumer, min_idle_time, start, "COUNT", count},
            std::move(token)...);
    }
    decltype(auto) xautoclaim_justid(std::string_view key, std::string_view group,
                                     std::string_view consumer,
                                     std::chrono::milliseconds min_idle_time,
                                     std::string_view start, detail::TokenLike auto... token) {
        return detail::call<"XAUTOCLAIM", AutoClaimedIds>(
            *this, {key, group, consumer, min_idle_time, start, "JUSTID"}, std::move(token)...);
    }
    decltype(auto) xautoclaim_justid(std::string_view key, std::string_view group,
                                     std::string_view consumer,
                                     std::chrono::milliseconds min_idle_time,
                                     std::string_view start, long long count,
                                     detail::TokenLike auto... token) {
        return detail::call<"XAUTOCLAIM", AutoClaimedIds>(
            *this, {key, group, consumer, min_idle_time, start, "COUNT", count, "JUSTID"},
            std::move(token)...);
    }

    /// Sets the id that the next one must be greater than.
    decltype(auto) xsetid(std::string_view key, std::string_view last_id,
                          detail::TokenLike auto... token) {
        return detail::call<"XSETID", bool>(*this, {key, last_id}, std::move(token)...);
    }
    decltype(auto) xsetid(std::string_view key, std::string_view last_id,
                          XSetIdOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"XSETID", bool>(*this, {key, last_id, options}, std::move(token)...);
    }

    /// An error if there is no such stream, as for the rest.
    decltype(auto) xinfo_stream(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"XINFO STREAM", StreamInfo>(*this, {key}, std::move(token)...);
    }

    /// With entries, groups, consumers and what is pending: the first 10 of each, or `count` (0: all).
    decltype(auto) xinfo_stream_full(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"XINFO STREAM", StreamFullInfo>(*this, {key, "FULL"},
                                                            std::move(token)...);
    }
    decltype(auto) xinfo_stream_full(std::string_view key, long long count,
                                     detail::TokenLike auto... token) {
        return detail::call<"XINFO STREAM", StreamFullInfo>(*this, {key, "FULL", "COUNT", count},
                                                            std::move(token)...);
    }
    decltype(auto) xinfo_groups(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"XINFO GROUPS", std::vector<StreamGroupInfo>>(*this, {key},
                                                                          std::move(token)...);
    }
    decltype(auto) xinfo_consumers(std::string_view key, std::string_view group,
                                   detail::TokenLike auto... token) {
        return detail::call<"XINFO CONSUMERS", std::vector<StreamConsumerInfo>>(
            *this, {key, group}, std::move(token)...);
    }
};

}  // namespace keyslot
