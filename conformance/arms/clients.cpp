#include "conformance/arms/clients.hpp"

#include <algorithm>
#include <filesystem>

#include <unistd.h>

namespace keyslot::conformance {
namespace {

// As a word of the shell's.
std::string quoted(std::string const& path) {
    std::string word = "'";
    for (char const c : path) {
        word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return word + "'";
}

bool is_program(std::filesystem::path const& path) {
    return std::filesystem::is_regular_file(path) && access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::vector<Client> shipped_clients(std::string const& drivers, std::string const& programs) {
    std::vector<Client> clients{{.name = "keyslot"}};
    std::filesystem::path const own = std::filesystem::path(programs) / "keyslot-driver";
    if (is_program(own)) {
        clients.push_back({.name = "keyslot-tcp", .driver = quoted(own.string())});
    }
    std::size_t const ours = clients.size();
    std::error_code failure;
    for (auto const& entry : std::filesystem::directory_iterator(drivers, failure)) {
        if (is_program(entry.path())) {
            clients.push_back(
                {.name = entry.path().stem().string(), .driver = quoted(entry.path().string())});
        }
    }
    std::sort(clients.begin() + static_cast<std::ptrdiff_t>(ours), clients.end(),
              [](Client const& a, Client const& b) { return a.name < b.name; });
    return clients;
}

}  // namespace keyslot::conformance
