#include <keyslot/commands/streams.hpp>

#include "client/commands/decode_struct.hpp"

namespace keyslot {

void XTrimOptions::append_to(detail::ArgumentList& words) const {
    std::string_view const how = approximate ? "~" : "=";
    if (maxlen) {
        words.add("MAXLEN").add(how).add(*maxlen);
    }
    if (minid) {
        words.add("MINID").add(how).add(*minid);
    }
    words.add_option("LIMIT", limit);
}

void XAddOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("NOMKSTREAM", nomkstream).add(trim).add(id);
}

void XReadOptions::append_to(detail::ArgumentList& words) const {
    words.add_option("COUNT", count).add_option("BLOCK", block);
}

void XReadGroupOptions::append_to(detail::ArgumentList& words) const {
    words.add_option("COUNT", count).add_option("BLOCK", block).add_flag("NOACK", noack);
}

void XGroupCreateOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("MKSTREAM", mkstream).add_option("ENTRIESREAD", entries_read);
}

void XGroupSetIdOptions::append_to(detail::ArgumentList& words) const {
    words.add_option("ENTRIESREAD", entries_read);
}

void XClaimOptions::append_to(detail::ArgumentList& words) const {
    words.add_option("IDLE", idle)
        .add_option("TIME", time)
        .add_option("RETRYCOUNT", retrycount)
        .add_flag("FORCE", force);
}

void XSetIdOptions::append_to(detail::ArgumentList& words) const {
    words.add_option("ENTRIESADDED", entries_added).add_option("MAXDELETEDID", max_deleted_id);
}

namespace detail {

void StreamPositions::append_to(ArgumentList& words) const {
    words.add("STREAMS");
    streams.for_each([&words](KeyValue const& stream) { words.add(stream.first); });
    streams.for_each([&words](KeyValue const& stream) { words.add(stream.second); });
}

void PendingRange::append_to(ArgumentList& words) const {
    words.add_option("IDLE", options.idle).add(min).add(max).add(count);
    words.add_optional(options.consumername);
}

template <>
Result<StreamEntry> Decoder<StreamEntry>::decode(ReplyView reply) {
    return StructDecoder<StreamEntry>(reply)
        .at(0, &StreamEntry::id)
        .at(1, &StreamEntry::fields)
        .result();
}

template <>
Result<PendingSummary> Decoder<PendingSummary>::decode(ReplyView reply) {
    return StructDecoder<PendingSummary>(reply)
        .at(0, &PendingSummary::pending)
        .at(1, &PendingSummary::min)
        .at(2, &PendingSummary::max)
        .at(3, &PendingSummary::consumers)
        .result();
}

template <>
Result<PendingEntry> Decoder<PendingEntry>::decode(ReplyView reply) {
    return StructDecoder<PendingEntry>(reply)
        .at(0, &PendingEntry::id)
        .at(1, &PendingEntry::consumer)
        .at(2, &PendingEntry::since_delivered)
        .at(3, &PendingEntry::times_delivered)
        .result();
}

template <>
Result<AutoClaimed> Decoder<AutoClaimed>::decode(ReplyView reply) {
    return StructDecoder<AutoClaimed>(reply)
        .at(0, &AutoClaimed::next)
        .at(1, &AutoClaimed::entries)
        .at(2, &AutoClaimed::deleted)
        .result();
}

template <>
Result<AutoClaimedIds> Decoder<AutoClaimedIds>::decode(ReplyView reply) {
    return StructDecoder<AutoClaimedIds>(reply)
        .at(0, &AutoClaimedIds::next)
        .at(1, &AutoClaimedIds::ids)
        .at(2, &AutoClaimedIds::deleted)
        .result();
}

}  // namespace detail

}  // namespace keyslot
