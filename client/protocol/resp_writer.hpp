#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::protocol {

/// Appends one command to `out`, as an array of bulk strings.
void write_command(std::string& out, std::span<std::string_view const> arguments);
inline void write_command(std::string& out, std::initializer_list<std::string_view> arguments) {
    write_command(out, std::span(arguments.begin(), arguments.size()));
}

/// Puts another word in the place of the `position`-th (0: the command) of a command that
/// write_command made.
void replace_word(std::string& command, std::size_t position, std::string_view word);
/// The `position`-th word of such a command, which has that many.
std::string_view word_at(std::string_view command, std::size_t position);
/// All its words.
std::vector<std::string_view> words_of(std::string_view command);

/// Writes replies the way a server does, in RESP2 or RESP3. The types that only RESP3 has are
/// written in RESP2 as Redis does: map -> flat array, set and push -> array, double -> bulk,
/// boolean -> :0 / :1, verbatim -> bulk, big number -> bulk, null -> $-1 or *-1.
class RespWriter {
public:
    explicit RespWriter(std::string& out, int protocol = 2) : out_(&out), protocol_(protocol) {}

    int protocol() const { return protocol_; }
    void set_protocol(int protocol) { protocol_ = protocol; }
    std::string& out() { return *out_; }

    void simple(std::string_view text);  ///< +text
    void ok() { simple("OK"); }
    /// -text; `text` starts with the code ("ERR ...", "MOVED ..."). CR and LF become spaces.
    void error(std::string_view text);
    void integer(std::int64_t value);
    void bulk(std::string_view text);
    void null();        ///< $-1 or _
    void null_array();  ///< *-1 or _
    void boolean(bool value);
    void number(double value);  ///< ,value or a bulk; %.17g, inf, -inf, nan
    void big_number(std::string_view digits);
    void verbatim(std::string_view format, std::string_view text);
    void bulk_error(std::string_view text);
    void array(std::size_t elements);
    void map(std::size_t pairs);
    void set(std::size_t elements);
    void push(std::size_t elements);
    void attribute(std::size_t pairs);  ///< RESP3 only: the caller must not call it for RESP2

private:
    std::string* out_;
    int protocol_;
};

}  // namespace keyslot::protocol
