/// @file
/// Random bytes and tokens never repeat, over threads and forks too; ids are UUIDv7 in the order of their making.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <thread>
#include <vector>

#include "core/security/crypto.hpp"

namespace pakn::security {
namespace {

using namespace std::chrono_literals;

const Instant kNow{std::chrono::milliseconds{1'772'762'400'123}};  // 2026-03-06

TEST(RandomBytes, AreAsManyAsAsked) {
    for (const std::size_t count : {0U, 1U, 12U, 1023U, 1024U, 1025U, 4096U, 100'000U})
        EXPECT_EQ(randomBytes(count).size(), count);
}

TEST(RandomBytes, NeverRepeatWhereOnePoolEndsAndTheNextBegins) {
    std::set<std::string> seen;
    for (int i = 0; i < 10'000; ++i) seen.insert(randomBytes(12));
    EXPECT_EQ(seen.size(), 10'000U);
}

TEST(RandomBytes, UseEveryValue) {
    const std::string bytes = randomBytes(64 * 1024);
    const std::set<char> values{bytes.begin(), bytes.end()};
    EXPECT_EQ(values.size(), 256U);
}

TEST(RandomBytes, DifferInAChildProcess) {
    (void)randomBytes(16);  // Both would go on in this pool.
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const std::string mine = randomBytes(32);
        ::_exit(::write(pipe[1], mine.data(), mine.size()) == 32 ? 0 : 1);
    }
    std::string theirs(32, '\0');
    ASSERT_EQ(::read(pipe[0], theirs.data(), theirs.size()), 32);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(pipe[0]);
    ::close(pipe[1]);
    EXPECT_NE(randomBytes(32), theirs);
}

TEST(RandomToken, IsBase64UrlOfTheAskedLength) {
    EXPECT_EQ(randomToken().size(), 24U);
    EXPECT_EQ(randomToken(32).size(), 43U);
    std::string many;
    for (int i = 0; i < 1000; ++i) many += randomToken();
    EXPECT_EQ(many.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    EXPECT_NE(many.find('-'), std::string::npos);
    EXPECT_NE(many.find('_'), std::string::npos);
}

TEST(RandomToken, IsUniqueOverThreads) {
    constexpr std::size_t kThreads = 4;
    constexpr std::size_t kEach = 5000;
    std::array<std::vector<std::string>, kThreads> made;
    {
        std::vector<std::jthread> threads;
        for (auto& mine : made)
            threads.emplace_back([&mine] {
                for (std::size_t i = 0; i < kEach; ++i) mine.push_back(randomToken());
            });
    }
    std::set<std::string> all;
    for (const auto& mine : made) all.insert(mine.begin(), mine.end());
    EXPECT_EQ(all.size(), kThreads * kEach);
}

TEST(NewId, IsAUuidOfVersion7WithItsInstant) {
    const std::string id = newId(kNow);
    ASSERT_EQ(id.size(), 36U);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) EXPECT_EQ(id[dash], '-');
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef-"), std::string::npos);
    EXPECT_EQ(id[14], '7');
    EXPECT_NE(std::string{"89ab"}.find(id[19]), std::string::npos);
    EXPECT_EQ(std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16), kNow.time_since_epoch().count());
}

TEST(NewId, IsInOrderWithinAMillisecondAndWhenItsCounterIsFull) {
    std::vector<std::string> ids;
    for (int i = 0; i < 10'000; ++i) ids.push_back(newId(kNow + 1min));
    EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
    EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size());
}

TEST(NewId, StaysInOrderWhenTheClockGoesBackALittle) {
    const std::string before = newId(kNow + 2min);
    EXPECT_LT(before, newId(kNow + 2min - 5s));
}

TEST(NewId, FollowsAClockThatWasPutBackByMuch) {
    const std::string wrong = newId(kNow + std::chrono::hours{24 * 365});
    EXPECT_GT(wrong, newId(kNow + 3min));
}

TEST(NewId, IsInOrderForEachThreadAndUniqueOverAll) {
    constexpr std::size_t kThreads = 4;
    std::array<std::vector<std::string>, kThreads> made;
    {
        std::vector<std::jthread> threads;
        for (auto& mine : made)
            threads.emplace_back([&mine] {
                for (int i = 0; i < 5000; ++i) mine.push_back(newId(kNow + 4min));
            });
    }
    std::set<std::string> stamps;  // Time and counter without the random part: unique by themselves.
    for (const auto& mine : made) {
        EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
        for (const std::string& id : mine) stamps.insert(id.substr(0, 18));
    }
    EXPECT_EQ(stamps.size(), kThreads * 5000);
}

}  // namespace
}  // namespace pakn::security
