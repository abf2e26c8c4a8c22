/// @file
/// Tokens of forms, and proofs of work over them.

#include "proof.hpp"

#include <gtest/gtest.h>

#include "core/testing/fake_host.hpp"
#include "text.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;
using testing::FakeHostServices;

TEST(WebFormTokens, OpenTheFormTheyWereMadeFor) {
    FakeHostServices services;
    FormTokens tokens{services};
    const std::string token = tokens.make("report", "browser", {.bits = 18}).value();
    const Result<FormToken> read = tokens.read(token, "report", "browser");
    ASSERT_TRUE(read);
    EXPECT_TRUE(isToken(read->id, 22, 22));
    EXPECT_EQ(read->issued, services.now());
    EXPECT_EQ(read->bits, 18);
    const std::string again = tokens.make("report", "browser", *read).value();
    EXPECT_EQ(tokens.read(again, "report", "browser")->id, read->id);
    EXPECT_NE(tokens.read(tokens.make("report", "browser").value(), "report", "browser")->id, read->id);
}

TEST(WebFormTokens, NothingElseOpensIt) {
    FakeHostServices services;
    FormTokens tokens{services};
    const std::string token = tokens.make("report", "browser", {.bits = 18}).value();
    EXPECT_EQ(tokens.read(token, "send", "browser").error().code, Errc::kForbidden);
    EXPECT_EQ(tokens.read(token, "report", "another").error().code, Errc::kForbidden);
    EXPECT_EQ(tokens.read(token, "report", "").error().code, Errc::kForbidden);
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string forged = token;
        forged[i] = forged[i] == '0' ? '1' : '0';
        EXPECT_FALSE(tokens.read(forged, "report", "browser")) << i;
        EXPECT_FALSE(tokens.read(token.substr(0, i), "report", "browser")) << i;
    }
    for (const std::string& text :
         {std::string{}, std::string{"..."}, std::string(5000, '.'), token + "0", "x." + token})
        EXPECT_FALSE(tokens.read(text, "report", "browser"));
    FakeHostServices another_hub;
    EXPECT_FALSE(FormTokens{another_hub}.read(token, "report", "browser"));
}

TEST(WebFormTokens, NodesOfOneHubShareTheKey) {
    FakeHostServices services;
    FormTokens first{services};
    FormTokens second{services};
    EXPECT_TRUE(second.read(first.make("report", "browser").value(), "report", "browser"));
    FormTokens after_restart{services};
    EXPECT_TRUE(first.read(after_restart.make("report", "browser").value(), "report", "browser"));
}

TEST(WebFormTokens, WhileAnotherNodeMakesTheKeyItIsWaitedFor) {
    FakeHostServices services;
    services.takeAway("form_key");
    FormTokens tokens{services};
    EXPECT_EQ(tokens.make("report", "browser").error().code, Errc::kUnavailable);
    ASSERT_TRUE(services.kept.put("form_key", "made by the other"));
    EXPECT_TRUE(tokens.make("report", "browser"));
}

TEST(WebProof, BitsAreThoseOfSha256) {
    // By printf 'abc:%d' | sha256sum.
    EXPECT_EQ(provenBits("abc", "0"), 1);
    EXPECT_EQ(provenBits("abc", "2"), 3);
    EXPECT_EQ(provenBits("abc", "181"), 10);
    int first = 0;
    while (provenBits("abc", std::to_string(first)) < 8) ++first;
    EXPECT_EQ(first, 181);
}

TEST(WebProof, WhatIsNoNumberProvesNothing) {
    int first = 0;
    while (provenBits("abc", std::to_string(first)) < 8) ++first;
    const std::string proof = std::to_string(first);
    EXPECT_EQ(provenBits("abc", ' ' + proof), 0);
    EXPECT_EQ(provenBits("abc", proof + '\n'), 0);
    EXPECT_EQ(provenBits("abc", ""), 0);
    EXPECT_EQ(provenBits("abc", std::string(21, '1')), 0);
    EXPECT_EQ(provenBits(std::string(300, 'a'), "1"), 0);
}

TEST(WebNames, AreOfTheirPurpose) {
    EXPECT_EQ(nameOf("a", "secret", 16).size(), 16U);
    EXPECT_NE(nameOf("a", "secret", 16), nameOf("b", "secret", 16));
    EXPECT_EQ(nameOf("a", "secret", 64).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace pakn::in_web
