#include "simulator/acl/user.hpp"

#include "simulator/acl/rule_errors.hpp"
#include "simulator/node/words.hpp"
#include "simulator/scripting/sha.hpp"

#include <algorithm>

namespace keyslot::sim {

namespace {

using Problem = std::optional<std::string_view>;

bool is_hash(std::string_view text) {
    return text.size() == 64 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

}  // namespace

AclUser::AclUser(std::string_view user_name, bool all_channels)
    : name(user_name), channels_by_default_(all_channels) {
    if (all_channels) {
        root_.apply("allchannels");
    }
}

AclUser AclUser::everything_allowed(std::string_view name) {
    AclUser user(name);
    for (std::string_view const rule : {"+@all", "~*", "&*", "on", "nopass"}) {
        user.apply(rule);
    }
    return user;
}

Problem AclUser::apply(std::string_view rule) {
    if (rule.empty()) {
        return std::nullopt;
    }
    if (same_word(rule, "on") || same_word(rule, "off")) {
        enabled_ = same_word(rule, "on");
    } else if (same_word(rule, "nopass") || same_word(rule, "resetpass")) {
        no_password_ = same_word(rule, "nopass");
        passwords_.clear();
    } else if (same_word(rule, "skip-sanitize-payload")) {
        payload_ = Payload::taken;
    } else if (same_word(rule, "sanitize-payload")) {
        payload_ = Payload::sanitized;
    } else if (same_word(rule, "clearselectors")) {
        selectors_.clear();
    } else if (same_word(rule, "reset")) {
        reset();
    } else if (std::string_view("><#!").find(rule[0]) != std::string_view::npos) {
        return set_password(rule);
    } else if (rule.starts_with('(') && rule.ends_with(')')) {
        return add_selector(rule.substr(1, rule.size() - 2));
    } else {
        return root_.apply(rule);
    }
    return std::nullopt;
}

Problem AclUser::set_password(std::string_view rule) {
    std::string_view const text = rule.substr(1);
    bool const hashed = rule[0] == '#' || rule[0] == '!';
    if (hashed && !is_hash(text)) {
        return rule_errors::no_hash;
    }
    std::string const password = hashed ? std::string(text) : sha256_hex(text);
    auto const known = std::ranges::find(passwords_, password);
    if (rule[0] == '>' || rule[0] == '#') {
        no_password_ = false;
        if (known == passwords_.end()) {
            passwords_.push_back(password);
        }
        return std::nullopt;
    }
    if (known == passwords_.end()) {
        return rule_errors::no_such_password;
    }
    passwords_.erase(known);
    return std::nullopt;
}

Problem AclUser::add_selector(std::string_view rules) {
    Selector added;
    if (channels_by_default_) {
        added.apply("allchannels");
    }
    for (std::string const& rule : split_words(rules)) {
        if (auto const problem = added.apply(rule)) {
            return problem;
        }
    }
    selectors_.push_back(std::move(added));
    return std::nullopt;
}

void AclUser::reset() {
    AclUser fresh(name, channels_by_default_);
    fresh.payload_ = Payload::sanitized;
    *this = std::move(fresh);
}

bool AclUser::admits(std::string_view password) const {
    return enabled_ && (no_password_ ||
                        std::ranges::find(passwords_, sha256_hex(password)) != passwords_.end());
}

AccessVerdict AclUser::check(CommandLine& line) const {
    AccessVerdict worst = root_.check(line);
    for (std::size_t n = 0; !worst && n < selectors_.size(); ++n) {
        AccessVerdict const verdict = selectors_[n].check(line);
        if (verdict || verdict.denied > worst.denied ||
            (verdict.denied == worst.denied && verdict.position > worst.position)) {
            worst = verdict;
        }
    }
    return worst;
}

bool AclUser::may_use_channel(std::string_view channel, bool is_pattern) const {
    return root_.may_use_channel(channel, is_pattern) ||
           std::ranges::any_of(selectors_, [&](Selector const& selector) {
               return selector.may_use_channel(channel, is_pattern);
           });
}

bool AclUser::may_use_all_channels() const {
    return root_.all_channels() || std::ranges::any_of(selectors_, &Selector::all_channels);
}

bool AclUser::may_use_channels() const {
    return root_.names_channels() || std::ranges::any_of(selectors_, &Selector::names_channels);
}

std::vector<std::string_view> AclUser::flags() const {
    std::vector<std::string_view> words{enabled_ ? "on" : "off"};
    if (no_password_) {
        words.push_back("nopass");
    }
    if (payload_ != Payload::as_configured) {
        words.push_back(payload_ == Payload::taken ? "skip-sanitize-payload" : "sanitize-payload");
    }
    return words;
}

std::string AclUser::describe() const {
    std::string line = "user " + name;
    for (std::string_view const flag : flags()) {
        line += " " + std::string(flag);
    }
    for (std::string const& password : passwords_) {
        line += " #" + password;
    }
    line += " " + root_.describe();
    for (Selector const& selector : selectors_) {
        line += " (" + selector.describe() + ")";
    }
    return line;
}

std::optional<std::vector<std::string>> join_selectors(std::span<std::string_view const> words,
                                                       std::string& unclosed) {
    std::vector<std::string> rules;
    bool open = false;
    for (std::string_view const word : words) {
        if (open) {
            rules.back() += " " + std::string(word);
        } else {
            rules.emplace_back(word);
            open = word.starts_with('(');
            unclosed = open ? word : unclosed;
        }
        open = open && !word.ends_with(')');
    }
    return open ? std::nullopt : std::optional(std::move(rules));
}

}  // namespace keyslot::sim
