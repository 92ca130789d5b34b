#pragma once

#include <keyslot/error.hpp>
#include <keyslot/node_results.hpp>
#include <keyslot/options.hpp>
#include <keyslot/reply.hpp>

#include <array>
#include <charconv>
#include <concepts>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::protocol {
struct CommandInfo;
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
    asio::any_io_executor const* executor = nullptr;  ///< the client's, on which this runs
};

/// The words of one command, gathered on the stack: no allocation up to 16 words, numbers printed into
/// the list itself. Lives no longer than the words it was given.
class ArgumentList {
public:
    ArgumentList(std::string_view command) { add(command); }
    ArgumentList(ArgumentList const&) = delete;
    ArgumentList& operator=(ArgumentList const&) = delete;

    ArgumentList& add(std::string_view word) {
        if (size_ < inline_words_.size()) {
            inline_words_[size_] = word;
        } else {
            if (size_ == inline_words_.size()) {
                more_words_.assign(inline_words_.begin(), inline_words_.end());
            }
            more_words_.push_back(word);
        }
        ++size_;
        return *this;
    }
    template <std::integral Integer>
    ArgumentList& add(Integer value) {
        std::span<char> const room = number_room();
        auto const end = std::to_chars(room.data(), room.data() + room.size(), value).ptr;
        return add(std::string_view(room.data(), static_cast<std::size_t>(end - room.data())));
    }
    ArgumentList& add(double value) {  // the shortest text that reads back as the same number
        std::span<char> const room = number_room();
        auto const end = std::to_chars(room.data(), room.data() + room.size(), value).ptr;
        return add(std::string_view(room.data(), static_cast<std::size_t>(end - room.data())));
    }
    template <class Range>
        requires requires(Range const& words) { std::string_view(*std::begin(words)); }
    ArgumentList& add_all(Range const& words) {
        for (auto const& word : words) {
            add(std::string_view(word));
        }
        return *this;
    }

    std::span<std::string_view const> words() const {
        return size_ <= inline_words_.size() ? std::span(inline_words_.data(), size_)
                                             : std::span<std::string_view const>(more_words_);
    }

private:
    static constexpr std::size_t number_size = 32;

    std::span<char> number_room() {
        if (numbers_used_ < numbers_.size()) {
            return numbers_[numbers_used_++];
        }
        more_numbers_.push_back(std::make_unique<std::array<char, number_size>>());
        return *more_numbers_.back();
    }

    std::size_t size_ = 0;
    std::size_t numbers_used_ = 0;
    std::array<std::string_view, 16> inline_words_;
    std::array<std::array<char, number_size>, 4> numbers_;
    std::vector<std::string_view> more_words_;
    std::vector<std::unique_ptr<std::array<char, number_size>>> more_numbers_;
};

/// Where a command goes, told from its words alone.
struct CommandRoute {
    enum class Kind : std::uint8_t { keyless, slot, cross_slot, invalid };
    Kind kind = Kind::keyless;
    std::uint16_t slot = 0;
    bool repeatable = false;  ///< running it twice does no harm
    bool reads = false;  ///< changes nothing: a replica may answer it
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

/// The table entry of a command that this version of Redis is known to have.
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
