#pragma once

#include <keyslot/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// A conformance case as a value: one rule of the cluster specification, the situation that puts a
/// client to it, and what a client may do then. Cases are read from conformance/cases/*.yaml; the
/// README beside them is the reference of the format.
namespace keyslot::conformance {

enum class Level : std::uint8_t { must, should, informational };
std::string_view to_string(Level level);

/// Words of a command as the file has them; what begins with '$' is filled in when the case runs.
using Words = std::vector<std::string>;

/// Requests that a step or a check speaks of: those that begin with these words.
struct Pattern {
    std::string node;  ///< "node-1"; empty: any
    Words words;  ///< "*" stands for any word; the first is compared whatever its case
};

/// How often something may happen: "3", "1..2", "<=2", ">=1".
struct Bounds {
    std::size_t least = 0;
    std::size_t most = std::numeric_limits<std::size_t>::max();
    bool contain(std::size_t count) const { return least <= count && count <= most; }
};
std::string to_string(Bounds bounds);

// Steps, one after the other.

/// What a client can be asked for. The words of its one command are, of a subscription, the channels,
/// of `watch` the keys, and of a script those of EVAL behind the first.
enum class Operation : std::uint8_t {
    call,
    pipeline,
    transaction,  ///< MULTI ... EXEC; on the keys that were watched before it, if any
    watch,
    run_script,  ///< by its digest, with whatever the client does when a node does not have it
    subscribe,
    unsubscribe,
    close,  ///< the client, for good
};
inline constexpr std::size_t operation_count = 8;
std::string_view to_string(Operation operation);

enum class ChannelKind : std::uint8_t { channel, pattern, shard };
std::string_view to_string(ChannelKind kind);

/// Something is wanted of the client under test.
struct CallStep {
    Operation operation = Operation::call;
    std::vector<Words> commands = {};
    ChannelKind kind = ChannelKind::channel;  ///< of subscriptions
    std::string name = "call";  ///< by which checks refer to its results
    std::size_t times = 1;  ///< so many; "$n" is the number, from 1
    Duration every{};  ///< between the starts of two; zero: all at once
    bool wait = true;  ///< the next step comes after the last of them has ended
    std::optional<Duration> timeout;
    bool repeatable = false;
};
/// Until all calls of that name have ended.
struct AwaitStep {
    std::string name;
};
/// An operator gives a node a command, over a connection of its own. An error reply spoils the
/// case.
struct OperatorStep {
    std::string node;
    Words words;
};
/// Moves a key's slot with all its keys, as redis-cli does.
struct MoveSlotStep {
    std::string key, to;
};
/// From now on the requests of the client that match get another answer, or another fate.
struct ScriptStep {
    Pattern request;
    std::optional<std::string> answer;  ///< a line of RESP; the node never hears of the request
    bool lose_answer = false;  ///< the node executes it; its answer and all further ones are lost
    bool ignore = false;  ///< the request is lost, and all further ones on that connection
    bool close = false;  ///< and the connection is closed then
    std::size_t times = 1;  ///< requests it is good for
};
/// All scripts end.
struct EndScriptsStep {};
/// Until the client's requests that match have come so often, since the start or the mark.
struct UntilStep {
    Pattern request;
    std::size_t times = 1;
    std::string since;
    std::optional<Duration> within;  ///< longer than that nobody waits
};
/// Messages that subscriptions give.
struct MessagePattern {
    std::string channel, message;  ///< empty: any
};
/// Until the client has got that message so often, since the start or the mark.
struct ReceiveStep {
    MessagePattern message;
    std::size_t times = 1;
    std::string since;
    std::optional<Duration> within;
};
/// Cuts the network between these hosts: nodes, or "client".
struct PartitionStep {
    std::vector<std::string> from, to;
    bool one_way = false;
};
/// Ends all partitions.
struct HealStep {};
struct SleepStep {
    Duration time;
};
/// Gives the present a name: checks may count from there on.
struct MarkStep {
    std::string name;
};
enum class NodeAction : std::uint8_t { crash, power_off, restart, pause, resume };
struct NodeStep {
    NodeAction action;
    std::string node;
};
/// What a host name resolves to from now on: the address of a node.
struct BindNameStep {
    std::string name, node;
};

using Step = std::variant<CallStep, AwaitStep, OperatorStep, MoveSlotStep, ScriptStep,
                          EndScriptsStep, UntilStep, ReceiveStep, PartitionStep, HealStep,
                          SleepStep, MarkStep, NodeStep, BindNameStep>;

// Checks, looked at when all steps are done.

/// Every call of that name gave this reply, printed in one line ("OK", "1", "(nil)", "[a, b]"; an
/// error within a list is "(error) ..."). '*' stands for any text.
struct ResultCheck {
    std::string of;
    std::string is;
};
/// Every call of that name failed, with this code, this outcome and these words where they are given.
struct FailureCheck {
    std::string of;
    std::string code;
    std::string outcome;
    std::string says = {};  ///< a part of the message
};
/// The requests of the client that match, answered or not, came so often.
struct SeenCheck {
    Pattern request;
    Bounds times;
    std::string since;  ///< a mark; empty: from the start
    std::optional<Duration> within;  ///< no more than that in any such span of time
};
/// The commands that masters executed and that match, by the ground truth.
struct ExecutedCheck {
    Pattern request;
    Bounds times;
};
/// Each request that matches came right after this one on the same connection.
struct FollowsCheck {
    Pattern request;
    Words before;
};
/// Each request that matches came behind such a one on the same connection.
struct PrecededCheck {
    Pattern request;
    Words by;
};
/// Executed requests that match stand in the order of the numbers that their last words are.
struct OrderedCheck {
    Pattern request;
};
/// Every call of that name took so long.
struct TookCheck {
    std::string of;
    std::optional<Duration> at_most, at_least = {};
};
/// Fetches of the topology (CLUSTER SLOTS, SHARDS or NODES).
struct FetchesCheck {
    Bounds times;
    std::string since;
};
/// Requests that were answered by MOVED or ASK.
struct RedirectionsCheck {
    Bounds times;
    std::string since;
};
/// Messages that the client's subscriptions gave.
struct ReceivedCheck {
    MessagePattern message;
    Bounds times;
    std::string since;
};
/// Times that the client told of a subscription that messages may be missing.
struct GapsCheck {
    std::string channel;
    Bounds times;
    std::string since;
};
/// Connections that the client made to a node; empty: to any.
struct ConnectionsCheck {
    std::string node;
    Bounds times;
    std::string since;
};

using Check = std::variant<ResultCheck, FailureCheck, SeenCheck, ExecutedCheck, FollowsCheck,
                           PrecededCheck, OrderedCheck, TookCheck, FetchesCheck, RedirectionsCheck,
                           ReceivedCheck, GapsCheck, ConnectionsCheck>;

/// One way to pass: all of its checks hold.
struct AcceptedOutcome {
    std::string name;
    bool strict = true;  ///< false: tolerated, but not what the rule is after
    std::vector<std::pair<std::string, Check>> checks;  ///< with the words of the file, for reports
};

/// How the nodes' ports are spoken to, and what their certificate is.
enum class Ports : std::uint8_t {
    plain,
    tls,
    tls_of_unknown_authority,  ///< one that the client was not told to trust
    tls_for_other_names,  ///< the certificate is not for the nodes' addresses
};
inline constexpr std::size_t ports_count = 4;
std::string_view to_string(Ports ports);

struct CaseTopology {
    std::size_t masters = 3;
    std::size_t replicas_per_master = 0;
    std::size_t joining = 0;  ///< nodes that know the others and have no slots; numbered after them
    std::size_t second_masters =
        0;  ///< of a second cluster, on the same ports; numbered after the first
    std::chrono::milliseconds node_timeout{15000};
    bool require_full_coverage = true;
    std::string ip;  ///< of all nodes; empty: each has its own
    Ports ports = Ports::plain;
    bool client_certificates = false;  ///< clients must show one
};

struct CaseClient {
    std::optional<Duration> call_timeout, attempt_timeout, connect_timeout, refresh_period;
    std::optional<std::size_t> redirects_max, protocol;
    std::optional<bool> read_from_replicas;
    std::string username, password;
    bool tls = false;
    bool certificate = false;  ///< to show to the nodes, with TLS
    std::vector<std::string> startup;  ///< nodes, or "name:port"; empty: every node
};

struct Case {
    std::string id;  ///< "redirect/moved/followed"
    Level level = Level::must;
    std::string requirement;  ///< one sentence
    std::string source;  ///< where the rule stands
    /// Capabilities that it takes, besides those that its steps show (see needs_of).
    std::vector<std::string> needs;
    CaseTopology topology;
    CaseClient client;
    std::vector<Step> steps;
    std::vector<AcceptedOutcome> accept;  ///< the first that fits is the verdict
    std::string file;
};

/// All capabilities that a client, or its driver, must have for the case: in the order of the alphabet.
std::vector<std::string> needs_of(Case const& test);

}  // namespace keyslot::conformance
