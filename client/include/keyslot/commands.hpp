#pragma once

#include <keyslot/cluster_admin.hpp>
#include <keyslot/commands/acl.hpp>
#include <keyslot/commands/bitmaps.hpp>
#include <keyslot/commands/connection.hpp>
#include <keyslot/commands/functions.hpp>
#include <keyslot/commands/geo.hpp>
#include <keyslot/commands/hashes.hpp>
#include <keyslot/commands/hyperloglog.hpp>
#include <keyslot/commands/introspection.hpp>
#include <keyslot/commands/keys.hpp>
#include <keyslot/commands/lists.hpp>
#include <keyslot/commands/monitoring.hpp>
#include <keyslot/commands/pubsub.hpp>
#include <keyslot/commands/scripting.hpp>
#include <keyslot/commands/server.hpp>
#include <keyslot/commands/sets.hpp>
#include <keyslot/commands/sorted_sets.hpp>
#include <keyslot/commands/streams.hpp>
#include <keyslot/commands/strings.hpp>

#include <utility>

/// The typed commands: one table that gives the blocking, the asynchronous and the pipeline face.
///
/// Every function takes the command's words and, as an optional last argument, what the face allows: a
/// completion token (asynchronous; default asio::use_awaitable), keyslot::as_result (blocking and
/// asynchronous: a Result instead of an exception), nothing (pipeline: returns the pipeline, and the
/// result comes from execute() as a Reply). What completes when, with which errors, and how a call is
/// cancelled, is the face's (AsyncRedisCluster, RedisCluster, ClusterPipeline).
///
/// A command without keys that Redis' own policies send to several nodes (FLUSHALL, DBSIZE, KEYS, SCRIPT LOAD,
/// CONFIG SET ...) is asked of them all, and the answers are put together; any other goes to some primary.
/// `on(node)` asks one.
///
/// Arguments are only looked at until the function returns. Names are redis-py's where it has one; what a
/// command gives is the same C++ type whether the server speaks RESP2 or RESP3.
namespace keyslot {

/// All families, and execute() for everything else.
template <class Face>
class Commands : public StringCommands<Face>,
                 public KeyCommands<Face>,
                 public HashCommands<Face>,
                 public ListCommands<Face>,
                 public SetCommands<Face>,
                 public SortedSetCommands<Face>,
                 public StreamCommands<Face>,
                 public GeoCommands<Face>,
                 public BitmapCommands<Face>,
                 public HyperLogLogCommands<Face>,
                 public ScriptCommands<Face>,
                 public FunctionCommands<Face>,
                 public PubSubCommands<Face>,
                 public ServerCommands<Face>,
                 public IntrospectionCommands<Face>,
                 public MonitoringCommands<Face>,
                 public ConnectionCommands<Face>,
                 public AclCommands<Face>,
                 public ClusterQueryCommands<Face> {
public:
    /// Any command, word by word: routed by its keys, which are found by Redis' own key specifications.
    /// A command without keys goes to some primary. The reply comes as it is.
    decltype(auto) execute_command(Words const& words, detail::TokenLike auto... token) {
        detail::ArgumentList list;
        list.add(words);
        return static_cast<Face&>(*this).issue_words(list.words(), std::move(token)...);
    }
    /// The same. (A pipeline's execute() runs what it has gathered.)
    decltype(auto) execute(Words const& words, detail::TokenLike auto... token) {
        return execute_command(words, std::move(token)...);
    }
};

}  // namespace keyslot
