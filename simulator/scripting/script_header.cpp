#include "simulator/scripting/script_header.hpp"

#include "client/protocol/inline_words.hpp"

#include <utility>
#include <vector>

namespace keyslot::sim {

namespace {

constexpr std::string_view flags_option = "flags=";

constexpr std::pair<std::string_view, bool ScriptHeader::*> known_flags[] = {
    {"no-writes", &ScriptHeader::no_writes},
    {"allow-oom", &ScriptHeader::allow_oom},
    {"allow-stale", &ScriptHeader::allow_stale},
    {"no-cluster", &ScriptHeader::no_cluster},
    {"allow-cross-slot-keys", &ScriptHeader::allow_cross_slot_keys},
};

bool set_flag(ScriptHeader& header, std::string_view flag) {
    for (auto const& [name, member] : known_flags) {
        if (name == flag) {
            header.*member = true;
            return true;
        }
    }
    return false;
}

/// "a,b": nothing at all is no flag, but nothing beside a comma is one, and unknown.
std::string set_flags(ScriptHeader& header, std::string_view list) {
    if (list.empty()) {
        return {};
    }
    for (;;) {
        std::size_t const comma = list.find(',');
        std::string_view const flag = list.substr(0, comma);
        if (!set_flag(header, flag)) {
            return "ERR Unexpected flag in script shebang: " + std::string(flag);
        }
        if (comma == std::string_view::npos) {
            return {};
        }
        list.remove_prefix(comma + 1);
    }
}

}  // namespace

std::variant<ScriptHeader, std::string> read_script_header(std::string_view source) {
    ScriptHeader header;
    if (!source.starts_with("#!")) {
        return header;
    }
    std::size_t const end = source.find('\n');
    if (end == std::string_view::npos) {
        return "ERR Invalid script shebang";
    }
    header.legacy = false;
    header.bytes = end;
    std::string storage;
    std::vector<std::string_view> words;
    if (!protocol::split_inline_words(source.substr(0, end), storage, words) || words.empty()) {
        return "ERR Invalid engine in script shebang";
    }
    if (words[0] != "#!lua") {
        return "ERR Unexpected engine in script shebang: " + std::string(words[0]);
    }
    for (std::size_t n = 1; n < words.size(); ++n) {
        if (!words[n].starts_with(flags_option)) {
            return "ERR Unknown lua shebang option: " + std::string(words[n]);
        }
        std::string error = set_flags(header, words[n].substr(flags_option.size()));
        if (!error.empty()) {
            return error;
        }
    }
    return header;
}

}  // namespace keyslot::sim
