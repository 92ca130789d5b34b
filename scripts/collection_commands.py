"""Random commands on hashes, sets and sorted sets, for scripts/differential."""

HASHES = [b"{t}h1", b"{t}h2", b"{t}h3"]
SETS = [b"{t}s1", b"{t}s2", b"{t}s3", b"{t}s4"]
SORTED_SETS = [b"{t}z1", b"{t}z2", b"{t}z3", b"{t}z4"]
KEYS = HASHES + SETS + SORTED_SETS

MEMBERS = [b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"", b"\x00", b"\xff", b"0", b"1", b"2", b"3", b"10",
           b"-1", b"01", b"9223372036854775807", b"-9223372036854775808", b"1.5", b"x" * 64, b"y" * 65,
           b"12345", b"hello"]
SCORES = [b"0", b"-0", b"1", b"2", b"3", b"-1", b"1.5", b"0.1", b"0.2", b"1e5", b"1e-20", b"3.14159265358979",
          b"12345678901234567", b"1e17", b"1e300", b"-1e300", b"4503599627370497", b"inf", b"-inf"]
BAD_NUMBERS = [b"nan", b"x", b"", b" 1", b"1 ", b"0x10", b"1e400", b"1e-400", b"infinity", b"1\x00", b"+1", b".5", b"5."]
INDICES = [b"0", b"1", b"2", b"-1", b"-2", b"5", b"-100", b"100", b"9223372036854775807", b"-9223372036854775808"]
SCORE_BOUNDS = [b"-inf", b"+inf", b"inf", b"0", b"(0", b"1", b"(1", b"2", b"(3", b"1.5", b"(-inf", b"(inf", b"-1",
                b"1e5"]
BAD_SCORE_BOUNDS = [b"", b"(", b"nan", b"(nan", b"x", b" 1", b"1 ", b"[1", b"1\x00x", b"((1"]
LEX_BOUNDS = [b"-", b"+", b"[a", b"(a", b"[c", b"(c", b"[", b"(", b"[\xff", b"[1", b"(e", b"[hello"]
BAD_LEX_BOUNDS = [b"", b"a", b"--", b"+x", b"-\x00x", b"1"]
PATTERNS = [b"*", b"?", b"[a-c]", b"x*", b"", b"*1*", b"a"]
# Their answers are left to chance.
RANDOM = {b"SPOP", b"SRANDMEMBER", b"HRANDFIELD", b"ZRANDMEMBER"}
SCANS = {b"HSCAN", b"SSCAN", b"ZSCAN"}


