/// @file
/// What a connector writes into the store by itself has an end, and is given back.

#include "core/engine/instance_services.hpp"

#include <gtest/gtest.h>

#include "core/testing/fake_host.hpp"
#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using namespace std::chrono_literals;
using test::Bench;

constexpr std::size_t kMegabyte = 1U << 20U;

class InstanceServicesTest : public ::testing::Test {
protected:
    [[nodiscard]] std::unique_ptr<InstanceServices> made(const std::string& id, WriteLimit& writes) {
        return std::make_unique<InstanceServices>(config::Connector{.id = id},
                                                  InstanceServices::Parts{.store = *bench_.faulty,
                                                                          .http = http_,
                                                                          .records = records_,
                                                                          .citizens = desk_,
                                                                          .decode = {},
                                                                          .public_url = {},
                                                                          .now = [this] { return bench_.now.load(); },
                                                                          .log = [](auto, auto, auto) {}},
                                                  writes);
    }
    [[nodiscard]] InstanceState stateOf(const std::string& id, InstanceState::Most most) {
        return {*bench_.faulty, id, writes_, [this] { return bench_.now.load(); }, most};
    }
    void pass(std::chrono::milliseconds time) { bench_.now = bench_.now.load() + time; }

    Bench bench_;
    testing::FakeHttpClient http_;
    testing::FakeRecords records_;
    Hub hub_{bench_.hubParts()};
    CitizenDesk desk_{hub_, *bench_.faulty, {}};
    WriteLimit writes_;
};

TEST_F(InstanceServicesTest, StateHasSoManyBytes) {
    const auto services = made("mail", writes_);
    State& state = services->state();
    const std::string value(kMegabyte - 1000, 'x');
    for (int i = 0; i < 16; ++i) {
        ASSERT_TRUE(state.put("k" + std::to_string(i), value)) << i;
        pass(1s);
    }
    const Status more = state.put("k16", value);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, Errc::kTooLarge);
    EXPECT_EQ(more.error().problem, "state.too_large");
    EXPECT_TRUE(state.put("k15", "small")) << "what is there may be replaced";
    EXPECT_TRUE(state.put("k16", "small"));
    EXPECT_EQ(state.get("k16").value(), "small");
    pass(10s);
    EXPECT_TRUE(made("other", writes_)->state().put("k16", value)) << "each has its own";
}

TEST_F(InstanceServicesTest, StateHasSoManyValues) {
    {
        InstanceState state = stateOf("mail", {.values = 3});
        for (const char* key : {"a", "b", "c", "b", "b", "a"}) EXPECT_TRUE(state.put(key, "1")) << key;
        EXPECT_EQ(state.put("d", "1").error().code, Errc::kTooLarge);
        EXPECT_TRUE(state.put("c", "2"));
    }
    InstanceState again = stateOf("mail", {.values = 3});
    EXPECT_EQ(again.put("d", "1").error().code, Errc::kTooLarge) << "what is there from before counts";
    EXPECT_TRUE(again.put("a", "2"));
}

TEST_F(InstanceServicesTest, ACursorCostsNoLooks) {
    const auto services = made("mail", writes_);
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(services->state().put("cursor", std::to_string(i)));
    EXPECT_EQ(bench_.faulty->sizesAsked(), 1);
}

TEST_F(InstanceServicesTest, WhoWritesWithoutEndIsToldToWait) {
    const auto services = made("mail", writes_);
    const std::string value(4 * kMegabyte, 'x');  // Counts as 65.
    for (int i = 0; i < 15; ++i) ASSERT_TRUE(services->state().put("counter", value)) << i;
    const Status more = services->state().put("counter", value);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, Errc::kUnavailable);
    EXPECT_EQ(more.error().problem, "connector.busy");
    EXPECT_TRUE(more.error().retry_after);
    for (int i = 0; i < 25; ++i) EXPECT_TRUE(services->state().put("cursor", "1")) << i;
    EXPECT_EQ(services->state().put("cursor", "1").error().code, Errc::kUnavailable);
    EXPECT_EQ(services->lease("l", 1s).error().code, Errc::kUnavailable);
    EXPECT_EQ(services->release("l").error().code, Errc::kUnavailable);
    pass(5ms);
    EXPECT_TRUE(services->state().put("cursor", "1"));
    WriteLimit others;
    EXPECT_TRUE(made("other", others)->state().put("cursor", "1"));
    pass(-1h);
    static_cast<void>(services->state().put("cursor", "1").ok());
    pass(5s);
    EXPECT_TRUE(services->state().put("cursor", "1")) << "a clock that is set back holds nobody for an hour";
}

TEST_F(InstanceServicesTest, WhatItHeldIsFreeWhenItGoes) {
    auto gone = made("mail", writes_);
    const auto next = made("mail", writes_);
    ASSERT_TRUE(gone->lease("poll", 10min).value());
    ASSERT_TRUE(gone->lease("token", 10min).value());
    ASSERT_TRUE(gone->release("token"));
    EXPECT_FALSE(next->lease("poll", 10min).value());
    EXPECT_TRUE(next->lease("token", 10min).value());
    gone.reset();
    EXPECT_TRUE(next->lease("poll", 10min).value());
    const auto third = made("mail", writes_);
    EXPECT_FALSE(third->lease("token", 10min).value()) << "it gives back nothing of another's";
    EXPECT_FALSE(third->lease("poll", 10min).value());
}

TEST_F(InstanceServicesTest, NobodyHoldsLeasesWithoutEnd) {
    const auto services = made("mail", writes_);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(services->lease("l" + std::to_string(i), 1min).value()) << i;
    const auto more = services->lease("one more", 1min);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, Errc::kTooLarge);
    EXPECT_EQ(more.error().problem, "lease.too_many");
    EXPECT_TRUE(services->lease("l7", 1min).value()) << "those that it has it may renew";
    EXPECT_EQ(services->lease(std::string(300, 'x'), 1min).error().code, Errc::kTooLarge);
    pass(2min);
    EXPECT_TRUE(services->lease("one more", 1min).value()) << "the others have run out";
}

}  // namespace
}  // namespace pakn::engine
