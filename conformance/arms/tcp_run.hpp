#pragma once

#include "conformance/arms/driver_dialogue.hpp"
#include "conformance/arms/driver_process.hpp"
#include "conformance/harness/case_run.hpp"

#include <cstdint>
#include <string>

namespace keyslot::conformance {

/// Who answers the client.
enum class Nodes : std::uint8_t { simulated, real };

struct TcpOptions {
    Nodes nodes = Nodes::simulated;
    /// The loopback address that the nodes get: runs at the same time need one each.
    std::string address = "127.0.0.1";
    std::uint64_t seed = 1;
    /// How long a driver may take to start.
    Duration hello_patience = std::chrono::seconds{20};
    /// How much longer than its timeout a call may take, and what else the case waits for.
    Duration call_patience = std::chrono::seconds{25};
};

struct DriverReport : CaseReport {
    DriverInfo driver;
};

/// Plays a case on the client behind a driver, against nodes on real TCP ports, in wall time; and
/// judges it. Real nodes are redis-server processes with a proxy before each.
DriverReport run_case_over_tcp(Case const& test, DriverCommand const& driver,
                               TcpOptions const& options);

/// Why the case cannot be played against nodes on TCP ports; empty: it can.
std::string why_not_over_tcp(Case const& test);
/// The same for redis-server processes.
std::string why_not_on_real_nodes(Case const& test);
/// Which of the capabilities that the case takes the driver does not have; empty: none.
std::string missing_capability(Case const& test, DriverInfo const& driver);

}  // namespace keyslot::conformance
