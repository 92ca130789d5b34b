#pragma once

#include <span>
#include <string>
#include <string_view>

namespace keyslot::sim {

class Server;

/// The text of INFO for these sections (none: the default ones), in the order in which Redis has them.
std::string info_text(Server& server, std::span<std::string_view const> sections);

}  // namespace keyslot::sim
