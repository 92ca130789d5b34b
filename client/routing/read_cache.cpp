#include "client/routing/read_cache.hpp"

#include "client/protocol/command_table.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <iterator>

namespace keyslot::routing {
namespace {

// Reads of one key whose reply follows from its value alone: no TTL, no random member, no cursor.
constexpr std::array<std::string_view, 44> cached_reads{"bitcount",
                                                        "geodist",
                                                        "geohash",
                                                        "geopos",
                                                        "geosearch",
                                                        "get",
                                                        "getbit",
                                                        "getrange",
                                                        "hexists",
                                                        "hget",
                                                        "hgetall",
                                                        "hkeys",
                                                        "hlen",
                                                        "hmget",
                                                        "hstrlen",
                                                        "hvals",
                                                        "lindex",
                                                        "llen",
                                                        "lpos",
                                                        "lrange",
                                                        "scard",
                                                        "sismember",
                                                        "smembers",
                                                        "smismember",
                                                        "strlen",
                                                        "substr",
                                                        "type",
                                                        "xlen",
                                                        "xrange",
                                                        "xrevrange",
                                                        "zcard",
                                                        "zcount",
                                                        "zlexcount",
                                                        "zmscore",
                                                        "zrange",
                                                        "zrangebylex",
                                                        "zrangebyscore",
                                                        "zrank",
                                                        "zrevrange",
                                                        "zrevrangebylex",
                                                        "zrevrangebyscore",
                                                        "zrevrank",
                                                        "zscore",
                                                        "georadius_ro"};

std::size_t size_of(ReplyView view) {
    std::size_t bytes = sizeof(ReplyNode) + view.text().size();
    if (view.is_aggregate()) {
        for (ReplyView const element : view) {
            bytes += size_of(element);
        }
    }
    return bytes;
}

}  // namespace

CacheRole cache_role(std::string_view command) {
    protocol::CommandInfo const* const info = protocol::find_command(command);
    if (info == nullptr) {
        return CacheRole::write;
    }
    bool const one_key =
        info->first_key == 1 && info->last_key == 1 && !info->has(protocol::flag_movablekeys);
    if (info->has(protocol::flag_readonly)) {
        bool const kept =
            std::find(cached_reads.begin(), cached_reads.end(), info->name) != cached_reads.end();
        return kept ? CacheRole::read : CacheRole::bystander;
    }
    if (info->has(protocol::flag_write)) {
        return one_key ? CacheRole::write_key : CacheRole::write;
    }
    // Scripts may write, and so may what stands between MULTI and EXEC, which go out as one.
    bool const may_write =
        info->has(protocol::flag_movablekeys) ||
        (info->has(protocol::flag_may_replicate) && !info->has(protocol::flag_pubsub)) ||
        info->name == "multi" || info->name == "exec";
    return may_write ? CacheRole::write : CacheRole::bystander;
}

bool proves_existence(ReplyView reply) {
    switch (reply.type()) {
        case ReplyType::null: return false;
        case ReplyType::integer:
        case ReplyType::boolean: return reply.as_integer().value_or(0) > 0;
        case ReplyType::double_number: return true;
        case ReplyType::array:
        case ReplyType::map:
        case ReplyType::set:
            return std::any_of(reply.begin(), reply.end(),
                               [](ReplyView const element) { return proves_existence(element); });
        case ReplyType::simple_string:  // TYPE
            return reply.text() != "none";
        default: return !reply.text().empty();
    }
}

Reply const* ReadCache::find(Question const& question, Instant now, topology::SlotMap const& map) {
    follow(map);
    auto const found = entries_.find(QuestionView{question.slot, question.key, question.command});
    if (found != entries_.end() && limits_.ttl > Duration{} && found->second.expires_at <= now) {
        erase(found, stats_.expired);
        ++stats_.misses;
        return nullptr;
    }
    if (found == entries_.end()) {
        ++stats_.misses;
        return nullptr;
    }
    ++stats_.hits;
    uses_.splice(uses_.end(), uses_, found->second.use);
    return &found->second.reply;
}

ReadCache::Ticket ReadCache::begin(Question const& question, topology::SlotMap const& map) {
    follow(map);
    ++under_way_[{question.slot, std::string(question.key)}].count;
    return ++clock_;
}

void ReadCache::store(Question const& question, Ticket ticket, topology::HostPort const& from,
                      ReplyView reply, Instant now, topology::SlotMap const& map) {
    follow(map);
    auto const asked = under_way_.find({question.slot, std::string(question.key)});
    assert(asked != under_way_.end());
    auto const flushed = flushed_at_.find(from);
    topology::HostPort const* const owner = map.primary_of(question.slot);
    if (owner == nullptr || *owner != from || ticket < asked->second.changed_at ||
        ticket < map_changed_at_ || (flushed != flushed_at_.end() && ticket < flushed->second)) {
        ++stats_.not_stored;
        return;
    }
    std::size_t const bytes = sizeof(Stored) + sizeof(Entry) + 8 * sizeof(void*) +
                              question.key.size() + question.command.size() + size_of(reply);
    if (bytes > limits_.max_bytes || limits_.max_entries == 0) {
        return;
    }
    if (auto const old = entries_.find(QuestionView{question.slot, question.key, question.command});
        old != entries_.end()) {
        std::uint64_t replaced = 0;
        erase(old, replaced);
    }
    while (entries_.size() >= limits_.max_entries || bytes_ + bytes > limits_.max_bytes) {
        erase(uses_.front(), stats_.evictions);
    }
    auto const [entry, is_new] = entries_.try_emplace(
        Stored{question.slot, std::string(question.key), std::string(question.command)});
    entry->second.reply = Reply(reply);
    entry->second.from = from;
    entry->second.expires_at = now + limits_.ttl;
    entry->second.bytes = bytes;
    entry->second.use = uses_.insert(uses_.end(), entry);
    bytes_ += bytes;
    ++stats_.stored;
}

void ReadCache::end(Question const& question) {
    auto const asked = under_way_.find({question.slot, std::string(question.key)});
    assert(asked != under_way_.end());
    if (--asked->second.count == 0) {
        under_way_.erase(asked);
    }
}

void ReadCache::invalidate(std::uint16_t slot, std::string_view key) {
    ++clock_;
    if (auto const asked = under_way_.find({slot, std::string(key)}); asked != under_way_.end()) {
        asked->second.changed_at = clock_;
    }
    auto entry = entries_.lower_bound(QuestionView{slot, key, std::string_view()});
    while (entry != entries_.end() && entry->first.slot == slot && entry->first.key == key) {
        entry = erase(entry, stats_.invalidations);
    }
}

void ReadCache::invalidate_slot(std::uint16_t slot) {
    ++clock_;
    for (auto asked = under_way_.lower_bound({slot, std::string()});
         asked != under_way_.end() && asked->first.first == slot; ++asked) {
        asked->second.changed_at = clock_;
    }
    auto entry = entries_.lower_bound(QuestionView{slot, std::string_view(), std::string_view()});
    while (entry != entries_.end() && entry->first.slot == slot) {
        entry = erase(entry, stats_.invalidations);
    }
}

void ReadCache::flush() {
    map_changed_at_ = ++clock_;
    stats_.flushed += entries_.size();
    entries_.clear();
    uses_.clear();
    bytes_ = 0;
}

void ReadCache::flush_node(topology::HostPort const& node) {
    flushed_at_[node] = ++clock_;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        entry = entry->second.from == node ? erase(entry, stats_.flushed) : std::next(entry);
    }
}

// A slot's owner has changed: the new one does not know what we have read, and the old one gives the keys
// of a slot that it loses up without a word.
void ReadCache::follow(topology::SlotMap const& map) {
    if (map.version() == map_version_) {
        return;
    }
    map_version_ = map.version();
    map_changed_at_ = ++clock_;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        topology::HostPort const* const owner = map.primary_of(entry->first.slot);
        bool const stays = owner != nullptr && *owner == entry->second.from;
        entry = stays ? std::next(entry) : erase(entry, stats_.flushed);
    }
    std::erase_if(flushed_at_, [&](auto const& each) { return !map.lists(each.first); });
}

ReadCache::Entries::iterator ReadCache::erase(Entries::iterator entry, std::uint64_t& reason) {
    ++reason;
    bytes_ -= entry->second.bytes;
    uses_.erase(entry->second.use);
    return entries_.erase(entry);
}

ClientSideCacheStats ReadCache::stats() const {
    ClientSideCacheStats stats = stats_;
    stats.entries = entries_.size();
    stats.bytes = bytes_;
    return stats;
}

}  // namespace keyslot::routing
