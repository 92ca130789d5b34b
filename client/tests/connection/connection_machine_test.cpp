#include "client/connection/connection_machine.hpp"

#include "client/protocol/resp_writer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace keyslot::connection {
namespace {

using Kind = ConnectionMachine::Event::Kind;

/// A machine with what it said and what came back, as text.
struct Talk {
    ConnectionMachine machine;
    std::string out;
    std::string in;

    explicit Talk(Handshake const& handshake = {}) { machine.open(handshake, out); }

    std::string said() { return std::exchange(out, {}); }

    /// Feeds bytes and tells every event, one word each.
    std::vector<std::string> hear(std::string_view bytes) {
        in += bytes;
        std::vector<std::string> events;
        for (;;) {
            auto const event = machine.next(in, out);
            std::string told;
            switch (event.kind) {
                case Kind::need_more: break;
                case Kind::reply:
                    told = std::to_string(event.ticket) + "=" + std::string(event.view.text());
                    break;
                case Kind::push: told = "push"; break;
                case Kind::ready: told = "ready"; break;
                case Kind::refused: told = "refused " + std::string(event.text); break;
                case Kind::broken: told = "broken"; break;
            }
            in.erase(0, machine.consumed());
            if (event.kind == Kind::need_more) {
                return events;
            }
            events.push_back(told);
            if (event.kind == Kind::broken || event.kind == Kind::refused) {
                return events;
            }
        }
    }

    void send(Ticket ticket, bool asking = false) {
        machine.send(
            ticket, "*1\r\n$4\r\nPING\r\n",
            asking ? ConnectionMachine::Before::asking : ConnectionMachine::Before::nothing,
            Instant{}, out);
    }
};

constexpr std::string_view hello_reply = "%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n";

using Events = std::vector<std::string>;

std::string command(std::initializer_list<std::string_view> words) {
    std::string out;
    protocol::write_command(out, words);
    return out;
}

Talk ready_talk() {
    Talk talk;
    talk.hear(hello_reply);
    talk.said();
    return talk;
}

TEST(ConnectionHandshake, says_version_credentials_and_name_in_one_command) {
    Talk talk({.protocol = 3, .username = "ann", .password = "pw", .client_name = "app"});
    EXPECT_EQ(talk.said(), command({"HELLO", "3", "AUTH", "ann", "pw", "SETNAME", "app"}));
    EXPECT_EQ(talk.hear(hello_reply), Events{"ready"});
}

TEST(ConnectionHandshake, a_password_alone_is_the_default_users) {
    Talk talk({.password = "pw"});
    EXPECT_EQ(talk.said(), command({"HELLO", "3", "AUTH", "default", "pw"}));
}

// client-bugs 66 and 91: the flag belongs to every connection, reconnections included.
TEST(ConnectionHandshake, a_replica_connection_is_ready_only_after_READONLY) {
    Talk talk({.read_only = true});
    EXPECT_EQ(talk.said(), command({"HELLO", "3"}) + command({"READONLY"}));
    EXPECT_EQ(talk.hear(hello_reply), Events{});
    EXPECT_EQ(talk.hear("+OK\r\n"), Events{"ready"});
}

TEST(ConnectionHandshake, a_server_without_HELLO_is_spoken_to_in_the_old_words) {
    Talk talk({.username = "ann", .password = "pw", .client_name = "app"});
    talk.said();
    EXPECT_EQ(talk.hear("-ERR unknown command 'HELLO', with args beginning with: \r\n"), Events{});
    EXPECT_EQ(talk.said(), command({"AUTH", "ann", "pw"}) + command({"CLIENT", "SETNAME", "app"}));
    EXPECT_EQ(talk.hear("+OK\r\n+OK\r\n"), Events{"ready"});
}

TEST(ConnectionHandshake, a_server_without_HELLO_and_nothing_to_say_is_ready_at_once) {
    Talk talk;
    EXPECT_EQ(talk.hear("-NOPROTO unsupported protocol version\r\n"), Events{"ready"});
}

TEST(ConnectionHandshake, a_refusal_does_not_repeat_the_password) {
    Talk talk({.password = "pw"});
    talk.hear("-NOPROTO unsupported protocol version\r\n");
    EXPECT_EQ(talk.hear("-ERR unknown command 'AUTH', with args beginning with: 'pw' \r\n"),
              Events{"refused ERR unknown command 'AUTH'"});
}

TEST(ConnectionHandshake, wrong_credentials_refuse_the_connection_with_the_servers_words) {
    Talk talk({.password = "pw"});
    EXPECT_EQ(talk.hear("-WRONGPASS invalid username-password pair or user is disabled.\r\n"),
              Events{"refused WRONGPASS invalid username-password pair or user is disabled."});
    EXPECT_EQ(talk.machine.phase(), ConnectionMachine::Phase::broken);
}

TEST(ConnectionReplies, go_to_their_tickets_in_the_order_of_the_commands) {
    Talk talk = ready_talk();
    talk.send(1);
    talk.send(2);
    EXPECT_EQ(talk.machine.in_flight(), 2u);
    EXPECT_EQ(talk.hear("+a\r\n+b\r\n"), (Events{"1=a", "2=b"}));
    EXPECT_EQ(talk.machine.in_flight(), 0u);
}

TEST(ConnectionReplies, may_arrive_in_any_pieces) {
    std::string const bytes = "+a\r\n$3\r\nb\r\n\r\n*1\r\n:1\r\n";
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        Talk talk = ready_talk();
        talk.send(1);
        talk.send(2);
        talk.send(3);
        Events events = talk.hear(std::string_view(bytes).substr(0, cut));
        Events const rest = talk.hear(std::string_view(bytes).substr(cut));
        events.insert(events.end(), rest.begin(), rest.end());
        EXPECT_EQ(events, (Events{"1=a", "2=b\r\n", "3="})) << "cut at " << cut;
    }
}

