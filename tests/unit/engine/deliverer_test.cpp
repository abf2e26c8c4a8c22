#include "core/engine/deliverer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>

#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using domain::DeliveryState;
using test::Bench;

/// A connector that answers as it is told and remembers what it was asked.
class ScriptedInstance final : public test::IdleInstance {
public:
    explicit ScriptedInstance(Idempotency idempotency) {
        descriptor_.info.name = "scripted";
        descriptor_.info.idempotency = idempotency;
    }
    Result<Receipt> send(const Delivery& delivery, std::stop_token) override { return answer(sent, delivery); }
    Result<Receipt> reconcile(const Delivery& delivery, std::stop_token) override { return answer(asked, delivery); }

    std::atomic<int> answered{0};
    std::deque<Result<Receipt>> answers;
    std::vector<Delivery> sent;
    std::vector<Delivery> asked;

private:
    Result<Receipt> answer(std::vector<Delivery>& calls, const Delivery& delivery) {
        const std::lock_guard lock{mutex_};
        calls.push_back(delivery);
        ++answered;
        if (answers.empty()) return Receipt{};
        Result<Receipt> next = std::move(answers.front());
        answers.pop_front();
        return next;
    }
    std::mutex mutex_;
};

class DelivererTest : public ::testing::Test {
protected:
    /// A released petition; returns its delivery's id.
    std::string release() {
        petition_ = hub_.submit({.petition = Bench::petition(), .channel = "web", .caller = "web"})->id;
        const auto act = [&](std::string action, const domain::Actor& actor, domain::Act input = {}) {
            input.action = std::move(action);
            ASSERT_TRUE(hub_.execute(petition_, input, actor)) << input.action;
        };
        const domain::FileRef photo = *hub_.keepFile({.name = "anh.txt", .content = "ảnh sau khi sửa"});
        act("accept", domain::sample::dispatcher());
        act("distribute", domain::sample::dispatcher(), {.units = {"so-xay-dung"}});
        act("start", domain::sample::officer());
        act("draft", domain::sample::officer(), {.result = "Đã lắp nắp mới.", .files = {photo}});
        act("submit", domain::sample::officer());
        act("approve", domain::sample::leader());
        act("release", domain::sample::dispatcher());
        return bench_.real->petition(petition_)->value().deliveries.at(0).id;
    }

    [[nodiscard]] domain::DeliveryRecord record() const {
        return bench_.real->petition(petition_)->value().deliveries.at(0);
    }

    /// Runs a deliverer until the delivery is in this state.
    void runUntil(ScriptedInstance& instance, DeliveryState state, int attempts = 1) {
        Deliverer deliverer{hub_, instance, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {}};
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (record().state != state || record().attempts < attempts) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << domain::nameOf(record().state);
            bench_.now = std::max(bench_.now.load(), record().next_at);  // No back-off is waited for.
            deliverer.wake();
            std::this_thread::yield();
        }
    }

    /// The last hub claimed it and died.
    void cutShort() {
        ASSERT_EQ(bench_.real->claimDeliveries("webhook", "dead hub", bench_.now, bench_.now.load(), 4)->size(), 1U);
    }

    /// The peer's word on it.
    void reportFailure(const std::string& id) {
        const domain::Report report{
            .meaning = domain::Report::Meaning::kFailed, .kind = "update_failed", .id = id, .delivery = record().id};
        ASSERT_TRUE(hub_.execute(petition_, report, domain::Actor{.id = "webhook", .roles = {domain::Role::kSystem}}));
    }

    Bench bench_;
    Hub hub_{bench_.hubParts()};
    config::Connector settings_{.id = "webhook", .plugin = "scripted"};
    Condition condition_{"webhook", "scripted"};
    std::string petition_;
};

