#pragma once

#include "client/protocol/resp_parser.hpp"
#include "conformance/harness/bell.hpp"
#include "conformance/harness/case.hpp"

#include <keyslot/environment.hpp>
#include <keyslot/reply.hpp>

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace keyslot::conformance::naive {

/// Commands that were written together, and the replies that have come so far.
struct Batch {
    std::size_t expected = 0;
    std::vector<Reply> replies = {};
    bool lost = false;  ///< the connection ended before the last reply
    bool is_complete() const { return replies.size() == expected; }
    bool is_over() const { return lost || is_complete(); }
};

/// One connection of the naive client: replies belong to requests in their order.
class Line : public std::enable_shared_from_this<Line> {
public:
    /// What came unasked: a push, or in RESP2 whatever comes while nothing is due.
    using Hear = std::function<void(Reply const&)>;

    Line(std::unique_ptr<ByteStream> stream, Bell& bell, Hear hear);

    void start() { read(); }
    std::shared_ptr<Batch> send(std::vector<Words> const& commands);
    /// Takes what comes next for the replies to what was sent after it.
    void forget(std::shared_ptr<Batch> const& batch) { std::erase(due_, batch); }
    void close();
    bool is_open() const { return open_; }

    bool subscribed = false;  ///< in RESP2 all that comes is heard
    // Habits that are none of a good client's.
    bool takes_pushes_for_replies = false;
    bool takes_broken_answers = false;
    bool keeps_strays = false;  ///< an answer to nothing is taken for that to the next request

private:
    void read();
    void take();
    void deliver(Reply reply);
    void write();

    std::unique_ptr<ByteStream> stream_;
    Bell& bell_;
    Hear hear_;
    protocol::RespParser parser_;
    std::array<char, 16 * 1024> piece_{};
    std::string received_, unsent_, sending_;
    std::deque<std::shared_ptr<Batch>> due_;
    std::deque<Reply> strays_;
    bool writing_ = false;
    bool open_ = true;
};

}  // namespace keyslot::conformance::naive