class CollectionCommands:
    def __init__(self, rng, any_key):
        self.rng = rng
        self.any_key = any_key

    def pick(self, choices, bad=(), rarely=0.04):
        return self.rng.choice(bad if bad and self.rng.random() < rarely else choices)

    def key(self, family):
        return self.any_key() if self.rng.random() < 0.03 else self.rng.choice(family)

    def keys(self, family, most=3):
        return [self.key(family) for _ in range(self.rng.randint(1, most))]

    def member(self):
        if self.rng.random() < 0.15:
            return b"%d" % self.rng.randint(-1000, 1000)
        return self.rng.choice(MEMBERS)

    def members(self, most=4):
        if self.rng.random() < 0.01:  # over every limit
            return [b"%s%d" % (self.rng.choice([b"", b"m"]), n) for n in range(self.rng.choice([100, 129, 513]))]
        return [self.member() for _ in range(self.rng.randint(1, most))]

    def score(self):
        if self.rng.random() < 0.2:
            return b"%.*f" % (self.rng.randint(0, 6), self.rng.uniform(-100, 100))
        return self.pick(SCORES, BAD_NUMBERS)

    def number(self):
        return self.pick(SCORES + [b"5", b"-7", b"9223372036854775807"], BAD_NUMBERS, 0.2)

    def index(self):
        return self.pick(INDICES, [b"x", b"", b"1.5", b" 1"])

    def some(self, options, chance=0.3):
        return [word for option in options if self.rng.random() < chance for word in option]

    def case(self, word):
        return self.rng.choice([word, word, word.lower(), word.title()])

    def count(self):
        return self.pick([b"0", b"1", b"2", b"3", b"-3", b"50", b"-10", b"9999"],
                         [b"x", b"", b"-9223372036854775808"])

    def fields(self):
        words = [word for member in self.members() for word in (member, self.member())]
        return words[:-1] if self.rng.random() < 0.05 and len(words) > 2 else words

    def scan(self, family):
        return [self.key(family), self.pick([b"0"], [b"x", b"", b" 0", b"-0"], 0.2), b"COUNT", b"5000"] + self.some(
            [[b"match", self.rng.choice(PATTERNS)], [b"TYPE", b"set"], [b"COUNT", self.rng.choice([b"0", b"x"])],
             [b"MATCH"]], 0.1)

    def random_count(self, family, option):
        words = [self.key(family)]
        if self.rng.random() < 0.8:
            words.append(self.count())
            words += self.some([[option], [b"x"]], 0.2) if option else self.some([[b"x"]], 0.02)
        return words

    def zadd(self):
        words = [self.key(SORTED_SETS)] + self.some(
            [[self.case(name)] for name in (b"NX", b"XX", b"GT", b"LT", b"CH", b"INCR")], 0.15)
        members = self.members() if self.rng.random() < 0.7 else [self.member()]
        words += [word for member in members for word in (self.score(), member)]
        return words[:-1] if self.rng.random() < 0.02 and len(words) > 3 else words

    def range_bounds(self, name):
        if b"LEX" in name:
            return [self.pick(LEX_BOUNDS, BAD_LEX_BOUNDS) for _ in range(2)]
        if b"SCORE" in name:
            return [self.pick(SCORE_BOUNDS, BAD_SCORE_BOUNDS) for _ in range(2)]
        return [self.index(), self.index()]

    def limit(self, lex=False):
        # An offset is counted beyond the range where scores differ.
        offset = self.pick([b"0"], [b"x"]) if lex else self.index()
        return self.some([[self.case(b"LIMIT"), offset, self.index()]], 0.3) + self.some([[b"LIMIT", b"1"]], 0.01)

    def zrange(self, store):
        kind = self.rng.choice([b"", b"SCORE", b"LEX"])
        options = ([[self.case(b"BY" + kind)]] if kind else []) + [
            o for o in ([b"REV"], [b"WITHSCORES"], self.limit(kind == b"LEX")) if self.rng.random() < (0.15 if store else 0.4)]
        self.rng.shuffle(options)
        keys = [self.key(SORTED_SETS) for _ in range(2 if store else 1)]
        return keys + self.range_bounds(kind) + [word for option in options for word in option]

    def old_range(self, name):
        return [self.key(SORTED_SETS)] + self.range_bounds(name) + self.some([[b"withscores"]]) + (
            self.limit(name == b"LEX") if self.rng.random() < 0.5 else [])

    def numkeys(self, family):
        keys = self.keys(family)
        number = self.pick([b"%d" % len(keys)], [b"0", b"-1", b"x", b"100", b"%d" % (len(keys) + 1)], 0.06)
        return [number] + keys

    def algebra(self, store):
        words = self.numkeys(SORTED_SETS * 3 + SETS)
        count = len(words) - 1
        words += self.some([
            [self.case(b"WEIGHTS")] + [self.score() for _ in range(count)],
            [self.case(b"AGGREGATE"), self.pick([b"SUM", b"min", b"Max"], [b"avg"])],
            [b"WITHSCORES"]] if not store else [
            [b"WEIGHTS"] + [self.score() for _ in range(count)], [b"AGGREGATE", self.pick([b"SUM", b"MIN", b"MAX"])]])
        return ([self.key(SORTED_SETS)] if store else []) + words

    def zmpop(self):
        return self.numkeys(SORTED_SETS) + [self.pick([b"MIN", b"max"], [b"x"])] + self.some(
            [[b"COUNT", self.count()], [b"COUNT"]], 0.2)

    def timeout(self):
        return self.pick([b"0.001", b"1e-9"], [b"x", b"", b"-1", b"nan", b"inf", b"1e100"], 0.2)

    def limited(self, family):
        return self.numkeys(family) + self.some([[b"LIMIT", self.count()], [b"LIMIT"], [b"x"]], 0.15)

    def makers(self):
        hashes, sets, sorted_sets = HASHES, SETS, SORTED_SETS
        return {
            b"HSET": lambda: [self.key(hashes)] + self.fields(), b"HMSET": lambda: [self.key(hashes)] + self.fields(),
            b"HSETNX": lambda: [self.key(hashes), self.member(), self.member()],
            b"HGET": lambda: [self.key(hashes), self.member()],
            b"HMGET": lambda: [self.key(hashes)] + self.members(),
            b"HDEL": lambda: [self.key(hashes)] + self.members(8),
            b"HEXISTS": lambda: [self.key(hashes), self.member()],
            b"HSTRLEN": lambda: [self.key(hashes), self.member()],
            b"HLEN": lambda: [self.key(hashes)], b"HGETALL": lambda: [self.key(hashes)],
            b"HKEYS": lambda: [self.key(hashes)], b"HVALS": lambda: [self.key(hashes)],
            b"HINCRBY": lambda: [self.key(hashes), self.member(), self.number()],
            b"HINCRBYFLOAT": lambda: [self.key(hashes), self.member(), self.number()],
            b"HRANDFIELD": lambda: self.random_count(hashes, b"WITHVALUES"), b"HSCAN": lambda: self.scan(hashes),
            b"SADD": lambda: [self.key(sets)] + self.members(), b"SREM": lambda: [self.key(sets)] + self.members(),
            b"SCARD": lambda: [self.key(sets)], b"SMEMBERS": lambda: [self.key(sets)],
            b"SISMEMBER": lambda: [self.key(sets), self.member()],
            b"SMISMEMBER": lambda: [self.key(sets)] + self.members(),
            b"SMOVE": lambda: [self.key(sets), self.key(sets), self.member()],
            b"SPOP": lambda: self.random_count(sets, None), b"SRANDMEMBER": lambda: self.random_count(sets, None),
            b"SSCAN": lambda: self.scan(sets), b"SINTERCARD": lambda: self.limited(sets),
            b"SINTER": lambda: self.keys(sets), b"SUNION": lambda: self.keys(sets), b"SDIFF": lambda: self.keys(sets),
            b"SINTERSTORE": lambda: [self.key(sets)] + self.keys(sets),
            b"SUNIONSTORE": lambda: [self.key(sets)] + self.keys(sets),
            b"SDIFFSTORE": lambda: [self.key(sets)] + self.keys(sets),
            b"ZADD": self.zadd, b"ZINCRBY": lambda: [self.key(sorted_sets), self.score(), self.member()],
            b"ZREM": lambda: [self.key(sorted_sets)] + self.members(), b"ZCARD": lambda: [self.key(sorted_sets)],
            b"ZSCORE": lambda: [self.key(sorted_sets), self.member()],
            b"ZMSCORE": lambda: [self.key(sorted_sets)] + self.members(),
            b"ZRANK": lambda: [self.key(sorted_sets), self.member()],
            b"ZREVRANK": lambda: [self.key(sorted_sets), self.member()],
            b"ZCOUNT": lambda: [self.key(sorted_sets)] + self.range_bounds(b"SCORE"),
            b"ZLEXCOUNT": lambda: [self.key(sorted_sets)] + self.range_bounds(b"LEX"),
            b"ZREMRANGEBYRANK": lambda: [self.key(sorted_sets)] + self.range_bounds(b""),
            b"ZREMRANGEBYSCORE": lambda: [self.key(sorted_sets)] + self.range_bounds(b"SCORE"),
            b"ZREMRANGEBYLEX": lambda: [self.key(sorted_sets)] + self.range_bounds(b"LEX"),
            b"ZRANGE": lambda: self.zrange(False), b"ZRANGESTORE": lambda: self.zrange(True),
            b"ZREVRANGE": lambda: self.old_range(b""), b"ZRANGEBYSCORE": lambda: self.old_range(b"SCORE"),
            b"ZREVRANGEBYSCORE": lambda: self.old_range(b"SCORE"), b"ZRANGEBYLEX": lambda: self.old_range(b"LEX"),
            b"ZREVRANGEBYLEX": lambda: self.old_range(b"LEX"),
            b"ZUNION": lambda: self.algebra(False), b"ZINTER": lambda: self.algebra(False),
            b"ZDIFF": lambda: self.numkeys(SORTED_SETS * 3 + SETS) + self.some([[b"WITHSCORES"], [b"WEIGHTS", b"1"]]),
            b"ZUNIONSTORE": lambda: self.algebra(True), b"ZINTERSTORE": lambda: self.algebra(True),
            b"ZDIFFSTORE": lambda: [self.key(SORTED_SETS)] + self.numkeys(SORTED_SETS * 3 + SETS) + self.some([[b"x"]], 0.05),
            b"ZINTERCARD": lambda: self.limited(SORTED_SETS * 3 + SETS),
            b"ZPOPMIN": lambda: [self.key(sorted_sets)] + self.some([[self.count()], [b"1"]]),
            b"ZPOPMAX": lambda: [self.key(sorted_sets)] + self.some([[self.count()], [b"1"]]),
            b"ZMPOP": self.zmpop, b"BZMPOP": lambda: [self.timeout()] + self.zmpop(),
            b"BZPOPMIN": lambda: self.keys(sorted_sets) + [self.timeout()],
            b"BZPOPMAX": lambda: self.keys(sorted_sets) + [self.timeout()],
            b"ZRANDMEMBER": lambda: self.random_count(sorted_sets, b"WITHSCORES"), b"ZSCAN": lambda: self.scan(sorted_sets),
        }


