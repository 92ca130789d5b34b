#pragma once

#include "conformance/arms/driver_process.hpp"

#include <string>
#include <vector>

namespace keyslot::conformance {

/// A client that can be judged.
struct Client {
    std::string name;
    DriverCommand driver = {};  ///< empty: our own, in virtual time
};

/// Keyslot's own client in virtual time ("keyslot") and over TCP ("keyslot-tcp", the program
/// keyslot-driver in `programs`), and one for each driver that is an executable file of `drivers`.
std::vector<Client> shipped_clients(std::string const& drivers, std::string const& programs);

}  // namespace keyslot::conformance
