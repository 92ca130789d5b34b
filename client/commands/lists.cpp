#include <keyslot/commands/lists.hpp>

namespace keyslot {

void LPosOptions::append_to(detail::ArgumentList& words) const {
    words.add_option("RANK", rank).add_option("MAXLEN", maxlen);
}

}  // namespace keyslot
