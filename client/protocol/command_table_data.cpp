// Written by scripts/generate-command-table from commands-7.0.json. Not to be edited.
// clang-format off

#include "client/protocol/command_index.hpp"

namespace keyslot::protocol {
namespace {

constexpr std::string_view words_0[] = {"noscript", "loading", "stale"};
constexpr std::string_view words_1[] = {"@slow"};
constexpr std::string_view words_2[] = {"admin", "noscript", "loading", "stale"};
constexpr std::string_view words_3[] = {"@admin", "@slow", "@dangerous"};
constexpr std::string_view words_4[] = {"loading", "stale"};
constexpr std::string_view words_5[] = {"write", "denyoom", "fast"};
constexpr std::string_view words_6[] = {"@write", "@string", "@fast"};
constexpr std::string_view words_7[] = {"RW", "insert"};
constexpr std::string_view words_8[] = {"fast"};
constexpr std::string_view words_9[] = {"@fast", "@connection"};
constexpr std::string_view words_10[] = {"noscript", "loading", "stale", "fast", "no_auth", "allow_busy"};
constexpr std::string_view words_11[] = {"admin", "noscript", "no_async_loading"};
constexpr std::string_view words_12[] = {"readonly"};
constexpr std::string_view words_13[] = {"@read", "@bitmap", "@slow"};
constexpr std::string_view words_14[] = {"RO", "access"};
constexpr std::string_view words_15[] = {"write", "denyoom"};
constexpr std::string_view words_16[] = {"@write", "@bitmap", "@slow"};
constexpr std::string_view words_17[] = {"RW", "access", "update", "variable_flags"};
constexpr std::string_view words_18[] = {"readonly", "fast"};
constexpr std::string_view words_19[] = {"@read", "@bitmap", "@fast"};
constexpr std::string_view words_20[] = {"OW", "update"};
constexpr std::string_view words_21[] = {"write", "denyoom", "noscript", "blocking"};
constexpr std::string_view words_22[] = {"@write", "@list", "@slow", "@blocking"};
constexpr std::string_view words_23[] = {"RW", "access", "delete"};
constexpr std::string_view words_24[] = {"write", "blocking", "movablekeys"};
constexpr std::string_view words_25[] = {"write", "noscript", "blocking"};
constexpr std::string_view words_26[] = {"@write", "@sortedset", "@slow", "@blocking"};
constexpr std::string_view words_27[] = {"write", "noscript", "blocking", "fast"};
constexpr std::string_view words_28[] = {"@write", "@sortedset", "@fast", "@blocking"};
constexpr std::string_view words_29[] = {"@slow", "@connection"};
constexpr std::string_view words_30[] = {"nondeterministic_output"};
constexpr std::string_view words_31[] = {"@admin", "@slow", "@dangerous", "@connection"};
constexpr std::string_view words_32[] = {"admin", "stale", "no_async_loading"};
constexpr std::string_view words_33[] = {"admin", "stale"};
constexpr std::string_view words_34[] = {"stale"};
constexpr std::string_view words_35[] = {"admin", "noscript", "stale"};
constexpr std::string_view words_36[] = {"nondeterministic_output_order"};
constexpr std::string_view words_37[] = {"request_policy:all_nodes", "response_policy:all_succeeded"};
constexpr std::string_view words_38[] = {"@keyspace", "@write", "@slow"};
constexpr std::string_view words_39[] = {"@keyspace", "@read", "@fast"};
constexpr std::string_view words_40[] = {"request_policy:all_shards", "response_policy:agg_sum"};
constexpr std::string_view words_41[] = {"RW", "access", "update"};
constexpr std::string_view words_42[] = {"write"};
constexpr std::string_view words_43[] = {"request_policy:multi_shard", "response_policy:agg_sum"};
constexpr std::string_view words_44[] = {"RM", "delete"};
constexpr std::string_view words_45[] = {"noscript", "loading", "stale", "fast", "allow_busy"};
constexpr std::string_view words_46[] = {"@fast", "@transaction"};
constexpr std::string_view words_47[] = {"@keyspace", "@read", "@slow"};
constexpr std::string_view words_48[] = {"loading", "stale", "fast"};
constexpr std::string_view words_49[] = {"noscript", "stale", "skip_monitor", "no_mandatory_keys", "movablekeys"};
constexpr std::string_view words_50[] = {"@slow", "@scripting"};
constexpr std::string_view words_51[] = {"readonly", "noscript", "stale", "skip_monitor", "no_mandatory_keys", "movablekeys"};
constexpr std::string_view words_52[] = {"noscript", "loading", "stale", "skip_slowlog"};
constexpr std::string_view words_53[] = {"@slow", "@transaction"};
constexpr std::string_view words_54[] = {"RO"};
constexpr std::string_view words_55[] = {"write", "fast"};
constexpr std::string_view words_56[] = {"@keyspace", "@write", "@fast"};
constexpr std::string_view words_57[] = {"RW", "update"};
constexpr std::string_view words_58[] = {"@keyspace", "@write", "@slow", "@dangerous"};
constexpr std::string_view words_59[] = {"request_policy:all_shards", "response_policy:all_succeeded"};
constexpr std::string_view words_60[] = {"write", "noscript"};
constexpr std::string_view words_61[] = {"@write", "@slow", "@scripting"};
constexpr std::string_view words_62[] = {"noscript"};
constexpr std::string_view words_63[] = {"noscript", "allow_busy"};
constexpr std::string_view words_64[] = {"request_policy:all_shards", "response_policy:one_succeeded"};
constexpr std::string_view words_65[] = {"write", "denyoom", "noscript"};
constexpr std::string_view words_66[] = {"nondeterministic_output", "request_policy:all_shards", "response_policy:special"};
constexpr std::string_view words_67[] = {"@write", "@geo", "@slow"};
constexpr std::string_view words_68[] = {"@read", "@geo", "@slow"};
constexpr std::string_view words_69[] = {"write", "denyoom", "movablekeys"};
constexpr std::string_view words_70[] = {"@read", "@string", "@fast"};
constexpr std::string_view words_71[] = {"@read", "@string", "@slow"};
constexpr std::string_view words_72[] = {"@write", "@hash", "@fast"};
constexpr std::string_view words_73[] = {"RW", "delete"};
constexpr std::string_view words_74[] = {"@read", "@hash", "@fast"};
constexpr std::string_view words_75[] = {"@read", "@hash", "@slow"};
constexpr std::string_view words_76[] = {"@slow", "@dangerous"};
constexpr std::string_view words_77[] = {"@keyspace", "@read", "@slow", "@dangerous"};
constexpr std::string_view words_78[] = {"request_policy:all_shards", "nondeterministic_output_order"};
constexpr std::string_view words_79[] = {"@admin", "@fast", "@dangerous"};
constexpr std::string_view words_80[] = {"nondeterministic_output", "request_policy:all_nodes", "response_policy:special"};
constexpr std::string_view words_81[] = {"@read", "@list", "@slow"};
constexpr std::string_view words_82[] = {"@write", "@list", "@slow"};
constexpr std::string_view words_83[] = {"@read", "@list", "@fast"};
constexpr std::string_view words_84[] = {"write", "movablekeys"};
constexpr std::string_view words_85[] = {"@read", "@fast"};
constexpr std::string_view words_86[] = {"@write", "@list", "@fast"};
constexpr std::string_view words_87[] = {"@read", "@slow"};
constexpr std::string_view words_88[] = {"request_policy:multi_shard"};
constexpr std::string_view words_89[] = {"RW", "access", "delete", "incomplete"};
constexpr std::string_view words_90[] = {"admin", "noscript"};
constexpr std::string_view words_91[] = {"@write", "@string", "@slow"};
constexpr std::string_view words_92[] = {"request_policy:multi_shard", "response_policy:all_succeeded"};
constexpr std::string_view words_93[] = {"request_policy:multi_shard", "response_policy:agg_min"};
constexpr std::string_view words_94[] = {"OW", "insert"};
constexpr std::string_view words_95[] = {"@keyspace", "@slow"};
constexpr std::string_view words_96[] = {"@write", "@hyperloglog", "@fast"};
constexpr std::string_view words_97[] = {"@read", "@hyperloglog", "@slow"};
constexpr std::string_view words_98[] = {"RW", "access"};
constexpr std::string_view words_99[] = {"write", "denyoom", "admin"};
constexpr std::string_view words_100[] = {"@write", "@hyperloglog", "@admin", "@slow", "@dangerous"};
constexpr std::string_view words_101[] = {"@write", "@hyperloglog", "@slow"};
constexpr std::string_view words_102[] = {"RW", "access", "insert"};
constexpr std::string_view words_103[] = {"admin"};
constexpr std::string_view words_104[] = {"@hyperloglog", "@admin", "@slow", "@dangerous"};
constexpr std::string_view words_105[] = {"pubsub", "noscript", "loading", "stale"};
constexpr std::string_view words_106[] = {"@pubsub", "@slow"};
constexpr std::string_view words_107[] = {"admin", "noscript", "no_async_loading", "no_multi"};
constexpr std::string_view words_108[] = {"pubsub", "loading", "stale", "fast"};
constexpr std::string_view words_109[] = {"@pubsub", "@fast"};
constexpr std::string_view words_110[] = {"pubsub", "loading", "stale"};
constexpr std::string_view words_111[] = {"request_policy:all_shards", "nondeterministic_output"};
constexpr std::string_view words_112[] = {"admin", "noscript", "loading", "stale", "allow_busy"};
constexpr std::string_view words_113[] = {"admin", "noscript", "stale", "no_async_loading"};
constexpr std::string_view words_114[] = {"write", "denyoom", "asking"};
constexpr std::string_view words_115[] = {"noscript", "loading", "stale", "fast"};
constexpr std::string_view words_116[] = {"@write", "@set", "@fast"};
constexpr std::string_view words_117[] = {"nondeterministic_output", "request_policy:special"};
constexpr std::string_view words_118[] = {"@read", "@set", "@fast"};
constexpr std::string_view words_119[] = {"request_policy:all_shards", "response_policy:agg_logical_and"};
constexpr std::string_view words_120[] = {"noscript", "stale"};
constexpr std::string_view words_121[] = {"@read", "@set", "@slow"};
constexpr std::string_view words_122[] = {"@write", "@set", "@slow"};
constexpr std::string_view words_123[] = {"admin", "noscript", "loading", "stale", "no_multi", "allow_busy"};
constexpr std::string_view words_124[] = {"readonly", "movablekeys"};
constexpr std::string_view words_125[] = {"admin", "loading", "stale"};
constexpr std::string_view words_126[] = {"request_policy:all_nodes", "nondeterministic_output"};
constexpr std::string_view words_127[] = {"request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"};
constexpr std::string_view words_128[] = {"@write", "@set", "@sortedset", "@list", "@slow", "@dangerous"};
constexpr std::string_view words_129[] = {"@read", "@set", "@sortedset", "@list", "@slow", "@dangerous"};
constexpr std::string_view words_130[] = {"not_key"};
constexpr std::string_view words_131[] = {"@keyspace", "@write", "@fast", "@dangerous"};
constexpr std::string_view words_132[] = {"@fast"};
constexpr std::string_view words_133[] = {"request_policy:all_shards", "response_policy:agg_min"};
constexpr std::string_view words_134[] = {"@write", "@stream", "@fast"};
constexpr std::string_view words_135[] = {"@write", "@stream", "@slow"};
constexpr std::string_view words_136[] = {"@stream", "@slow"};
constexpr std::string_view words_137[] = {"@read", "@stream", "@slow"};
constexpr std::string_view words_138[] = {"@read", "@stream", "@fast"};
constexpr std::string_view words_139[] = {"readonly", "blocking", "movablekeys"};
constexpr std::string_view words_140[] = {"@read", "@stream", "@slow", "@blocking"};
constexpr std::string_view words_141[] = {"@write", "@stream", "@slow", "@blocking"};
constexpr std::string_view words_142[] = {"@write", "@sortedset", "@fast"};
constexpr std::string_view words_143[] = {"@read", "@sortedset", "@fast"};
constexpr std::string_view words_144[] = {"@read", "@sortedset", "@slow"};
constexpr std::string_view words_145[] = {"@write", "@sortedset", "@slow"};

constexpr KeySpec key_specs_0[] = {{.flags = words_7, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_1[] = {{.flags = words_14, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_2[] = {{.flags = words_17, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0, .notes = "This command allows both access and modification of the key"}};
constexpr KeySpec key_specs_3[] = {{.flags = words_20, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_14, .begin_search = BeginSearch::index, .index = 3, .find_keys = FindKeys::range, .last_key = -1, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_4[] = {{.flags = words_23, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_7, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_5[] = {{.flags = words_23, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::keynum, .key_step = 1, .keynum_index = 0, .first_key = 1}};
constexpr KeySpec key_specs_6[] = {{.flags = words_23, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = -2, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_7[] = {{.flags = words_14, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_20, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_8[] = {{.flags = words_41, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_9[] = {{.flags = words_44, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = -1, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_10[] = {{.flags = words_41, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::keynum, .key_step = 1, .keynum_index = 0, .first_key = 1, .notes = "We cannot tell how the keys will be used so we assume the worst, RW and UPDATE"}};
constexpr KeySpec key_specs_11[] = {{.flags = words_14, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::keynum, .key_step = 1, .keynum_index = 0, .first_key = 1, .notes = "We cannot tell how the keys will be used so we assume the worst, RO and ACCESS"}};
constexpr KeySpec key_specs_12[] = {{.flags = words_41, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::keynum, .key_step = 1, .keynum_index = 0, .first_key = 1}};
constexpr KeySpec key_specs_13[] = {{.flags = words_14, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::keynum, .key_step = 1, .keynum_index = 0, .first_key = 1}};
constexpr KeySpec key_specs_14[] = {{.flags = words_54, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = -1, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_15[] = {{.flags = words_57, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_16[] = {{.flags = words_14, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_20, .begin_search = BeginSearch::keyword, .keyword = "STORE", .start_from = 6, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_20, .begin_search = BeginSearch::keyword, .keyword = "STOREDIST", .start_from = 6, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_17[] = {{.flags = words_14, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_20, .begin_search = BeginSearch::keyword, .keyword = "STORE", .start_from = 5, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_20, .begin_search = BeginSearch::keyword, .keyword = "STOREDIST", .start_from = 5, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_18[] = {{.flags = words_20, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_14, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_19[] = {{.flags = words_23, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_20[] = {{.flags = words_41, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0, .notes = "RW and UPDATE because it changes the TTL"}};
constexpr KeySpec key_specs_21[] = {{.flags = words_73, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_22[] = {{.flags = words_54, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_23[] = {{.flags = words_14, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 1, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_24[] = {{.flags = words_23, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::keynum, .key_step = 1, .keynum_index = 0, .first_key = 1}};
constexpr KeySpec key_specs_25[] = {{.flags = words_54, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_26[] = {{.flags = words_14, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = -1, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_27[] = {{.flags = words_23, .begin_search = BeginSearch::index, .index = 3, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_89, .begin_search = BeginSearch::keyword, .keyword = "KEYS", .start_from = -2, .find_keys = FindKeys::range, .last_key = -1, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_28[] = {{.flags = words_20, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = -1, .key_step = 2, .limit = 0}};
constexpr KeySpec key_specs_29[] = {{.flags = words_94, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = -1, .key_step = 2, .limit = 0}};
constexpr KeySpec key_specs_30[] = {{.flags = words_98, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = -1, .key_step = 1, .limit = 0, .notes = "RW because it may change the internal representation of the key, and propagate to replicas"}};
constexpr KeySpec key_specs_31[] = {{.flags = words_98, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_32[] = {{.flags = words_102, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_14, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = -1, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_33[] = {{.flags = words_20, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_34[] = {{.flags = words_23, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_20, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_35[] = {{.flags = words_23, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_94, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_36[] = {{.flags = words_20, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_14, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = -1, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_37[] = {{.flags = words_17, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0, .notes = "RW and ACCESS due to the optional `GET` argument"}};
constexpr KeySpec key_specs_38[] = {{.flags = words_94, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_39[] = {{.flags = words_14, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::keynum, .key_step = 1, .keynum_index = 0, .first_key = 1}};
constexpr KeySpec key_specs_40[] = {{.flags = words_57, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_14, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = -1, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_41[] = {{.flags = words_14, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_14, .begin_search = BeginSearch::unknown, .find_keys = FindKeys::unknown, .notes = "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort"}, {.flags = words_20, .begin_search = BeginSearch::unknown, .find_keys = FindKeys::unknown, .notes = "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument array"}};
constexpr KeySpec key_specs_42[] = {{.flags = words_14, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_14, .begin_search = BeginSearch::unknown, .find_keys = FindKeys::unknown, .notes = "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort"}};
constexpr KeySpec key_specs_43[] = {{.flags = words_130, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0, .not_key = true}};
constexpr KeySpec key_specs_44[] = {{.flags = words_130, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = -1, .key_step = 1, .limit = 0, .not_key = true}};
constexpr KeySpec key_specs_45[] = {{.flags = words_57, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0, .notes = "UPDATE instead of INSERT because of the optional trimming feature"}};
constexpr KeySpec key_specs_46[] = {{.flags = words_7, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_47[] = {{.flags = words_73, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_48[] = {{.flags = words_57, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_49[] = {{.flags = words_14, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}};
constexpr KeySpec key_specs_50[] = {{.flags = words_14, .begin_search = BeginSearch::keyword, .keyword = "STREAMS", .start_from = 1, .find_keys = FindKeys::range, .last_key = -1, .key_step = 1, .limit = 2}};
constexpr KeySpec key_specs_51[] = {{.flags = words_14, .begin_search = BeginSearch::keyword, .keyword = "STREAMS", .start_from = 4, .find_keys = FindKeys::range, .last_key = -1, .key_step = 1, .limit = 2}};
constexpr KeySpec key_specs_52[] = {{.flags = words_20, .begin_search = BeginSearch::index, .index = 1, .find_keys = FindKeys::range, .last_key = 0, .key_step = 1, .limit = 0}, {.flags = words_14, .begin_search = BeginSearch::index, .index = 2, .find_keys = FindKeys::keynum, .key_step = 1, .keynum_index = 0, .first_key = 1}};

constexpr CommandInfo sub_acl[] = {
    {"acl|cat", -2, flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_0, words_1, {}, {}, {}, "server", "6.0.0"},
    {"acl|deluser", -3, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "6.0.0"},
    {"acl|dryrun", -4, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "7.0.0"},
    {"acl|genpass", -2, flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_0, words_1, {}, {}, {}, "server", "6.0.0"},
    {"acl|getuser", 3, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "6.0.0"},
    {"acl|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_1, {}, {}, {}, "server", "6.0.0"},
    {"acl|list", 2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "6.0.0"},
    {"acl|load", 2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "6.0.0"},
    {"acl|log", -2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "6.0.0"},
    {"acl|save", 2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "6.0.0"},
    {"acl|setuser", -3, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "6.0.0"},
    {"acl|users", 2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "6.0.0"},
    {"acl|whoami", 2, flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_0, words_1, {}, {}, {}, "server", "6.0.0"},
};

constexpr CommandInfo sub_client[] = {
    {"client|caching", 3, flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_0, words_29, {}, {}, {}, "connection", "6.0.0"},
    {"client|getname", 2, flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_0, words_29, {}, {}, {}, "connection", "2.6.9"},
    {"client|getredir", 2, flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_0, words_29, {}, {}, {}, "connection", "6.0.0"},
    {"client|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_29, {}, {}, {}, "connection", "5.0.0"},
    {"client|id", 2, flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_0, words_29, {}, {}, {}, "connection", "5.0.0"},
    {"client|info", 2, flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_0, words_29, words_30, {}, {}, "connection", "6.2.0"},
    {"client|kill", -3, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_31, {}, {}, {}, "connection", "2.4.0"},
    {"client|list", -2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_31, words_30, {}, {}, "connection", "2.4.0"},
    {"client|no-evict", 3, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_31, {}, {}, {}, "connection", "7.0.0"},
    {"client|pause", -3, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_31, {}, {}, {}, "connection", "2.9.50"},
    {"client|reply", 3, flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_0, words_29, {}, {}, {}, "connection", "3.2.0"},
    {"client|setname", 3, flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_0, words_29, {}, {}, {}, "connection", "2.6.9"},
    {"client|tracking", -3, flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_0, words_29, {}, {}, {}, "connection", "6.0.0"},
    {"client|trackinginfo", 2, flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_0, words_29, {}, {}, {}, "connection", "6.2.0"},
    {"client|unblock", -3, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_31, {}, {}, {}, "connection", "5.0.0"},
    {"client|unpause", 2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_31, {}, {}, {}, "connection", "6.2.0"},
};

constexpr CommandInfo sub_cluster[] = {
    {"cluster|addslots", -3, flag_admin | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_32, words_3, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|addslotsrange", -4, flag_admin | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_32, words_3, {}, {}, {}, "cluster", "7.0.0"},
    {"cluster|bumpepoch", 2, flag_admin | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_32, words_3, words_30, {}, {}, "cluster", "3.0.0"},
    {"cluster|count-failure-reports", 3, flag_admin | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_33, words_3, words_30, {}, {}, "cluster", "3.0.0"},
    {"cluster|countkeysinslot", 3, flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_34, words_1, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|delslots", -3, flag_admin | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_32, words_3, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|delslotsrange", -4, flag_admin | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_32, words_3, {}, {}, {}, "cluster", "7.0.0"},
    {"cluster|failover", -2, flag_admin | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_32, words_3, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|flushslots", 2, flag_admin | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_32, words_3, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|forget", 3, flag_admin | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_32, words_3, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|getkeysinslot", 4, flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_34, words_1, words_30, {}, {}, "cluster", "3.0.0"},
    {"cluster|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_1, {}, {}, {}, "cluster", "5.0.0"},
    {"cluster|info", 2, flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_34, words_1, words_30, {}, {}, "cluster", "3.0.0"},
    {"cluster|keyslot", 3, flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_34, words_1, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|links", 2, flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_34, words_1, words_30, {}, {}, "cluster", "7.0.0"},
    {"cluster|meet", -4, flag_admin | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_32, words_3, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|myid", 2, flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_34, words_1, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|nodes", 2, flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_34, words_1, words_30, {}, {}, "cluster", "3.0.0"},
    {"cluster|replicas", 3, flag_admin | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_33, words_3, words_30, {}, {}, "cluster", "5.0.0"},
    {"cluster|replicate", 3, flag_admin | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_32, words_3, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|reset", -2, flag_admin | flag_noscript | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_35, words_3, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|saveconfig", 2, flag_admin | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_32, words_3, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|set-config-epoch", 3, flag_admin | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_32, words_3, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|setslot", -4, flag_admin | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_32, words_3, {}, {}, {}, "cluster", "3.0.0"},
    {"cluster|shards", 2, flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_34, words_1, words_30, {}, {}, "cluster", "7.0.0"},
    {"cluster|slaves", 3, flag_admin | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_33, words_3, words_30, {}, {}, "cluster", "3.0.0"},
    {"cluster|slots", 2, flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_34, words_1, words_30, {}, {}, "cluster", "3.0.0"},
};

constexpr CommandInfo sub_command[] = {
    {"command|count", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_29, {}, {}, {}, "server", "2.8.13"},
    {"command|docs", -2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_29, words_36, {}, {}, "server", "7.0.0"},
    {"command|getkeys", -4, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_29, {}, {}, {}, "server", "2.8.13"},
    {"command|getkeysandflags", -4, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_29, {}, {}, {}, "server", "7.0.0"},
    {"command|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_29, {}, {}, {}, "server", "5.0.0"},
    {"command|info", -2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_29, words_36, {}, {}, "server", "2.8.13"},
    {"command|list", -2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_29, words_36, {}, {}, "server", "7.0.0"},
};

constexpr CommandInfo sub_config[] = {
    {"config|get", -3, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "2.0.0"},
    {"config|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_1, {}, {}, {}, "server", "5.0.0"},
    {"config|resetstat", 2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "2.0.0"},
    {"config|rewrite", 2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "2.8.0"},
    {"config|set", -4, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::all_nodes, ResponsePolicy::all_succeeded, words_2, words_3, words_37, {}, {}, "server", "2.0.0"},
};

constexpr CommandInfo sub_function[] = {
    {"function|delete", 3, flag_write | flag_noscript, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::all_succeeded, words_60, words_61, words_59, {}, {}, "scripting", "7.0.0"},
    {"function|dump", 2, flag_noscript, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_62, words_50, {}, {}, {}, "scripting", "7.0.0"},
    {"function|flush", -2, flag_write | flag_noscript, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::all_succeeded, words_60, words_61, words_59, {}, {}, "scripting", "7.0.0"},
    {"function|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_50, {}, {}, {}, "scripting", "7.0.0"},
    {"function|kill", 2, flag_noscript | flag_allow_busy, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::one_succeeded, words_63, words_50, words_64, {}, {}, "scripting", "7.0.0"},
    {"function|list", -2, flag_noscript, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_62, words_50, words_36, {}, {}, "scripting", "7.0.0"},
    {"function|load", -3, flag_write | flag_denyoom | flag_noscript, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::all_succeeded, words_65, words_61, words_59, {}, {}, "scripting", "7.0.0"},
    {"function|restore", -3, flag_write | flag_denyoom | flag_noscript, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::all_succeeded, words_65, words_61, words_59, {}, {}, "scripting", "7.0.0"},
    {"function|stats", 2, flag_noscript | flag_allow_busy, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::special, words_63, words_50, words_66, {}, {}, "scripting", "7.0.0"},
};

constexpr CommandInfo sub_latency[] = {
    {"latency|doctor", 2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::all_nodes, ResponsePolicy::special, words_2, words_3, words_80, {}, {}, "server", "2.8.13"},
    {"latency|graph", 3, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::all_nodes, ResponsePolicy::special, words_2, words_3, words_80, {}, {}, "server", "2.8.13"},
    {"latency|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_1, {}, {}, {}, "server", "2.8.13"},
    {"latency|histogram", -2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::all_nodes, ResponsePolicy::special, words_2, words_3, words_80, {}, {}, "server", "7.0.0"},
    {"latency|history", 3, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::all_nodes, ResponsePolicy::special, words_2, words_3, words_80, {}, {}, "server", "2.8.13"},
    {"latency|latest", 2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::all_nodes, ResponsePolicy::special, words_2, words_3, words_80, {}, {}, "server", "2.8.13"},
    {"latency|reset", -2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::all_nodes, ResponsePolicy::all_succeeded, words_2, words_3, words_37, {}, {}, "server", "2.8.13"},
};

constexpr CommandInfo sub_memory[] = {
    {"memory|doctor", 2, 0, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::special, {}, words_1, words_66, {}, {}, "server", "4.0.0"},
    {"memory|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_1, {}, {}, {}, "server", "4.0.0"},
    {"memory|malloc-stats", 2, 0, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::special, {}, words_1, words_66, {}, {}, "server", "4.0.0"},
    {"memory|purge", 2, 0, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::all_succeeded, {}, words_1, words_59, {}, {}, "server", "4.0.0"},
    {"memory|stats", 2, 0, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::special, {}, words_1, words_66, {}, {}, "server", "4.0.0"},
    {"memory|usage", -3, flag_readonly, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_87, {}, key_specs_25, {}, "server", "4.0.0"},
};

constexpr CommandInfo sub_module[] = {
    {"module|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_1, {}, {}, {}, "server", "5.0.0"},
    {"module|list", 2, flag_admin | flag_noscript, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_90, words_3, words_36, {}, {}, "server", "4.0.0"},
    {"module|load", -3, flag_admin | flag_noscript | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_11, words_3, {}, {}, {}, "server", "4.0.0"},
    {"module|loadex", -3, flag_admin | flag_noscript | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_11, words_3, {}, {}, {}, "server", "7.0.0"},
    {"module|unload", 3, flag_admin | flag_noscript | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_11, words_3, {}, {}, {}, "server", "4.0.0"},
};

constexpr CommandInfo sub_object[] = {
    {"object|encoding", 3, flag_readonly, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_47, words_30, key_specs_25, {}, "generic", "2.2.3"},
    {"object|freq", 3, flag_readonly, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_47, words_30, key_specs_25, {}, "generic", "4.0.0"},
    {"object|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_95, {}, {}, {}, "generic", "6.2.0"},
    {"object|idletime", 3, flag_readonly, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_47, words_30, key_specs_25, {}, "generic", "2.2.3"},
    {"object|refcount", 3, flag_readonly, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_47, words_30, key_specs_25, {}, "generic", "2.2.3"},
};

constexpr CommandInfo sub_pubsub[] = {
    {"pubsub|channels", -2, flag_pubsub | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_110, words_106, {}, {}, {}, "pubsub", "2.8.0"},
    {"pubsub|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_1, {}, {}, {}, "pubsub", "6.2.0"},
    {"pubsub|numpat", 2, flag_pubsub | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_110, words_106, {}, {}, {}, "pubsub", "2.8.0"},
    {"pubsub|numsub", -2, flag_pubsub | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_110, words_106, {}, {}, {}, "pubsub", "2.8.0"},
    {"pubsub|shardchannels", -2, flag_pubsub | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_110, words_106, {}, {}, {}, "pubsub", "7.0.0"},
    {"pubsub|shardnumsub", -2, flag_pubsub | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_110, words_106, {}, {}, {}, "pubsub", "7.0.0"},
};

constexpr CommandInfo sub_script[] = {
    {"script|debug", 3, flag_noscript, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_62, words_50, {}, {}, {}, "scripting", "3.2.0"},
    {"script|exists", -3, flag_noscript, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::agg_logical_and, words_62, words_50, words_119, {}, {}, "scripting", "2.6.0"},
    {"script|flush", -2, flag_noscript, 0, 0, 0, RequestPolicy::all_nodes, ResponsePolicy::all_succeeded, words_62, words_50, words_37, {}, {}, "scripting", "2.6.0"},
    {"script|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_50, {}, {}, {}, "scripting", "5.0.0"},
    {"script|kill", 2, flag_noscript | flag_allow_busy, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::one_succeeded, words_63, words_50, words_64, {}, {}, "scripting", "2.6.0"},
    {"script|load", 3, flag_noscript | flag_stale, 0, 0, 0, RequestPolicy::all_nodes, ResponsePolicy::all_succeeded, words_120, words_50, words_37, {}, {}, "scripting", "2.6.0"},
};

constexpr CommandInfo sub_slowlog[] = {
    {"slowlog|get", -2, flag_admin | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::all_nodes, ResponsePolicy::none, words_125, words_3, words_126, {}, {}, "server", "2.2.12"},
    {"slowlog|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_1, {}, {}, {}, "server", "6.2.0"},
    {"slowlog|len", 2, flag_admin | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::all_nodes, ResponsePolicy::agg_sum, words_125, words_3, words_127, {}, {}, "server", "2.2.12"},
    {"slowlog|reset", 2, flag_admin | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::all_nodes, ResponsePolicy::all_succeeded, words_125, words_3, words_37, {}, {}, "server", "2.2.12"},
};

constexpr CommandInfo sub_xgroup[] = {
    {"xgroup|create", -5, flag_write | flag_denyoom, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_135, {}, key_specs_46, {}, "stream", "5.0.0"},
    {"xgroup|createconsumer", 5, flag_write | flag_denyoom, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_135, {}, key_specs_46, {}, "stream", "6.2.0"},
    {"xgroup|delconsumer", 5, flag_write, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_42, words_135, {}, key_specs_47, {}, "stream", "5.0.0"},
    {"xgroup|destroy", 4, flag_write, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_42, words_135, {}, key_specs_47, {}, "stream", "5.0.0"},
    {"xgroup|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_136, {}, {}, {}, "stream", "5.0.0"},
    {"xgroup|setid", -5, flag_write, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_42, words_135, {}, key_specs_48, {}, "stream", "5.0.0"},
};

constexpr CommandInfo sub_xinfo[] = {
    {"xinfo|consumers", 4, flag_readonly, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_137, words_30, key_specs_49, {}, "stream", "5.0.0"},
    {"xinfo|groups", 3, flag_readonly, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_137, {}, key_specs_49, {}, "stream", "5.0.0"},
    {"xinfo|help", 2, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_136, {}, {}, {}, "stream", "5.0.0"},
    {"xinfo|stream", -3, flag_readonly, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_137, {}, key_specs_49, {}, "stream", "5.0.0"},
};

constexpr CommandInfo commands[] = {
    {"acl", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_acl, "server", "6.0.0"},
    {"append", 3, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_6, {}, key_specs_0, {}, "string", "2.0.0"},
    {"asking", 1, flag_fast, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_8, words_9, {}, {}, {}, "cluster", "3.0.0"},
    {"auth", -2, flag_noscript | flag_loading | flag_stale | flag_fast | flag_no_auth | flag_allow_busy, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_10, words_9, {}, {}, {}, "connection", "1.0.0"},
    {"bgrewriteaof", 1, flag_admin | flag_noscript | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_11, words_3, {}, {}, {}, "server", "1.0.0"},
    {"bgsave", -1, flag_admin | flag_noscript | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_11, words_3, {}, {}, {}, "server", "1.0.0"},
    {"bitcount", -2, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_13, {}, key_specs_1, {}, "bitmap", "2.6.0"},
    {"bitfield", -2, flag_write | flag_denyoom, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_16, {}, key_specs_2, {}, "bitmap", "3.2.0"},
    {"bitfield_ro", -2, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_19, {}, key_specs_1, {}, "bitmap", "6.0.0"},
    {"bitop", -4, flag_write | flag_denyoom, 2, -1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_16, {}, key_specs_3, {}, "bitmap", "2.6.0"},
    {"bitpos", -3, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_13, {}, key_specs_1, {}, "bitmap", "2.8.7"},
    {"blmove", 6, flag_write | flag_denyoom | flag_noscript | flag_blocking, 1, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_21, words_22, {}, key_specs_4, {}, "list", "6.2.0"},
    {"blmpop", -5, flag_write | flag_blocking | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_24, words_22, {}, key_specs_5, {}, "list", "7.0.0"},
    {"blpop", -3, flag_write | flag_noscript | flag_blocking, 1, -2, 1, RequestPolicy::none, ResponsePolicy::none, words_25, words_22, {}, key_specs_6, {}, "list", "2.0.0"},
    {"brpop", -3, flag_write | flag_noscript | flag_blocking, 1, -2, 1, RequestPolicy::none, ResponsePolicy::none, words_25, words_22, {}, key_specs_6, {}, "list", "2.0.0"},
    {"brpoplpush", 4, flag_write | flag_denyoom | flag_noscript | flag_blocking, 1, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_21, words_22, {}, key_specs_4, {}, "list", "2.2.0"},
    {"bzmpop", -5, flag_write | flag_blocking | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_24, words_26, {}, key_specs_5, {}, "sorted-set", "7.0.0"},
    {"bzpopmax", -3, flag_write | flag_noscript | flag_blocking | flag_fast, 1, -2, 1, RequestPolicy::none, ResponsePolicy::none, words_27, words_28, {}, key_specs_6, {}, "sorted-set", "5.0.0"},
    {"bzpopmin", -3, flag_write | flag_noscript | flag_blocking | flag_fast, 1, -2, 1, RequestPolicy::none, ResponsePolicy::none, words_27, words_28, {}, key_specs_6, {}, "sorted-set", "5.0.0"},
    {"client", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_client, "connection", "2.4.0"},
    {"cluster", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_cluster, "cluster", "3.0.0"},
    {"command", -1, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_4, words_29, words_36, {}, sub_command, "server", "2.8.13"},
    {"config", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_config, "server", "2.0.0"},
    {"copy", -3, flag_write | flag_denyoom, 1, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_38, {}, key_specs_7, {}, "generic", "6.2.0"},
    {"dbsize", 1, flag_readonly | flag_fast, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::agg_sum, words_18, words_39, words_40, {}, {}, "server", "1.0.0"},
    {"debug", -2, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "1.0.0"},
    {"decr", 2, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_6, {}, key_specs_8, {}, "string", "1.0.0"},
    {"decrby", 3, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_6, {}, key_specs_8, {}, "string", "1.0.0"},
    {"del", -2, flag_write, 1, -1, 1, RequestPolicy::multi_shard, ResponsePolicy::agg_sum, words_42, words_38, words_43, key_specs_9, {}, "generic", "1.0.0"},
    {"discard", 1, flag_noscript | flag_loading | flag_stale | flag_fast | flag_allow_busy, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_45, words_46, {}, {}, {}, "transactions", "2.0.0"},
    {"dump", 2, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_47, words_30, key_specs_1, {}, "generic", "2.6.0"},
    {"echo", 2, flag_loading | flag_stale | flag_fast, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_48, words_9, {}, {}, {}, "connection", "1.0.0"},
    {"eval", -3, flag_noscript | flag_stale | flag_skip_monitor | flag_no_mandatory_keys | flag_movablekeys | flag_may_replicate, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_49, words_50, {}, key_specs_10, {}, "scripting", "2.6.0"},
    {"eval_ro", -3, flag_readonly | flag_noscript | flag_stale | flag_skip_monitor | flag_no_mandatory_keys | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_51, words_50, {}, key_specs_11, {}, "scripting", "7.0.0"},
    {"evalsha", -3, flag_noscript | flag_stale | flag_skip_monitor | flag_no_mandatory_keys | flag_movablekeys | flag_may_replicate, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_49, words_50, {}, key_specs_12, {}, "scripting", "2.6.0"},
    {"evalsha_ro", -3, flag_readonly | flag_noscript | flag_stale | flag_skip_monitor | flag_no_mandatory_keys | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_51, words_50, {}, key_specs_13, {}, "scripting", "7.0.0"},
    {"exec", 1, flag_noscript | flag_loading | flag_stale | flag_skip_slowlog, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_52, words_53, {}, {}, {}, "transactions", "1.2.0"},
    {"exists", -2, flag_readonly | flag_fast, 1, -1, 1, RequestPolicy::multi_shard, ResponsePolicy::agg_sum, words_18, words_39, words_43, key_specs_14, {}, "generic", "1.0.0"},
    {"expire", -3, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_56, {}, key_specs_15, {}, "generic", "1.0.0"},
    {"expireat", -3, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_56, {}, key_specs_15, {}, "generic", "1.2.0"},
    {"expiretime", 2, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_39, {}, key_specs_1, {}, "generic", "7.0.0"},
    {"failover", -1, flag_admin | flag_noscript | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_35, words_3, {}, {}, {}, "server", "6.2.0"},
    {"fcall", -3, flag_noscript | flag_stale | flag_skip_monitor | flag_no_mandatory_keys | flag_movablekeys | flag_may_replicate, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_49, words_50, {}, key_specs_10, {}, "scripting", "7.0.0"},
    {"fcall_ro", -3, flag_readonly | flag_noscript | flag_stale | flag_skip_monitor | flag_no_mandatory_keys | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_51, words_50, {}, key_specs_11, {}, "scripting", "7.0.0"},
    {"flushall", -1, flag_write, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::all_succeeded, words_42, words_58, words_59, {}, {}, "server", "1.0.0"},
    {"flushdb", -1, flag_write, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::all_succeeded, words_42, words_58, words_59, {}, {}, "server", "1.0.0"},
    {"function", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_function, "scripting", "7.0.0"},
    {"geoadd", -5, flag_write | flag_denyoom, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_67, {}, key_specs_15, {}, "geo", "3.2.0"},
    {"geodist", -4, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_68, {}, key_specs_1, {}, "geo", "3.2.0"},
    {"geohash", -2, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_68, {}, key_specs_1, {}, "geo", "3.2.0"},
    {"geopos", -2, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_68, {}, key_specs_1, {}, "geo", "3.2.0"},
    {"georadius", -6, flag_write | flag_denyoom | flag_movablekeys, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_69, words_67, {}, key_specs_16, {}, "geo", "3.2.0"},
    {"georadius_ro", -6, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_68, {}, key_specs_1, {}, "geo", "3.2.10"},
    {"georadiusbymember", -5, flag_write | flag_denyoom | flag_movablekeys, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_69, words_67, {}, key_specs_17, {}, "geo", "3.2.0"},
    {"georadiusbymember_ro", -5, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_68, {}, key_specs_1, {}, "geo", "3.2.10"},
    {"geosearch", -7, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_68, {}, key_specs_1, {}, "geo", "6.2.0"},
    {"geosearchstore", -8, flag_write | flag_denyoom, 1, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_67, {}, key_specs_18, {}, "geo", "6.2.0"},
    {"get", 2, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_70, {}, key_specs_1, {}, "string", "1.0.0"},
    {"getbit", 3, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_19, {}, key_specs_1, {}, "bitmap", "2.2.0"},
    {"getdel", 2, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_6, {}, key_specs_19, {}, "string", "6.2.0"},
    {"getex", -2, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_6, {}, key_specs_20, {}, "string", "6.2.0"},
    {"getrange", 4, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_71, {}, key_specs_1, {}, "string", "2.4.0"},
    {"getset", 3, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_6, {}, key_specs_8, {}, "string", "1.0.0"},
    {"hdel", -3, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_72, {}, key_specs_21, {}, "hash", "2.0.0"},
    {"hello", -1, flag_noscript | flag_loading | flag_stale | flag_fast | flag_no_auth | flag_allow_busy, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_10, words_9, {}, {}, {}, "connection", "6.0.0"},
    {"hexists", 3, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_74, {}, key_specs_22, {}, "hash", "2.0.0"},
    {"hget", 3, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_74, {}, key_specs_1, {}, "hash", "2.0.0"},
    {"hgetall", 2, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_75, words_36, key_specs_1, {}, "hash", "2.0.0"},
    {"hincrby", 4, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_72, {}, key_specs_8, {}, "hash", "2.0.0"},
    {"hincrbyfloat", 4, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_72, {}, key_specs_8, {}, "hash", "2.6.0"},
    {"hkeys", 2, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_75, words_36, key_specs_1, {}, "hash", "2.0.0"},
    {"hlen", 2, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_74, {}, key_specs_22, {}, "hash", "2.0.0"},
    {"hmget", -3, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_74, {}, key_specs_1, {}, "hash", "2.0.0"},
    {"hmset", -4, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_72, {}, key_specs_15, {}, "hash", "2.0.0"},
    {"hrandfield", -2, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_75, words_30, key_specs_1, {}, "hash", "6.2.0"},
    {"hscan", -3, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_75, words_30, key_specs_1, {}, "hash", "2.8.0"},
    {"hset", -4, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_72, {}, key_specs_15, {}, "hash", "2.0.0"},
    {"hsetnx", 4, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_72, {}, key_specs_0, {}, "hash", "2.0.0"},
    {"hstrlen", 3, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_74, {}, key_specs_22, {}, "hash", "3.2.0"},
    {"hvals", 2, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_75, words_36, key_specs_1, {}, "hash", "2.0.0"},
    {"incr", 2, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_6, {}, key_specs_8, {}, "string", "1.0.0"},
    {"incrby", 3, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_6, {}, key_specs_8, {}, "string", "1.0.0"},
    {"incrbyfloat", 3, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_6, {}, key_specs_8, {}, "string", "2.6.0"},
    {"info", -1, flag_loading | flag_stale, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::special, words_4, words_76, words_66, {}, {}, "server", "1.0.0"},
    {"keys", 2, flag_readonly, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::none, words_12, words_77, words_78, {}, {}, "generic", "1.0.0"},
    {"lastsave", 1, flag_loading | flag_stale | flag_fast, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_48, words_79, words_30, {}, {}, "server", "1.0.0"},
    {"latency", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_latency, "server", "2.8.13"},
    {"lcs", -3, flag_readonly, 1, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_71, {}, key_specs_23, {}, "string", "7.0.0"},
    {"lindex", 3, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_81, {}, key_specs_1, {}, "list", "1.0.0"},
    {"linsert", 5, flag_write | flag_denyoom, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_82, {}, key_specs_0, {}, "list", "2.2.0"},
    {"llen", 2, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_83, {}, key_specs_22, {}, "list", "1.0.0"},
    {"lmove", 5, flag_write | flag_denyoom, 1, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_82, {}, key_specs_4, {}, "list", "6.2.0"},
    {"lmpop", -4, flag_write | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_84, words_82, {}, key_specs_24, {}, "list", "7.0.0"},
    {"lolwut", -1, flag_readonly | flag_fast, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_18, words_85, {}, {}, {}, "server", "5.0.0"},
    {"lpop", -2, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_86, {}, key_specs_19, {}, "list", "1.0.0"},
    {"lpos", -3, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_81, {}, key_specs_1, {}, "list", "6.0.6"},
    {"lpush", -3, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_86, {}, key_specs_0, {}, "list", "1.0.0"},
    {"lpushx", -3, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_86, {}, key_specs_0, {}, "list", "2.2.0"},
    {"lrange", 4, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_81, {}, key_specs_1, {}, "list", "1.0.0"},
    {"lrem", 4, flag_write, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_42, words_82, {}, key_specs_21, {}, "list", "1.0.0"},
    {"lset", 4, flag_write | flag_denyoom, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_82, {}, key_specs_15, {}, "list", "1.0.0"},
    {"ltrim", 4, flag_write, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_42, words_82, {}, key_specs_21, {}, "list", "1.0.0"},
    {"memory", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_memory, "server", "4.0.0"},
    {"mget", -2, flag_readonly | flag_fast, 1, -1, 1, RequestPolicy::multi_shard, ResponsePolicy::none, words_18, words_70, words_88, key_specs_26, {}, "string", "1.0.0"},
    {"migrate", -6, flag_write | flag_movablekeys, 3, 3, 1, RequestPolicy::none, ResponsePolicy::none, words_84, words_58, words_30, key_specs_27, {}, "generic", "2.6.0"},
    {"module", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_module, "server", "4.0.0"},
    {"monitor", 1, flag_admin | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_2, words_3, {}, {}, {}, "server", "1.0.0"},
    {"move", 3, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_56, {}, key_specs_8, {}, "generic", "1.0.0"},
    {"mset", -3, flag_write | flag_denyoom, 1, -1, 2, RequestPolicy::multi_shard, ResponsePolicy::all_succeeded, words_15, words_91, words_92, key_specs_28, {}, "string", "1.0.1"},
    {"msetnx", -3, flag_write | flag_denyoom, 1, -1, 2, RequestPolicy::multi_shard, ResponsePolicy::agg_min, words_15, words_91, words_93, key_specs_29, {}, "string", "1.0.1"},
    {"multi", 1, flag_noscript | flag_loading | flag_stale | flag_fast | flag_allow_busy, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_45, words_46, {}, {}, {}, "transactions", "1.2.0"},
    {"object", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_object, "generic", "2.2.3"},
    {"persist", 2, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_56, {}, key_specs_15, {}, "generic", "2.2.0"},
    {"pexpire", -3, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_56, {}, key_specs_15, {}, "generic", "2.6.0"},
    {"pexpireat", -3, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_56, {}, key_specs_15, {}, "generic", "2.6.0"},
    {"pexpiretime", 2, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_39, {}, key_specs_1, {}, "generic", "7.0.0"},
    {"pfadd", -2, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_96, {}, key_specs_0, {}, "hyperloglog", "2.8.9"},
    {"pfcount", -2, flag_readonly | flag_may_replicate, 1, -1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_97, {}, key_specs_30, {}, "hyperloglog", "2.8.9"},
    {"pfdebug", 3, flag_write | flag_denyoom | flag_admin, 2, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_99, words_100, {}, key_specs_31, {}, "hyperloglog", "2.8.9"},
    {"pfmerge", -2, flag_write | flag_denyoom, 1, -1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_101, {}, key_specs_32, {}, "hyperloglog", "2.8.9"},
    {"pfselftest", 1, flag_admin, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_103, words_104, {}, {}, {}, "hyperloglog", "2.8.9"},
    {"ping", -1, flag_fast, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::all_succeeded, words_8, words_9, words_59, {}, {}, "connection", "1.0.0"},
    {"psetex", 4, flag_write | flag_denyoom, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_91, {}, key_specs_33, {}, "string", "2.6.0"},
    {"psubscribe", -2, flag_pubsub | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_105, words_106, {}, {}, {}, "pubsub", "2.0.0"},
    {"psync", -3, flag_admin | flag_noscript | flag_no_async_loading | flag_no_multi, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_107, words_3, {}, {}, {}, "server", "2.8.0"},
    {"pttl", 2, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_39, words_30, key_specs_1, {}, "generic", "2.6.0"},
    {"publish", 3, flag_pubsub | flag_loading | flag_stale | flag_fast | flag_may_replicate, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_108, words_109, {}, {}, {}, "pubsub", "2.0.0"},
    {"pubsub", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_pubsub, "pubsub", "2.8.0"},
    {"punsubscribe", -1, flag_pubsub | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_105, words_106, {}, {}, {}, "pubsub", "2.0.0"},
    {"quit", -1, flag_noscript | flag_loading | flag_stale | flag_fast | flag_no_auth | flag_allow_busy, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_10, words_9, {}, {}, {}, "connection", "1.0.0"},
    {"randomkey", 1, flag_readonly, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::none, words_12, words_47, words_111, {}, {}, "generic", "1.0.0"},
    {"readonly", 1, flag_loading | flag_stale | flag_fast, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_48, words_9, {}, {}, {}, "cluster", "3.0.0"},
    {"readwrite", 1, flag_loading | flag_stale | flag_fast, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_48, words_9, {}, {}, {}, "cluster", "3.0.0"},
    {"rename", 3, flag_write, 1, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_42, words_38, {}, key_specs_34, {}, "generic", "1.0.0"},
    {"renamenx", 3, flag_write | flag_fast, 1, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_56, {}, key_specs_35, {}, "generic", "1.0.0"},
    {"replconf", -1, flag_admin | flag_noscript | flag_loading | flag_stale | flag_allow_busy, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_112, words_3, {}, {}, {}, "server", "3.0.0"},
    {"replicaof", 3, flag_admin | flag_noscript | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_113, words_3, {}, {}, {}, "server", "5.0.0"},
    {"reset", 1, flag_noscript | flag_loading | flag_stale | flag_fast | flag_no_auth | flag_allow_busy, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_10, words_9, {}, {}, {}, "connection", "6.2.0"},
    {"restore", -4, flag_write | flag_denyoom, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_58, {}, key_specs_33, {}, "generic", "2.6.0"},
    {"restore-asking", -4, flag_write | flag_denyoom | flag_asking, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_114, words_58, {}, key_specs_33, {}, "server", "3.0.0"},
    {"role", 1, flag_noscript | flag_loading | flag_stale | flag_fast, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_115, words_79, {}, {}, {}, "server", "2.8.12"},
    {"rpop", -2, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_86, {}, key_specs_19, {}, "list", "1.0.0"},
    {"rpoplpush", 3, flag_write | flag_denyoom, 1, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_82, {}, key_specs_4, {}, "list", "1.2.0"},
    {"rpush", -3, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_86, {}, key_specs_0, {}, "list", "1.0.0"},
    {"rpushx", -3, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_86, {}, key_specs_0, {}, "list", "2.2.0"},
    {"sadd", -3, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_116, {}, key_specs_0, {}, "set", "1.0.0"},
    {"save", 1, flag_admin | flag_noscript | flag_no_async_loading | flag_no_multi, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_107, words_3, {}, {}, {}, "server", "1.0.0"},
    {"scan", -2, flag_readonly, 0, 0, 0, RequestPolicy::special, ResponsePolicy::none, words_12, words_47, words_117, {}, {}, "generic", "2.8.0"},
    {"scard", 2, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_118, {}, key_specs_22, {}, "set", "1.0.0"},
    {"script", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_script, "scripting", "2.6.0"},
    {"sdiff", -2, flag_readonly, 1, -1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_121, words_36, key_specs_26, {}, "set", "1.0.0"},
    {"sdiffstore", -3, flag_write | flag_denyoom, 1, -1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_122, {}, key_specs_36, {}, "set", "1.0.0"},
    {"select", 2, flag_loading | flag_stale | flag_fast, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_48, words_9, {}, {}, {}, "connection", "1.0.0"},
    {"set", -3, flag_write | flag_denyoom, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_91, {}, key_specs_37, {}, "string", "1.0.0"},
    {"setbit", 4, flag_write | flag_denyoom, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_16, {}, key_specs_8, {}, "bitmap", "2.2.0"},
    {"setex", 4, flag_write | flag_denyoom, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_91, {}, key_specs_33, {}, "string", "2.0.0"},
    {"setnx", 3, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_6, {}, key_specs_38, {}, "string", "1.0.0"},
    {"setrange", 4, flag_write | flag_denyoom, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_91, {}, key_specs_15, {}, "string", "2.2.0"},
    {"shutdown", -1, flag_admin | flag_noscript | flag_loading | flag_stale | flag_no_multi | flag_allow_busy, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_123, words_3, {}, {}, {}, "server", "1.0.0"},
    {"sinter", -2, flag_readonly, 1, -1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_121, words_36, key_specs_26, {}, "set", "1.0.0"},
    {"sintercard", -3, flag_readonly | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_124, words_121, {}, key_specs_39, {}, "set", "7.0.0"},
    {"sinterstore", -3, flag_write | flag_denyoom, 1, -1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_122, {}, key_specs_40, {}, "set", "1.0.0"},
    {"sismember", 3, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_118, {}, key_specs_22, {}, "set", "1.0.0"},
    {"slaveof", 3, flag_admin | flag_noscript | flag_stale | flag_no_async_loading, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_113, words_3, {}, {}, {}, "server", "1.0.0"},
    {"slowlog", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_slowlog, "server", "2.2.12"},
    {"smembers", 2, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_121, words_36, key_specs_1, {}, "set", "1.0.0"},
    {"smismember", -3, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_118, {}, key_specs_1, {}, "set", "6.2.0"},
    {"smove", 4, flag_write | flag_fast, 1, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_116, {}, key_specs_4, {}, "set", "1.0.0"},
    {"sort", -2, flag_write | flag_denyoom | flag_movablekeys, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_69, words_128, {}, key_specs_41, {}, "generic", "1.0.0"},
    {"sort_ro", -2, flag_readonly | flag_movablekeys, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_124, words_129, {}, key_specs_42, {}, "generic", "7.0.0"},
    {"spop", -2, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_116, words_30, key_specs_19, {}, "set", "1.0.0"},
    {"spublish", 3, flag_pubsub | flag_loading | flag_stale | flag_fast | flag_may_replicate, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_108, words_109, {}, key_specs_43, {}, "pubsub", "7.0.0"},
    {"srandmember", -2, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_121, words_30, key_specs_1, {}, "set", "1.0.0"},
    {"srem", -3, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_116, {}, key_specs_21, {}, "set", "1.0.0"},
    {"sscan", -3, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_121, words_30, key_specs_1, {}, "set", "2.8.0"},
    {"ssubscribe", -2, flag_pubsub | flag_noscript | flag_loading | flag_stale, 1, -1, 1, RequestPolicy::none, ResponsePolicy::none, words_105, words_106, {}, key_specs_44, {}, "pubsub", "7.0.0"},
    {"strlen", 2, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_70, {}, key_specs_22, {}, "string", "2.2.0"},
    {"subscribe", -2, flag_pubsub | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_105, words_106, {}, {}, {}, "pubsub", "2.0.0"},
    {"substr", 4, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_71, {}, key_specs_1, {}, "string", "1.0.0"},
    {"sunion", -2, flag_readonly, 1, -1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_121, words_36, key_specs_26, {}, "set", "1.0.0"},
    {"sunionstore", -3, flag_write | flag_denyoom, 1, -1, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_122, {}, key_specs_36, {}, "set", "1.0.0"},
    {"sunsubscribe", -1, flag_pubsub | flag_noscript | flag_loading | flag_stale, 1, -1, 1, RequestPolicy::none, ResponsePolicy::none, words_105, words_106, {}, key_specs_44, {}, "pubsub", "7.0.0"},
    {"swapdb", 3, flag_write | flag_fast, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_55, words_131, {}, {}, {}, "server", "4.0.0"},
    {"sync", 1, flag_admin | flag_noscript | flag_no_async_loading | flag_no_multi, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_107, words_3, {}, {}, {}, "server", "1.0.0"},
    {"time", 1, flag_loading | flag_stale | flag_fast, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_48, words_132, words_30, {}, {}, "server", "2.6.0"},
    {"touch", -2, flag_readonly | flag_fast, 1, -1, 1, RequestPolicy::multi_shard, ResponsePolicy::agg_sum, words_18, words_39, words_43, key_specs_14, {}, "generic", "3.2.1"},
    {"ttl", 2, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_39, words_30, key_specs_1, {}, "generic", "1.0.0"},
    {"type", 2, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_39, {}, key_specs_22, {}, "generic", "1.0.0"},
    {"unlink", -2, flag_write | flag_fast, 1, -1, 1, RequestPolicy::multi_shard, ResponsePolicy::agg_sum, words_55, words_56, words_43, key_specs_9, {}, "generic", "4.0.0"},
    {"unsubscribe", -1, flag_pubsub | flag_noscript | flag_loading | flag_stale, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_105, words_106, {}, {}, {}, "pubsub", "2.0.0"},
    {"unwatch", 1, flag_noscript | flag_loading | flag_stale | flag_fast | flag_allow_busy, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_45, words_46, {}, {}, {}, "transactions", "2.2.0"},
    {"wait", 3, flag_noscript, 0, 0, 0, RequestPolicy::all_shards, ResponsePolicy::agg_min, words_62, words_29, words_133, {}, {}, "generic", "3.0.0"},
    {"watch", -2, flag_noscript | flag_loading | flag_stale | flag_fast | flag_allow_busy, 1, -1, 1, RequestPolicy::none, ResponsePolicy::none, words_45, words_46, {}, key_specs_14, {}, "transactions", "2.2.0"},
    {"xack", -4, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_134, {}, key_specs_15, {}, "stream", "5.0.0"},
    {"xadd", -5, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_134, words_30, key_specs_45, {}, "stream", "5.0.0"},
    {"xautoclaim", -6, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_134, words_30, key_specs_21, {}, "stream", "6.2.0"},
    {"xclaim", -6, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_134, words_30, key_specs_15, {}, "stream", "5.0.0"},
    {"xdel", -3, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_134, {}, key_specs_21, {}, "stream", "5.0.0"},
    {"xgroup", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_xgroup, "stream", "5.0.0"},
    {"xinfo", -2, 0, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, {}, words_1, {}, {}, sub_xinfo, "stream", "5.0.0"},
    {"xlen", 2, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_138, {}, key_specs_22, {}, "stream", "5.0.0"},
    {"xpending", -3, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_137, words_30, key_specs_1, {}, "stream", "5.0.0"},
    {"xrange", -4, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_137, {}, key_specs_1, {}, "stream", "5.0.0"},
    {"xread", -4, flag_readonly | flag_blocking | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_139, words_140, {}, key_specs_50, {}, "stream", "5.0.0"},
    {"xreadgroup", -7, flag_write | flag_blocking | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_24, words_141, {}, key_specs_51, {}, "stream", "5.0.0"},
    {"xrevrange", -4, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_137, {}, key_specs_1, {}, "stream", "5.0.0"},
    {"xsetid", -3, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_134, {}, key_specs_15, {}, "stream", "5.0.0"},
    {"xtrim", -4, flag_write, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_42, words_135, words_30, key_specs_21, {}, "stream", "5.0.0"},
    {"zadd", -4, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_142, {}, key_specs_15, {}, "sorted-set", "1.2.0"},
    {"zcard", 2, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_143, {}, key_specs_22, {}, "sorted-set", "1.2.0"},
    {"zcount", 4, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_143, {}, key_specs_1, {}, "sorted-set", "2.0.0"},
    {"zdiff", -3, flag_readonly | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_124, words_144, {}, key_specs_39, {}, "sorted-set", "6.2.0"},
    {"zdiffstore", -4, flag_write | flag_denyoom | flag_movablekeys, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_69, words_145, {}, key_specs_52, {}, "sorted-set", "6.2.0"},
    {"zincrby", 4, flag_write | flag_denyoom | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_5, words_142, {}, key_specs_8, {}, "sorted-set", "1.2.0"},
    {"zinter", -3, flag_readonly | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_124, words_144, {}, key_specs_39, {}, "sorted-set", "6.2.0"},
    {"zintercard", -3, flag_readonly | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_124, words_144, {}, key_specs_39, {}, "sorted-set", "7.0.0"},
    {"zinterstore", -4, flag_write | flag_denyoom | flag_movablekeys, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_69, words_145, {}, key_specs_52, {}, "sorted-set", "2.0.0"},
    {"zlexcount", 4, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_143, {}, key_specs_1, {}, "sorted-set", "2.8.9"},
    {"zmpop", -4, flag_write | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_84, words_145, {}, key_specs_24, {}, "sorted-set", "7.0.0"},
    {"zmscore", -3, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_143, {}, key_specs_1, {}, "sorted-set", "6.2.0"},
    {"zpopmax", -2, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_142, {}, key_specs_19, {}, "sorted-set", "5.0.0"},
    {"zpopmin", -2, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_142, {}, key_specs_19, {}, "sorted-set", "5.0.0"},
    {"zrandmember", -2, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_144, words_30, key_specs_1, {}, "sorted-set", "6.2.0"},
    {"zrange", -4, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_144, {}, key_specs_1, {}, "sorted-set", "1.2.0"},
    {"zrangebylex", -4, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_144, {}, key_specs_1, {}, "sorted-set", "2.8.9"},
    {"zrangebyscore", -4, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_144, {}, key_specs_1, {}, "sorted-set", "1.0.5"},
    {"zrangestore", -5, flag_write | flag_denyoom, 1, 2, 1, RequestPolicy::none, ResponsePolicy::none, words_15, words_145, {}, key_specs_18, {}, "sorted-set", "6.2.0"},
    {"zrank", 3, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_143, {}, key_specs_1, {}, "sorted-set", "2.0.0"},
    {"zrem", -3, flag_write | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_55, words_142, {}, key_specs_21, {}, "sorted-set", "1.2.0"},
    {"zremrangebylex", 4, flag_write, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_42, words_145, {}, key_specs_21, {}, "sorted-set", "2.8.9"},
    {"zremrangebyrank", 4, flag_write, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_42, words_145, {}, key_specs_21, {}, "sorted-set", "2.0.0"},
    {"zremrangebyscore", 4, flag_write, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_42, words_145, {}, key_specs_21, {}, "sorted-set", "1.2.0"},
    {"zrevrange", -4, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_144, {}, key_specs_1, {}, "sorted-set", "1.2.0"},
    {"zrevrangebylex", -4, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_144, {}, key_specs_1, {}, "sorted-set", "2.8.9"},
    {"zrevrangebyscore", -4, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_144, {}, key_specs_1, {}, "sorted-set", "2.2.0"},
    {"zrevrank", 3, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_143, {}, key_specs_1, {}, "sorted-set", "2.0.0"},
    {"zscan", -3, flag_readonly, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_12, words_144, words_30, key_specs_1, {}, "sorted-set", "2.8.0"},
    {"zscore", 3, flag_readonly | flag_fast, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_18, words_143, {}, key_specs_1, {}, "sorted-set", "1.2.0"},
    {"zunion", -3, flag_readonly | flag_movablekeys, 0, 0, 0, RequestPolicy::none, ResponsePolicy::none, words_124, words_144, {}, key_specs_39, {}, "sorted-set", "6.2.0"},
    {"zunionstore", -4, flag_write | flag_denyoom | flag_movablekeys, 1, 1, 1, RequestPolicy::none, ResponsePolicy::none, words_69, words_145, {}, key_specs_52, {}, "sorted-set", "2.0.0"},
};

}  // namespace

std::span<CommandInfo const> all_commands() { return commands; }

constinit CommandIndex const command_index{commands};

}  // namespace keyslot::protocol
