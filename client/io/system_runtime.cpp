#include <keyslot/system_environment.hpp>

#include "client/io/basic_system_environment.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <thread>

namespace keyslot {
namespace {

/// A base, so that it is made before and goes after the environment proper.
class OwnThread {
protected:
    OwnThread()
        : context_(std::make_shared<asio::io_context>()),
          work_(context_->get_executor()),
          thread_([context = context_] { context->run(); }) {}

    void stop() {
        context_->stop();
        if (thread_.get_id() == std::this_thread::get_id()) {
            thread_.detach();  // it is on its way out of run(), and owns the context until then
        } else {
            thread_.join();
        }
    }

    std::shared_ptr<asio::io_context> context_;

private:
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::thread thread_;
};

class SystemRuntime final : private OwnThread,
                            public io::BasicSystemEnvironment<asio::io_context::executor_type> {
public:
    SystemRuntime()
        : io::BasicSystemEnvironment<asio::io_context::executor_type>(context_->get_executor()) {}
    ~SystemRuntime() override { stop(); }
};

}  // namespace

std::shared_ptr<Environment> make_system_environment() {
    return std::make_shared<SystemRuntime>();
}

}  // namespace keyslot
