#include "core/http/sockets.hpp"

#include <netinet/in.h>
#include <sys/resource.h>

#include <algorithm>

namespace pakn::http {

std::size_t affordable(std::size_t connections, std::size_t spare) {
    constexpr rlim_t kOthers = 256;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return connections;
    const rlim_t wanted = connections + spare + kOthers;
    if (limit.rlim_cur < wanted + connections) {
        limit.rlim_cur = std::min(wanted + connections, limit.rlim_max);
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= wanted) return connections;
    return limit.rlim_cur > 2 * kOthers ? limit.rlim_cur - kOthers - spare : kOthers;
}

Address addressOf(const sockaddr_storage& from) {
    Address address;
    if (from.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
        std::copy_n(v6.sin6_addr.s6_addr, address.bytes.size(), address.bytes.begin());
    } else {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
        address.bytes[10] = address.bytes[11] = 0xFF;
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&v4.sin_addr), 4, address.bytes.begin() + 12);
    }
    return address;
}

}  // namespace pakn::http
