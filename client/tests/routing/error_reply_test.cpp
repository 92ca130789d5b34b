#include "client/routing/error_reply.hpp"

#include <gtest/gtest.h>

namespace keyslot::routing {
namespace {

ErrorReply classify(std::string_view text) { return classify_error(text, "asked"); }

// client-bugs 24: every variant of the text, by its first word.
TEST(ErrorReply, IsToldByItsFirstWord) {
    EXPECT_EQ(classify("CLUSTERDOWN Hash slot not served").kind, ErrorKind::cluster_down);
    EXPECT_EQ(classify("CLUSTERDOWN The cluster is down").kind, ErrorKind::cluster_down);
    EXPECT_EQ(classify("CLUSTERDOWN The cluster is down and only accepts read commands").kind,
              ErrorKind::cluster_down);
    EXPECT_EQ(classify("CLUSTERDOWN").kind, ErrorKind::cluster_down);
    EXPECT_EQ(classify("TRYAGAIN Multiple keys request during rehashing of slot").kind,
              ErrorKind::try_again);
    EXPECT_EQ(classify("LOADING Redis is loading the dataset in memory").kind, ErrorKind::loading);
    EXPECT_EQ(classify("MASTERDOWN Link with MASTER is down").kind, ErrorKind::master_down);
    EXPECT_EQ(classify("READONLY You can't write against a read only replica.").kind,
              ErrorKind::read_only);
    EXPECT_EQ(classify("NOSCRIPT No matching script.").kind, ErrorKind::no_script);
    EXPECT_EQ(classify("CROSSSLOT Keys in request don't hash to the same slot").kind,
              ErrorKind::cross_slot);
    EXPECT_EQ(classify("WRONGTYPE Operation against a key").kind, ErrorKind::other);
    EXPECT_EQ(classify("ERR MOVED 5 h:1").kind, ErrorKind::other);
    EXPECT_EQ(classify("MOVEDISH 5 h:1").kind, ErrorKind::other);
    EXPECT_EQ(classify("moved 5 h:1").kind, ErrorKind::other);
    EXPECT_EQ(classify("").kind, ErrorKind::other);
}

TEST(ErrorReply, AMasterThatStepsDownRefusesButCLIENT_UNBLOCKIsAnAnswer) {
    EXPECT_EQ(classify("UNBLOCKED force unblock from blocking operation, instance state changed "
                       "(master -> replica?)")
                  .kind,
              ErrorKind::read_only);
    EXPECT_EQ(classify("UNBLOCKED client unblocked via CLIENT UNBLOCK").kind, ErrorKind::other);
    EXPECT_EQ(classify("UNBLOCKED the stream key no longer exists").kind, ErrorKind::other);
}

TEST(ErrorReply, RedirectionsNameSlotAndTarget) {
    ErrorReply const moved = classify("MOVED 3999 127.0.0.1:6381");
    EXPECT_EQ(moved.kind, ErrorKind::moved);
    EXPECT_EQ(moved.slot, 3999);
    EXPECT_EQ(moved.target, (topology::HostPort{"127.0.0.1", 6381}));
    ErrorReply const ask = classify("ASK 16383 node-2.example.com:6381");
    EXPECT_EQ(ask.kind, ErrorKind::ask);
    EXPECT_EQ(ask.slot, 16383);
    EXPECT_EQ(ask.target, (topology::HostPort{"node-2.example.com", 6381}));
}

TEST(ErrorReply, RefusalsComeBeforeTheCommandRuns) {
    for (std::string_view const text :
         {"OOM command not allowed when used memory > 'maxmemory'.", "MOVED 1 h:1", "LOADING x",
          "NOREPLICAS Not enough good replicas to write.", "ERR unknown command 'x'"}) {
        EXPECT_EQ(has_run(text, false), Ran::no) << text;
    }
    for (std::string_view const text : {"WRONGTYPE x", "ERR value is not an integer", ""}) {
        EXPECT_EQ(has_run(text, false), Ran::yes) << text;
    }
}

TEST(ErrorReply, AScriptHasRunUpToTheCommandThatWasRefused) {
    EXPECT_EQ(has_run("OOM command not allowed when used memory > 'maxmemory'. script: "
                      "61636018f4e6b5817b89791bbed242f93fa089e3, on @user_script:1.",
                      true),
              Ran::yes);
    EXPECT_EQ(has_run("OOM command not allowed when used memory > 'maxmemory'.", true),
              Ran::unknown)
        << "the script may have returned it";
    EXPECT_EQ(has_run("MOVED 1 h:1", true), Ran::no);
}

TEST(ErrorReply, Ipv6TargetsComeWithAndWithoutBrackets) {
    EXPECT_EQ(classify("MOVED 1 ::1:7000").target, (topology::HostPort{"::1", 7000}));
    EXPECT_EQ(classify("MOVED 1 [fe80::2]:7000").target, (topology::HostPort{"fe80::2", 7000}));
}

// client-bugs 10
TEST(ErrorReply, AnEmptyHostIsTheHostThatAnswered) {
    EXPECT_EQ(classify("MOVED 3999 :6381").target, (topology::HostPort{"asked", 6381}));
    EXPECT_EQ(classify("ASK 3999 :6381").target, (topology::HostPort{"asked", 6381}));
}

TEST(ErrorReply, TargetsThatCannotBeDialledHavePortZero) {
    for (std::string_view const text :
         {"MOVED 3999 ?:6381", "MOVED 3999 h:0", "MOVED 3999 h:70000",
          "MOVED 3999 h:", "MOVED 3999 h", "MOVED 3999", "MOVED", "MOVED 16384 h:1", "MOVED -1 h:1",
          "MOVED x h:1", "MOVED  3999 h:1", "MOVED 3999 h:1x", "MOVED 3999 :", "ASK 3999 ?:1"}) {
        EXPECT_EQ(classify(text).target, topology::HostPort{}) << text;
        EXPECT_NE(classify(text).kind, ErrorKind::other) << text;
    }
    EXPECT_EQ(classify_error("MOVED 3999 :6381", "").target.port, 0);
}

TEST(ErrorReply, WhatFollowsTheTargetIsPassedOver) {
    EXPECT_EQ(classify("MOVED 1 h:2 node-id=5").target, (topology::HostPort{"h", 2}));
}

}  // namespace
}  // namespace keyslot::routing
