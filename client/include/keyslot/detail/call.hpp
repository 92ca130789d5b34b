#pragma once

#include <keyslot/detail/argument_list.hpp>
#include <keyslot/error.hpp>
#include <keyslot/node_results.hpp>
#include <keyslot/options.hpp>
#include <keyslot/reply.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::protocol {
struct CommandInfo;
}

namespace keyslot::routing {
class SessionMarks;
}

namespace keyslot::detail {

class ClusterCore;
struct Call;
struct LinkLease;

/// How a call ended: a reply (looked at, not owned: valid only during the completion), or a failure.
struct CallResult {
    ReplyView reply = {};
    std::shared_ptr<Failure const> failure = nullptr;  ///< null: there is a reply
    /// Of a call that named several nodes: what each of them answered, instead of one reply.
    NodeResults<Reply> const* parts = nullptr;
    /// The connection on which the reply came, never 0: the same number, the same process. 0: there is no
    /// reply, or several.
    std::uint64_t connection = 0;
    asio::any_io_executor const* executor = nullptr;  ///< the client's, on which this runs
};

/// Where a command goes, told from its words alone.
struct CommandRoute {
    enum class Kind : std::uint8_t { keyless, slot, cross_slot, invalid };
    Kind kind = Kind::keyless;
    std::uint16_t slot = 0;
    bool repeatable = false;  ///< running it twice does no harm
    bool reads = false;  ///< changes nothing: a replica may answer it
    bool writes = false;  ///< may change data
    bool has_several_keys = false;
    bool names_script = false;  ///< EVALSHA: a script by its SHA-1
    /// Of a command that several nodes answer, by its request policy.
    protocol::CommandInfo const* spread = nullptr;
    /// Of a command that blocks at the server: for how long (-1: for ever), told by which word.
    struct Block {
        std::int64_t milliseconds = -1;
        std::uint32_t word = 0;
        bool in_seconds = false;
        bool is_wait = false;  ///< WAIT: for what its own connection has done
    };
    std::optional<Block> block = std::nullopt;
};

/// A call that has been encoded and routed, but not yet submitted. Owns its place in the client's pool.
class PreparedCall {
public:
    PreparedCall(std::shared_ptr<ClusterCore> core, Call* call)
        : core_(std::move(core)), call_(call) {}
    PreparedCall(PreparedCall&& other) noexcept
        : core_(std::move(other.core_)), call_(std::exchange(other.call_, nullptr)) {}
    PreparedCall& operator=(PreparedCall&&) = delete;
    ~PreparedCall();

    /// Starts the call. `completion` runs once, on the client's executor, never inside this function.
    /// Returns a handle for cancel(), valid until the completion.
    std::uint64_t submit(UniqueFunction<void(CallResult&)> completion) &&;

    /// Makes of an encoded MULTI, so many commands, and EXEC one unit; on the connection of `lease`, if any.
    void make_transaction(std::uint32_t commands, std::shared_ptr<LinkLease> lease);
    /// Sends it on the connection of the lease, or, while that has none, lets the lease keep the one it is
    /// answered on. `slot`: where the keys watched so far are; a command of another slot is refused. Returns
    /// the route of all of them.
    CommandRoute join_lease(std::shared_ptr<LinkLease> lease, CommandRoute const& slot);

    ClusterCore& core() const { return *core_; }
    std::shared_ptr<ClusterCore> const& shared_core() const { return core_; }

private:
    std::shared_ptr<ClusterCore> core_;
    Call* call_;
};

/// The table entry of a command ("GET") or subcommand ("CONFIG GET") that Redis 7.0 is known to have.
protocol::CommandInfo const& known_command(std::string_view name);

/// Appends the command to `out`; `info` null: looked up. Pure: may be called on any thread.
CommandRoute encode(std::string& out, protocol::CommandInfo const* info,
                    std::span<std::string_view const> words);

/// What the faces let a call differ in.
struct CallManner {
    CallOptions options = {};
    std::optional<ClusterNode> node = std::nullopt;  ///< for that node only
    std::optional<TargetNodes> targets = std::nullopt;  ///< for each of those nodes
    std::vector<ClusterNode> nodes = {};  ///< likewise, if there are any
    std::shared_ptr<routing::SessionMarks> session = nullptr;  ///< whose writes its reads must see
    /// Of the pipeline that it belongs to, from new_pipeline(): those behind it rely on its having run, and none of
    /// its slot overtakes it. 0: none.
    std::uint64_t pipeline = 0;
};

/// Takes up a command encoded before.
PreparedCall prepare_encoded(std::shared_ptr<ClusterCore> const& core, CommandRoute route,
                             std::string_view encoded, CallManner const& manner);

/// Encodes a command whose entry is known (`info`), or looks it up (null).
PreparedCall prepare(std::shared_ptr<ClusterCore> const& core, protocol::CommandInfo const* info,
                     std::span<std::string_view const> words, CallManner const& manner);

/// Completes the call with ErrorCode::cancelled, if it is still under way. On the client's executor.
void cancel(ClusterCore& core, std::uint64_t handle);
asio::any_io_executor const& executor_of(ClusterCore& core);

}  // namespace keyslot::detail
