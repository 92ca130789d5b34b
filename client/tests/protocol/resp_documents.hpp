#pragma once

#include "client/protocol/resp_parser.hpp"

#include <string>
#include <string_view>
#include <vector>

// What the tests of the parser share: documents that hold every type, and a caller that feeds a
// parser in pieces and keeps its buffer as the parser asks.

namespace keyslot::protocol {

struct Document {
    std::string_view bytes;
    std::string_view printed;  ///< as redis-cli would, with a line "--" between replies
};

inline std::vector<Document> const& documents() {
    using std::string_view_literals::operator""sv;
    static std::vector<Document> const all = {
        {"+OK\r\n", "OK"},
        {"+\r\n", ""},
        {"-MOVED 3999 127.0.0.1:6381\r\n", "(error) MOVED 3999 127.0.0.1:6381"},
        {":0\r\n", "(integer) 0"},
        {":+7\r\n", "(integer) 7"},
        {":-9223372036854775808\r\n", "(integer) -9223372036854775808"},
        {":9223372036854775807\r\n", "(integer) 9223372036854775807"},
        {"$0\r\n\r\n", "\"\""},
        {"$6\r\nfo\r\n\0o\r\n"sv, "\"fo\\r\\n\\x00o\""},
        {"$-1\r\n", "(nil)"},
        {"*-1\r\n", "(nil)"},
        {"_\r\n", "(nil)"},
        {"*0\r\n", "(empty array)"},
        {"*2\r\n*2\r\n:1\r\n*0\r\n$1\r\nx\r\n", "1) 1) (integer) 1\n   2) (empty array)\n2) \"x\""},
        {"#t\r\n#f\r\n", "(true)\n--\n(false)"},
        {",1.5\r\n", "(double) 1.5"},
        {",-0\r\n,10\r\n,1e+300\r\n,-1.5E-3\r\n",
         "(double) -0\n--\n(double) 10\n--\n(double) 1e+300\n--\n(double) -1.5E-3"},
        {",inf\r\n,-inf\r\n,nan\r\n,-nan\r\n",
         "(double) inf\n--\n(double) -inf\n--\n(double) nan\n--\n(double) -nan"},
        {"(3492890328409238509324850943850943825024385\r\n",
         "(big number) 3492890328409238509324850943850943825024385"},
        {"(-1\r\n", "(big number) -1"},
        {"!21\r\nSYNTAX invalid syntax\r\n", "(error) SYNTAX invalid syntax"},
        {"=15\r\ntxt:Some string\r\n", "Some string"},
        {"=4\r\nmkd:\r\n", ""},
        {"%2\r\n+a\r\n:1\r\n+b\r\n%0\r\n", "1# a => (integer) 1\n2# b => (empty hash)"},
        {"~2\r\n:1\r\n~0\r\n", "1~ (integer) 1\n2~ (empty set)"},
        {">2\r\n+message\r\n+x\r\n:1\r\n", "1) message\n2) x\n--\n(integer) 1"},
        {"|1\r\n+ttl\r\n:5\r\n$1\r\nx\r\n", "1| ttl => (integer) 5\n\"x\""},
        {"|0\r\n:1\r\n", "(empty attribute)\n(integer) 1"},
        {"*2\r\n|1\r\n+a\r\n|1\r\n+b\r\n:2\r\n:1\r\n:7\r\n|1\r\n+c\r\n*1\r\n:3\r\n*1\r\n:8\r\n",
         "1) 1| a => 1| b => (integer) 2\n      (integer) 1\n   (integer) 7\n"
         "2) 1| c => 1) (integer) 3\n   1) (integer) 8"},
        {"$?\r\n;4\r\nHell\r\n;6\r\no worl\r\n;1\r\nd\r\n;0\r\n", "\"Hello world\""},
        {"$?\r\n;0\r\n", "\"\""},
        {"*3\r\n$3\r\nabc\r\n$?\r\n;2\r\nde\r\n;1\r\nf\r\n;0\r\n=5\r\ntxt:g\r\n",
         "1) \"abc\"\n2) \"def\"\n3) g"},
        {"|1\r\n$?\r\n;1\r\nk\r\n;0\r\n+v\r\n+x\r\n", "1| \"k\" => v\nx"},
        {"*?\r\n:1\r\n$?\r\n;1\r\nx\r\n;0\r\n*?\r\n.\r\n.\r\n",
         "1) (integer) 1\n2) \"x\"\n3) (empty array)"},
        {"%?\r\n+a\r\n:1\r\n+b\r\n~?\r\n:2\r\n.\r\n.\r\n",
         "1# a => (integer) 1\n2# b => 1~ (integer) 2"},
        {">?\r\n+pubsub\r\n.\r\n", "1) pubsub"},
        {"|?\r\n+a\r\n:1\r\n.\r\n:2\r\n", "1| a => (integer) 1\n(integer) 2"},
        // As redis-server 7.0.15 answers EXEC after PUBLISH to a channel that the client has
        // subscribed to.
        {"*2\r\n>3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$2\r\nhi\r\n:1\r\n+PONG\r\n",
         "1) \"message\"\n2) \"ch\"\n3) \"hi\"\n--\n1) (integer) 1\n2) PONG"},
        {"*2\r\n+a\r\n|1\r\n+k\r\n:1\r\n>1\r\n$?\r\n;1\r\np\r\n;0\r\n$?\r\n;1\r\nb\r\n;0\r\n",
         "1) \"p\"\n--\n1) a\n2) 1| k => (integer) 1\n   \"b\""},
        {"*1\r\n*1\r\n>2\r\n+x\r\n>1\r\n+y\r\n+z\r\n:1\r\n",
         "1) y\n--\n1) x\n2) z\n--\n1) 1) (integer) 1"},
    };
    return all;
}

/// Feeds bytes as a connection would: appends to a buffer that moves, hands over everything from
/// the reply's first byte on, and drops what was consumed.
class Feeder {
public:
    explicit Feeder(RespLimits limits = {}) : parser_(limits) {}

    ParseStatus feed(std::string_view bytes) {
        // A new buffer for each piece: a parser that kept a pointer into the last one is caught.
        std::string next = buffer_ + std::string(bytes);
        buffer_.assign(buffer_.size(), '#');
        buffer_ = std::move(next);
        for (;;) {
            status_ = parser_.parse(buffer_);
            if (status_ != ParseStatus::complete) {
                return status_;
            }
            printed_ += (replies_.empty() ? "" : "\n--\n") + to_string(parser_.reply());
            replies_.emplace_back(parser_.reply());
            buffer_.erase(0, parser_.consumed());
            if (buffer_.empty()) {
                return status_;
            }
        }
    }

    std::vector<Reply> const& replies() const { return replies_; }
    std::string const& printed() const { return printed_; }
    std::size_t bytes_left() const { return buffer_.size(); }
    RespParser& parser() { return parser_; }

private:
    RespParser parser_;
    std::string buffer_;
    std::vector<Reply> replies_;
    std::string printed_;
    ParseStatus status_{};
};

}  // namespace keyslot::protocol
