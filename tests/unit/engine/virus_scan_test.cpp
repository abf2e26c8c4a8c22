/// @file
/// What is said to clamd, and what is made of its answers.

#include "core/engine/virus_scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/clamd.hpp"

namespace pakn::engine {
namespace {

using test::Clamd;
using test::eicar;

class VirusScanTest : public ::testing::Test {
protected:
    /// "clean", "infected: NAME", or the problem.
    std::string outcome(const Content& content, const std::string& socket) {
        const auto found = scanner_.scan(content, socket);
        if (!found) return found.error().problem;
        return found->infected ? "infected: " + found->signature : "clean";
    }
    std::string outcome(const Content& content) { return outcome(content, clamd_.socket()); }

    Clamd clamd_;
    std::vector<std::string> logged_;
    VirusScanner scanner_{[this](LogLevel, std::string_view id, std::string_view) { logged_.emplace_back(id); },
                          {.connect = std::chrono::milliseconds{2000},
                           .whole = std::chrono::milliseconds{5000},
                           .pause = std::chrono::milliseconds{0}}};
};

TEST_F(VirusScanTest, AFileGoesOverInPiecesAndComesBackWithAFinding) {
    EXPECT_EQ(outcome("biên bản"), "clean");
    EXPECT_EQ(clamd_.last(), "biên bản");
    EXPECT_EQ(outcome(eicar()), "infected: Eicar-Test-Signature");
    std::string large;
    for (int i = 0; large.size() < 1'000'000; ++i) large += std::to_string(i) + ' ';
    EXPECT_EQ(outcome(large), "clean");
    EXPECT_EQ(clamd_.last(), large);
    EXPECT_EQ(outcome(large + eicar()), "infected: Eicar-Test-Signature");
    EXPECT_EQ(outcome(""), "clean");
    EXPECT_EQ(clamd_.asked(), 5) << "each over a connection of its own";
    EXPECT_TRUE(logged_.empty());
}

TEST_F(VirusScanTest, AFileBehindADescriptorIsReadThrough) {
    ContentWriter writer{4U << 20U};
    ASSERT_TRUE(writer.append(std::string(600'000, 'x') + eicar()));
    const Result<Content> content = writer.finish();
    ASSERT_TRUE(content);
    ASSERT_EQ(content->inMemory(), nullptr);
    EXPECT_EQ(outcome(*content), "infected: Eicar-Test-Signature");
}

TEST_F(VirusScanTest, WhatIsLargerThanClamdTakesIsNoFailureOfClamd) {
    clamd_.most = 100'000;
    EXPECT_EQ(outcome(std::string(3'000'000, 'x')), "scan.too_large");
    EXPECT_EQ(outcome("x"), "clean");
    EXPECT_TRUE(logged_.empty());
}

TEST_F(VirusScanTest, AScannerThatDoesNotAnswerIsUnavailableAndTheLogSaysSoOnce) {
    clamd_.hangs_up = true;
    EXPECT_EQ(outcome("x"), "scan.unavailable");
    EXPECT_EQ(outcome("x"), "scan.unavailable");
    clamd_.stop();
    EXPECT_EQ(outcome("x"), "scan.unavailable");
    EXPECT_EQ(logged_, std::vector<std::string>{"SCANNER_UNAVAILABLE"});
    clamd_.hangs_up = false;
    clamd_.listen();
    EXPECT_EQ(outcome("x"), "clean");
    EXPECT_EQ(logged_, (std::vector<std::string>{"SCANNER_UNAVAILABLE", "SCANNER_RECOVERED"}));
    for (const char* socket : {"/nonexistent/clamd.ctl", "127.0.0.1:1", "clamav.invalid:3310"})
        EXPECT_EQ(outcome("x", socket), "scan.unavailable") << socket;
}

TEST_F(VirusScanTest, WhatIsNoFindingIsNone) {
    for (const char* answer :
         {"stream: FOUND", "stream:  FOUND", "stream: ", " FOUND", "FOUND", "\n", "stream: OK FOUN"}) {
        clamd_.says = answer;
        EXPECT_EQ(outcome("x"), "scan.unavailable") << answer;
    }
    clamd_.says = "stream: X FOUND\n";
    EXPECT_EQ(outcome("x"), "infected: X");
}

TEST_F(VirusScanTest, NobodyWaitsForOneThatIsSilent) {
    clamd_.silent = true;
    VirusScanner hasty{{},
                       {.connect = std::chrono::milliseconds{500},
                        .whole = std::chrono::milliseconds{100},
                        .pause = std::chrono::minutes{10}}};
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(hasty.scan("x", clamd_.socket()).error().problem, "scan.unavailable");
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{5});
    const int asked = clamd_.asked();
    EXPECT_EQ(hasty.scan("x", clamd_.socket()).error().problem, "scan.unavailable");
    EXPECT_EQ(clamd_.asked(), asked) << "a moment later it is not even asked";
    clamd_.silent = false;
}

}  // namespace
}  // namespace pakn::engine
