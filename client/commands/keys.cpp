#include <keyslot/commands/keys.hpp>

namespace keyslot {

void ExpireOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("NX", nx).add_flag("XX", xx).add_flag("GT", gt).add_flag("LT", lt);
}

void CopyOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("REPLACE", replace);
}

void RestoreOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("REPLACE", replace)
        .add_flag("ABSTTL", absttl)
        .add_option("IDLETIME", idletime)
        .add_option("FREQ", freq);
}

void MigrateOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("COPY", copy).add_flag("REPLACE", replace);
    if (!username.empty()) {
        words.add("AUTH2").add(username).add(password);
    } else if (!password.empty()) {
        words.add("AUTH").add(password);
    }
}

void ScanKeysOptions::append_to(detail::ArgumentList& words) const {
    words.add_option("MATCH", match).add_option("COUNT", count).add_option("TYPE", type);
}

void SortOptions::append_to(detail::ArgumentList& words) const {
    words.add_option("BY", by).add_optional(limit);
    get.for_each([&words](std::string_view pattern) { words.add("GET").add(pattern); });
    words.add_flag("DESC", desc).add_flag("ALPHA", alpha);
}

}  // namespace keyslot
