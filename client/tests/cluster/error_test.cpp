// What a failure becomes: an exception type, an error_code, a line of text.
#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/sim/world.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/system/system_error.hpp>

#include <gtest/gtest.h>

#include <typeinfo>

namespace keyslot {
namespace {

std::shared_ptr<Failure const> failure(ErrorCode code, std::string message = "text",
                                       Outcome outcome = Outcome::not_executed) {
    return std::make_shared<Failure const>(
        Failure{.code = code, .outcome = outcome, .message = std::move(message)});
}

template <class Exception>
bool throws_exactly(ErrorCode code, std::string const& message = "text") {
    try {
        throw_error(failure(code, message));
    } catch (Error const& error) {
        return typeid(error) == typeid(Exception) && error.code() == code;
    }
}

TEST(Errors, every_code_has_its_type) {
    EXPECT_TRUE(throws_exactly<TimeoutError>(ErrorCode::timeout));
    EXPECT_TRUE(throws_exactly<Error>(ErrorCode::cancelled));
    EXPECT_TRUE(throws_exactly<ConnectionError>(ErrorCode::closed));
    EXPECT_TRUE(throws_exactly<ConnectionError>(ErrorCode::connection));
    EXPECT_TRUE(throws_exactly<ConnectionError>(ErrorCode::cluster_unreachable));
    EXPECT_TRUE(throws_exactly<ClusterDownError>(ErrorCode::cluster_down));
    EXPECT_TRUE(throws_exactly<SlotNotCoveredError>(ErrorCode::slot_not_covered));
    EXPECT_TRUE(throws_exactly<ClusterError>(ErrorCode::too_many_redirects));
    EXPECT_TRUE(throws_exactly<TryAgainError>(ErrorCode::try_again));
    EXPECT_TRUE(throws_exactly<ClusterCrossSlotError>(ErrorCode::cross_slot));
    EXPECT_TRUE(throws_exactly<MaxConnectionsError>(ErrorCode::queue_full));
    EXPECT_TRUE(throws_exactly<InvalidResponse>(ErrorCode::protocol));
    EXPECT_TRUE(throws_exactly<DataError>(ErrorCode::invalid_argument));
    EXPECT_TRUE(throws_exactly<WatchError>(ErrorCode::watch));
    EXPECT_TRUE(throws_exactly<LockError>(ErrorCode::lock));
    EXPECT_TRUE(throws_exactly<LockNotOwnedError>(ErrorCode::lock_not_owned));
    EXPECT_TRUE(throws_exactly<PubSubError>(ErrorCode::pubsub));
    EXPECT_TRUE(throws_exactly<AuthenticationError>(ErrorCode::authentication, "WRONGPASS no"));
    EXPECT_TRUE(throws_exactly<NoPermissionError>(ErrorCode::authentication, "NOPERM no"));
}

TEST(Errors, the_first_word_of_an_error_reply_chooses_the_type) {
    auto const code = ErrorCode::response;
    EXPECT_TRUE(throws_exactly<ResponseError>(code, "ERR syntax error"));
    EXPECT_TRUE(throws_exactly<ResponseError>(code, ""));
    EXPECT_TRUE(throws_exactly<ResponseError>(code, "OOMPH is no OOM"));
    EXPECT_TRUE(throws_exactly<OutOfMemoryError>(code, "OOM command not allowed"));
    EXPECT_TRUE(throws_exactly<NoScriptError>(code, "NOSCRIPT No matching script."));
    EXPECT_TRUE(throws_exactly<ExecAbortError>(code, "EXECABORT Transaction discarded"));
    EXPECT_TRUE(throws_exactly<ReadOnlyError>(code, "READONLY You can't write"));
    EXPECT_TRUE(throws_exactly<MovedError>(code, "MOVED 5 10.0.0.1:7000"));
    EXPECT_TRUE(throws_exactly<AskError>(code, "ASK 5 10.0.0.1:7000"));
    EXPECT_TRUE(throws_exactly<MasterDownError>(code, "MASTERDOWN Link"));
    EXPECT_TRUE(throws_exactly<ClusterDownError>(code, "CLUSTERDOWN"));
    EXPECT_TRUE(throws_exactly<BusyLoadingError>(code, "LOADING Redis is loading"));
}

TEST(Errors, stand_in_the_hierarchy_of_redis_py) {
    static_assert(std::is_base_of_v<RedisError, SlotNotCoveredError>);
    static_assert(std::is_base_of_v<ConnectionError, AuthenticationError>);
    static_assert(std::is_base_of_v<ResponseError, TryAgainError>);
    static_assert(std::is_base_of_v<AskError, MovedError>);
    static_assert(std::is_base_of_v<ClusterError, MasterDownError>);
    static_assert(std::is_base_of_v<LockError, LockNotOwnedError>);
}

TEST(Errors, an_error_code_tells_code_and_outcome_apart) {
    boost::system::error_code const lost = make_error_code(ErrorCode::timeout, Outcome::unknown);
    EXPECT_TRUE(lost.failed());
    EXPECT_TRUE(lost == ErrorCode::timeout);
    EXPECT_TRUE(lost == Outcome::unknown);
    EXPECT_FALSE(lost == ErrorCode::connection);
    EXPECT_FALSE(lost == Outcome::not_executed);
    EXPECT_EQ(lost.message(), "timeout (outcome unknown)");
    EXPECT_STREQ(lost.category().name(), "keyslot");
    EXPECT_FALSE(boost::system::error_code() == ErrorCode::timeout);
    EXPECT_FALSE(make_error_code(boost::system::errc::timed_out) == ErrorCode::timeout);
}

TEST(Errors, completion_tokens_of_the_error_code_style_work) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster();
    AsyncRedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    error_code in_callback;
    world.run([&]() -> asio::awaitable<void> {
        error_code failure;
        auto const redirected = as_error_code(asio::redirect_error(asio::use_awaitable, failure));
        EXPECT_TRUE(co_await redis.set("s", "x", redirected));
        EXPECT_FALSE(failure);
        EXPECT_EQ(co_await redis.incr("s", redirected), 0);
        EXPECT_TRUE(failure == ErrorCode::response);
        EXPECT_TRUE(failure == Outcome::executed);
        redis.mget(args("a", "b"), as_error_code([&](error_code ec, auto) { in_callback = ec; }));
        bool thrown = false;
        try {
            co_await redis.incr("s", as_error_code);
        } catch (boost::system::system_error const& error) {
            thrown = error.code() == ErrorCode::response;
        }
        EXPECT_TRUE(thrown);
    });
    EXPECT_TRUE(in_callback == ErrorCode::cross_slot);
    EXPECT_TRUE(in_callback == Outcome::not_executed);
}

}  // namespace
}  // namespace keyslot
