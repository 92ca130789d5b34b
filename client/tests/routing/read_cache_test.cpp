#include "client/routing/read_cache.hpp"

#include "client/protocol/hash_slot.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace keyslot::routing {
namespace {

using namespace std::chrono_literals;

topology::HostPort const node_a{"10.0.0.1", 7000};
topology::HostPort const node_b{"10.0.0.2", 7001};

topology::SlotMap all_slots_at(topology::HostPort const& owner) {
    topology::SlotMap map;
    map.apply(
        {{{.primary = {.id = "m1", .address = owner}, .replicas = {}, .slots = {{0, 16383}}}}});
    return map;
}

struct Fixture : testing::Test {
    topology::SlotMap map = all_slots_at(node_a);
    ReadCache cache{{.max_entries = 3, .max_bytes = 4000, .ttl = 10s}};
    Instant now{};

    static ReadCache::Question question(std::string_view key, std::string_view command = "GET") {
        return {protocol::hash_slot(key), key, command};
    }
    void fetch(std::string_view key, std::string_view value, std::string_view command = "GET") {
        ReadCache::Question const asked = question(key, command);
        ReadCache::Ticket const ticket = cache.begin(asked, map);
        cache.store(asked, ticket, node_a, Reply::bulk_string(value), now, map);
        cache.end(asked);
    }
    std::string known(std::string_view key, std::string_view command = "GET") {
        Reply const* const reply = cache.find(question(key, command), now, map);
        return reply == nullptr ? "-" : std::string(reply->text());
    }
};
using ReadCacheTest = Fixture;

TEST_F(ReadCacheTest, answers_what_was_fetched_until_the_key_changes) {
    EXPECT_EQ(known("a"), "-");
    fetch("a", "1");
    fetch("a", "other", "HGETALL");
    fetch("b", "2");
    EXPECT_EQ(known("a"), "1");
    EXPECT_EQ(known("a", "HGETALL"), "other");
    cache.invalidate(protocol::hash_slot("a"), "a");
    EXPECT_EQ(known("a"), "-");
    EXPECT_EQ(known("a", "HGETALL"), "-");
    EXPECT_EQ(known("b"), "2");
    EXPECT_EQ(cache.stats().invalidations, 2u);
    EXPECT_EQ(cache.stats().hits, 3u);
}

// The notice overtakes the reply, or is about the value before it: either way nothing is kept.
TEST_F(ReadCacheTest, does_not_keep_a_reply_whose_key_changed_while_it_was_under_way) {
    auto const asked = question("a");
    ReadCache::Ticket const ticket = cache.begin(asked, map);
    cache.invalidate(asked.slot, "a");
    ReadCache::Ticket const later = cache.begin(asked, map);
    cache.store(asked, ticket, node_a, Reply::bulk_string("old"), now, map);
    cache.end(asked);
    EXPECT_EQ(known("a"), "-");
    cache.store(asked, later, node_a, Reply::bulk_string("new"), now, map);
    cache.end(asked);
    EXPECT_EQ(known("a"), "new");
    EXPECT_EQ(cache.stats().not_stored, 1u);
}

TEST_F(ReadCacheTest, does_not_keep_what_was_asked_before_the_map_or_the_connection_changed) {
    auto const asked = question("a");
    ReadCache::Ticket ticket = cache.begin(asked, map);
    map.patch(5, node_b);
    cache.store(asked, ticket, node_a, Reply::bulk_string("1"), now, map);
    EXPECT_EQ(known("a"), "-");
    ticket = cache.begin(asked, map);
    cache.flush_node(node_a);
    cache.store(asked, ticket, node_a, Reply::bulk_string("1"), now, map);
    EXPECT_EQ(known("a"), "-");
    ticket = cache.begin(asked, map);
    cache.flush();
    cache.store(asked, ticket, node_a, Reply::bulk_string("1"), now, map);
    EXPECT_EQ(known("a"), "-");
    ticket = cache.begin(asked, map);
    cache.store(asked, ticket, node_b, Reply::bulk_string("1"), now, map);
    EXPECT_EQ(known("a"), "-") << "not from the slot's primary";
}

TEST_F(ReadCacheTest, gives_a_slot_up_when_its_owner_changes_and_no_other) {
    fetch("a", "1");
    fetch("b", "2");
    map.patch(protocol::hash_slot("a"), node_b);
    EXPECT_EQ(known("a"), "-");
    EXPECT_EQ(known("b"), "2");
    EXPECT_EQ(cache.stats().flushed, 1u);
}

TEST_F(ReadCacheTest, gives_up_what_a_connection_fetched_when_it_ends) {
    fetch("a", "1");
    cache.flush_node(node_b);
    EXPECT_EQ(known("a"), "1");
    cache.flush_node(node_a);
    EXPECT_EQ(known("a"), "-");
}

TEST_F(ReadCacheTest, gives_up_a_slot_for_a_write_whose_keys_are_not_known) {
    fetch("{t}a", "1");
    fetch("{t}b", "2");
    fetch("c", "3");
    cache.invalidate_slot(protocol::hash_slot("{t}"));
    EXPECT_EQ(known("{t}a"), "-");
    EXPECT_EQ(known("{t}b"), "-");
    EXPECT_EQ(known("c"), "3");
}

TEST_F(ReadCacheTest, is_bounded_in_entries_and_bytes_and_drops_what_was_used_least_recently) {
    fetch("a", "1");
    fetch("b", "2");
    fetch("c", "3");
    EXPECT_EQ(known("a"), "1");
    fetch("d", "4");
    EXPECT_EQ(known("b"), "-");
    EXPECT_EQ(known("a"), "1");
    EXPECT_EQ(cache.stats().entries, 3u);
    fetch("e", std::string(3000, 'x'));
    EXPECT_LE(cache.stats().bytes, 4000u);
    EXPECT_EQ(known("e").size(), 3000u);
    fetch("f", std::string(5000, 'x'));
    EXPECT_EQ(known("f"), "-");
    cache.flush();
    EXPECT_EQ(cache.stats().bytes, 0u);
}

TEST_F(ReadCacheTest, forgets_when_the_time_to_live_is_over) {
    fetch("a", "1");
    now += 9999ms;
    EXPECT_EQ(known("a"), "1");
    now += 1ms;
    EXPECT_EQ(known("a"), "-");
    EXPECT_EQ(cache.stats().expired, 1u);
}

// Against a simple truth: whatever is answered from memory was the value after the last change told.
TEST_F(ReadCacheTest, never_answers_what_was_changed_before) {
    std::uint64_t random = 7;
    auto const draw = [&random](std::uint64_t below) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        return (random >> 33) % below;
    };
    std::vector<std::string> const keys{"a", "b", "{a}c"};
    std::map<std::string, int> truth;
    struct Fetch {
        std::string key;
        int value;
        ReadCache::Ticket ticket;
    };
    std::vector<Fetch> under_way;
    for (int i = 0; i < 100'000; ++i) {
        std::string const& key = keys[draw(keys.size())];
        switch (draw(6)) {
            case 0:
                ++truth[key];
                cache.invalidate(protocol::hash_slot(key), key);
                break;
            case 1: under_way.push_back({key, truth[key], cache.begin(question(key), map)}); break;
            case 2:
            case 3:
                if (!under_way.empty()) {
                    std::size_t const n = draw(under_way.size());
                    Fetch const fetched = under_way[n];
                    under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(n));
                    cache.store(question(fetched.key), fetched.ticket, node_a,
                                Reply::bulk_string(std::to_string(fetched.value)), now, map);
                    cache.end(question(fetched.key));
                }
                break;
            case 4:
                if (draw(50) == 0) {
                    cache.flush_node(node_a);
                } else if (draw(50) == 0) {
                    ++truth["a"];
                    ++truth["{a}c"];
                    cache.invalidate_slot(protocol::hash_slot("a"));
                }
                break;
            default:
                if (std::string const answer = known(key); answer != "-") {
                    ASSERT_EQ(answer, std::to_string(truth[key]));
                }
                break;
        }
    }
    EXPECT_GT(cache.stats().hits, 1000u);
}

