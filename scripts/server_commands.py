"""Random commands about the server itself for scripts/differential --serve: ACL rules of a scratch user,
parameters that do no harm, and scripts around data commands."""

from collection_commands import RANDOM, is_by_bytes

USER = b"scratch"
RULES = [b"on", b"off", b"reset", b"nopass", b"resetpass", b">pw", b"<pw", b">other", b"#bad", b"allkeys", b"resetkeys",
         b"~a*", b"~{t}*", b"%R~r*", b"%W~{t}a", b"%RW~x", b"%~", b"%X~x", b"~", b"allchannels", b"resetchannels",
         b"&c*", b"&d", b"&", b"allcommands", b"nocommands", b"+@all", b"-@all", b"+@read", b"-@write", b"+@string",
         b"-@dangerous", b"+@nosuch", b"+get", b"-get", b"+set", b"+nosuch", b"+config|get", b"-config|set", b"+config",
         b"-config", b"+config|nosuch", b"+get|x", b"+client|id", b"(+get ~x)", b"(~x +@hash &c)", b"(+nosuch)", b"()",
         b"clearselectors", b"sanitize-payload", b"skip-sanitize-payload", b"nonsense", b"", b"+", b"+@", b"+select|0"]
CATEGORIES = [b"keyspace", b"read", b"write", b"set", b"sortedset", b"list", b"hash", b"string", b"fast", b"slow",
              b"blocking", b"dangerous", b"connection", b"transaction", b"scripting", b"nosuch", b"READ", b""]
# Not those that tell of the machine, nor those that would end the connection, the memory or the replication.
PARAMETERS = [b"hash-max-listpack-entries", b"hash-max-ziplist-entries", b"hash-max-listpack-value",
              b"zset-max-listpack-entries", b"zset-max-listpack-value", b"set-max-intset-entries", b"lfu-decay-time",
              b"lfu-log-factor", b"slowlog-max-len", b"slowlog-log-slower-than", b"notify-keyspace-events",
              b"latency-monitor-threshold", b"lua-time-limit", b"busy-reply-threshold", b"acl-pubsub-default",
              b"cluster-node-timeout", b"cluster-migration-barrier", b"cluster-allow-reads-when-down",
              b"min-replicas-max-lag", b"repl-ping-replica-period", b"repl-timeout", b"hz", b"dynamic-hz",
              b"maxmemory-samples", b"maxmemory-policy", b"lazyfree-lazy-expire", b"replica-priority",
              b"slave-priority", b"stop-writes-on-bgsave-error", b"acllog-max-len", b"tracking-table-max-keys",
              b"appendfsync", b"list-max-listpack-size", b"databases", b"cluster-enabled", b"nosuch"]
SETTINGS = [b"0", b"1", b"-1", b"2", b"10", b"64", b"512", b"1000", b"100000", b"yes", b"no", b"YES", b"", b"abc", b"1.5",
            b"1k", b"2mb", b"1gb", b"99999999999999999999", b"Ex", b"KEA", b"AKEx", b"xyz", b"allkeys-lru", b"noeviction",
            b"volatile-ttl", b"resetchannels", b"allchannels", b"everysec", b"always"]
SCRIPTS = [b"return redis.call(unpack(ARGV))", b"return redis.pcall(unpack(ARGV))",
           b"local r = redis.pcall(unpack(ARGV)) return {type(r), r}",
           b"local r = redis.pcall(unpack(ARGV)) if type(r) == 'table' and r.err then return r.err end return {r, r}",
           b"redis.setresp(3) local r = redis.pcall(unpack(ARGV)) return r",
           b"redis.setresp(3) local r = redis.pcall(unpack(ARGV)) return type(r)",
           b"return cjson.encode({redis.pcall(unpack(ARGV))})", b"return type(redis.pcall(unpack(ARGV)))",
           b"return {pcall(redis.call, unpack(ARGV))}", b"#!lua\nreturn redis.call(unpack(ARGV))",
           b"#!lua flags=no-writes\nreturn redis.call(unpack(ARGV))",
           b"local a = redis.pcall(unpack(ARGV)) local b = redis.pcall(unpack(ARGV)) return {a, b}"]
# Of these Lua would show addresses, times, or the order of a table.
NOT_IN_SCRIPTS = RANDOM | {b"KEYS", b"SCAN", b"PTTL", b"PEXPIRETIME", b"TTL", b"EXPIRETIME", b"OBJECT", b"SORT", b"SORT_RO",
                           b"HSCAN", b"SSCAN", b"ZSCAN", b"SMEMBERS", b"SUNION", b"SINTER", b"SDIFF", b"HGETALL",
                           b"HKEYS", b"HVALS"}


class ServerCommands:
    def __init__(self, rng, data):
        self.rng = rng
        self.data = data  # makes a data command

    def some(self, choices, most):
        return [self.rng.choice(choices) for _ in range(self.rng.randint(0, most))]

    def acl(self):
        r = self.rng.random()
        if r < 0.5:
            return [b"ACL", b"SETUSER", USER] + self.some(RULES, 4)
        if r < 0.6:
            return [b"ACL", b"GETUSER", USER]
        if r < 0.85:
            return [b"ACL", b"DRYRUN", USER] + self.data()
        return self.rng.choice([[b"ACL", b"LIST"], [b"ACL", b"USERS"], [b"ACL", b"WHOAMI"], [b"ACL", b"DELUSER", USER],
                                [b"ACL", b"DELUSER", b"nobody"], [b"ACL", b"GETUSER", b"nobody"], [b"ACL", b"NOSUCH"],
                                [b"ACL", b"DRYRUN", USER, b"nosuch"], [b"ACL", b"DRYRUN", b"nobody", b"GET", b"a"]])

    def config(self):
        if self.rng.random() < 0.5:
            return [b"CONFIG", b"GET"] + [self.rng.choice(PARAMETERS) for _ in range(self.rng.randint(1, 3))]
        words = [b"CONFIG", b"SET"]
        for _ in range(1 if self.rng.random() < 0.8 else 2):
            words += [self.rng.choice(PARAMETERS), self.rng.choice(SETTINGS)]
        return words[:-1] if self.rng.random() < 0.02 else words

    def script(self):
        words = self.data()
        while words[0].upper() in NOT_IN_SCRIPTS or is_by_bytes(words):
            words = self.data()
        name = b"EVAL_RO" if self.rng.random() < 0.1 else b"EVAL"
        keys = self.rng.choice([[b"0"], [b"0"], [b"1", b"{t}a"], [b"-1"], [b"x"], [b"99"]] if self.rng.random() < 0.1
                               else [[b"0"], [b"1", b"{t}a"]])
        return [name, self.rng.choice(SCRIPTS)] + keys + words

    def command(self):
        """One of them, or a data command, so that there are data."""
        return self.rng.choice([self.acl, self.config, self.script, self.script, self.script, self.data])()
