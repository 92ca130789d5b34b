#include "simulator/node/subscriptions.hpp"

#include <algorithm>

namespace keyslot::sim {

bool Subscriptions::add(Session& session, Topic topic, std::string_view name) {
    std::vector<std::string>& names = session.subscribed_to(topic);
    if (std::ranges::find(names, name) != names.end()) {
        return false;
    }
    names.emplace_back(name);
    topics_[static_cast<std::size_t>(topic)][std::string(name)].push_back(&session);
    return true;
}

bool Subscriptions::remove(Session& session, Topic topic, std::string_view name) {
    std::vector<std::string>& names = session.subscribed_to(topic);
    auto const found = std::ranges::find(names, name);
    if (found == names.end()) {
        return false;
    }
    drop_listener(session, topic, name);
    names.erase(found);
    return true;
}

void Subscriptions::remove_all(Session& session) {
    for (Topic const topic : all_topics) {
        for (std::string const& name : session.subscribed_to(topic)) {
            drop_listener(session, topic, name);
        }
        session.subscribed_to(topic).clear();
    }
}

void Subscriptions::drop_listener(Session const& session, Topic topic, std::string_view name) {
    ByName& by_name = topics_[static_cast<std::size_t>(topic)];
    auto const found = by_name.find(name);
    std::erase(found->second, &session);
    if (found->second.empty()) {
        by_name.erase(found);
    }
}

std::size_t Subscriptions::count(Topic topic, std::string_view name) const {
    auto const found = of(topic).find(name);
    return found == of(topic).end() ? 0 : found->second.size();
}

}  // namespace keyslot::sim