/// At work until it is told to stop.
class LongInstance final : public test::IdleInstance {
public:
    Result<Receipt> send(const Delivery&, std::stop_token stop) override {
        std::unique_lock lock{mutex_};
        ++calls_;
        told_.notify_all();
        told_.wait(lock, stop, [] { return false; });
        return Receipt{};
    }
    void waitForACall() {
        std::unique_lock lock{mutex_};
        ASSERT_TRUE(told_.wait_for(lock, std::chrono::seconds{20}, [this] { return calls_ > 0; }));
    }

private:
    std::mutex mutex_;
    std::condition_variable_any told_;
    int calls_ = 0;
};

TEST_F(DelivererTest, AStopGivesBackWhatWasNotBegun) {
    for (int i = 0; i < 3; ++i) release();
    settings_.workers = 1;
    LongInstance instance;
    {
        Deliverer deliverer{hub_, instance, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {}};
        instance.waitForACall();
    }
    EXPECT_EQ(bench_.real->counts()->deliveries[DeliveryState::kSent], 1);
    const Instant now = bench_.now;
    const auto left = bench_.real->claimDeliveries("webhook", "next", now, now + std::chrono::seconds{1}, 10);
    ASSERT_TRUE(left);
    ASSERT_EQ(left->size(), 2U);
    for (const store::ClaimedDelivery& one : *left) EXPECT_FALSE(one.interrupted);
}

TEST_F(DelivererTest, ACallMayTakeLongerThanALease) {
    for (int i = 0; i < 2; ++i) release();
    LongInstance instance;
    Deliverer deliverer{hub_, instance, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {}};
    instance.waitForACall();
    const auto others = [&] {
        const Instant now = bench_.now;
        return bench_.real->claimDeliveries("webhook", "other", now, now + std::chrono::seconds{1}, 10)->size();
    };
    for (int i = 0; i < 3; ++i) {
        bench_.now = bench_.now.load() + std::chrono::seconds{50};
        deliverer.renewLeases();
        EXPECT_EQ(others(), 0U);
    }
    bench_.now = bench_.now.load() + std::chrono::seconds{61};
    EXPECT_EQ(others(), 2U) << "one that dies renews nothing";
}

