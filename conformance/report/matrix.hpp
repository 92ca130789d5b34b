#pragma once

#include "conformance/harness/case.hpp"
#include "conformance/harness/case_run.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::conformance {

/// A client that was judged, and how it was reached.
struct ClientColumn {
    std::string name;     ///< as on the command line
    std::string version = {};  ///< as its driver says; empty: it never spoke
    std::string arm = {};      ///< "virtual time", "TCP", "redis-server"
    std::string command = {};  ///< that started its driver
    std::string options = {};  ///< that choose it on the command line
};

/// One client on one case.
struct Cell {
    CaseReport report;
    std::chrono::milliseconds took{};
    /// What each play of the case gave, in order.
    std::vector<Verdict> plays = {};

    /// The report that is kept has the verdict that most plays gave, the earlier one of those that as many did.
    void note_play(CaseReport played, std::chrono::milliseconds time);
    /// It passed at first, or the plays that are left of so many cannot change the verdict.
    bool is_decided(std::size_t plays_max) const;
    /// The plays differ: what the client does here depends on chance, or on the machine.
    bool is_unsteady() const {
        return std::adjacent_find(plays.begin(), plays.end(), std::not_equal_to<>()) != plays.end();
    }
};
/// "FAILED, OK, OK".
std::string list_of(std::vector<Verdict> const& plays);

/// How often each verdict was given.
using VerdictCounts = std::array<std::size_t, verdict_count>;

/// All verdicts: clients x cases.
struct Matrix {
    std::vector<Case> cases;
    std::vector<ClientColumn> clients;
    std::vector<std::vector<Cell>> cells;  ///< [client][case]

    VerdictCounts counts(std::size_t client) const;
    /// Of cases of that level only; nullopt: of any.
    std::size_t count(std::size_t client, Verdict verdict, std::optional<Level> level) const;
};

/// "redirect" of "redirect/moved/followed".
std::string_view group_of(Case const& test);

/// Clients and counts, one line each.
std::string to_text(Matrix const& matrix);
/// Everything, dialogues too; the format is described in conformance/README.md.
std::string to_json(Matrix const& matrix);
/// One test suite per client, for CI systems.
std::string to_junit(Matrix const& matrix);
/// One page that needs nothing else: the matrix, and a page for each cell.
std::string to_html(Matrix const& matrix);

}  // namespace keyslot::conformance
