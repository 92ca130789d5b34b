#pragma once

#include <keyslot/reply.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::protocol {

/// What a parser puts up with before it calls the peer broken.
struct RespLimits {
    std::size_t depth_max = 64;                     ///< aggregates inside one another
    std::size_t elements_max = 16 * 1024 * 1024;    ///< nodes in one reply
    std::size_t bulk_bytes_max = 512 * 1024 * 1024; ///< one string
    std::size_t line_bytes_max = 64 * 1024;         ///< simple strings, errors, numbers, headers
    std::size_t reply_bytes_max = std::size_t{2} * 1024 * 1024 * 1024;  ///< one reply, all told
};

/// Why the bytes cannot be a reply: what was wrong, the offset in the reply, and the byte found
/// there (-1 when the error is not about one byte).
struct RespError {
    std::string what;
    std::size_t offset = 0;
    int byte = -1;
    std::string message() const;  ///< all of it in one line
};

enum class ParseStatus : std::uint8_t { complete, need_more, error };

/// Parses one RESP2 or RESP3 reply at a time, in whatever pieces the bytes arrive.
///
/// The caller keeps the bytes of the reply together: each call of parse() gets everything from the
/// first byte of the current reply on, and continues where the last one stopped (the buffer may
/// have moved). Work is linear in the bytes however they are split, and never recursive.
///
/// A push in the middle of another reply (Redis 7.0 writes one into the array of an EXEC whose
/// client publishes to a channel of its own) is no element of it: it is handed out first, as a
/// complete reply that consumed 0 bytes, and the next call of parse() goes on with the reply around
/// it.
class RespParser {
public:
    explicit RespParser(RespLimits limits = {});

    ParseStatus parse(std::string_view input);

    /// After `complete`: the reply, valid until the next parse() or as long as `input` stays put. A
    /// reply with streamed (chunked) strings is assembled in the parser; all else points into
    /// `input`.
    ReplyView reply() const;
    /// After `complete`: bytes of `input` that the reply took. The next parse() starts after them.
    std::size_t consumed() const;
    /// After `need_more`: at least so many bytes are missing; for sizing the next read.
    std::size_t bytes_missing() const;
    /// After `error`: why. The parser stays there; the connection is of no more use.
    RespError const& error() const;
    /// Forgets the current reply: ready for a new connection.
    void reset();

private:
    static constexpr std::size_t verbatim_prefix = 4;  // "txt:" before the text
    static constexpr std::size_t element_bytes_min = 3;  // "_\r\n", "+\r\n"

    enum class State : std::uint8_t { start, parsing, complete, inner_push, failed };
    struct Frame {
        std::uint32_t node = 0;
        std::uint32_t left = 0;  // elements still to come, where they were announced
        bool streamed = false;  // they were not: a '.' will end them
        bool inner_push = false;
        bool attributed = false;  // inner push: the element after it has the attribute before it
    };
    struct Length {
        enum class Kind : std::uint8_t { number, null, streamed } kind{};
        std::uint64_t value = 0;
        std::size_t end = 0;  // of the line, after its LF
    };

    // resp_parser.cpp: the reply as a whole
    void begin_reply();
    void forget_streamed();
    void drop_inner_push();
    bool take_plain_bulks();
    ParseStatus add_node(ReplyNode node, std::size_t end);
    ParseStatus add_scalar(ReplyNode const& node, std::size_t end);
    ParseStatus open_aggregate(ReplyNode const& node, Frame frame, std::size_t end);
    bool end_aggregate();
    void end_element();
    void finish();
    void assemble(std::size_t first);
    ParseStatus need_more(std::size_t bytes);
    ParseStatus fail(std::string what, std::size_t offset);
    ParseStatus fail_limit(char const* what, std::size_t limit);

    // resp_elements.cpp: one element
    ParseStatus parse_element();
    ParseStatus parse_blob(ReplyType type);
    ParseStatus parse_aggregate(ReplyType type);
    ParseStatus parse_integer();
    ParseStatus parse_null();
    ParseStatus parse_boolean();
    ParseStatus parse_line(ReplyType type);
    ParseStatus parse_stream_end();
    ParseStatus parse_chunk();
    ParseStatus read_length(Length& length);
    ParseStatus read_special_length(std::size_t at, Length& length);
    ParseStatus read_line_end(std::size_t at, char const* otherwise);
    ParseStatus find_line_end(std::size_t& end);
    ParseStatus check_payload(std::size_t start, std::uint64_t length);

    RespLimits limits_;
    bool takes_plain_bulks_ = true;  // no limit is so low that these could pass it
    std::string_view input_;
    std::vector<ReplyNode> nodes_;
    std::vector<Frame> stack_;
    std::string chunks_;  // the text of streamed strings
    std::vector<std::uint32_t> streamed_;  // the nodes whose text is in chunks_, ascending
    std::string assembled_;
    std::size_t position_ = 0;  // of the element to be read next
    std::size_t scanned_ = 0;  // no line end stands before this
    std::size_t consumed_ = 0;
    std::size_t bytes_missing_ = 0;
    std::uint32_t root_ = 0;  // the outermost element, after its attribute
    std::uint32_t shown_ = 0;  // the node of reply(): the root, or an inner push
    State state_ = State::start;
    bool is_attributed_ = false;  // the next element has an attribute right before it
    bool is_in_chunks_ = false;  // in the chunks of a streamed string, the last node
    bool has_streamed_ = false;  // some string of this reply came in chunks
    bool is_assembled_ = false;  // its texts stand in assembled_, not in input_
    RespError error_;
};

}  // namespace keyslot::protocol
