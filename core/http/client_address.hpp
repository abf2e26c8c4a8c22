#pragma once
/// @file
/// Where a request comes from: the address at the other end of the connection, or, behind a trusted proxy, the one that
/// the proxy names. Pure.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::http {

/// An IPv6 address; IPv4 is mapped into it (::ffff:0:0/96).
struct Address {
    std::array<std::uint8_t, 16> bytes = {};
    friend bool operator==(const Address&, const Address&) = default;
};

struct AddressHash {
    std::size_t operator()(const Address& address) const {
        return std::hash<std::string_view>{}(
            {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()});
    }
};

/// "192.0.2.1", "2001:db8::1"; nullopt for anything else.
std::optional<Address> parseAddress(std::string_view text);

/// As parseAddress takes it.
std::string toText(const Address& address);

/// Whom limits per client count: the address, of IPv6 its /64 network, which is one household.
Address countedAs(Address address);

/// The proxies that are believed.
class TrustedProxies {
public:
    /// Addresses and networks ("10.0.0.0/8"); what is neither is left out (the configuration has checked them).
    explicit TrustedProxies(const std::vector<std::string>& networks);

    [[nodiscard]] bool contains(const Address& address) const;

    /// The client that a trusted proxy speaks for: the last address of X-Forwarded-For that is not itself a trusted
    /// proxy. nullopt when the proxy names none: it speaks for itself. What stands further left anybody can write.
    [[nodiscard]] std::optional<Address> clientBehind(std::string_view forwarded_for) const;

private:
    struct Network {
        Address address;
        int prefix;  ///< Bits, of 128.
    };
    std::vector<Network> networks_;
};

}  // namespace pakn::http
