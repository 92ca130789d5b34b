#include "simulator/network/bus.hpp"

#include <algorithm>

namespace keyslot::sim {

void Bus::listen(HostId host, Endpoint const& at, BusReceiver& receiver) {
    services_[at] = {host, &receiver};
}

void Bus::close_listener(Endpoint const& at) {
    if (auto const found = services_.find(at); found != services_.end()) {
        found->second.receiver = nullptr;
    }
}

Instant& Bus::last_arrival(HostId from, HostId to) {
    if (last_arrival_.size() <= from) {
        last_arrival_.resize(from + 1);
    }
    auto& of_sender = last_arrival_[from];
    if (of_sender.size() <= to) {
        of_sender.resize(to + 1);
    }
    return of_sender[to];
}

void Bus::send(HostId from, Endpoint const& to, BusMessage message) {
    auto const found = services_.find(to);
    if (found == services_.end()) {
        return;
    }
    Service& service = found->second;
    if (network_.link(from, service.host).drop_bus) {
        return;
    }
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(parcels_.size()));
        parcels_.push_back(std::make_unique<Parcel>());
    }
    std::uint32_t const index = free_.back();
    free_.pop_back();
    parcels_[index]->from = from;
    parcels_[index]->to = &service;
    parcels_[index]->message = std::move(message);

    Kernel& kernel = network_.kernel();
    Instant& last = last_arrival(from, service.host);
    last = std::max(last, kernel.now() + network_.draw_delay(from, service.host));
    EventTag const tag{.kind = EventKind::bus, .background = true, .actor = service.host};
    kernel.schedule(last, tag, [this, index] { arrive(index); });
}

void Bus::arrive(std::uint32_t index) {
    Parcel const& parcel = *parcels_[index];
    struct Free {
        Bus& bus;
        std::uint32_t index;
        ~Free() { bus.free_.push_back(index); }
    } const free{*this, index};

    Kernel& kernel = network_.kernel();
    kernel.fold(static_cast<std::uint64_t>(parcel.message.type), parcel.from);
    if (kernel.tracing()) {
        kernel.trace_detail(network_.host_name(parcel.from) + " bus message " +
                            std::to_string(static_cast<int>(parcel.message.type)));
    }
    if (parcel.to->receiver != nullptr && !network_.link(parcel.from, parcel.to->host).drop_bus) {
        parcel.to->receiver->on_bus(parcel.message);
    }
}

}  // namespace keyslot::sim