TEST_F(DelivererTest, AnEmptyRoundUsesNothingOfTheRate) {
    settings_.rate = config::Rate{.count = 1, .per = std::chrono::hours{1}};
    ScriptedInstance instance{Idempotency::kHonoured};
    Deliverer deliverer{hub_, instance, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {}};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (bench_.faulty->claims_asked == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    release();
    while (record().state != DeliveryState::kSent && std::chrono::steady_clock::now() < deadline) {
        deliverer.wake();
        std::this_thread::yield();
    }
    EXPECT_EQ(record().state, DeliveryState::kSent);
}

TEST_F(DelivererTest, SendsTheApprovedAnswerWithItsFilesUnderAKeyThatStays) {
    const std::string id = release();
    ScriptedInstance instance{Idempotency::kHonoured};
    instance.answers = {Error{.code = Errc::kUnavailable, .message = "down"},
                        Error{.code = Errc::kUnknownOutcome, .message = "cut"}, Receipt{.reference = "r-1"}};
    runUntil(instance, DeliveryState::kSent);
    ASSERT_EQ(instance.sent.size(), 3U);
    for (const Delivery& delivery : instance.sent) EXPECT_EQ(delivery.idempotency_key, id);
    EXPECT_EQ(instance.sent[2].attempt, 3);
    EXPECT_EQ(instance.sent[0].kind, "result");
    EXPECT_EQ(instance.sent[0].result_text, "Đã lắp nắp mới.");
    ASSERT_EQ(instance.sent[0].attachments.size(), 1U);
    EXPECT_EQ(instance.sent[0].attachments[0].content.bytes(1000).value(), "ảnh sau khi sửa");
    EXPECT_EQ(record().reference, "r-1");
    EXPECT_EQ(condition_.read().sent, 1);
    EXPECT_EQ(condition_.read().failures, 2);
}

TEST_F(DelivererTest, ARejectedOneIsADeadLetterAndNothingElseWaits) {
    release();
    ScriptedInstance instance{Idempotency::kHonoured};
    instance.answers = {Error{.code = Errc::kRejected, .message = "gone"}};
    runUntil(instance, DeliveryState::kDead);
    EXPECT_EQ(instance.sent.size(), 1U);
}

TEST_F(DelivererTest, AConnectorThatSaysItCannotWorkSendsNothingUntilItIsPutBack) {
    release();
    ScriptedInstance instance{Idempotency::kHonoured};
    instance.answers = {Error{.code = Errc::kMisconfigured, .message = "the certificate is none"}};
    std::atomic<int> failed{0};
    Deliverer deliverer{hub_, instance, settings_, condition_, [&](LogLevel, std::string_view id, std::string_view) {
                            failed += id == "CONNECTOR_FAILED" ? 1 : 0;
                        }};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    const auto until = [&](auto condition) {
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
            bench_.now = bench_.now.load() + std::chrono::seconds{1};
            deliverer.wake();
            std::this_thread::yield();
        }
    };
    until(
        [&] { return condition_.isOut() && record().state == DeliveryState::kQueued && !record().last_error.empty(); });
    EXPECT_EQ(condition_.read().state, "failed");
    EXPECT_EQ(condition_.read().problem, "the certificate is none");
    EXPECT_EQ(record().attempts, 0) << "it is not the delivery's fault";
    int rounds = 0;
    until([&] { return ++rounds > 200; });
    EXPECT_EQ(instance.sent.size(), 1U);
    EXPECT_EQ(failed, 1);
    // A person resumes it: it had been paused in between.
    ASSERT_TRUE(setConnectorMode(*bench_.real, "webhook", ConnectorMode::kPaused));
    until([&] { return condition_.word(*bench_.real, bench_.now).mode == ConnectorMode::kPaused; });
    EXPECT_TRUE(condition_.isOut());
    ASSERT_TRUE(setConnectorMode(*bench_.real, "webhook", ConnectorMode::kRunning));
    until([&] { return record().state == DeliveryState::kSent; });
    EXPECT_EQ(condition_.read().state, "running");
}

TEST_F(DelivererTest, AnInterruptedOneIsNeverBlindlyRepeatedToAPeerWithoutKeys) {
    release();
    cutShort();
    ScriptedInstance instance{Idempotency::kNone};
    instance.answers = {Error{.code = Errc::kUnknownOutcome, .message = "cannot tell"}};
    runUntil(instance, DeliveryState::kUnknown);
    EXPECT_TRUE(instance.sent.empty());
    EXPECT_EQ(instance.asked.size(), 1U);
}

TEST_F(DelivererTest, AnInterruptedOneIsSentAgainToAPeerThatHonoursKeys) {
    release();
    cutShort();
    ScriptedInstance instance{Idempotency::kHonoured};
    runUntil(instance, DeliveryState::kSent);
    EXPECT_EQ(instance.sent.size(), 1U);
}

TEST_F(DelivererTest, WhatIsInDoubtStaysSoWhileNobodyCanBeAsked) {
    settings_.workers = 1;
    const auto runUntilAfterLeases = [&](ScriptedInstance& instance, DeliveryState state, std::chrono::seconds each) {
        Deliverer deliverer{hub_, instance, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {}};
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        int seen = 0;
        while (record().state != state) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << domain::nameOf(record().state);
            if (instance.answered > seen) bench_.now = bench_.now.load() + each;
            seen = instance.answered;
            deliverer.wake();
            std::this_thread::yield();
        }
    };
    const Error later{.code = Errc::kUnavailable, .message = "the peer is away"};
    release();
    cutShort();
    ScriptedInstance instance{Idempotency::kNone};
    instance.answers = {later, Error{.code = Errc::kUnauthenticated, .message = "the login is over"},
                        Error{.code = Errc::kDeferred, .message = "not at night"}, Receipt{.already = true}};
    runUntilAfterLeases(instance, DeliveryState::kSent, std::chrono::seconds{61});
    EXPECT_TRUE(instance.sent.empty());
    EXPECT_EQ(instance.asked.size(), 4U);

    release();
    cutShort();
    settings_.retry_for = std::chrono::hours{1};
    ScriptedInstance silent{Idempotency::kNone};
    silent.answers = {later, later};
    runUntilAfterLeases(silent, DeliveryState::kUnknown, std::chrono::hours{2});
    EXPECT_TRUE(silent.sent.empty());

    release();
    cutShort();
    ScriptedInstance mistaken{Idempotency::kNone};
    mistaken.answers = {Error{.code = Errc::kInternal, .message = "a bug"}};
    runUntil(mistaken, DeliveryState::kUnknown);
    EXPECT_TRUE(mistaken.sent.empty());
}

