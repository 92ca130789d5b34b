#include "client/topology/cluster_nodes.hpp"

#include <gtest/gtest.h>

#include <random>

namespace keyslot::topology {
namespace {

constexpr std::string_view sample =
    "ba3a 127.0.0.1:17000@27000,one.example myself,master - 0 1795349578000 7 connected 0-5460 "
    "[5061->-aee7] [7000-<-8944]\n"
    "aee7 127.0.0.1:17001@27001 master,fail? - 0 1795349578000 2 connected 5461-10922 16383\n"
    "8944 ::1:17005@27005 slave ba3a 0 1795349528509 7 connected\n"
    "0000 :0@0 master,noaddr - 0 0 3 disconnected 10923-16382\n"
    "ffff 127.0.0.1:17009@27009 handshake - 0 0 0 disconnected\n"
    "eeee 127.0.0.1:17008@27008 master,fail - 1 2 1 disconnected\n";

std::vector<NodeLine> lines_of(std::string_view text) {
    std::string problem;
    auto lines = parse_node_lines(text, problem);
    EXPECT_TRUE(lines) << problem;
    return lines.value_or(std::vector<NodeLine>{});
}

TEST(ClusterNodes, every_field_of_a_line_is_read) {
    auto const lines = lines_of(sample);
    ASSERT_EQ(lines.size(), 6u);
    NodeLine const& first = lines[0];
    EXPECT_EQ(first.id, "ba3a");
    EXPECT_EQ(first.host, "127.0.0.1");
    EXPECT_EQ(first.port, 17000);
    EXPECT_EQ(first.hostname, "one.example");
    EXPECT_TRUE(first.myself && first.primary && first.connected);
    EXPECT_EQ(first.epoch, 7u);
    EXPECT_EQ(first.slots, (std::vector<SlotRange>{{0, 5460}}));
    EXPECT_EQ(first.marks, (std::vector<SlotMark>{{5061, false, "aee7"}, {7000, true, "8944"}}));
    EXPECT_TRUE(lines[1].suspected && !lines[1].failed);
    EXPECT_EQ(lines[1].slots, (std::vector<SlotRange>{{5461, 10922}, {16383, 16383}}));
    EXPECT_EQ(lines[2].host, "::1");
    EXPECT_EQ(lines[2].primary_id, "ba3a");
    EXPECT_EQ(lines[3].port, 0);
    EXPECT_TRUE(lines[4].handshake);
    EXPECT_TRUE(lines[5].failed && !lines[5].connected);
}

// client-bugs 10: ":0@0" and nodes that are not members yet cannot be dialled.
TEST(ClusterNodes, become_a_view_with_epochs) {
    ClusterView const view = view_of(lines_of(sample), "asked");
    ASSERT_EQ(view.shards.size(), 3u);
    EXPECT_EQ(view.shards[0].epoch, 7u);
    EXPECT_EQ(view.shards[0].primary.aliases, (std::vector<HostPort>{{"one.example", 17000}}));
    ASSERT_EQ(view.shards[0].replicas.size(), 1u);
    EXPECT_EQ(view.shards[0].replicas[0].address, (HostPort{"::1", 17005}));
    EXPECT_EQ(view.shards[2].primary.health, Health::fail);
    EXPECT_EQ(view.answered_by, "ba3a");
    EXPECT_TRUE(view.has_epochs);
    EXPECT_EQ(view.covered_slots(), 10924u) << "those of a node without an address are not served";
}

TEST(ClusterNodes, a_node_that_does_not_know_its_own_address_is_where_it_was_asked) {
    auto const lines = lines_of(":1 :17200@27200 myself,master - 0 0 0 connected 0-16383\n");
    EXPECT_EQ(view_of(lines, "asked").shards.at(0).primary.address, (HostPort{"asked", 17200}));
}

TEST(ClusterNodes, less_than_the_majority_of_the_masters_with_slots_is_a_minority) {
    auto const view_with = [](std::string_view second, std::string_view third) {
        std::string text = "a h:1@2 myself,master - 0 0 1 connected 0-5000\nb h:2@3 ";
        text += second;
        text += " - 0 0 2 connected 5001-10000\nc h:3@4 ";
        text += third;
        text += " - 0 0 3 connected 10001-16383\nd h:4@5 master,fail - 0 0 4 connected\n";
        return view_of(lines_of(text), "asked");
    };
    EXPECT_FALSE(view_with("master", "master").from_minority);
    EXPECT_FALSE(view_with("master", "master,fail?").from_minority);
    EXPECT_TRUE(view_with("master,fail", "master,fail?").from_minority);
}

TEST(ClusterNodes, give_epochs_to_a_view_from_another_command) {
    ClusterView view{.shards = {{.primary = {.id = "aee7", .address = {"x", 1}}},
                                {.primary = {.id = "new", .address = {"y", 1}}}}};
    learn_epochs(view, lines_of(sample));
    EXPECT_EQ(view.shards[0].epoch, 2u);
    EXPECT_EQ(view.shards[1].epoch, 0u);
    EXPECT_EQ(view.answered_by, "ba3a");
}

TEST(ClusterNodes, what_is_no_line_is_refused_with_its_number) {
    std::string problem;
    EXPECT_FALSE(parse_node_lines("a h:1@2 master - 0 0 1 connected\nb master\n", problem));
    EXPECT_EQ(problem, "CLUSTER NODES: line 2 has no node id and address");
    EXPECT_FALSE(parse_node_lines("a h:1@2 master - 0 0 x connected\n", problem));
    EXPECT_EQ(problem, "CLUSTER NODES: line 1 has no config epoch");
    for (std::string_view const slots :
         {"16384", "5-4", "x", "1-x", "[5", "[]", "[x->-y]", "[5-]"}) {
        std::string text = "a h:1@2 master - 0 0 1 connected ";
        text += slots;
        EXPECT_FALSE(parse_node_lines(text, problem)) << slots;
        EXPECT_EQ(problem, "CLUSTER NODES: line 1 has slots that are none");
    }
}

TEST(ClusterNodes, hostile_text_is_read_or_refused) {
    std::mt19937 random(11);
    for (int run = 0; run < 3000; ++run) {
        std::string text(sample);
        for (int i = 0; i < 5; ++i) {
            std::size_t const at = random() % text.size();
            if (random() % 2 == 0) {
                text[at] = " \n:@,-[]09\r\0x"[random() % 13];
            } else {
                text.erase(at, random() % 20);
            }
            if (text.empty()) {
                break;
            }
        }
        std::string problem;
        if (auto const lines = parse_node_lines(text, problem)) {
            view_of(*lines, "asked");
        } else {
            EXPECT_FALSE(problem.empty());
        }
    }
}

}  // namespace
}  // namespace keyslot::topology
