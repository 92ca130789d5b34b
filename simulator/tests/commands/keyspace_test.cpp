#include "simulator/node/keyspace.hpp"

#include "simulator/kernel/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace keyslot::sim {
namespace {

using testing::ElementsAre;

Value text(std::string_view bytes) { return StringValue::stored(std::string(bytes)); }

struct Recorder : KeyspaceListener {
    void on_key_changed(std::string_view key) override {
        log.push_back("changed " + std::string(key));
    }
    void on_key_expired(std::string_view key) override {
        log.push_back("expired " + std::string(key));
    }
    void on_flush() override { log.emplace_back("flush"); }
    std::vector<std::string> log;
};

std::vector<std::string> walk(Keyspace const& keyspace) {
    std::vector<std::string> keys;
    for (Entry const* entry = keyspace.first(); entry != nullptr; entry = keyspace.next(*entry)) {
        keys.emplace_back(entry->key());
    }
    return keys;
}

TEST(Keyspace, lists_the_newest_keys_of_a_slot_first) {
    Keyspace keyspace;
    auto const slot = protocol::hash_slot("{t}");
    for (auto const* const key : {"{t}a", "{t}b", "{t}c"}) {
        keyspace.set(key, text("1"), 0);
    }
    keyspace.set("{t}a", text("2"), 0);  // keeps its place
    EXPECT_THAT(keyspace.keys_in_slot(slot, 10), ElementsAre("{t}c", "{t}b", "{t}a"));
    EXPECT_THAT(keyspace.keys_in_slot(slot, 2), ElementsAre("{t}c", "{t}b"));
    keyspace.rename(*keyspace.find_raw("{t}a"), "{t}d");
    EXPECT_THAT(keyspace.keys_in_slot(slot, 2), ElementsAre("{t}d", "{t}c"));
    EXPECT_EQ(keyspace.count_keys_in_slot(slot), 3u);
}

TEST(Keyspace, the_listener_hears_of_changes_and_expiries) {
    Keyspace keyspace;
    Recorder recorder;
    keyspace.set_listener(&recorder);
    Entry& entry = keyspace.set("a", text("1"), 0);
    keyspace.set_expiry(entry, 10);
    EXPECT_EQ(keyspace.find("a", {11, ExpiredKeys::hidden}), nullptr);
    EXPECT_EQ(keyspace.find("a", {11, ExpiredKeys::removed}), nullptr);
    keyspace.flush();
    EXPECT_THAT(recorder.log,
                ElementsAre("changed a", "changed a", "changed a", "expired a", "flush"));
}

TEST(Keyspace, a_dropped_slot_goes_without_a_word) {
    Keyspace keyspace;
    Recorder recorder;
    keyspace.set("{t}a", text("1"), 0);
    keyspace.set_expiry(keyspace.set("{t}b", text("1"), 0), 10);
    keyspace.set("other", text("1"), 0);
    keyspace.set_listener(&recorder);
    keyspace.drop_slot(protocol::hash_slot("{t}"));
    EXPECT_THAT(walk(keyspace), ElementsAre("other"));
    EXPECT_EQ(keyspace.next_expiry(), std::nullopt);
    EXPECT_TRUE(recorder.log.empty());
}

TEST(Keyspace, the_active_cycle_deletes_in_the_order_of_expiry) {
    Keyspace keyspace;
    Recorder recorder;
    keyspace.set_expiry(keyspace.set("late", text("1"), 0), 30);
    keyspace.set_expiry(keyspace.set("second", text("1"), 0), 10);
    keyspace.set_expiry(keyspace.set("first", text("1"), 0), 5);
    keyspace.set_listener(&recorder);
    EXPECT_EQ(keyspace.next_expiry(), 5);
    EXPECT_EQ(keyspace.remove_expired(5, 10), 0u);  // its last millisecond
    EXPECT_EQ(keyspace.remove_expired(20, 10), 2u);
    EXPECT_THAT(recorder.log,
                ElementsAre("changed first", "expired first", "changed second", "expired second"));
    EXPECT_EQ(keyspace.expiring(), 1u);
}

TEST(Keyspace, a_copy_walks_the_same_way) {
    Keyspace keyspace;
    for (int i = 0; i < 1000; ++i) {
        Entry& entry = keyspace.set("key:" + std::to_string(i % 700), text(std::to_string(i)), i);
        if (i % 3 == 0) {
            keyspace.set_expiry(entry, i);
        }
        if (i % 5 == 0) {
            keyspace.erase("key:" + std::to_string(i / 2));
        }
    }
    Keyspace copy;
    copy.set("gone", text("1"), 0);
    copy.copy_from(keyspace);
    EXPECT_EQ(walk(copy), walk(keyspace));
    EXPECT_EQ(copy.next_expiry(), keyspace.next_expiry());
    EXPECT_EQ(copy.expiring(), keyspace.expiring());
    EXPECT_EQ(copy.find_raw("gone"), nullptr);
}

// Goal: the promise of SCAN. Method: random writes between the calls of one iteration, with keys
// that crowd into few slots; a model remembers which keys were there all along.
TEST(Keyspace, scan_finds_what_is_there_throughout_exactly_once) {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        Random random{seed};
        Keyspace keyspace;
        auto const random_key = [&] {
            return "{" + std::to_string(random.below(4)) + "}" + std::to_string(random.below(40));
        };
        for (int i = 0; i < 100; ++i) {
            keyspace.set(random_key(), text("1"), 0);
        }
        auto const keys = walk(keyspace);
        std::set<std::string> throughout(keys.begin(), keys.end());
        std::map<std::string, int> found;
        std::uint64_t cursor = 0;
        do {
            std::vector<Entry*> batch;
            cursor = keyspace.scan(cursor, 1 + random.below(7), batch);
            for (Entry const* const entry : batch) {
                ++found[std::string(entry->key())];
            }
            for (int i = 0; i < 3; ++i) {
                keyspace.set(random_key(), text("2"), 0);
                auto const victim = random_key();
                keyspace.erase(victim);
                throughout.erase(victim);
            }
        } while (cursor != 0);
        for (auto const& key : throughout) {
            EXPECT_EQ(found[key], 1) << key << ", seed " << seed;
        }
    }
}

