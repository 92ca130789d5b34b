#include "client/cluster/client_side_cache.hpp"

#include "client/cluster/core.hpp"
#include "client/protocol/hash_slot.hpp"

#include <charconv>
#include <utility>

namespace keyslot::detail {

namespace {

using routing::CacheRole;

/// The word that begins at `at` in an encoded command ("$3\r\nGET\r\n"); moves `at` behind it.
std::string_view word_at(std::string_view encoded, std::size_t& at) {
    if (at >= encoded.size()) {
        return {};
    }
    std::size_t length = 0;
    auto const [end, failure] =
        std::from_chars(encoded.data() + at + 1, encoded.data() + encoded.size(), length);
    std::size_t const begin = static_cast<std::size_t>(end - encoded.data()) + 2;
    at = begin + length + 2;
    return encoded.substr(begin, length);
}

struct FirstWords {
    std::string_view command, key;
};
FirstWords first_words(std::string_view encoded) {
    std::size_t at = encoded.find('$');
    std::string_view const command = word_at(encoded, at);
    return {command, word_at(encoded, at)};
}

routing::ReadCache::Question question(Call const& call) {
    return {call.route.slot, first_words(call.encoded).key, call.encoded};
}

}  // namespace

void ClientSideCache::note(Call& call) {
    call.cache_ticket = 0;
    call.cache_role = routing::cache_role(first_words(call.encoded).command);
    changed(call);
}

bool ClientSideCache::serve(Call& call) {
    note(call);
    if (call.cache_role != CacheRole::read || call.node ||
        call.route.kind != CommandRoute::Kind::slot) {
        return false;
    }
    if (Reply const* const known = cache_.find(question(call), core_.now(), core_.map())) {
        core_.environment().post([core = core_.shared_from_this(), reply = *known,
                                  completion = std::move(call.completion)]() mutable {
            CallResult result{.reply = reply.view(), .executor = &core->executor()};
            completion(result);
        });
        core_.release(call);
        return true;
    }
    call.cache_ticket = cache_.begin(question(call), core_.map());
    return false;
}

// An answer to ASKING comes from a node that is not the slot's owner yet.
void ClientSideCache::replied(Call const& call, NodeLink const& link, ReplyView reply) {
    if (call.cache_ticket != 0 && link.tracks() && !call.next.asking &&
        routing::proves_existence(reply)) {
        cache_.store(question(call), call.cache_ticket, link.address(), reply, core_.now(),
                     core_.map());
    }
}

// Once more for a write: what was read while it was under way may be from before it.
void ClientSideCache::completed(Call const& call) {
    if (call.cache_ticket != 0) {
        cache_.end(question(call));
    }
    changed(call);
}

void ClientSideCache::changed(Call const& call) {
    if (call.cache_role != CacheRole::write_key && call.cache_role != CacheRole::write) {
        return;
    }
    switch (call.route.kind) {
        case CommandRoute::Kind::slot:
            if (call.cache_role == CacheRole::write_key) {
                cache_.invalidate(call.route.slot, first_words(call.encoded).key);
            } else {
                cache_.invalidate_slot(call.route.slot);
            }
            break;
        case CommandRoute::Kind::keyless:
            if (call.cache_role == CacheRole::write_key) {  // for one node, whatever its slot
                std::string_view const key = first_words(call.encoded).key;
                cache_.invalidate(protocol::hash_slot(key), key);
            } else {
                cache_.flush();
            }
            break;
        case CommandRoute::Kind::cross_slot:
        case CommandRoute::Kind::invalid: break;  // it does not run
    }
}

// [invalidate, keys], or null for all of them: FLUSHALL, or a replica that has copied its primary anew.
void ClientSideCache::on_message(NodeLink& link, ReplyView push) {
    if (push.size() < 2 || push[0].text() != "invalidate") {
        return;
    }
    ReplyView const keys = push[1];
    if (!keys.is_aggregate()) {
        cache_.flush_node(link.address());
        return;
    }
    for (ReplyView const key : keys) {
        cache_.invalidate(protocol::hash_slot(key.text()), key.text());
    }
}

}  // namespace keyslot::detail
