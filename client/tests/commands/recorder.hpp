#pragma once

#include <keyslot/commands.hpp>

#include "client/protocol/command_table.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace keyslot {

/// A face that sends nothing: it keeps the words of the last command.
class Recorder : public Commands<Recorder> {
public:
    template <class T>
    void issue_command(protocol::CommandInfo const& info, detail::ArgumentList const& words) {
        issue_words(words.words());
        info_ = &info;
    }
    void issue_words(std::span<std::string_view const> words) {
        text_.clear();
        for (std::string_view const word : words) {
            text_ += text_.empty() ? "" : " ";
            text_ += word.empty() ? "\"\"" : word;
        }
        looked_up_ = protocol::lookup_command(words);
    }

    std::string const& sent_words() const { return text_; }
    /// What the function named as its command, and what the words say.
    protocol::CommandInfo const* named_entry() const { return info_; }
    protocol::CommandInfo const* entry_of_words() const { return looked_up_; }

private:
    std::string text_;
    protocol::CommandInfo const* info_ = nullptr;
    protocol::CommandInfo const* looked_up_ = nullptr;
};

/// A call of a command function, and the words it must send (an empty one is written "").
struct Encoding {
    void (*call)(Recorder& redis);
    std::string_view words;
};

std::vector<Encoding> string_and_key_encodings();
std::vector<Encoding> collection_encodings();
std::vector<Encoding> sorted_set_encodings();
std::vector<Encoding> stream_encodings();
std::vector<Encoding> other_data_encodings();
std::vector<Encoding> server_encodings();

}  // namespace keyslot
