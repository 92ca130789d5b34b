#pragma once

#include <keyslot/arguments.hpp>
#include <keyslot/detail/call.hpp>
#include <keyslot/error.hpp>
#include <keyslot/options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace keyslot {

/// What the client would do with a command.
struct Explanation {
    /// Keys of one slot, and who serves it.
    struct Part {
        std::uint16_t slot = 0;
        std::optional<ClusterNode> node = {};  ///< nullopt: nobody known
        std::vector<std::string> keys = {};
    };

    std::string
        command;  ///< as the command table knows it: "get", "cluster|info"; empty: it does not
    std::vector<Part> parts = {};  ///< its keys by slot; one part if they are all in one
    /// Who would be asked: all of them for a command that several nodes answer, else one.
    std::vector<ClusterNode> nodes = {};
    bool is_for_all_nodes = false;  ///< all of `nodes`, and one reply is made of theirs
    std::string why;  ///< the rule by which these nodes
    std::optional<ErrorCode> refused_with = {};  ///< set: nothing would be sent
    std::string refused;                         ///< why not
    /// The function that runs the parts one by one ("mget_nonatomic"), for a command refused for its slots.
    std::string split_by;
    bool reads = false;  ///< changes nothing
    bool read_from_replicas = false;  ///< `nodes` are those that may answer it
    bool repeatable = false;  ///< sent again when its outcome is unknown
    bool blocks = false;  ///< waits at the server, on a connection of its own
    std::string request_policy;  ///< of the command table; empty: none
    std::string response_policy;

    std::string to_string() const;  ///< all of it, a line for each thing
};

namespace detail {

Explanation explain(ClusterCore& core, std::vector<std::string> const& words,
                    CallOptions const& options);

}  // namespace detail

template <class Face>
class ClusterExplain {
public:
    /// What would become of the command now, by the topology that the client knows: nothing is sent, and
    /// nothing waits. Before the first topology no node is known.
    Explanation explain(Words const& words, CallOptions const& options = {}) const {
        std::vector<std::string> copy;
        words.for_each([&copy](std::string_view word) { copy.emplace_back(word); });
        return static_cast<Face const&>(*this).ask_core(
            [&](auto& core) { return detail::explain(core, copy, options); });
    }
};

}  // namespace keyslot
