#include "simulator/server/deaf_socket.hpp"

#ifdef __linux__
#include <linux/filter.h>
#include <sys/socket.h>
#endif

namespace keyslot::sim {

#ifdef __linux__

void make_deaf(int socket, bool deaf) {
    sock_filter drop_all{BPF_RET | BPF_K, 0, 0, 0};
    sock_fprog const program{1, &drop_all};
    int const unused = 0;
    if (deaf) {
        setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
    } else {
        setsockopt(socket, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
    }
}

#else

void make_deaf(int, bool) {}

#endif

}  // namespace keyslot::sim
