#include "client/protocol/resp_parser.hpp"
#include "client/protocol/resp_writer.hpp"
#include "client/tests/protocol/resp_documents.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstring>

// Random reply trees, written in RESP3 and read again in random pieces.

namespace keyslot::protocol {
namespace {

// A stream of drawn bytes decides everything, so that RapidCheck can shrink it.
class Draws {
public:
    explicit Draws(std::vector<std::uint8_t> const& bytes) : bytes_(bytes) {}
    std::uint8_t next() { return at_ < bytes_.size() ? bytes_[at_++] : std::uint8_t{0}; }
    std::size_t below(std::size_t n) { return next() % n; }
    std::int64_t integer() {
        std::uint64_t value = 0;
        for (std::size_t left = 1 + below(8); left != 0; --left) {
            value = value << 8 | next();
        }
        return static_cast<std::int64_t>(below(2) != 0 ? value : 0 - value);
    }
    std::string text(bool is_line) {
        std::string text;
        for (std::size_t left = below(24); left != 0; --left) {
            char const c = static_cast<char>(next());
            text += is_line && (c == '\r' || c == '\n') ? '.' : c;
        }
        return text;
    }

private:
    std::vector<std::uint8_t> const& bytes_;
    std::size_t at_ = 0;
};

class RandomReply {
public:
    explicit RandomReply(std::vector<std::uint8_t> const& bytes) : draw_(bytes), writer_(out_, 3) {}

    std::string write() {
        element(0);
        return out_;
    }

    std::string const& expected() const { return expected_; }

private:
    void element(int depth) {
        if (depth < 4 && draw_.below(8) == 0) {
            std::size_t const pairs = draw_.below(3);
            writer_.attribute(pairs);
            expect("attribute", std::to_string(2 * pairs));
            elements(2 * pairs, depth);
        }
        switch (draw_.below(depth < 4 ? 14 : 9)) {
            case 0: return integer();
            case 1: return text(ReplyType::bulk_string, draw_.text(false));
            case 2: return text(ReplyType::simple_string, draw_.text(true));
            case 3: return text(ReplyType::error, draw_.text(true));
            case 4: return text(ReplyType::bulk_error, draw_.text(false));
            case 5: return text(ReplyType::verbatim_string, draw_.text(false));
            case 6: return streamed_text();
            case 7: return boolean();
            case 8: writer_.null(); return expect("null", "");
            default: return aggregate(depth);
        }
    }

    void integer() {
        std::int64_t const value = draw_.integer();
        writer_.integer(value);
        expect("integer", std::to_string(value));
    }

    void boolean() {
        bool const value = draw_.below(2) != 0;
        writer_.boolean(value);
        expect("boolean", value ? "1" : "0");
    }

    void text(ReplyType type, std::string const& text) {
        switch (type) {
            case ReplyType::bulk_string: writer_.bulk(text); break;
            case ReplyType::simple_string: writer_.simple(text); break;
            case ReplyType::error: writer_.error(text); break;
            case ReplyType::bulk_error: writer_.bulk_error(text); break;
            default: writer_.verbatim("mkd", text);
        }
        expect(to_string(type), text);
    }

    void streamed_text() {
        std::string whole;
        out_ += "$?\r\n";
        for (std::size_t chunks = draw_.below(4); chunks != 0; --chunks) {
            std::string const chunk = draw_.text(false) + "x";
            out_ += ";" + std::to_string(chunk.size()) + "\r\n" + chunk + "\r\n";
            whole += chunk;
        }
        out_ += ";0\r\n";
        expect("bulk string", whole);
    }

    void aggregate(int depth) {
        std::size_t const entries = draw_.below(5);
        std::size_t const kind = draw_.below(4);
        if (kind == 3) {
            out_ += "*?\r\n";
            expect("array", std::to_string(entries));
            elements(entries, depth);
            out_ += ".\r\n";
            return;
        }
        if (kind == 0) {
            writer_.array(entries);
        } else if (kind == 1) {
            writer_.set(entries);
        } else {
            writer_.map(entries);
        }
        std::size_t const count = kind == 2 ? 2 * entries : entries;
        expect(kind == 0 ? "array" : kind == 1 ? "set" : "map", std::to_string(count));
        elements(count, depth);
    }