TEST(CacheRole, is_told_by_the_command) {
    EXPECT_EQ(cache_role("get"), CacheRole::read);
    EXPECT_EQ(cache_role("HGETALL"), CacheRole::read);
    for (auto const* name :
         {"TTL", "SRANDMEMBER", "MGET", "EXISTS", "SCAN", "PING", "PUBLISH", "WATCH"}) {
        EXPECT_EQ(cache_role(name), CacheRole::bystander) << name;
    }
    EXPECT_EQ(cache_role("SET"), CacheRole::write_key);
    EXPECT_EQ(cache_role("expire"), CacheRole::write_key);
    for (auto const* name :
         {"MSET", "RENAME", "EVAL", "FCALL", "MULTI", "EXEC", "FLUSHALL", "NEWCOMMAND"}) {
        EXPECT_EQ(cache_role(name), CacheRole::write) << name;
    }
}

// A missing key may come into being at the other node of a migration, of which this one tells nothing.
TEST(CacheRole, a_reply_that_a_missing_key_could_give_proves_nothing) {
    EXPECT_FALSE(proves_existence(Reply()));
    EXPECT_FALSE(proves_existence(Reply::bulk_string("")));
    EXPECT_FALSE(proves_existence(Reply::integer(0)));
    EXPECT_FALSE(proves_existence(Reply::simple_string("none")));
    EXPECT_TRUE(proves_existence(Reply::simple_string("hash")));
    EXPECT_TRUE(proves_existence(Reply::bulk_string("x")));
    EXPECT_TRUE(proves_existence(Reply::integer(3)));
}

}  // namespace
}  // namespace keyslot::routing
