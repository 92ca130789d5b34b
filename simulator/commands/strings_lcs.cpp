#include "simulator/commands/arguments.hpp"
#include "simulator/commands/strings.hpp"

#include <algorithm>
#include <vector>

namespace keyslot::sim {

namespace {

constexpr std::size_t table_bytes_max = 512u * 1024 * 1024;  // proto-max-bulk-len

struct Options {
    bool index = false;   // IDX
    bool length = false;  // LEN
    bool with_match_length = false;
    std::int64_t match_length_min = 0;
};

/// False: answered.
bool parse_options(CommandContext& context, Options& options) {
    for (std::size_t n = 3; n < context.count(); ++n) {
        if (is_option(context, n, "idx")) {
            options.index = true;
        } else if (is_option(context, n, "len")) {
            options.length = true;
        } else if (is_option(context, n, "withmatchlen")) {
            options.with_match_length = true;
        } else if (is_option(context, n, "minmatchlen") && n + 1 < context.count()) {
            auto const length = integer_argument(context, ++n);
            if (!length) {
                return false;
            }
            options.match_length_min = std::max<std::int64_t>(*length, 0);
        } else {
            context.reply.error(errors::syntax);
            return false;
        }
    }
    if (options.index && options.length) {
        context.reply.error("ERR If you want both the length and indexes, please just use IDX.");
        return false;
    }
    return true;
}

/// Bytes `a_start`... of one string equal those from `b_start` on of the other.
struct Match {
    std::size_t a_start = 0;
    std::size_t b_start = 0;
    std::size_t length = 0;
};

/// The textbook table: cell (i, j) is the length of the longest common subsequence of the first i
/// bytes of one string and the first j of the other.
class Table {
public:
    Table(std::string_view a, std::string_view b)
        : a_(a), b_(b), cells_((a.size() + 1) * (b.size() + 1)) {
        for (std::size_t i = 1; i <= a.size(); ++i) {
            for (std::size_t j = 1; j <= b.size(); ++j) {
                cells_[i * width() + j] = a[i - 1] == b[j - 1]
                                              ? at(i - 1, j - 1) + 1
                                              : std::max(at(i - 1, j), at(i, j - 1));
            }
        }
    }

    std::uint32_t length() const { return at(a_.size(), b_.size()); }

    /// The runs of equal bytes on the way back through the table, last first. Of two equally long
    /// ways Redis goes up the second string.
    std::vector<Match> matches() const {
        std::vector<Match> runs;
        bool open = false;
        for (std::size_t i = a_.size(), j = b_.size(); i > 0 && j > 0;) {
            if (a_[i - 1] == b_[j - 1]) {
                --i;
                --j;
                if (!open) {
                    runs.emplace_back();
                }
                runs.back() = {i, j, runs.back().length + 1};
                open = true;
            } else {
                open = false;
                --(at(i - 1, j) > at(i, j - 1) ? i : j);
            }
        }
        return runs;
    }

private:
    std::size_t width() const { return b_.size() + 1; }
    std::uint32_t at(std::size_t i, std::size_t j) const { return cells_[i * width() + j]; }

    std::string_view a_;
    std::string_view b_;
    std::vector<std::uint32_t> cells_;
};

void answer_range(protocol::RespWriter& reply, std::size_t start, std::size_t length) {
    reply.array(2);
    reply.integer(static_cast<std::int64_t>(start));
    reply.integer(static_cast<std::int64_t>(start + length - 1));
}

void answer_index(CommandContext& context, Options const& options, Table const& table) {
    auto runs = table.matches();
    std::erase_if(runs, [&](Match const& run) {
        return static_cast<std::int64_t>(run.length) < options.match_length_min;
    });
    auto& reply = context.reply;
    reply.map(2);
    reply.bulk("matches");
    reply.array(runs.size());
    for (Match const& run : runs) {
        reply.array(options.with_match_length ? 3 : 2);
        answer_range(reply, run.a_start, run.length);
        answer_range(reply, run.b_start, run.length);
        if (options.with_match_length) {
            reply.integer(static_cast<std::int64_t>(run.length));
        }
    }
    reply.bulk("len");
    reply.integer(table.length());
}

void answer_subsequence(CommandContext& context, Table const& table, std::string_view a) {
    auto const runs = table.matches();
    std::string common;
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        common += a.substr(run->a_start, run->length);
    }
    context.reply.bulk(common);
}

}  // namespace

void lcs(CommandContext& context) {
    std::string_view strings[2];
    bool wrong_type = false;
    for (std::size_t n = 0; n < 2; ++n) {
        Entry const* const entry = context.keyspace.find(context.argument(n + 1), context.expiry());
        if (entry == nullptr) {
            continue;
        }
        auto const* const value = std::get_if<StringValue>(&entry->value);
        wrong_type = wrong_type || value == nullptr;
        strings[n] = value != nullptr ? value->view() : std::string_view{};
    }
    if (wrong_type) {
        context.reply.error("ERR The specified keys must contain string values");
        return;
    }
    Options options;
    if (!parse_options(context, options)) {
        return;
    }
    auto const [a, b] = strings;
    if ((a.size() + 1) > table_bytes_max / sizeof(std::uint32_t) / (b.size() + 1)) {
        context.reply.error(
            "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
        return;
    }
    Table const table(a, b);
    if (options.index) {
        answer_index(context, options, table);
    } else if (options.length) {
        context.reply.integer(table.length());
    } else {
        answer_subsequence(context, table, a);
    }
}

}  // namespace keyslot::sim
