#include "client/routing/replication_watch.hpp"

#include <gtest/gtest.h>

namespace keyslot::routing {
namespace {

using namespace std::chrono_literals;

topology::HostPort const primary{"10.0.0.1", 7000};
topology::HostPort const replica{"10.0.0.2", 7000};
constexpr std::uint16_t slot = 5;

Instant at(Duration since) { return Instant{} + since; }

ReplicationPosition leads(std::uint64_t offset, std::string history = "a") {
    return {.is_primary = true, .offset = offset, .history = std::move(history)};
}
ReplicationPosition follows(std::uint64_t offset, std::string history = "a") {
    return {.is_primary = false, .offset = offset, .history = std::move(history)};
}

TEST(ReplicationInfo, tells_how_far_a_primary_has_written) {
    EXPECT_EQ(parse_replication_info("# Replication\r\nrole:master\r\nconnected_slaves:1\r\n"
                                     "slave0:ip=10.0.0.2,port=7000,state=online,offset=90,lag=0\r\n"
                                     "master_replid:abc\r\nmaster_replid2:def\r\n"
                                     "master_repl_offset:100\r\n"),
              leads(100, "abc"));
}

TEST(ReplicationInfo, tells_how_far_a_replica_has_read_unless_it_follows_nobody) {
    EXPECT_EQ(parse_replication_info("role:slave\r\nmaster_link_status:up\r\n"
                                     "slave_repl_offset:70\r\nmaster_replid:abc\r\n"
                                     "master_repl_offset:71\r\n"),
              follows(70, "abc"));
    EXPECT_EQ(parse_replication_info("role:slave\r\nmaster_link_status:down\r\n"
                                     "slave_repl_offset:70\r\nmaster_replid:abc\r\n"),
              std::nullopt);
}

TEST(ReplicationInfo, is_none_where_something_is_missing) {
    for (char const* info : {"", "role:master\r\n", "role:master\r\nmaster_replid:a\r\n",
                             "role:master\r\nmaster_replid:a\r\nmaster_repl_offset:x\r\n",
                             "role:sentinel\r\nmaster_replid:a\r\nmaster_repl_offset:1\r\n"}) {
        EXPECT_EQ(parse_replication_info(info), std::nullopt) << info;
    }
}

TEST(ReplicationWatch, tells_the_lag_of_what_is_known) {
    ReplicationWatch watch;
    EXPECT_EQ(watch.lag(primary, replica), std::nullopt);
    watch.told(primary, leads(100), at(1s));
    EXPECT_EQ(watch.lag(primary, replica), std::nullopt);
    watch.told(replica, follows(60), at(1s));
    EXPECT_EQ(watch.lag(primary, replica), 40u);
    watch.told(replica, follows(110), at(2s));
    EXPECT_EQ(watch.lag(primary, replica), 0u) << "asked later";
    watch.told(replica, follows(100, "b"), at(3s));
    EXPECT_EQ(watch.lag(primary, replica), std::nullopt) << "another history";
    watch.told(replica, follows(100), at(3s));
    watch.told(primary, follows(100), at(3s));
    EXPECT_EQ(watch.lag(primary, replica), std::nullopt) << "a primary no more";
    watch.told(replica, std::nullopt, at(4s));
    EXPECT_EQ(watch.seen(replica), nullptr);
}

TEST(SessionMarks, let_everybody_answer_who_has_nothing_to_miss) {
    ReplicationWatch const watch;
    SessionMarks marks;
    EXPECT_TRUE(marks.may_read(slot, primary, replica, watch));
    marks.wrote(slot + 1, at(1s));
    EXPECT_TRUE(marks.may_read(slot, primary, replica, watch));
}

TEST(SessionMarks, wait_for_the_replica_to_get_as_far_as_the_primary_was_after_the_write) {
    ReplicationWatch watch;
    SessionMarks marks;
    watch.told(primary, leads(100), at(1s));
    watch.told(replica, follows(100), at(1s));
    marks.wrote(slot, at(1500ms));
    EXPECT_FALSE(marks.may_read(slot, primary, replica, watch)) << "asked before the write";
    watch.told(primary, leads(130), at(2s));
    EXPECT_FALSE(marks.may_read(slot, primary, replica, watch));
    watch.told(primary, leads(500), at(3s));
    watch.told(replica, follows(129), at(3s));
    EXPECT_FALSE(marks.may_read(slot, primary, replica, watch));
    watch.told(replica, follows(130), at(4s));
    EXPECT_TRUE(marks.may_read(slot, primary, replica, watch)) << "later writes are others'";
    marks.wrote(slot, at(5s));
    EXPECT_FALSE(marks.may_read(slot, primary, replica, watch)) << "a new write";
}

TEST(SessionMarks, begin_anew_with_another_primary_or_another_history) {
    ReplicationWatch watch;
    SessionMarks marks;
    topology::HostPort const promoted{"10.0.0.3", 7000};
    marks.wrote(slot, at(1s));
    watch.told(primary, leads(100), at(2s));
    watch.told(replica, follows(100), at(2s));
    EXPECT_TRUE(marks.may_read(slot, primary, replica, watch));
    EXPECT_FALSE(marks.may_read(slot, promoted, replica, watch)) << "nothing known of it";
    watch.told(promoted, follows(90), at(2s));
    EXPECT_FALSE(marks.may_read(slot, promoted, replica, watch)) << "not known to be primary";
    watch.told(promoted, leads(95, "b"), at(3s));
    EXPECT_FALSE(marks.may_read(slot, promoted, replica, watch)) << "it follows another one still";
    watch.told(replica, follows(95, "b"), at(4s));
    EXPECT_TRUE(marks.may_read(slot, promoted, replica, watch));
    watch.told(promoted, leads(10, "c"), at(5s));
    EXPECT_FALSE(marks.may_read(slot, promoted, replica, watch)) << "restarted";
}

TEST(SessionMarks, know_of_writes_that_belong_to_no_slot) {
    ReplicationWatch watch;
    SessionMarks marks;
    watch.told(primary, leads(100), at(1s));
    watch.told(replica, follows(100), at(1s));
    marks.wrote_everywhere(at(2s));
    EXPECT_FALSE(marks.may_read(slot, primary, replica, watch));
    watch.told(primary, leads(110), at(3s));
    watch.told(replica, follows(110), at(3s));
    EXPECT_TRUE(marks.may_read(slot, primary, replica, watch));
}

}  // namespace
}  // namespace keyslot::routing
