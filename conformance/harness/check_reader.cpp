// What an outcome demands of a run.
#include "conformance/harness/case_parts.hpp"

#include <string>

namespace keyslot::conformance {
namespace {

/// How often, and since when.
template <class Check>
void read_count(DocumentMap& map, Check& check) {
    map.read_bounds("times", check.times);
    map.read("since", check.since);
}

std::optional<Check> read_result(DocumentMap& map) {
    std::string of = "call";
    map.read("of", of);
    if (map.has("is")) {
        ResultCheck check{.of = of, .is = {}};
        map.read("is", check.is);
        return check;
    }
    FailureCheck check{.of = of, .code = {}, .outcome = {}, .says = {}};
    map.require("fails");
    map.read("fails", check.code);
    check.code = check.code == "true" ? "" : check.code;
    map.read("outcome", check.outcome);
    map.read("says", check.says);
    return check;
}

}  // namespace

std::optional<Check> read_check(std::string_view kind, Document const& value, Problems& problems) {
    DocumentMap map(value, "the check '" + std::string(kind) + "'", problems);
    if (kind == "result") {
        return read_result(map);
    }
    if (kind == "seen") {
        SeenCheck check;
        read_request(map, check.request);
        read_count(map, check);
        map.read("within", check.within);
        return check;
    }
    if (kind == "executed") {
        ExecutedCheck check;
        read_request(map, check.request);
        map.read_bounds("times", check.times);
        return check;
    }
    if (kind == "follows") {
        FollowsCheck check;
        read_request(map, check.request);
        map.require("before");
        map.read_words("before", check.before);
        return check;
    }
    if (kind == "preceded") {
        PrecededCheck check;
        read_request(map, check.request);
        map.require("by");
        map.read_words("by", check.by);
        return check;
    }
    if (kind == "ordered") {
        OrderedCheck check;
        read_request(map, check.request);
        return check;
    }
    if (kind == "took") {
        TookCheck check{.of = "call", .at_most = {}, .at_least = {}};
        map.read("of", check.of);
        map.read("at_most", check.at_most);
        map.read("at_least", check.at_least);
        if (!check.at_most && !check.at_least) {
            map.problem(value, "'took' says nothing", "at_most or at_least");
        }
        return check;
    }
    if (kind == "fetches") {
        FetchesCheck check;
        read_count(map, check);
        return check;
    }
    if (kind == "redirections") {
        RedirectionsCheck check;
        read_count(map, check);
        return check;
    }
    if (kind == "received") {
        ReceivedCheck check;
        read_message(map, check.message);
        read_count(map, check);
        return check;
    }
    if (kind == "gaps") {
        GapsCheck check;
        map.require("channel");
        map.read("channel", check.channel);
        read_count(map, check);
        return check;
    }
    if (kind == "connections") {
        ConnectionsCheck check;
        map.read("node", check.node);
        read_count(map, check);
        return check;
    }
    map.problem(value, "there is no check '" + std::string(kind) + "'",
                "result, seen, executed, follows, preceded, ordered, took, fetches, "
                "redirections, received, gaps, connections");
    return std::nullopt;
}

}  // namespace keyslot::conformance
