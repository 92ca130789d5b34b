// Faults of links and streams that take more than one rule, or happen over a time.
#include "simulator/world/world_impl.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace keyslot::sim {

namespace {

/// Something that goes on by itself until its handle is gone.
struct Process {
    Kernel& kernel;
    EventId next;

    explicit Process(Kernel& of) : kernel(of) {}
    Process(Process const&) = delete;
    Process& operator=(Process const&) = delete;
    ~Process() { kernel.cancel(next); }
};

struct Flapping : Process {
    using Process::Process;

    void go_down() {
        cut = make_cut();
        next = kernel.schedule(kernel.now() + down, {.kind = EventKind::control}, [this] {
            cut.heal();
            next = kernel.schedule(kernel.now() + up, {.kind = EventKind::control},
                                   [this] { go_down(); });
        });
    }

    UniqueFunction<Fault()> make_cut;
    Duration down{}, up{};
    Fault cut;
};

struct Swizzling : Process {
    using Process::Process;
    using Link = std::pair<HostId, HostId>;

    /// The next link is cut, or mended.
    void step() {
        if (done < links.size()) {
            cuts.emplace(links[done], make_cut(links[done]));
        } else {
            cuts.erase(mending[done - links.size()]);
        }
        ++done;
        if (done < 2 * links.size()) {
            Duration const pause = done == links.size() ? hold : Duration{};
            next = kernel.schedule(
                kernel.now() + pause + over / static_cast<Duration::rep>(links.size()),
                {.kind = EventKind::control}, [this] { step(); });
        }
    }

    UniqueFunction<Fault(Link)> make_cut;
    std::vector<Link> links, mending;  // in the order they are cut, and mended
    std::map<Link, Fault> cuts;
    std::size_t done = 0;
    Duration over{}, hold{};
};

template <class T>
void shuffle(std::vector<T>& items, Random& random) {
    for (std::size_t n = items.size(); n > 1; --n) {
        std::swap(items[n - 1], items[random.below(n)]);
    }
}

}  // namespace

Fault World::flap(std::vector<std::string> from, std::vector<std::string> to, Duration down,
                  Duration up, Direction direction) {
    auto process = std::make_unique<Flapping>(impl_->kernel);
    process->down = std::max<Duration>(down, Duration{1});
    process->up = std::max<Duration>(up, Duration{1});
    process->make_cut = [this, from = std::move(from), to = std::move(to), direction] {
        return partition(from, to, direction);
    };
    process->go_down();
    return impl_->composed(std::move(process));
}

Fault World::swizzle(std::vector<std::string> const& hosts, Duration over, Duration hold) {
    auto process = std::make_unique<Swizzling>(impl_->kernel);
    std::vector<HostId> const ids = impl_->find_hosts(hosts);
    for (std::size_t a = 0; a < ids.size(); ++a) {
        for (std::size_t b = a + 1; b < ids.size(); ++b) {
            process->links.emplace_back(ids[a], ids[b]);
        }
    }
    if (process->links.empty()) {
        return {};
    }
    Random random = impl_->random.fork("swizzle").fork(std::to_string(++impl_->swizzles));
    process->mending = process->links;
    shuffle(process->links, random);
    shuffle(process->mending, random);
    process->make_cut = [this](Swizzling::Link link) {
        return impl_->add_rule(LinkRule::cut({link.first}, {link.second}), Direction::both);
    };
    process->over = over;
    process->hold = hold;
    process->step();
    return impl_->composed(std::move(process));
}

Fault World::cut_streams(std::vector<std::string> from, std::vector<std::string> to,
                         std::uint64_t replies, std::uint64_t bytes,
                         std::optional<std::uint64_t> streams) {
    return impl_->network.add_rule(CutRule{.from = impl_->find_hosts(from),
                                           .to = impl_->find_hosts(to),
                                           .replies = replies,
                                           .bytes = bytes,
                                           .streams = streams});
}

Fault World::drop_idle(std::vector<std::string> from, std::vector<std::string> to, Duration after,
                       IdleFate fate) {
    return impl_->network.add_rule(IdleRule{.from = impl_->find_hosts(from),
                                            .to = impl_->find_hosts(to),
                                            .after = after,
                                            .reset = fate == IdleFate::reset});
}

}  // namespace keyslot::sim
