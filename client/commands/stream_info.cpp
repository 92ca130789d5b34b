#include <keyslot/commands/streams.hpp>

#include "client/commands/decode_struct.hpp"

namespace keyslot {

namespace detail {

namespace {

/// What XINFO STREAM says with FULL and without.
template <class Info>
StructDecoder<Info> stream_decoder(ReplyView reply) {
    return StructDecoder<Info>(reply)
        .named("length", &Info::length)
        .named("radix-tree-keys", &Info::radix_tree_keys)
        .named("radix-tree-nodes", &Info::radix_tree_nodes)
        .named("last-generated-id", &Info::last_generated_id)
        .named("max-deleted-entry-id", &Info::max_deleted_entry_id)
        .named("entries-added", &Info::entries_added)
        .named("recorded-first-entry-id", &Info::recorded_first_entry_id);
}

}  // namespace

template <>
Result<StreamInfo> Decoder<StreamInfo>::decode(ReplyView reply) {
    return stream_decoder<StreamInfo>(reply)
        .named("groups", &StreamInfo::groups)
        .named("first-entry", &StreamInfo::first_entry)
        .named("last-entry", &StreamInfo::last_entry)
        .result();
}

template <>
Result<StreamGroupInfo> Decoder<StreamGroupInfo>::decode(ReplyView reply) {
    return StructDecoder<StreamGroupInfo>(reply)
        .named("name", &StreamGroupInfo::name)
        .named("consumers", &StreamGroupInfo::consumers)
        .named("pending", &StreamGroupInfo::pending)
        .named("last-delivered-id", &StreamGroupInfo::last_delivered_id)
        .named("entries-read", &StreamGroupInfo::entries_read)
        .named("lag", &StreamGroupInfo::lag)
        .result();
}

template <>
Result<StreamConsumerInfo> Decoder<StreamConsumerInfo>::decode(ReplyView reply) {
    return StructDecoder<StreamConsumerInfo>(reply)
        .named("name", &StreamConsumerInfo::name)
        .named("pending", &StreamConsumerInfo::pending)
        .named("idle", &StreamConsumerInfo::idle)
        .result();
}

template <>
struct Decoder<StreamFullInfo::OwnPending> {
    static Result<StreamFullInfo::OwnPending> decode(ReplyView reply) {
        using Pending = StreamFullInfo::OwnPending;
        return StructDecoder<Pending>(reply)
            .at(0, &Pending::id)
            .at(1, &Pending::delivered)
            .at(2, &Pending::times_delivered)
            .result();
    }
};

template <>
struct Decoder<StreamFullInfo::Pending> {
    static Result<StreamFullInfo::Pending> decode(ReplyView reply) {
        using Pending = StreamFullInfo::Pending;
        return StructDecoder<Pending>(reply)
            .at(0, &Pending::id)
            .at(1, &Pending::consumer)
            .at(2, &Pending::delivered)
            .at(3, &Pending::times_delivered)
            .result();
    }
};

template <>
struct Decoder<StreamFullInfo::Consumer> {
    static Result<StreamFullInfo::Consumer> decode(ReplyView reply) {
        using Consumer = StreamFullInfo::Consumer;
        return StructDecoder<Consumer>(reply)
            .named("name", &Consumer::name)
            .named("seen-time", &Consumer::seen_time)
            .named("pel-count", &Consumer::pel_count)
            .named("pending", &Consumer::pending)
            .result();
    }
};

template <>
struct Decoder<StreamFullInfo::Group> {
    static Result<StreamFullInfo::Group> decode(ReplyView reply) {
        using Group = StreamFullInfo::Group;
        return StructDecoder<Group>(reply)
            .named("name", &Group::name)
            .named("last-delivered-id", &Group::last_delivered_id)
            .named("entries-read", &Group::entries_read)
            .named("lag", &Group::lag)
            .named("pel-count", &Group::pel_count)
            .named("pending", &Group::pending)
            .named("consumers", &Group::consumers)
            .result();
    }
};

template <>
Result<StreamFullInfo> Decoder<StreamFullInfo>::decode(ReplyView reply) {
    return stream_decoder<StreamFullInfo>(reply)
        .named("entries", &StreamFullInfo::entries)
        .named("groups", &StreamFullInfo::groups)
        .result();
}

}  // namespace detail

}  // namespace keyslot