// client-bugs 72: the reply of a call that was given up reaches nobody else.
TEST(ConnectionReplies, of_a_forgotten_call_is_swallowed) {
    Talk talk = ready_talk();
    talk.send(1);
    std::uint64_t const position = talk.machine.next_position() - 1;
    talk.send(2);
    talk.machine.forget(position);
    EXPECT_EQ(talk.hear("+late\r\n+b\r\n"), Events{"2=b"});
}

TEST(ConnectionReplies, forgetting_after_the_reply_came_harms_nobody) {
    Talk talk = ready_talk();
    talk.send(1);
    std::uint64_t const position = talk.machine.next_position() - 1;
    talk.hear("+a\r\n");
    talk.send(2);
    talk.machine.forget(position);
    EXPECT_EQ(talk.hear("+b\r\n"), Events{"2=b"});
}

// client-bugs 18 and 19: one ASKING right before each command, in the same write.
TEST(ConnectionAsking, stands_right_before_its_command_and_its_own_reply_is_swallowed) {
    Talk talk = ready_talk();
    talk.send(1, true);
    talk.send(2);
    EXPECT_EQ(talk.said(), command({"ASKING"}) + command({"PING"}) + command({"PING"}));
    EXPECT_EQ(talk.hear("+OK\r\n+a\r\n+b\r\n"), (Events{"1=a", "2=b"}));
}

// client-bugs 22: what is refused to ASKING is refused to the command as well, in its own reply.
TEST(ConnectionAsking, a_refused_ASKING_leaves_the_verdict_to_the_command) {
    Talk talk = ready_talk();
    talk.send(1, true);
    EXPECT_EQ(talk.hear("-LOADING Redis is loading\r\n-LOADING Redis is loading\r\n"),
              Events{"1=LOADING Redis is loading"});
}

TEST(ConnectionPushes, are_no_replies) {
    Talk talk = ready_talk();
    talk.send(1);
    EXPECT_EQ(talk.hear(">2\r\n+invalidate\r\n_\r\n+a\r\n>1\r\n+x\r\n"),
              (Events{"push", "1=a", "push"}));
}

TEST(ConnectionErrors, a_reply_that_nobody_asked_for_breaks_the_connection) {
    Talk talk = ready_talk();
    EXPECT_EQ(talk.hear("+surprise\r\n"), Events{"broken"});
    EXPECT_EQ(talk.hear("+more\r\n"), Events{});
}

TEST(ConnectionErrors, bytes_that_are_not_RESP_break_the_connection) {
    Talk talk = ready_talk();
    talk.send(1);
    EXPECT_EQ(talk.hear("HTTP/1.1 400 Bad Request\r\n"), Events{"broken"});
}

TEST(ConnectionErrors, closing_gives_back_every_ticket_still_waited_for_in_order) {
    Talk talk = ready_talk();
    talk.send(1);
    talk.send(2, true);
    std::uint64_t const second = talk.machine.next_position() - 1;
    talk.send(3);
    talk.send(4);
    talk.hear("+a\r\n");
    talk.machine.forget(second);
    std::vector<Ticket> left;
    talk.machine.close([&](Ticket ticket) { left.push_back(ticket); });
    EXPECT_EQ(left, (std::vector<Ticket>{3, 4}));
    EXPECT_EQ(talk.machine.in_flight(), 0u);
}

TEST(ConnectionErrors, can_be_opened_again_after_it_closed) {
    Talk talk = ready_talk();
    talk.send(1);
    talk.hear("$10\r\nhalf");
    talk.machine.close([](Ticket) {});
    talk.in.clear();
    talk.said();
    talk.machine.open({}, talk.out);
    EXPECT_EQ(talk.hear(hello_reply), Events{"ready"});
    talk.send(9);
    EXPECT_EQ(talk.hear("+x\r\n"), Events{"9=x"});
}

TEST(ConnectionQueue, stays_right_over_many_commands) {
    Talk talk = ready_talk();
    Ticket next_sent = 1;
    Ticket next_heard = 1;
    for (int round = 0; round < 3000; ++round) {
        talk.send(next_sent++);
        talk.send(next_sent++);
        talk.said();
        EXPECT_EQ(talk.hear("+x\r\n"), Events{std::to_string(next_heard++) + "=x"});
    }
    EXPECT_EQ(talk.machine.in_flight(), 3000u);
}

}  // namespace
}  // namespace keyslot::connection
