#pragma once

#include "simulator/faults/document.hpp"
#include "simulator/faults/fields.hpp"
#include "simulator/faults/values.hpp"

#include <optional>
#include <span>
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
    /// The same, and it may have a trigger: "on".
    void read_triggered_action(Document const& document, Topology const& cluster,
                               TimedFault& timed);

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
    void read_time(Document const& document, TimedFault& timed);
    void read_trigger(Document const& document, std::optional<Trigger>& trigger);
    void set_topology(Topology const& cluster, std::uint32_t clients);

    // What the fields of a value must be together.
    template <class T>
    void check_whole(Document const&, T const&) {}
    void check_whole(Document const& document, Swizzle const& fault);
    void check_whole(Document const& document, ChangeAddress const& fault);
    void check_whole(Document const& document, ForgeReply const& fault);
    void check_whole(Document const& document, Trigger const& trigger);

    // One per type of value. `Limits` and `Hosts` are the field's.
    void read_value(Document const&, std::uint32_t&, Limits const&, Hosts);
    void read_value(Document const&, std::uint64_t&, Limits const&, Hosts);
    void read_value(Document const&, bool&, Limits const&, Hosts);
    void read_value(Document const&, Duration&, Limits const&, Hosts);
    void read_value(Document const&, Rate&, Limits const&, Hosts);
    void read_value(Document const&, HostName&, Limits const&, Hosts);
    void read_value(Document const&, std::int64_t&, Limits const&, Hosts);
    void read_value(Document const&, std::string&, Limits const&, Hosts);
    template <class E>
        requires requires { Words<E>::value; }
    void read_value(Document const& document, E& value, Limits const&, Hosts) {
        auto const& words = Words<E>::value;
        if (auto const place = read_word(document, Words<E>::name, words)) {
            value = static_cast<E>(*place);
        }
    }
    void read_value(Document const&, std::vector<SlotSpan>&, Limits const&, Hosts);
    void read_value(Document const&, std::vector<HostName>&, Limits const&, Hosts);
    void read_value(Document const&, std::vector<TimedFault>&, Limits const&, Hosts);
    void read_value(Document const&, Mix&, Limits const&, Hosts);
    void read_value(Document const&, Topology&, Limits const&, Hosts);
    void read_value(Document const&, ClientSettings&, Limits const&, Hosts);
    void read_value(Document const&, Workload&, Limits const&, Hosts);
    void read_value(Document const&, Subscribers&, Limits const&, Hosts);
    template <class T>
    void read_value(Document const& document, std::optional<T>& value, Limits const& limits,
                    Hosts hosts) {
        read_value(document, value.emplace(), limits, hosts);
    }

    std::optional<std::size_t> read_word(Document const& document, std::string_view what,
                                         std::span<std::string_view const> words);
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
    bool has_trigger_ = false;  // the fault at hand: "that node" means something
};

}  // namespace keyslot::sim
