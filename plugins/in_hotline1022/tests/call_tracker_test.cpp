/// @file
/// From the events of legs to calls.

#include "call_tracker.hpp"

#include <gmock/gmock.h>

#include "ami_events.hpp"
#include "contract.hpp"

namespace pakn::hotline {
namespace {

constexpr Instant kThen{std::chrono::milliseconds{1795317329000}};

/// Plays events, each a second after the one before, and keeps the last word on each call.
class Played {
public:
    explicit Played(TrackedCalls which = {.contexts = {"from-1022"}, .short_call = std::chrono::seconds{3}})
        : tracker_{std::move(which)} {}

    Played& operator<<(const std::string& text) {
        for (const AmiPacket& one : parser_.feed(text)) {
            if (const std::optional<Call> call = tracker_.take(one, at_)) {
                calls_[call->id] = *call;
                ++told_;
            }
        }
        at_ += std::chrono::seconds{1};
        return *this;
    }
    Call of(const std::string& id) { return calls_.at(id); }
    [[nodiscard]] std::size_t count() const { return calls_.size(); }
    [[nodiscard]] int told() const { return told_; }
    CallTracker& tracker() { return tracker_; }

private:
    AmiParser parser_;
    CallTracker tracker_;
    Instant at_ = kThen;
    std::map<std::string, Call> calls_;
    int told_ = 0;
};

TEST(CallTracker, ACallOfThreeLegsIsOne) {
    Played played;
    played << callerComes("1.1");
    EXPECT_EQ(played.of("1.1").caller, "0912345678") << "the operator sees it while it rings";
    EXPECT_EQ(played.of("1.1").called, "1022");
    EXPECT_EQ(played.of("1.1").started_at, kThen);
    EXPECT_FALSE(played.of("1.1").ended_at);
    played << agentRings("1.2", "1.1", "201") << agentRings("1.3", "1.1", "202")
           << dialEnds("1.2", "1.1", "201", "NOANSWER") << hangsUp("1.2", "1.1", "19", "from-internal")
           << dialEnds("1.3", "1.1", "202", "ANSWER")
           << event("BridgeEnter", "1.1", "1.1", {{"CallerIDNum", "0912345678"}})
           << event("BridgeEnter", "1.3", "1.1", {{"CallerIDNum", "202"}})
           << hangsUp("1.3", "1.1", "16", "from-internal") << hangsUp("1.1", "1.1");
    const Call call = played.of("1.1");
    EXPECT_EQ(played.count(), 1U);
    EXPECT_EQ(call.agent, "202");
    EXPECT_EQ(call.result, "answered");
    EXPECT_EQ(call.answered_at, kThen + std::chrono::seconds{5});
    EXPECT_EQ(call.ended_at, kThen + std::chrono::seconds{9});
    EXPECT_TRUE(call.attributes.empty());
    EXPECT_EQ(played.tracker().size(), 0U) << "it is over";
}

TEST(CallTracker, CallsMayBeMixed) {
    Played played;
    played << callerComes("1.1", "0912345678") << callerComes("2.1", "0987654321") << agentRings("2.2", "2.1", "202")
           << agentRings("1.2", "1.1", "201")
           << event("AgentConnect", "1.1", "1.1", {{"Interface", "Local/201@from-queue/n"}, {"MemberName", "Một"}})
           << dialEnds("2.2", "2.1", "202", "BUSY") << hangsUp("1.1", "1.1") << hangsUp("2.2", "2.1", "17")
           << hangsUp("2.1", "2.1", "17") << hangsUp("1.2", "1.1");
    EXPECT_EQ(played.count(), 2U);
    EXPECT_EQ(played.of("1.1").agent, "201");
    EXPECT_EQ(played.of("1.1").result, "answered");
    EXPECT_EQ(played.of("2.1").result, "busy");
    EXPECT_EQ(played.of("2.1").caller, "0987654321");
    EXPECT_EQ(played.of("2.1").agent, "");
}

TEST(CallTracker, EachRowOfTheContractsResults) {
    const auto nobody = [](const std::string& said, const std::string& cause) {
        Played played;
        played << callerComes("1.1") << agentRings("1.2", "1.1", "201") << said << hangsUp("1.2", "1.1") << ""
               << "" << hangsUp("1.1", "1.1", cause);
        return played.of("1.1").result;
    };
    const std::vector<std::pair<std::string, std::string>> cases{
        {nobody(event("QueueCallerAbandon", "1.1", "1.1"), "17"), "abandoned"},
        {nobody(dialEnds("1.2", "1.1", "201", "BUSY"), "16"), "busy"},
        {nobody(dialEnds("1.2", "1.1", "201", "NOANSWER"), "16"), "no_answer"},
        {nobody(dialEnds("1.2", "1.1", "201", "CHANUNAVAIL"), "16"), "failed"},
        {nobody("", "17"), "busy"},
        {nobody("", "19"), "no_answer"},
        {nobody("", "16"), "abandoned"},
        {nobody("", "21"), "failed"},
    };
    for (const auto& [found, expected] : cases) EXPECT_EQ(found, expected);
    EXPECT_EQ(cases.size(), contractRows("| what came | result |").size());
    EXPECT_EQ(nobody(dialEnds("1.2", "1.1", "201", "CONGESTION"), "16"), "failed");
    EXPECT_EQ(nobody(dialEnds("1.2", "1.1", "201", "CANCEL"), "16"), "abandoned") << "the caller had enough";
    EXPECT_EQ(nobody("", "18"), "no_answer");
    EXPECT_EQ(nobody(packet({{"Event", "Cdr"}, {"UniqueID", "1.1"}, {"Disposition", "ANSWERED"}}), "16"), "abandoned")
        << "the queue answered, nobody else did";
    EXPECT_EQ(nobody(packet({{"Event", "Cdr"}, {"UniqueID", "1.1"}, {"Disposition", "NO ANSWER"}}), "16"), "no_answer");
}

TEST(CallTracker, OnlyTheHotlinesCallsCount) {
    Played played;
    played << callerComes("1.1", "201", "from-internal") << agentRings("1.2", "1.1", "202")
           << dialEnds("1.2", "1.1", "202", "ANSWER") << hangsUp("1.2", "1.1", "16", "from-internal")
           << hangsUp("1.1", "1.1", "16", "from-internal") << callerComes("2.1", "0912345678", "from-fax")
           << hangsUp("2.1", "2.1");
    EXPECT_EQ(played.told(), 0);
    EXPECT_EQ(played.tracker().size(), 0U);

    Played any{TrackedCalls{}};
    any << callerComes("1.1", "201", "from-internal") << callerComes("2.1", "0912345678", "from-anywhere");
    EXPECT_EQ(any.count(), 1U);
    EXPECT_EQ(any.of("2.1").caller, "0912345678");
}

TEST(CallTracker, AHiddenCallerHasNoNumberAndAShortCallIsMarked) {
    Played played;
    played << callerComes("1.1", "<unknown>") << hangsUp("1.1", "1.1");
    EXPECT_EQ(played.of("1.1").caller, "");
    EXPECT_EQ(played.of("1.1").attributes, (Attributes{{"short", "true"}}));
    played << callerComes("2.1") << ""
           << "" << hangsUp("2.1", "2.1");
    EXPECT_TRUE(played.of("2.1").attributes.empty()) << "three seconds are no short call";
    Played none{TrackedCalls{.contexts = {"from-1022"}}};
    none << callerComes("1.1") << hangsUp("1.1", "1.1");
    EXPECT_TRUE(none.of("1.1").attributes.empty());
}

TEST(CallTracker, TheNameOfTheRecordingIsKept) {
    Played played;
    played << callerComes("1.1") << event("VarSet", "1.1", "1.1", {{"Variable", "OTHER"}, {"Value", "x"}})
           << event("VarSet", "1.1", "1.1",
                    {{"Variable", "MIXMONITOR_FILENAME"}, {"Value", "/var/spool/asterisk/monitor/2026/11/1.1.wav"}});
    EXPECT_EQ(played.of("1.1").attributes, (Attributes{{"recording_file", "1.1.wav"}}));
}

TEST(CallTracker, UnknownEventsAndNonsenseLeaveNothingBehind) {
    Played played;
    played << packet({{"Event", "FullyBooted"}}) << event("Newstate", "9.9", "9.9") << event("PeerStatus", "", "")
           << event("Newchannel", "", "9.9") << event("Newchannel", std::string(300, '1'), std::string(300, '1'))
           << event("Newchannel", "\xff\xfe", "\xff\xfe") << hangsUp("5.1", "4.1") << packet({{"Response", "Success"}})
           << event("BridgeEnter", "9.8", "9.9") << event("DialEnd", "", "9.9", {{"DialStatus", "ANSWER"}});
    EXPECT_EQ(played.told(), 0);
    EXPECT_EQ(played.tracker().size(), 0U);
}

TEST(CallTracker, ACallWhoseBeginningWasNotSeenIsOverAtLeast) {
    Played played;
    played << agentRings("1.2", "1.1", "201") << dialEnds("1.2", "1.1", "201", "ANSWER") << hangsUp("1.1", "1.1");
    const Call call = played.of("1.1");
    EXPECT_EQ(call.result, "") << "how it was nobody saw";
    EXPECT_EQ(call.ended_at, kThen + std::chrono::seconds{2});
    EXPECT_FALSE(call.started_at);
    played << hangsUp("1.2", "1.1", "16", "from-internal");
    EXPECT_EQ(played.tracker().size(), 0U);

    Played lost;
    lost << callerComes("1.1");
    lost.tracker().forget();
    EXPECT_EQ(lost.tracker().size(), 0U);
    lost << hangsUp("1.1", "1.1");
    EXPECT_TRUE(lost.of("1.1").ended_at);
    EXPECT_EQ(lost.of("1.1").result, "");
}

TEST(CallTracker, ALegThatIsTransferredStillBelongsToItsCall) {
    Played played;
    played << callerComes("1.1") << agentRings("1.2", "1.1", "201") << dialEnds("1.2", "1.1", "201", "ANSWER")
           << hangsUp("1.2", "0.9", "16", "from-internal")  // Linkedid became another's.
           << hangsUp("1.1", "0.9");
    EXPECT_TRUE(played.of("1.1").ended_at);
    EXPECT_EQ(played.count(), 1U);
    EXPECT_EQ(played.tracker().size(), 0U);
}

TEST(CallTracker, CallsThatNeverEndGoInTheEnd) {
    Played played;
    for (std::size_t i = 0; i < CallTracker::kMostCalls + 10; ++i) played << callerComes(std::to_string(i) + ".1");
    EXPECT_EQ(played.tracker().size(), CallTracker::kMostCalls);
    const int told = played.told();
    played << hangsUp("5000.1", "5000.1");
    EXPECT_EQ(played.told(), told + 1) << "those of now are there";
    for (int i = 0; i < 5000; ++i) played << agentRings("x" + std::to_string(i), "4999.1", "201");
    EXPECT_LE(played.tracker().size(), CallTracker::kMostCalls) << "one call with legs without end is one call";
}

}  // namespace
}  // namespace pakn::hotline
