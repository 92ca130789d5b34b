#pragma once

#include "conformance/arms/clients.hpp"
#include "conformance/arms/tcp_run.hpp"
#include "conformance/report/matrix.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace keyslot::conformance {

struct JudgeOptions {
    std::uint64_t seed = 1;
    Nodes nodes = Nodes::simulated;  ///< for clients behind a driver
    std::size_t jobs = 1;  ///< cells at a time, a thread each
    /// The verdict of a cell is what most of so many plays give. A cell that passes at first is not played again;
    /// the others are when all have been played, with less beside them.
    std::size_t plays = 1;
    /// After each cell; called by one thread at a time.
    std::function<void(Case const&, ClientColumn const&, Cell const&, std::size_t done)> progress;
};

/// Every client on every case. What goes wrong with one cell is that cell's verdict.
Matrix judge_all(std::vector<Case> cases, std::vector<Client> const& clients,
                 JudgeOptions const& options);

}  // namespace keyslot::conformance
