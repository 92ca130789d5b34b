#pragma once

#include <keyslot/redis_cluster.hpp>

namespace keyslot {

/// One round through the functions of a family, on any cluster: what each gives must be what Redis would.
/// Keys begin with the family's name in braces and are deleted first.
void strings_round(RedisCluster& redis);
void keys_round(RedisCluster& redis);
void hashes_round(RedisCluster& redis);
void lists_round(RedisCluster& redis);
void sets_round(RedisCluster& redis);
void sorted_sets_round(RedisCluster& redis);
void scripts_round(RedisCluster& redis);
void streams_round(RedisCluster& redis);
void stream_groups_round(RedisCluster& redis);
void geo_round(RedisCluster& redis);
void bitmaps_round(RedisCluster& redis);
void hyperloglog_round(RedisCluster& redis);
void functions_round(RedisCluster& redis);
void servers_round(RedisCluster& redis);
void users_round(RedisCluster& redis);

}  // namespace keyslot