TEST(Keyspace, every_rank_names_another_key) {
    Keyspace keyspace;
    for (int i = 0; i < 200; ++i) {
        keyspace.set("k" + std::to_string(i), text("1"), 0);
    }
    auto const keys = walk(keyspace);
    for (std::size_t rank = 0; rank < keyspace.size(); ++rank) {
        EXPECT_EQ(keyspace.at(rank)->key(), keys[rank]);
    }
}

TEST(Value, survives_being_written_and_read) {
    for (std::string const& bytes : {std::string(), std::string("12"), std::string("a\0b", 3)}) {
        std::string out;
        serialise(text(bytes), out);
        auto const read = deserialise(out);
        ASSERT_TRUE(read);
        EXPECT_EQ(std::get<StringValue>(*read).view(), bytes);
    }
    EXPECT_FALSE(deserialise(""));
    EXPECT_FALSE(deserialise("?x"));
}

TEST(Integer, has_one_spelling) {
    EXPECT_EQ(parse_integer("-9223372036854775808"), INT64_MIN);
    EXPECT_EQ(parse_integer("9223372036854775807"), INT64_MAX);
    EXPECT_EQ(parse_integer("0"), 0);
    for (auto const* const spelling : {"", "-", "-0", "00", "01", "+1", " 1", "1 ", "1.", "0x1",
                                       "9223372036854775808", "-9223372036854775809"}) {
        EXPECT_EQ(parse_integer(spelling), std::nullopt) << spelling;
    }
}

}  // namespace
}  // namespace keyslot::sim
