#pragma once

#include "simulator/faults/document.hpp"
#include "simulator/faults/fields.hpp"
#include "simulator/faults/values.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// Turns a Document into values by their Descriptions. Goes on after a mistake, so that one run
/// tells them all.
class Reader {
public:
    explicit Reader(std::vector<Problem>& problems) : problems_(&problems) {}

    void read(Document const& document, Scenario& scenario);
    /// {"type": "crash", "node": ...}
    void read_action(Document const& document, Topology const& cluster, FaultSpec& fault);

private:
    template <class T>
    void read_fields(Document const& document, T& value, std::string_view what);
    template <class T, class FieldType>
    void read_field(Document const& document, T& value, FieldType const& field,
                    std::string_view what);
    template <class T>
    bool check_keys(Document const& document, std::string_view what);
    template <std::size_t... Indices>
    bool read_alternative(std::string_view name, Document const& document, FaultSpec& fault,
                          std::index_sequence<Indices...>);
    bool read_fault(std::string_view name, Document const& name_at, Document const& document,
                    FaultSpec& fault);
    void read_timed_fault(Document const& document, TimedFault& timed);

    // One per type of value. `Limits` and `Hosts` are the field's.
    void read_value(Document const&, std::uint32_t&, Limits const&, Hosts);
    void read_value(Document const&, std::uint64_t&, Limits const&, Hosts);
    void read_value(Document const&, bool&, Limits const&, Hosts);
    void read_value(Document const&, Duration&, Limits const&, Hosts);
    void read_value(Document const&, Rate&, Limits const&, Hosts);
    void read_value(Document const&, HostName&, Limits const&, Hosts);
    void read_value(Document const&, FailoverMode&, Limits const&, Hosts);
    void read_value(Document const&, std::vector<SlotSpan>&, Limits const&, Hosts);
    void read_value(Document const&, std::vector<HostName>&, Limits const&, Hosts);
    void read_value(Document const&, std::vector<TimedFault>&, Limits const&, Hosts);
    void read_value(Document const&, Mix&, Limits const&, Hosts);
    void read_value(Document const&, Topology&, Limits const&, Hosts);
    void read_value(Document const&, ClientSettings&, Limits const&, Hosts);
    void read_value(Document const&, Workload&, Limits const&, Hosts);
    template <class T>
    void read_value(Document const& document, std::optional<T>& value, Limits const& limits,
                    Hosts hosts) {
        read_value(document, value.emplace(), limits, hosts);
    }

    std::optional<std::uint64_t> read_number(Document const& document, Limits const& limits);
    bool require_scalar(Document const& document, std::string_view expected);
    bool require_map(Document const& document, std::string_view what, std::string_view example);
    void check_host(Document const& document, HostName const& name, Hosts hosts);
    std::string host_names(Hosts hosts) const;

    void problem(Document const& at, std::string what, std::string allowed = {}) {
        problems_->push_back({at.where, std::move(what), std::move(allowed), at.line, at.column});
    }

    std::vector<Problem>* problems_;
    // What names there are, once the topology and the workload have been read.
    std::uint32_t nodes_ = 0;
    std::uint32_t clients_ = 0;
    bool has_replicas_ = false;
};

}  // namespace keyslot::sim