def in_pairs(words):
    return sorted(zip(words[::2], words[1::2], strict=True))


def is_by_bytes(words):
    """A range of members by their bytes, which means nothing definite in a big sorted set of many scores."""
    return words[0].upper().startswith(b"Z") and any(b"LEX" in word.upper() for word in words)


def same_elements(name, real, ours, encoding):
    """Whether two answers hold the same elements, where the order is nobody's promise."""
    if not isinstance(real, list) or not isinstance(ours, list):
        return False
    if name in (b"SINTER", b"SUNION", b"SDIFF"):
        return sorted(real) == sorted(ours)
    if encoding not in (b"hashtable", b"skiplist"):
        return False
    if name in SCANS:
        if real[0] != ours[0]:
            return False
        real, ours = real[1], ours[1]
    if name in (b"HGETALL", b"HSCAN", b"ZSCAN"):
        return in_pairs(real) == in_pairs(ours)
    return name in (b"SMEMBERS", b"HKEYS", b"HVALS", b"SSCAN", b"SORT", b"SORT_RO") and sorted(real) == sorted(ours)


def same_shape(real, ours):
    """Two draws from the same collection: as many, or both none."""
    if isinstance(real, list) and isinstance(ours, list):
        return len(real) == len(ours)
    return type(real) is type(ours)
