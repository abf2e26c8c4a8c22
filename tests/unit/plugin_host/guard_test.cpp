/// @file
/// What guard() lets through and what it does not.

#include "core/plugin_host/guard.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <stdexcept>
#include <string>

namespace pakn::plugin_host {
namespace {

constexpr CallSite kSite{.plugin = "in_test", .call = "poll"};

TEST(GuardTest, PassesValuesAndErrorsOn) {
    const Result<int> value = guard(kSite, []() -> Result<int> { return 7; });
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, 7);
    const Status failed = guard(kSite, []() -> Status {
        return Error{.code = Errc::kUnavailable, .retry_after = std::chrono::milliseconds{5}};
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::kUnavailable);
    EXPECT_EQ(failed.error().retry_after, std::chrono::milliseconds{5});
}

TEST(GuardTest, EndsEveryException) {
    const auto codeOf = [](auto thrown) {
        const Status status = guard(kSite, [&]() -> Status { throw thrown; });
        return status ? Errc::kNotFound : status.error().code;
    };
    EXPECT_EQ(codeOf(std::runtime_error{"x"}), Errc::kInternal);
    EXPECT_EQ(codeOf(std::bad_alloc{}), Errc::kInternal);
    EXPECT_EQ(codeOf(1), Errc::kInternal);
    EXPECT_EQ(codeOf("text"), Errc::kInternal);
    EXPECT_EQ(codeOf(Error{.code = Errc::kRejected}), Errc::kInternal);
}

/// Set by whoever is unwound through.
struct Unwound {
    explicit Unwound(bool& flag) : flag_{flag} {}
    Unwound(const Unwound&) = delete;
    Unwound& operator=(const Unwound&) = delete;
    ~Unwound() { flag_ = true; }
    bool& flag_;
};

TEST(GuardTest, LetsACancelledThreadUnwindToItsEnd) {
    struct Facts {
        bool unwound = false;
        bool went_on = false;
    } facts;
    pthread_t thread{};
    const auto body = [](void* argument) -> void* {
        auto& seen = *static_cast<Facts*>(argument);
        const Unwound outside{seen.unwound};
        static_cast<void>(guard(kSite, []() -> Status { pthread_exit(nullptr); }));
        seen.went_on = true;
        return nullptr;
    };
    ASSERT_EQ(pthread_create(&thread, nullptr, body, &facts), 0);
    ASSERT_EQ(pthread_join(thread, nullptr), 0);
    EXPECT_TRUE(facts.unwound);
    EXPECT_FALSE(facts.went_on);
}

}  // namespace
}  // namespace pakn::plugin_host
