#include "simulator/world/world_impl.hpp"

#include <utility>

namespace keyslot::sim {

std::vector<HostId> World::Impl::find_hosts(std::vector<std::string> const& names) const {
    std::vector<HostId> hosts;
    for (std::string const& name : names) {
        hosts.push_back(find_host(name));
    }
    return hosts;
}

Fault World::Impl::add_rule(LinkRule rule, Direction direction) {
    LinkRule mirror = rule;
    std::swap(mirror.from, mirror.to);
    if (direction == Direction::one_way) {
        return network.add_rule(std::move(rule));
    }
    struct BothWays {
        Fault back, there;  // they end in the order in which they began
    };
    auto rules = std::make_unique<BothWays>();
    rules->there = network.add_rule(std::move(rule));
    rules->back = network.add_rule(std::move(mirror));
    return composed(std::move(rules));
}

Fault World::partition(std::vector<std::string> from, std::vector<std::string> to,
                       Direction direction) {
    return impl_->add_rule(LinkRule::cut(impl_->find_hosts(from), impl_->find_hosts(to)),
                           direction);
}

Fault World::stall(std::vector<std::string> from, std::vector<std::string> to,
                   Direction direction) {
    LinkRule rule{.from = impl_->find_hosts(from), .to = impl_->find_hosts(to)};
    rule.hold_streams = true;
    return impl_->add_rule(std::move(rule), direction);
}

Fault World::slow_down(std::vector<std::string> from, std::vector<std::string> to, Duration latency,
                       Duration jitter, Direction direction) {
    LinkRule rule{.from = impl_->find_hosts(from), .to = impl_->find_hosts(to)};
    rule.latency = latency;
    rule.jitter = jitter;
    return impl_->add_rule(std::move(rule), direction);
}

Fault World::shred(std::vector<std::string> from, std::vector<std::string> to, std::size_t bytes,
                   Direction direction) {
    LinkRule rule{.from = impl_->find_hosts(from), .to = impl_->find_hosts(to)};
    rule.bytes_at_once = bytes;
    return impl_->add_rule(std::move(rule), direction);
}

Fault World::refuse_connects(std::vector<std::string> from, std::vector<std::string> to) {
    LinkRule rule{.from = impl_->find_hosts(from), .to = impl_->find_hosts(to)};
    rule.connects = ConnectFate::refuse;
    return impl_->add_rule(std::move(rule), Direction::one_way);
}

Fault World::black_hole_connects(std::vector<std::string> from, std::vector<std::string> to) {
    LinkRule rule{.from = impl_->find_hosts(from), .to = impl_->find_hosts(to)};
    rule.connects = ConnectFate::black_hole;
    return impl_->add_rule(std::move(rule), Direction::one_way);
}

Fault World::pause(std::string const& host) {
    HostId const id = impl_->find_host(host);
    impl_->kernel.freeze(id);
    return Fault{[&kernel = impl_->kernel, id] { kernel.thaw(id); }};
}

void World::reset_streams(std::vector<std::string> const& from,
                          std::vector<std::string> const& to) {
    impl_->network.reset_streams(impl_->find_hosts(from), impl_->find_hosts(to));
}

void World::bind_name(std::string name, std::vector<std::string> addresses) {
    impl_->network.names().bind(std::move(name), std::move(addresses));
}

void World::delay_names(Duration delay) { impl_->network.names().set_delay(delay); }

Fault World::fail_name(std::string name, NameFailure how) {
    NameTable& names = impl_->network.names();
    names.fail(name, how);
    return Fault{[&names, name = std::move(name), how] { names.restore(name, how); }};
}

}  // namespace keyslot::sim