    void elements(std::size_t count, int depth) {
        for (; count != 0; --count) {
            element(depth + 1);
        }
    }

    void expect(std::string_view type, std::string_view value) {
        expected_.append(type).append(1, '=').append(value).append(1, '\n');
    }

    Draws draw_;
    std::string out_;
    RespWriter writer_;
    std::string expected_;
};

// The tree as RandomReply notes it down, node by node in the order of the wire.
void note(ReplyView view, std::string& out) {
    if (std::optional<ReplyView> const attribute = view.attribute()) {
        note(*attribute, out);
    }
    out.append(to_string(view.type())).append(1, '=');
    if (view.is_aggregate()) {
        out.append(std::to_string(view.size()));
    } else if (view.type() == ReplyType::integer || view.type() == ReplyType::boolean) {
        out.append(std::to_string(*view.as_integer()));
    } else {
        out.append(view.text());
    }
    out += '\n';
    for (ReplyView const element : view) {
        note(element, out);
    }
}

std::string noted(ReplyView view) {
    std::string out;
    note(view, out);
    return out;
}

TEST(RoundTrip, WhatIsWrittenIsReadWhateverTheSplit) {
    EXPECT_TRUE(rc::check([](std::vector<std::uint8_t> const& bytes,
                             std::vector<std::uint8_t> const& pieces) {
        RandomReply random(bytes);
        std::string const wire = random.write();
        Feeder feeder;
        std::string_view rest = wire;
        for (std::size_t n = 0; !rest.empty(); ++n) {
            std::size_t const piece =
                pieces.empty() ? wire.size() : 1u + pieces[n % pieces.size()] % 40u;
            ParseStatus const status = feeder.feed(rest.substr(0, piece));
            rest.remove_prefix(std::min(piece, rest.size()));
            RC_ASSERT(status == (rest.empty() ? ParseStatus::complete : ParseStatus::need_more));
        }
        RC_ASSERT(feeder.replies().size() == 1u);
        RC_ASSERT(noted(feeder.replies()[0]) == random.expected());
        RC_ASSERT(feeder.replies()[0] == Reply(feeder.replies()[0]));
    }));
}

TEST(RoundTrip, DoublesComeBackBitForBit) {
    EXPECT_TRUE(rc::check([](std::int64_t bits) {
        double value = 0;
        static_assert(sizeof value == sizeof bits);
        std::memcpy(&value, &bits, sizeof value);
        std::string wire;
        RespWriter(wire, 3).number(value);
        RespParser parser;
        RC_ASSERT(parser.parse(wire) == ParseStatus::complete);
        double const read = parser.reply().as_double().value();
        RC_ASSERT(read == value || (read != read && value != value));
    }));
}

TEST(RoundTrip, AnyBytesGiveAnAnswerAndTheSameOneWhateverTheSplit) {
    EXPECT_TRUE(rc::check([](std::vector<std::uint8_t> const& seed) {
        constexpr std::string_view likely = "*$:+-_#,(!=%~|>.;?0123456789\r\n\r\n\r\ntxt:";
        std::string bytes;
        for (std::uint8_t const byte : seed) {
            bytes += likely[byte % likely.size()];
            bytes += byte % 3 == 0 ? "\r\n" : "";
        }
        RespParser whole, pieces;
        ParseStatus const status = whole.parse(bytes);
        ParseStatus last = ParseStatus::need_more;
        for (std::size_t size = 1; size <= bytes.size() && last == ParseStatus::need_more; ++size) {
            last = pieces.parse(std::string_view(bytes).substr(0, size));
        }
        if (!bytes.empty()) {
            RC_ASSERT(last == status);
        }
        if (status == ParseStatus::complete) {
            RC_ASSERT(whole.consumed() == pieces.consumed());
            RC_ASSERT(whole.reply() == pieces.reply());
        } else if (status == ParseStatus::error) {
            RC_ASSERT(whole.error().message() == pieces.error().message());
        }
    }));
}

}  // namespace
}  // namespace keyslot::protocol
