#pragma once

namespace keyslot::sim {

/// The kernel drops what arrives at a deaf socket as if it had never come. Who connects to a port that is
/// hears nothing, sends its SYN again after 1, 2, 4, ... seconds, and gets through once the port hears; who
/// sends to a connection that is gets no acknowledgement. Only on Linux: elsewhere nothing happens.
void make_deaf(int socket, bool deaf);

}  // namespace keyslot::sim
