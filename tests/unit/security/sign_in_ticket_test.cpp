/// @file
/// What a browser carries while a provider signs somebody in: opens for its connector, its hub and its time alone.

#include "core/security/sign_in_ticket.hpp"

#include <gtest/gtest.h>

namespace pakn::security {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow{std::chrono::milliseconds{1'772'762'400'000}};

class SignInTicketTest : public ::testing::Test {
protected:
    const HubKey key{Key::random()};
    const SignInTicket ticket{.number = randomToken(),
                              .return_to = "/console/?a=1",
                              .secret = std::string{"line\nand \0 byte", 15},
                              .expires_at = kNow + kSignInLasts};
};

TEST_F(SignInTicketTest, ComesBackAsItWas) {
    const auto opened = openTicket(key, "sso", sealTicket(key, "sso", ticket), kNow);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(opened->number, ticket.number);
    EXPECT_EQ(opened->return_to, ticket.return_to);
    EXPECT_EQ(opened->secret, ticket.secret);
    EXPECT_FALSE(opened->citizen);
    EXPECT_EQ(opened->expires_at, ticket.expires_at);
}

TEST_F(SignInTicketTest, OpensForNobodyElse) {
    const std::string sealed = sealTicket(key, "sso", ticket);
    const auto refused = [&](const HubKey& with, std::string_view connector, std::string_view text, Instant at) {
        const auto opened = openTicket(with, connector, text, at);
        return !opened && opened.error().problem == "sign_in.not_begun";
    };
    EXPECT_TRUE(refused(key, "other", sealed, kNow));
    EXPECT_TRUE(refused(HubKey{Key::random()}, "sso", sealed, kNow));
    EXPECT_TRUE(refused(key, "sso", sealed, kNow + kSignInLasts));
    EXPECT_TRUE(refused(key, "sso", "", kNow));
    EXPECT_TRUE(refused(key, "sso", "not base64 !", kNow));
    EXPECT_TRUE(refused(key, "sso", std::string(5000, 'A'), kNow));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        std::string forged = sealed;
        forged[at] = forged[at] == 'A' ? 'B' : 'A';
        EXPECT_TRUE(refused(key, "sso", forged, kNow)) << at;
    }
}

TEST_F(SignInTicketTest, FitsIntoACookie) {
    const SignInTicket largest{.number = ticket.number,
                               .return_to = std::string(kMostReturn, '/'),
                               .secret = std::string(kMostSignInSecret, 's'),
                               .expires_at = ticket.expires_at};
    const std::string sealed = sealTicket(key, "sso", largest);
    EXPECT_LE(sealed.size(), 4000U);
    EXPECT_TRUE(openTicket(key, "sso", sealed, kNow).ok());
}

TEST(LocalPath, IsNoOtherSite) {
    for (const char* path : {"/", "/console/", "/a?b=/c#d", "/%2F%2Fexample"}) EXPECT_TRUE(isLocalPath(path)) << path;
    for (const char* path : {"", "console", "//example.org", "/\\example.org", "\\\\example.org", "/\t/example.org",
                             "https://example.org", "javascript:alert(1)", "/a b", "/a\r\nb", "/\xC4\x91"})
        EXPECT_FALSE(isLocalPath(path)) << path;
    EXPECT_FALSE(isLocalPath("/" + std::string(kMostReturn, 'a')));
}

}  // namespace
}  // namespace pakn::security
