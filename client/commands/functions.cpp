#include <keyslot/commands/functions.hpp>

#include "client/commands/decode_struct.hpp"

namespace keyslot {

void FunctionLoadOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("REPLACE", replace);
}

void FunctionListOptions::append_to(detail::ArgumentList& words) const {
    words.add_option("LIBRARYNAME", library).add_flag("WITHCODE", withcode);
}

std::string_view word_of(FunctionRestorePolicy policy) {
    switch (policy) {
        case FunctionRestorePolicy::flush: return "FLUSH";
        case FunctionRestorePolicy::append: return "APPEND";
        case FunctionRestorePolicy::replace: return "REPLACE";
    }
    return "APPEND";
}

namespace detail {

template <>
Result<FunctionInfo> Decoder<FunctionInfo>::decode(ReplyView reply) {
    return StructDecoder<FunctionInfo>(reply)
        .named("name", &FunctionInfo::name)
        .named("description", &FunctionInfo::description)
        .named("flags", &FunctionInfo::flags)
        .result();
}

template <>
Result<LibraryInfo> Decoder<LibraryInfo>::decode(ReplyView reply) {
    return StructDecoder<LibraryInfo>(reply)
        .named("library_name", &LibraryInfo::name)
        .named("engine", &LibraryInfo::engine)
        .named("functions", &LibraryInfo::functions)
        .maybe_named("library_code", &LibraryInfo::code)
        .result();
}

template <>
Result<RunningScript> Decoder<RunningScript>::decode(ReplyView reply) {
    return StructDecoder<RunningScript>(reply)
        .named("name", &RunningScript::name)
        .named("command", &RunningScript::command)
        .named("duration_ms", &RunningScript::duration)
        .result();
}

template <>
Result<FunctionEngine> Decoder<FunctionEngine>::decode(ReplyView reply) {
    return StructDecoder<FunctionEngine>(reply)
        .named("libraries_count", &FunctionEngine::libraries)
        .named("functions_count", &FunctionEngine::functions)
        .result();
}

template <>
Result<FunctionStats> Decoder<FunctionStats>::decode(ReplyView reply) {
    return StructDecoder<FunctionStats>(reply)
        .named("running_script", &FunctionStats::running_script)
        .named("engines", &FunctionStats::engines)
        .result();
}

}  // namespace detail

}  // namespace keyslot
