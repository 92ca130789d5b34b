// What the functions for strings, and for keys of any type, send.
#include "client/tests/commands/recorder.hpp"

#include <map>

namespace keyslot {

using namespace std::chrono_literals;

namespace {

using std::chrono::sys_seconds;
using sys_milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

}  // namespace

std::vector<Encoding> string_and_key_encodings() {
    return {
        {[](Recorder& r) { r.get("k"); }, "GET k"},
        {[](Recorder& r) { r.get(std::string("k")); }, "GET k"},
        {[](Recorder& r) { r.set("k", "v"); }, "SET k v"},
        {[](Recorder& r) { r.set("k", "v", {.ex = 60s, .nx = true}); }, "SET k v EX 60 NX"},
        {[](Recorder& r) { r.set("k", "v", {.px = 5ms, .xx = true}); }, "SET k v PX 5 XX"},
        {[](Recorder& r) { r.set("k", "", {.exat = sys_seconds(100s)}); }, "SET k \"\" EXAT 100"},
        {[](Recorder& r) { r.set("k", "v", {.pxat = sys_milliseconds(1ms), .keepttl = true}); },
         "SET k v PXAT 1 KEEPTTL"},
        {[](Recorder& r) { r.set_and_get("k", "v", {.xx = true}); }, "SET k v XX GET"},
        {[](Recorder& r) { r.setnx("k", "v"); }, "SETNX k v"},
        {[](Recorder& r) { r.setex("k", 2min, "v"); }, "SETEX k 120 v"},
        {[](Recorder& r) { r.psetex("k", 2s, "v"); }, "PSETEX k 2000 v"},
        {[](Recorder& r) { r.getset("k", "v"); }, "GETSET k v"},
        {[](Recorder& r) { r.getdel("k"); }, "GETDEL k"},
        {[](Recorder& r) { r.getex("k"); }, "GETEX k"},
        {[](Recorder& r) { r.getex("k", {.ex = 1s}); }, "GETEX k EX 1"},
        {[](Recorder& r) { r.getex("k", {.persist = true}); }, "GETEX k PERSIST"},
        {[](Recorder& r) { r.append("k", "v"); }, "APPEND k v"},
        {[](Recorder& r) { r.strlen("k"); }, "STRLEN k"},
        {[](Recorder& r) { r.getrange("k", 0, -1); }, "GETRANGE k 0 -1"},
        {[](Recorder& r) { r.substr("k", 0, -1); }, "SUBSTR k 0 -1"},
        {[](Recorder& r) { r.setrange("k", 5, "v"); }, "SETRANGE k 5 v"},
        {[](Recorder& r) { r.incr("k"); }, "INCR k"},
        {[](Recorder& r) { r.decr("k"); }, "DECR k"},
        {[](Recorder& r) { r.incrby("k", -9223372036854775807 - 1); },
         "INCRBY k -9223372036854775808"},
        {[](Recorder& r) { r.decrby("k", 2); }, "DECRBY k 2"},
        {[](Recorder& r) { r.incrbyfloat("k", 0.1); }, "INCRBYFLOAT k 0.1"},
        {[](Recorder& r) { r.mget({"a", "b"}); }, "MGET a b"},
        {[](Recorder& r) { r.mget(args("a", "b")); }, "MGET a b"},
        {[](Recorder& r) { r.mget(std::vector<std::string>{"a", "b"}); }, "MGET a b"},
        {[](Recorder& r) { r.mget("a"); }, "MGET a"},
        {[](Recorder& r) { r.mset({{"a", "1"}, {"b", "2"}}); }, "MSET a 1 b 2"},
        {[](Recorder& r) { r.mset(std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}}); },
         "MSET a 1 b 2"},
        {[](Recorder& r) { r.mset(std::array{KeyValue{"a", "1"}}); }, "MSET a 1"},
        {[](Recorder& r) { r.msetnx({{"a", "1"}, {"b", "2"}}); }, "MSETNX a 1 b 2"},
        {[](Recorder& r) { r.lcs("a", "b"); }, "LCS a b"},
        {[](Recorder& r) { r.lcs_len("a", "b"); }, "LCS a b LEN"},
        {[](Recorder& r) { r.lcs_idx("a", "b"); }, "LCS a b IDX WITHMATCHLEN"},
        {[](Recorder& r) { r.lcs_idx("a", "b", {.minmatchlen = 4}); },
         "LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN"},
        {[](Recorder& r) { r.del("a"); }, "DEL a"},
        {[](Recorder& r) { r.del({"a", "b"}); }, "DEL a b"},
        {[](Recorder& r) { r.unlink({"a", "b"}); }, "UNLINK a b"},
        {[](Recorder& r) { r.exists({"a", "a"}); }, "EXISTS a a"},
        {[](Recorder& r) { r.touch({"a", "b"}); }, "TOUCH a b"},
        {[](Recorder& r) { r.type("k"); }, "TYPE k"},
        {[](Recorder& r) { r.expire("k", 1min); }, "EXPIRE k 60"},
        {[](Recorder& r) { r.expire("k", 5s, {.xx = true, .gt = true}); }, "EXPIRE k 5 XX GT"},
        {[](Recorder& r) { r.pexpire("k", 5s); }, "PEXPIRE k 5000"},
        {[](Recorder& r) { r.pexpire("k", 5ms, {.nx = true}); }, "PEXPIRE k 5 NX"},
        {[](Recorder& r) { r.expireat("k", sys_seconds(5s)); }, "EXPIREAT k 5"},
        {[](Recorder& r) { r.expireat("k", sys_seconds(5s), {.lt = true}); }, "EXPIREAT k 5 LT"},
        {[](Recorder& r) { r.pexpireat("k", sys_milliseconds(5ms)); }, "PEXPIREAT k 5"},
        {[](Recorder& r) { r.pexpireat("k", sys_milliseconds(5ms), {.nx = true}); },
         "PEXPIREAT k 5 NX"},
        {[](Recorder& r) { r.ttl("k"); }, "TTL k"},
        {[](Recorder& r) { r.pttl("k"); }, "PTTL k"},
        {[](Recorder& r) { r.expiretime("k"); }, "EXPIRETIME k"},
        {[](Recorder& r) { r.pexpiretime("k"); }, "PEXPIRETIME k"},
        {[](Recorder& r) { r.persist("k"); }, "PERSIST k"},
        {[](Recorder& r) { r.rename("a", "b"); }, "RENAME a b"},
        {[](Recorder& r) { r.renamenx("a", "b"); }, "RENAMENX a b"},
        {[](Recorder& r) { r.copy("a", "b"); }, "COPY a b"},
        {[](Recorder& r) { r.copy("a", "b", {.replace = true}); }, "COPY a b REPLACE"},
        {[](Recorder& r) { r.dump("k"); }, "DUMP k"},
        {[](Recorder& r) { r.restore("k", 0ms, "payload"); }, "RESTORE k 0 payload"},
        {[](Recorder& r) {
             r.restore("k", 5s, "payload",
                       {.replace = true, .absttl = true, .idletime = 1s, .freq = 2});
         },
         "RESTORE k 5000 payload REPLACE ABSTTL IDLETIME 1 FREQ 2"},
        {[](Recorder& r) { r.migrate("host", 7000, {"a", "b"}, 1s); },
         "MIGRATE host 7000 \"\" 0 1000 KEYS a b"},
        {[](Recorder& r) {
             r.migrate("host", 7000, "a", 1s, {.copy = true, .replace = true, .password = "p"});
         },
         "MIGRATE host 7000 \"\" 0 1000 COPY REPLACE AUTH p KEYS a"},
        {[](Recorder& r) { r.migrate("host", 7000, "a", 1s, {.username = "u", .password = "p"}); },
         "MIGRATE host 7000 \"\" 0 1000 AUTH2 u p KEYS a"},
        {[](Recorder& r) { r.object_encoding("k"); }, "OBJECT ENCODING k"},
        {[](Recorder& r) { r.object_freq("k"); }, "OBJECT FREQ k"},
        {[](Recorder& r) { r.object_idletime("k"); }, "OBJECT IDLETIME k"},
        {[](Recorder& r) { r.object_refcount("k"); }, "OBJECT REFCOUNT k"},
        {[](Recorder& r) { r.keys("a*"); }, "KEYS a*"},
        {[](Recorder& r) { r.randomkey(); }, "RANDOMKEY"},
        {[](Recorder& r) { r.scan(0); }, "SCAN 0"},
        {[](Recorder& r) {
             r.scan(18446744073709551615u, {.match = "a*", .count = 100, .type = "list"});
         },
         "SCAN 18446744073709551615 MATCH a* COUNT 100 TYPE list"},
        {[](Recorder& r) { r.sort("k"); }, "SORT k"},
        {[](Recorder& r) {
             r.sort("k", {.by = "w_*",
                          .limit = Limit{0, 10},
                          .get = args("#", "o_*"),
                          .desc = true,
                          .alpha = true});
         },
         "SORT k BY w_* LIMIT 0 10 GET # GET o_* DESC ALPHA"},
        {[](Recorder& r) { r.sort_ro("k"); }, "SORT_RO k"},
        {[](Recorder& r) { r.sort_ro("k", {.desc = true}); }, "SORT_RO k DESC"},
        {[](Recorder& r) { r.sort_store("k", "d"); }, "SORT k STORE d"},
        {[](Recorder& r) { r.sort_store("k", "d", {.alpha = true}); }, "SORT k ALPHA STORE d"},
        {[](Recorder& r) { r.wait(1, 1500ms); }, "WAIT 1 1500"},
    };
}

}  // namespace keyslot
