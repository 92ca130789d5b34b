#include <keyslot/system_environment.hpp>

#include "client/io/basic_system_environment.hpp"

#include <boost/asio/io_context.hpp>

#include <random>

namespace keyslot {

std::uint64_t io::random_seed() {
    std::random_device device;
    std::uint64_t const high = device();
    return high << 32 ^ device();
}

std::shared_ptr<Environment> system_environment(asio::any_io_executor executor) {
    if (auto const* const context = executor.target<asio::io_context::executor_type>()) {
        using Direct = io::BasicSystemEnvironment<asio::io_context::executor_type>;
        return std::make_shared<Direct>(*context);
    }
    using Erased = io::BasicSystemEnvironment<asio::any_io_executor>;
    return std::make_shared<Erased>(std::move(executor));
}

}  // namespace keyslot
