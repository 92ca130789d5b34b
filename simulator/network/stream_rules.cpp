#include "simulator/network/stream_rules.hpp"

#include <algorithm>
#include <utility>

namespace keyslot::sim {

namespace {

bool names(std::vector<HostId> const& hosts, HostId host) {
    return hosts.empty() || std::find(hosts.begin(), hosts.end(), host) != hosts.end();
}

}  // namespace

std::size_t CutCounter::admit(std::string_view bytes) {
    std::size_t const counted = count_replies(bytes);
    auto const rest = static_cast<std::size_t>(
        std::min<std::uint64_t>(replies_ > 0 ? 0 : bytes_, bytes.size() - counted));
    bytes_ -= rest;
    return counted + rest;
}

std::size_t CutCounter::count_replies(std::string_view bytes) {
    std::size_t const before = pending_.size();
    std::size_t used = 0;
    pending_ += bytes;
    while (replies_ > 0) {
        std::string_view const rest = std::string_view(pending_).substr(used);
        if (rest.empty() || parser_.parse(rest) != protocol::ParseStatus::complete) {
            pending_.erase(0, used);
            return bytes.size();
        }
        used += parser_.consumed();
        replies_ -= parser_.reply().type() == ReplyType::push ? 0u : 1u;
    }
    pending_.clear();
    return used > before ? used - before : 0;
}

StreamRules::Id StreamRules::add(CutRule rule) {
    cuts_.emplace(++last_, std::move(rule));
    return last_;
}

StreamRules::Id StreamRules::add(IdleRule rule) {
    idles_.emplace(++last_, std::move(rule));
    return last_;
}

void StreamRules::remove(Id rule) {
    cuts_.erase(rule);
    idles_.erase(rule);
}

bool StreamRules::deliver(HostId from, HostId to, std::map<Id, CutCounter>& counters,
                          std::string& bytes) {
    for (auto& [id, rule] : cuts_) {
        bool const applies = names(rule.from, from) && names(rule.to, to) && rule.streams != 0u;
        if (!applies) {
            continue;
        }
        CutCounter& counter = counters.try_emplace(id, rule).first->second;
        bytes.resize(counter.admit(bytes));
        if (counter.is_used_up()) {
            if (rule.streams) {
                --*rule.streams;
            }
            return true;
        }
    }
    return false;
}

std::optional<StreamRules::Forgotten> StreamRules::forgets(HostId from, HostId to,
                                                           Duration idle) const {
    for (auto const& [id, rule] : idles_) {
        bool const either_way = (names(rule.from, from) && names(rule.to, to)) ||
                                (names(rule.from, to) && names(rule.to, from));
        if (either_way && idle > rule.after) {
            return Forgotten{id, rule.reset};
        }
    }
    return std::nullopt;
}

}  // namespace keyslot::sim
