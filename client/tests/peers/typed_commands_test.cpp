// The typed commands on a real cluster, in either protocol.
#include "client/tests/commands/rounds.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace keyslot {
namespace {

std::uint16_t real_port() {
    char const* const port = std::getenv("KEYSLOT_REAL_CLUSTER_PORT");
    return static_cast<std::uint16_t>(port != nullptr ? std::atoi(port) : 17000);
}

class RealRound : public testing::TestWithParam<int> {
protected:
    RedisCluster redis_{{.startup_nodes = {{"127.0.0.1", real_port()}}, .protocol = GetParam()}};
};

TEST_P(RealRound, strings) { strings_round(redis_); }
TEST_P(RealRound, keys) { keys_round(redis_); }
TEST_P(RealRound, hashes) { hashes_round(redis_); }
TEST_P(RealRound, lists) { lists_round(redis_); }
TEST_P(RealRound, sets) { sets_round(redis_); }
TEST_P(RealRound, sorted_sets) { sorted_sets_round(redis_); }
TEST_P(RealRound, scripts) { scripts_round(redis_); }
TEST_P(RealRound, streams) { streams_round(redis_); }
TEST_P(RealRound, stream_groups) { stream_groups_round(redis_); }
TEST_P(RealRound, geo) { geo_round(redis_); }
TEST_P(RealRound, bitmaps) { bitmaps_round(redis_); }
TEST_P(RealRound, hyperloglog) { hyperloglog_round(redis_); }
TEST_P(RealRound, functions) { functions_round(redis_); }
TEST_P(RealRound, servers) { servers_round(redis_); }
TEST_P(RealRound, users) { users_round(redis_); }

INSTANTIATE_TEST_SUITE_P(Protocol, RealRound, testing::Values(2, 3));

}  // namespace
}  // namespace keyslot
