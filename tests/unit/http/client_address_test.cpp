/// @file
/// Who the client is, directly and behind proxies.

#include "core/http/client_address.hpp"

#include <gtest/gtest.h>

namespace pakn::http {
namespace {

Address at(std::string_view text) { return *parseAddress(text); }

TEST(ClientAddress, V4IsTheSameInBothForms) {
    EXPECT_EQ(at("192.0.2.1"), at("::ffff:192.0.2.1"));
    EXPECT_NE(at("192.0.2.1"), at("::192.0.2.1"));
    for (const char* text : {"", "192.0.2", "192.0.2.1:80", "localhost", "192.0.2.01x", "::g", "[::1]"})
        EXPECT_FALSE(parseAddress(text)) << text;
}

TEST(ClientAddress, AHouseholdOfV6CountsAsOne) {
    EXPECT_EQ(countedAs(at("2001:db8:1:2::1")), countedAs(at("2001:db8:1:2:ffff::2")));
    EXPECT_NE(countedAs(at("2001:db8:1:2::1")), countedAs(at("2001:db8:1:3::1")));
    EXPECT_NE(countedAs(at("192.0.2.1")), countedAs(at("192.0.2.2")));
}

TEST(TrustedProxies, AreAddressesAndNetworks) {
    const TrustedProxies proxies{{"127.0.0.1", "10.8.0.0/13", "2001:db8::/33", "::1"}};
    for (const char* text : {"127.0.0.1", "::ffff:127.0.0.1", "10.8.0.1", "10.15.255.255", "2001:db8:7fff::1", "::1"})
        EXPECT_TRUE(proxies.contains(at(text))) << text;
    for (const char* text : {"127.0.0.2", "10.7.255.255", "10.16.0.0", "2001:db8:8000::1", "::2"})
        EXPECT_FALSE(proxies.contains(at(text))) << text;
    EXPECT_TRUE(TrustedProxies{{"0.0.0.0/0"}}.contains(at("203.0.113.9")));
    EXPECT_FALSE(TrustedProxies{{"0.0.0.0/0"}}.contains(at("2001:db8::1")));
}

TEST(TrustedProxies, TheClientIsTheLastThatNoProxyOfOursIs) {
    const TrustedProxies proxies{{"10.0.0.0/8"}};
    EXPECT_EQ(proxies.clientBehind("192.0.2.1"), at("192.0.2.1"));
    EXPECT_EQ(proxies.clientBehind("6.6.6.6, 192.0.2.1"), at("192.0.2.1"));
    EXPECT_EQ(proxies.clientBehind("6.6.6.6 ,192.0.2.1,10.0.0.2 , 10.0.0.1"), at("192.0.2.1"));
    EXPECT_EQ(proxies.clientBehind("192.0.2.1:4711, 10.0.0.1"), at("192.0.2.1"));
    EXPECT_EQ(proxies.clientBehind("[2001:db8::1]:443"), at("2001:db8::1"));
    EXPECT_EQ(proxies.clientBehind("10.0.0.3, 10.0.0.2"), at("10.0.0.3")) << "nobody but proxies: the first";
    EXPECT_EQ(proxies.clientBehind("nonsense, 10.0.0.2"), at("10.0.0.2")) << "as far as it can be believed";
    for (const char* none : {"", "unknown", "192.0.2.1, _hidden", ",", "[", "[]"})
        EXPECT_EQ(proxies.clientBehind(none), std::nullopt) << none;
}

}  // namespace
}  // namespace pakn::http
