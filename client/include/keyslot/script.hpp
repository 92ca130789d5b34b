#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace keyslot {

/// A Lua script that a client has registered: `client.register_script(source)`. Run it with
/// `client.run(script, keys, arguments)`, or as redis-py does, `script.call(client, keys, arguments)`; both
/// work on every face of that client, its pipelines and transactions as well. A copy of the source stays
/// with the client as long as the client lives, so a script is registered once, not for every call.
///
/// The node is asked by the script's SHA-1. One that does not have it (it is new, has been promoted, or was
/// told SCRIPT FLUSH) refuses before anything has run, and is sent the whole script by the same call, within
/// its deadline. Inside MULTI the script goes out whole at once.
class Script {
public:
    std::string const& sha() const { return sha_; }
    std::string const& source() const { return source_; }

    /// The same as `face.run(*this, keys, arguments, token)`.
    template <class Face, class... Arguments>
    decltype(auto) call(Face& face, Arguments&&... arguments) const {
        return face.run(*this, std::forward<Arguments>(arguments)...);
    }

private:
    friend class AsyncRedisCluster;
    friend class RedisCluster;
    Script(std::string sha, std::string_view source) : sha_(std::move(sha)), source_(source) {}

    std::string sha_;
    std::string source_;
};

}  // namespace keyslot