TEST_F(DelivererTest, APeerMayBeQuickerThanTheHub) {
    release();
    class Quick final : public test::IdleInstance {
    public:
        explicit Quick(std::function<void()> before) : before_{std::move(before)} {}
        Result<Receipt> send(const Delivery&, std::stop_token) override {
            before_();
            return Receipt{};
        }

    private:
        std::function<void()> before_;
    } instance{[this] { reportFailure("quick"); }};
    {
        Deliverer deliverer{hub_, instance, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {}};
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (record().attempts == 0) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
            std::this_thread::yield();
        }
    }
    EXPECT_EQ(record().state, DeliveryState::kDead);
}

TEST_F(DelivererTest, WhatWasSaidOfAnAttemptThatWasCutShortCountsForIt) {
    for (const bool already : {true, false}) {
        release();
        cutShort();
        reportFailure("late");
        ScriptedInstance instance{Idempotency::kNone};
        instance.answers = {Receipt{.already = already}};
        runUntil(instance, already ? DeliveryState::kDead : DeliveryState::kSent);
        EXPECT_TRUE(instance.sent.empty()) << "what was sent anew is another one";
    }
    release();
    cutShort();
    reportFailure("late");
    ScriptedInstance instance{Idempotency::kNone};
    instance.answers = {Error{.code = Errc::kUnknownOutcome, .message = "cannot tell"}};
    runUntil(instance, DeliveryState::kDead);
}

TEST_F(DelivererTest, AnOutcomeThatCannotBeStoredIsKeptAndOfferedAgain) {
    release();
    ScriptedInstance instance{Idempotency::kHonoured};
    bench_.faulty->failNext(1, {.code = Errc::kUnavailable, .message = "disk full"});
    runUntil(instance, DeliveryState::kSent);
    EXPECT_EQ(instance.sent.size(), 1U) << "sent once although its outcome was stored at the second try";
}

TEST_F(DelivererTest, StoppingDuringASendStillWritesItsOutcomeDown) {
    release();
    /// Answers when it is asked to stop, as SIGTERM may come in the middle of a call.
    class Stopping final : public test::IdleInstance {
    public:
        Result<Receipt> send(const Delivery&, std::stop_token stop) override {
            sending = true;
            sending.notify_all();
            while (!stop.stop_requested()) std::this_thread::yield();
            return Receipt{.reference = "arrived"};
        }
        std::atomic<bool> sending{false};
    } instance;
    {
        Deliverer deliverer{hub_, instance, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {}};
        instance.sending.wait(false);
        deliverer.requestStop();
    }
    EXPECT_EQ(record().state, DeliveryState::kSent);
}

TEST_F(DelivererTest, WhatIsNotPublicLeavesWithoutThePetitionersWords) {
    release();
    ScriptedInstance instance{Idempotency::kHonoured};
    runUntil(instance, DeliveryState::kSent);
    EXPECT_EQ(instance.sent.at(0).title, "");
    EXPECT_EQ(instance.sent.at(0).status, "answered");
}

}  // namespace
}  // namespace pakn::engine
