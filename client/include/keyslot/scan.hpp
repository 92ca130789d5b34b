#pragma once

#include <keyslot/commands/common.hpp>
#include <keyslot/commands/sorted_sets.hpp>
#include <keyslot/detail/initiate.hpp>
#include <keyslot/options.hpp>
#include <keyslot/slot_range.hpp>

#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace keyslot {

/// Options of scan_iter.
struct ScanIterOptions {
    std::optional<std::string_view> match = std::nullopt;  ///< a glob-style pattern
    std::optional<long long> count = std::nullopt;  ///< how much a node looks at for one page
    std::optional<std::string_view> type = std::nullopt;  ///< "string", "list", ...
    /// When for so long no node could be scanned that still has to be, the scan ends without its slots.
    std::chrono::milliseconds patience{30000};
    CallOptions call = {};  ///< of each of its calls
};
static_assert(std::is_trivially_destructible_v<ScanIterOptions>);

namespace detail {

/// Where the pages of one scan come from; one next() at a time.
template <class Item>
class ScanSource {
public:
    virtual ~ScanSource() = default;
    virtual Operation<std::optional<std::vector<Item>>> next() = 0;
    virtual std::vector<SlotRange> uncovered() const = 0;
};

std::shared_ptr<ScanSource<std::string>> scan_keys(std::shared_ptr<ClusterCore> core,
                                                   ScanIterOptions const& options);
/// HSCAN, SSCAN or ZSCAN; for StringPair, std::string and ScoredMember.
template <class Item>
std::shared_ptr<ScanSource<Item>> scan_items(std::shared_ptr<ClusterCore> core,
                                             std::string_view command, std::string_view key,
                                             ScanOptions const& options, CallOptions const& call);

}  // namespace detail

/// The pages of a scan, one after the other. Must not outlive the client.
template <class Item>
class AsyncScan {
public:
    using Page = std::optional<std::vector<Item>>;

    AsyncScan(asio::any_io_executor executor, std::shared_ptr<detail::ScanSource<Item>> source)
        : executor_(std::move(executor)), source_(std::move(source)) {}

    /// Completes with the next items, at least one, or with nullopt: that was all. Fails as a call does, and
    /// can be cancelled; after either the next call goes on where this one stopped. One at a time.
    template <class Token = asio::use_awaitable_t<>>
    auto next(Token&& token = {}) {
        return detail::initiate_operation<Page>(executor_, source_->next(),
                                                std::forward<Token>(token));
    }
    /// Of scan_iter, at its end: the slots of which keys may be missing, ascending; empty: none may.
    /// Before the end: those that are not done yet.
    std::vector<SlotRange> uncovered() const { return source_->uncovered(); }

private:
    asio::any_io_executor executor_;
    std::shared_ptr<detail::ScanSource<Item>> source_;
};

/// The items of a scan for the blocking client, as a range to go through once:
/// `for (std::string const& key : redis.scan_iter({.match = "user:*"}))`. begin() and ++ wait for pages,
/// and throw as a call does. Must not outlive the client; for one thread.
template <class Item>
class Scan {
public:
    using Page = std::optional<std::vector<Item>>;

    Scan(Environment& environment, std::shared_ptr<detail::ScanSource<Item>> source)
        : environment_(&environment), source_(std::move(source)) {}

    /// The next items, at least one; nullopt: that was all.
    Page next() { return detail::wait_for<Page>(*environment_, source_->next()).value(); }
    /// As of AsyncScan.
    std::vector<SlotRange> uncovered() const { return source_->uncovered(); }

    class Iterator {
    public:
        using value_type = Item;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        Item const& operator*() const { return (*scan_->page_)[place_]; }
        Item const* operator->() const { return &**this; }
        Iterator& operator++() {
            if (++place_ == scan_->page_->size()) {
                scan_->page_ = scan_->next();
                place_ = 0;
            }
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return !scan_->page_; }

    private:
        friend class Scan;
        explicit Iterator(Scan& scan) : scan_(&scan) {}

        Scan* scan_ = nullptr;
        std::size_t place_ = 0;
    };

    Iterator begin() {
        page_ = next();
        return Iterator(*this);
    }
    std::default_sentinel_t end() const { return {}; }

private:
    Environment* environment_;
    std::shared_ptr<detail::ScanSource<Item>> source_;
    Page page_;
};

/// Iterators. The texts of the options and the key are copied.
template <class Face>
class ClusterScanCommands {
public:
    /// All keys of the cluster, primary by primary. A key that is there from beginning to end is given at
    /// least once, also while slots move and primaries fail over; some keys come more than once, and one
    /// that comes or goes meanwhile may or may not be given. Slots that nobody serves, or whose node cannot
    /// be reached for options.patience, are left out, and uncovered() names them (client-bugs 88, 89).
    auto scan_iter(ScanIterOptions const& options = {}) {
        return make_scan<std::string>(
            [&](auto core) { return detail::scan_keys(std::move(core), options); });
    }
    /// Fields and values of a hash. All that is there from beginning to end is given at least once: when
    /// another node, or another connection, answers (after a failover, say), where the cursor means
    /// nothing, it begins again. The primary is asked, whatever the options for reads say.
    auto hscan_iter(std::string_view key, ScanOptions const& options = {},
                    CallOptions const& call = {}) {
        return scan_items<StringPair>("HSCAN", key, options, call);
    }
    /// The members of a set, likewise.
    auto sscan_iter(std::string_view key, ScanOptions const& options = {},
                    CallOptions const& call = {}) {
        return scan_items<std::string>("SSCAN", key, options, call);
    }
    /// The members of a sorted set with their scores, likewise.
    auto zscan_iter(std::string_view key, ScanOptions const& options = {},
                    CallOptions const& call = {}) {
        return scan_items<ScoredMember>("ZSCAN", key, options, call);
    }

private:
    template <class Item>
    auto scan_items(std::string_view command, std::string_view key, ScanOptions const& options,
                    CallOptions const& call) {
        return make_scan<Item>([&](auto core) {
            return detail::scan_items<Item>(std::move(core), command, key, options, call);
        });
    }
    template <class Item, class Make>
    auto make_scan(Make make) {
        return static_cast<Face&>(*this).template issue_scan<Item>(std::move(make));
    }
};

}  // namespace keyslot
