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

/// Why the bytes cannot be a reply: what was wrong, the offset in the reply, and the byte found there
/// (-1 when the error is not about one byte).
struct RespError {
    std::string what;
    std::size_t offset = 0;
    int byte = -1;
    std::string message() const;  ///< all of it in one line
};

enum class ParseStatus : std::uint8_t { complete, need_more, error };

/// Parses one RESP2 or RESP3 reply at a time, in whatever pieces the bytes arrive.
///
/// The caller keeps the bytes of the reply together: each call of parse() gets everything from the first
/// byte of the current reply on, and continues where the last one stopped (the buffer may have moved).
/// Work is linear in the bytes however they are split, and never recursive.
class RespParser {
public:
    explicit RespParser(RespLimits limits = {});

    ParseStatus parse(std::string_view input);

    /// After `complete`: the reply, valid until the next parse() or as long as `input` stays put. A
    /// reply with streamed (chunked) strings is assembled in the parser; all else points into `input`.
    ReplyView reply() const;
    /// After `complete`: bytes of `input` that the reply took. The next parse() starts after them.
    std::size_t consumed() const;
    /// After `need_more`: at least so many bytes are missing; for sizing the next read.
    std::size_t bytes_missing() const;
    /// After `error`: why. The parser stays there; the connection is of no more use.
    RespError const& error() const;
    /// Forgets the current reply: ready for a new connection.
    void reset();
};

}  // namespace keyslot::protocol
