/// @file
/// Two hubs on one PostgreSQL database, all their threads at once: nothing is lost and nothing is done twice.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/engine/deliverer.hpp"
#include "core/engine/timers.hpp"
#include "tests/unit/engine/bench.hpp"
#include "tests/unit/store/postgresql_server.hpp"

namespace pakn::engine {
namespace {

using test::Bench;

/// Notes what it is given; knows no keys, so a second sending would be a second effect.
class NotingInstance final : public test::IdleInstance {
public:
    NotingInstance(std::mutex& mutex, std::multiset<std::string>& sent) : mutex_{mutex}, sent_{sent} {
        descriptor_.info.idempotency = Idempotency::kNone;
    }
    Result<Receipt> send(const Delivery& delivery, std::stop_token) override {
        const std::lock_guard lock{mutex_};
        sent_.insert(delivery.id);
        return Receipt{};
    }
    Result<Receipt> reconcile(const Delivery& delivery, std::stop_token stop) override { return send(delivery, stop); }

private:
    std::mutex& mutex_;
    std::multiset<std::string>& sent_;
};

class TwoHubs : public ::testing::Test {
protected:
    static constexpr int kPetitions = 60;

    template <class Work>
    static void together(int count, Work work) {
        std::vector<std::jthread> threads;
        for (int i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
    }
    Hub& hub(int thread) { return thread % 2 == 0 ? first_hub_ : second_hub_; }

    /// Each key is handed in at both hubs at once.
    void takeIn() {
        together(8, [&](int thread) {
            for (int i = thread / 2; i < kPetitions; i += 4) {
                const auto answer = hub(thread).submit({.petition = Bench::petition(),
                                                        .channel = "web",
                                                        .caller = "web",
                                                        .idempotency_key = std::to_string(i)});
                ASSERT_TRUE(answer) << answer.error().message;
                const std::lock_guard lock{mutex_};
                codes_[answer->id] = answer->code;
                fresh_ += answer->duplicate ? 0 : 1;
            }
        });
    }
    /// Both hubs try the action on every petition; returns how often it was done.
    int act(domain::Act action, const domain::Actor& actor) {
        std::atomic<int> done{0};
        together(4, [&](int thread) {
            for (const auto& [id, code] : codes_) {
                const auto outcome = hub(thread).execute(id, action, actor);
                done += outcome ? 1 : 0;
                if (!outcome) {
                    EXPECT_EQ(outcome.error().code, Errc::kConflict) << outcome.error().message;
                }
            }
        });
        return done;
    }
    template <class Condition>
    static void waitFor(Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
    }

    pakn::testing::TemporaryFolder folder_;
    const std::string url_ = pakn::test::postgresqlUrl(folder_.path());
    const security::HubKey key_{security::Key::random()};
    Bench first_{url_, key_};
    Bench second_{url_, key_};
    Hub first_hub_{first_.hubParts()};
    Hub second_hub_{second_.hubParts()};
    std::mutex mutex_;
    std::map<std::string, std::string> codes_;
    int fresh_ = 0;
};

TEST_F(TwoHubs, OnePetitionForEachKeyAndCodesWithoutGaps) {
    takeIn();
    EXPECT_EQ(codes_.size(), static_cast<std::size_t>(kPetitions));
    EXPECT_EQ(fresh_, kPetitions);
    std::set<std::string> codes;
    for (const auto& [id, code] : codes_) codes.insert(code);
    EXPECT_EQ(codes.size(), static_cast<std::size_t>(kPetitions));
    EXPECT_EQ(*codes.begin(), "060326001");
    EXPECT_EQ(*codes.rbegin(), "0603260" + std::to_string(kPetitions));
    EXPECT_EQ(first_.real->counts()->petitions, kPetitions);
}

/// Sixteen writers, one day; past 999 the serial grows. With a hub that dies: tests/integration/test_several_hubs.py.
TEST_F(TwoHubs, AX09_AThousandReportsGetAThousandCodes) {
    std::set<std::string> codes;
    together(16, [&](int thread) {
        for (int i = thread; i < 1000; i += 16) {
            const auto answer = hub(thread).submit(
                {.petition = Bench::petition(), .channel = "web", .caller = "web", .idempotency_key = {}});
            ASSERT_TRUE(answer) << answer.error().message;
            const std::lock_guard lock{mutex_};
            codes.insert(answer->code);
        }
    });
    ASSERT_EQ(codes.size(), 1000U);
    for (int serial = 1; serial <= 1000; ++serial) {
        const std::string digits = std::to_string(serial);
        const std::string code = "060326" + std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
        EXPECT_TRUE(codes.contains(code)) << code;
    }
}

TEST_F(TwoHubs, OneOfThemFiresTheTimersAndAnotherTakesOver) {
    takeIn();
    first_.now = second_.now = domain::sample::at(2026, 3, 10, 8);
    const auto log = [](LogLevel, std::string_view id, std::string_view text) { ADD_FAILURE() << id << text; };
    Committer committer{second_.committerParts()};
    const Instant dies = first_.now.load() + std::chrono::seconds{10};
    ASSERT_TRUE(*first_.real->holdLease("timers", "first", first_.now, dies));
    const Timers timers{*second_.faulty, committer, [&] { return second_.now.load(); }, log};
    waitFor([&] { return second_.faulty->leasesAsked() >= 2; });  // So a whole round is over.
    EXPECT_FALSE(first_.real->dueTimers(first_.now, 1)->empty()) << "the first is to do it";
    second_.now = dies;
    waitFor([&] { return first_.real->dueTimers(first_.now, 1)->empty(); });
    EXPECT_FALSE(*first_.real->holdLease("timers", "first", dies, dies));
}

TEST_F(TwoHubs, EachStepIsTakenOnceEachTimerFiresOnceEachAnswerLeavesOnce) {
    takeIn();
    // Triage is overdue: both hubs see the same timers.
    first_.now = second_.now = domain::sample::at(2026, 3, 10, 8);
    {
        const auto log = [](LogLevel, std::string_view id, std::string_view text) { ADD_FAILURE() << id << text; };
        Committer first{first_.committerParts()};
        Committer second{second_.committerParts()};
        const Timers a{*first_.real, first, [&] { return first_.now.load(); }, log};
        const Timers b{*second_.real, second, [&] { return second_.now.load(); }, log};
        waitFor([&] { return first_.real->dueTimers(first_.now, 1)->empty(); });
    }
    for (const auto& [id, code] : codes_) {
        int missed = 0;
        const auto history = first_.real->history(id);
        for (const domain::Event& event : *history)
            missed += event.kind() == domain::EventKind::kDeadlineMissed ? 1 : 0;
        EXPECT_EQ(missed, 1) << code;
    }

    EXPECT_EQ(act({.action = "accept"}, domain::sample::dispatcher()), kPetitions);
    EXPECT_EQ(act({.action = "distribute", .units = {"so-xay-dung"}}, domain::sample::dispatcher()), kPetitions);
    EXPECT_EQ(act({.action = "start"}, domain::sample::officer()), kPetitions);
    // A draft may be written again: by one hub only.
    for (const auto& [id, code] : codes_)
        ASSERT_TRUE(first_hub_.execute(id, domain::Act{.action = "draft", .result = "Đã lắp nắp mới."},
                                       domain::sample::officer()));
    EXPECT_EQ(act({.action = "submit"}, domain::sample::officer()), kPetitions);
    EXPECT_EQ(act({.action = "approve"}, domain::sample::leader()), kPetitions);
    EXPECT_EQ(act({.action = "release"}, domain::sample::dispatcher()), kPetitions);

    std::multiset<std::string> sent;
    {
        const config::Connector settings{.id = "webhook", .plugin = "noting", .workers = 3};
        const auto silent = [](LogLevel, std::string_view, std::string_view) {};
        NotingInstance first{mutex_, sent};
        NotingInstance second{mutex_, sent};
        Condition condition{"webhook", "noting"};
        const Deliverer a{first_hub_, first, settings, condition, silent};
        const Deliverer b{second_hub_, second, settings, condition, silent};
        waitFor([&] { return first_.real->counts()->deliveries[domain::DeliveryState::kSent] == kPetitions; });
    }
    EXPECT_EQ(sent.size(), static_cast<std::size_t>(kPetitions));
    EXPECT_EQ(std::set<std::string>(sent.begin(), sent.end()).size(), static_cast<std::size_t>(kPetitions));

    const std::string rows = *first_.real->dumpProjections();
    ASSERT_TRUE(second_.real->rebuild(nullptr));
    EXPECT_EQ(*second_.real->dumpProjections(), rows) << "the rows are what the journal says";
}

}  // namespace
}  // namespace pakn::engine
