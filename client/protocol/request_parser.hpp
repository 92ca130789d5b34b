#pragma once

#include "client/protocol/resp_parser.hpp"

#include <span>

namespace keyslot::protocol {

/// What Redis allows a client to send (facts: "Protocol limits and errors").
struct RequestLimits {
    std::size_t inline_bytes_max = 64 * 1024;
    std::size_t header_bytes_max = 64 * 1024;
    std::size_t arguments_max = 2147483647;
    std::size_t bulk_bytes_max = 512 * 1024 * 1024;
    std::size_t unauthenticated_arguments_max = 10;
    std::size_t unauthenticated_bulk_bytes_max = 16384;
};

/// The server's side: splits what a client sends into commands, multibulk and inline,
/// incrementally, with the very errors of Redis 7.0.
///
/// As with RespParser the caller keeps the bytes of the current command together. `complete` with
/// no arguments is an empty line or `*0`, to be passed over silently.
class RequestParser {
public:
    explicit RequestParser(RequestLimits limits = {});

    /// For what has not been read yet.
    void set_limits(RequestLimits limits) { limits_ = limits; }

    ParseStatus parse(std::string_view input, bool authenticated = true);

    /// After `complete`: the words of the command. They point into `input` (or into the parser, for
    /// quoted inline words) and are valid until the next parse().
    std::span<std::string_view const> arguments() const;
    std::size_t consumed() const;
    /// After `error`: the line Redis answers before it closes, without '-' and CRLF:
    /// "ERR Protocol error: ...".
    std::string const& error_line() const;
    void reset();

private:
    struct Word {
        std::size_t offset;
        std::size_t length;
    };

    ParseStatus parse_multibulk(std::string_view input, bool authenticated);
    ParseStatus read_count(std::string_view input, bool authenticated);
    bool take_plain_bulk(std::string_view input, bool authenticated);
    ParseStatus read_bulk(std::string_view input, bool authenticated);
    ParseStatus parse_inline(std::string_view input);
    ParseStatus find_line_end(std::string_view input, char end, std::size_t limit,
                              std::string_view too_big, std::size_t& found);
    ParseStatus complete(std::size_t consumed);
    ParseStatus fail(std::string_view what);
    void begin_command();

    RequestLimits limits_;
    std::vector<Word> words_;  // multibulk: in the caller's buffer, which may move
    std::vector<std::string_view> arguments_;
    std::string unquoted_;  // the words of an inline command
    std::string error_line_;
    std::size_t position_ = 0;  // of the header or payload to be read next
    std::size_t scanned_ = 0;  // no line end stands before this
    std::size_t words_left_ = 0;
    std::size_t bulk_length_ = 0;
    std::size_t consumed_ = 0;
    enum class State : std::uint8_t { start, header, payload, complete, failed } state_{};
};

}  // namespace keyslot::protocol
