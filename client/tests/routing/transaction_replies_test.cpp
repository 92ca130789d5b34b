#include "client/routing/transaction_replies.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace keyslot::routing {
namespace {

using Verdict = TransactionReplies::Verdict;

Reply const ok = Reply::simple_string("OK");
Reply const queued = Reply::simple_string("QUEUED");
Reply const abort_reply =
    Reply::error("EXECABORT Transaction discarded because of previous errors.");

struct Course {
    TransactionReplies replies;
    explicit Course(std::initializer_list<Reply> parts) {
        for (Reply const& part : parts) {
            replies.queued(part);
        }
    }
};

TEST(TransactionReplies, AreTheReplyOfEXECWhenEverythingWasQueued) {
    Course course{ok, queued, queued};
    EXPECT_EQ(course.replies.executed(Reply::integer(1)), Verdict::executed);
}

TEST(TransactionReplies, NullIsAWatchedKeyThatChanged) {
    Course course{ok, queued};
    EXPECT_EQ(course.replies.executed(Reply()), Verdict::watched_key_changed);
}

// client-bugs 69
TEST(TransactionReplies, ARedirectionOfAQueuedCommandIsWhyEXECAborts) {
    Course course{ok, Reply::error("ERR unknown command 'x'"), Reply::error("MOVED 5 h:1"),
                  Reply::error("ASK 5 h:2")};
    EXPECT_EQ(course.replies.executed(abort_reply), Verdict::refused);
    EXPECT_EQ(course.replies.error(), "MOVED 5 h:1") << "the first that can be followed";
}

TEST(TransactionReplies, AnyOtherErrorOfAQueuedCommandIsToldInsteadOfEXECABORT) {
    Course course{ok, queued, Reply::error("ERR wrong number of arguments for 'get' command")};
    EXPECT_EQ(course.replies.executed(abort_reply), Verdict::refused);
    EXPECT_EQ(course.replies.error(), "ERR wrong number of arguments for 'get' command");
}

TEST(TransactionReplies, EXECMayBeRefusedItself) {
    Course course{ok, queued};
    EXPECT_EQ(course.replies.executed(Reply::error("MOVED 5 h:1")), Verdict::refused);
    EXPECT_EQ(course.replies.error(), "MOVED 5 h:1");
}

// client-bugs 22
TEST(TransactionReplies, WhatARefusedMULTIDidNotHoldTogetherMayHaveRun) {
    Course torn{Reply::error("NOPERM this user has no permissions to run the 'multi' command"), ok,
                Reply::error("LOADING")};
    EXPECT_EQ(torn.replies.executed(Reply::error("ERR EXEC without MULTI")), Verdict::torn);
    Course whole{Reply::error("LOADING Redis is loading"),
                 Reply::error("LOADING Redis is loading")};
    EXPECT_EQ(whole.replies.executed(Reply::error("LOADING Redis is loading")), Verdict::refused);
    EXPECT_EQ(whole.replies.error(), "LOADING Redis is loading");
}

}  // namespace
}  // namespace keyslot::routing
