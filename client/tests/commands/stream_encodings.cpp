// What the functions for streams send.
#include "client/tests/commands/recorder.hpp"

namespace keyslot {

using namespace std::chrono_literals;

namespace {

using sys_milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

}  // namespace

std::vector<Encoding> stream_encodings() {
    return {
        {[](Recorder& r) { r.xadd("k", {{"f", "v"}, {"g", "w"}}); }, "XADD k * f v g w"},
        {[](Recorder& r) {
             r.xadd("k", {{"f", "v"}}, {.id = "1-2", .nomkstream = true, .trim = {.maxlen = 1000}});
         },
         "XADD k NOMKSTREAM MAXLEN ~ 1000 1-2 f v"},
        {[](Recorder& r) { r.xadd("k", {{"f", "v"}}, {.trim = {.minid = "5", .limit = 10}}); },
         "XADD k MINID ~ 5 LIMIT 10 * f v"},
        {[](Recorder& r) { r.xdel("k", {"1-1", "1-2"}); }, "XDEL k 1-1 1-2"},
        {[](Recorder& r) { r.xtrim("k", {.maxlen = 10, .approximate = false}); },
         "XTRIM k MAXLEN = 10"},
        {[](Recorder& r) { r.xlen("k"); }, "XLEN k"},
        {[](Recorder& r) { r.xrange("k", "-", "+"); }, "XRANGE k - +"},
        {[](Recorder& r) { r.xrange("k", "(1-1", "+", 5); }, "XRANGE k (1-1 + COUNT 5"},
        {[](Recorder& r) { r.xrevrange("k", "+", "-"); }, "XREVRANGE k + -"},
        {[](Recorder& r) { r.xrevrange("k", "+", "-", 5); }, "XREVRANGE k + - COUNT 5"},
        {[](Recorder& r) { r.xread({{"a", "0"}, {"b", "$"}}); }, "XREAD STREAMS a b 0 $"},
        {[](Recorder& r) { r.xread({{"a", "0"}}, {.count = 5, .block = 1s}); },
         "XREAD COUNT 5 BLOCK 1000 STREAMS a 0"},
        {[](Recorder& r) { r.xreadgroup("g", "c", {{"a", ">"}}); },
         "XREADGROUP GROUP g c STREAMS a >"},
        {[](Recorder& r) {
             r.xreadgroup("g", "c", {{"a", ">"}, {"b", "0"}},
                          {.count = 5, .block = 0ms, .noack = true});
         },
         "XREADGROUP GROUP g c COUNT 5 BLOCK 0 NOACK STREAMS a b > 0"},
        {[](Recorder& r) { r.xack("k", "g", {"1-1", "1-2"}); }, "XACK k g 1-1 1-2"},
        {[](Recorder& r) { r.xgroup_create("k", "g", "$"); }, "XGROUP CREATE k g $"},
        {[](Recorder& r) { r.xgroup_create("k", "g", "0", {.mkstream = true, .entries_read = 3}); },
         "XGROUP CREATE k g 0 MKSTREAM ENTRIESREAD 3"},
        {[](Recorder& r) { r.xgroup_setid("k", "g", "0"); }, "XGROUP SETID k g 0"},
        {[](Recorder& r) { r.xgroup_setid("k", "g", "0", {.entries_read = 3}); },
         "XGROUP SETID k g 0 ENTRIESREAD 3"},
        {[](Recorder& r) { r.xgroup_destroy("k", "g"); }, "XGROUP DESTROY k g"},
        {[](Recorder& r) { r.xgroup_createconsumer("k", "g", "c"); },
         "XGROUP CREATECONSUMER k g c"},
        {[](Recorder& r) { r.xgroup_delconsumer("k", "g", "c"); }, "XGROUP DELCONSUMER k g c"},
        {[](Recorder& r) { r.xpending("k", "g"); }, "XPENDING k g"},
        {[](Recorder& r) { r.xpending_range("k", "g", "-", "+", 10); }, "XPENDING k g - + 10"},
        {[](Recorder& r) {
             r.xpending_range("k", "g", "-", "+", 10, {.idle = 1s, .consumername = "c"});
         },
         "XPENDING k g IDLE 1000 - + 10 c"},
        {[](Recorder& r) { r.xclaim("k", "g", "c", 1s, {"1-1", "1-2"}); },
         "XCLAIM k g c 1000 1-1 1-2"},
        {[](Recorder& r) {
             r.xclaim("k", "g", "c", 0ms, "1-1", {.idle = 5ms, .retrycount = 2, .force = true});
         },
         "XCLAIM k g c 0 1-1 IDLE 5 RETRYCOUNT 2 FORCE"},
        {[](Recorder& r) { r.xclaim("k", "g", "c", 0ms, "1-1", {.time = sys_milliseconds(7ms)}); },
         "XCLAIM k g c 0 1-1 TIME 7"},
        {[](Recorder& r) { r.xclaim_justid("k", "g", "c", 0ms, "1-1"); },
         "XCLAIM k g c 0 1-1 JUSTID"},
        {[](Recorder& r) { r.xclaim_justid("k", "g", "c", 0ms, "1-1", {.force = true}); },
         "XCLAIM k g c 0 1-1 FORCE JUSTID"},
        {[](Recorder& r) { r.xautoclaim("k", "g", "c", 1s, "0-0"); }, "XAUTOCLAIM k g c 1000 0-0"},
        {[](Recorder& r) { r.xautoclaim("k", "g", "c", 1s, "0-0", 5); },
         "XAUTOCLAIM k g c 1000 0-0 COUNT 5"},
        {[](Recorder& r) { r.xautoclaim_justid("k", "g", "c", 1s, "0-0"); },
         "XAUTOCLAIM k g c 1000 0-0 JUSTID"},
        {[](Recorder& r) { r.xautoclaim_justid("k", "g", "c", 1s, "0-0", 5); },
         "XAUTOCLAIM k g c 1000 0-0 COUNT 5 JUSTID"},
        {[](Recorder& r) { r.xsetid("k", "1-1"); }, "XSETID k 1-1"},
        {[](Recorder& r) { r.xsetid("k", "1-1", {.entries_added = 5, .max_deleted_id = "1-0"}); },
         "XSETID k 1-1 ENTRIESADDED 5 MAXDELETEDID 1-0"},
        {[](Recorder& r) { r.xinfo_stream("k"); }, "XINFO STREAM k"},
        {[](Recorder& r) { r.xinfo_stream_full("k"); }, "XINFO STREAM k FULL"},
        {[](Recorder& r) { r.xinfo_stream_full("k", 0); }, "XINFO STREAM k FULL COUNT 0"},
        {[](Recorder& r) { r.xinfo_groups("k"); }, "XINFO GROUPS k"},
        {[](Recorder& r) { r.xinfo_consumers("k", "g"); }, "XINFO CONSUMERS k g"},
    };
}

}  // namespace keyslot
