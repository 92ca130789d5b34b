#include <keyslot/system_environment.hpp>

#include "client/io/basic_system_environment.hpp"
#include "client/io/taking_turns.hpp"

#include <thread>

namespace keyslot {
namespace {

/// A base, so that it is made before and goes after the environment proper.
class OwnThread {
protected:
    OwnThread()
        : turns_(std::make_shared<io::TakingTurns>()),
          thread_([turns = turns_] { turns->serve(); }) {}

    void stop() {
        turns_->stop();
        if (thread_.get_id() == std::this_thread::get_id()) {
            thread_.detach();  // it is on its way out of serve(), and owns the context until then
        } else {
            thread_.join();
        }
    }

    std::shared_ptr<io::TakingTurns> turns_;

private:
    std::thread thread_;
};

using Direct = io::BasicSystemEnvironment<asio::io_context::executor_type>;

class SystemRuntime final : private OwnThread, public Direct {
public:
    SystemRuntime() : Direct(turns_->context().get_executor(), turns_.get()) {}
    ~SystemRuntime() override { stop(); }

    void block_on(UniqueFunction<void(Completion)> start) override {
        turns_->block_on(std::move(start));
    }
};

}  // namespace

std::shared_ptr<Environment> make_system_environment() { return std::make_shared<SystemRuntime>(); }

}  // namespace keyslot
