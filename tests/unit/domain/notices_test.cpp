/// @file
/// Who is told of what: audiences, wishes, disclosure.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/domain/notice_values.hpp"
#include "tests/unit/domain/sample_rules.hpp"

namespace pakn::domain {
namespace {

using sample::Case;
using sample::dispatcher;
using sample::leader;
using sample::officer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Wording words(const std::string& text, Markup markup = Markup::kText) {
    return {.vi = TextTemplate{text, markup}, .en = {}};
}

/// The small province with these rules; the notice "all" says whatever its reader may know.
Rules rulesWith(std::vector<NoticeRule> notices) {
    Rules rules = sample::rules();
    rules.hub_name = "Hệ thống Mẫu";
    rules.public_url = "https://paht.mau.example";
    rules.notice_templates["officer"] = {.id = "officer",
                                         .subject = words("{{code}} {{title}}"),
                                         .message = words("{{title}}|{{unit}}|{{due}}|{{reason}}|{{link}}")};
    rules.notice_templates["sender"] = {.id = "sender",
                                        .subject = words("{{code}}"),
                                        .message = words("{{petitioner}}|{{token}}|{{title}}|{{reason}}")};
    rules.notices = std::move(notices);
    return rules;
}

/// "officer so-xay-dung", "account o1", "sender by sms": in the order of the journal.
std::vector<std::string> told(const std::vector<Event>& journal) {
    std::vector<std::string> all;
    const auto reader = [](const Addressee& to) {
        if (to.isSender()) return std::string{"sender"};
        if (!to.account.empty()) return "account " + to.account;
        return std::string{nameOf(to.role)} + ' ' + (to.unit.empty() ? "centre" : to.unit);
    };
    for (const Event& event : journal) {
        if (const auto* here = std::get_if<Notified>(&event.data))
            all.push_back(reader({here->to_role, here->to_unit, here->to_account}));
        if (const auto* out = std::get_if<DeliveryQueued>(&event.data); out && !out->notice.empty())
            all.push_back(reader({out->to_role.value(), out->to_unit, out->to_account}) + " by " + out->connector);
    }
    return all;
}

const Notified& lastNotice(const Case& one) {
    for (auto event = one.journal.rbegin(); event != one.journal.rend(); ++event)
        if (const auto* notice = std::get_if<Notified>(&event->data)) return *notice;
    throw std::runtime_error{"nobody was told"};
}

IncomingPetition lamp() { return {.title = "Hố ga", .text = "Hố ga mất nắp", .category = "ha-tang"}; }

TEST(Notices, GL28_WhoeverIsNextIsTold) {
    Case one{rulesWith({{.on = EventKind::kRouted, .audience = Audience::kNext, .notice = "officer"},
                        {.on = EventKind::kDistributed, .audience = Audience::kNext, .notice = "officer"},
                        {.on = EventKind::kSubmitted, .audience = Audience::kNext, .notice = "officer"},
                        {.on = EventKind::kSentBack, .audience = Audience::kNext, .notice = "officer"},
                        {.on = EventKind::kApproved, .audience = Audience::kNext, .notice = "officer"}})};
    one.toCentre();
    EXPECT_THAT(told(one.journal),
                ElementsAre("dispatcher centre", "officer so-xay-dung", "leader so-xay-dung", "dispatcher centre"));
    ASSERT_TRUE(one.act("send_back_to_unit", dispatcher(), {.comment = "Bổ sung ảnh"}));
    EXPECT_EQ(told(one.journal).back(), "account o1") << "whose it was";
    EXPECT_THAT(lastNotice(one).message, HasSubstr("|Bổ sung ảnh|"));
}

TEST(Notices, TheWordsKnowThePetitionAndTheTimeOfDay) {
    Case one{rulesWith({{.on = EventKind::kDistributed, .audience = Audience::kNext, .notice = "officer"}})};
    ASSERT_TRUE(one.submit(lamp()));
    ASSERT_TRUE(one.act("accept", dispatcher()));
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.comment = "Gấp", .units = {"so-xay-dung"}}));
    EXPECT_EQ(lastNotice(one).subject, "060326001 Hố ga");
    EXPECT_EQ(lastNotice(one).message,
              "Hố ga|so-xay-dung|17/03/2026 23:59|Gấp|https://paht.mau.example/api/v1/petitions/p");
    EXPECT_EQ(lastNotice(one).cause, EventKind::kDistributed);
}

TEST(Notices, AReminderGoesToWhoeverHasIt) {
    Case one{rulesWith({{.on = EventKind::kReminded, .audience = Audience::kNext, .notice = "officer"}})};
    one.toWorking();
    one.now = one.petition.reminders.front();
    ASSERT_TRUE(one.run(Fire{.what = Fire::What::kReminder}, Actor::system()));
    EXPECT_THAT(told(one.journal), ElementsAre("account o1"));
}

TEST(Notices, NobodyIsToldOfWhatTheyDid) {
    Case one{rulesWith({{.on = EventKind::kStarted, .audience = Audience::kNext, .notice = "officer"}})};
    one.toWorking();
    EXPECT_THAT(told(one.journal), IsEmpty());
}

TEST(Notices, ByOneWayOnceHoweverManyRulesSaySo) {
    Case one{
        rulesWith({{.on = EventKind::kSubmitted, .audience = Audience::kNext, .notice = "officer"},
                   {.on = EventKind::kSubmitted, .audience = Audience::kLeader, .notice = "officer", .to = {"push"}},
                   {.on = EventKind::kSubmitted, .audience = Audience::kLeader, .notice = "officer", .to = {"push"}}})};
    one.toCentre();
    EXPECT_THAT(told(one.journal), ElementsAre("leader so-xay-dung", "leader so-xay-dung by push"));
}

TEST(Notices, WhoCannotBeReachedByAConnectorReadsThemInTheHub) {
    Case one{
        rulesWith({{.on = EventKind::kSubmitted, .audience = Audience::kLeader, .notice = "officer", .to = {"push"}}})};
    one.toCentre();
    const auto settled = [&](Errc code, std::string problem = {}) {
        const DeliveryRecord push = one.petition.deliveries.back();
        EXPECT_TRUE(push.notice);
        Case copy = one;
        EXPECT_TRUE(copy.run(Settle{.delivery = push.id, .outcome = Error{.code = code, .problem = std::move(problem)}},
                             Actor::system()));
        EXPECT_EQ(copy.petition.deliveries.size(), one.petition.deliveries.size());
        return copy.petition.deliveries.back().state;
    };
    EXPECT_EQ(settled(Errc::kFallback, std::string{kNobodyThere}), DeliveryState::kPassedOn) << "nothing to mend";
    EXPECT_EQ(settled(Errc::kFallback, "email.recipient"), DeliveryState::kDead) << "an address that is wrong";
    EXPECT_EQ(settled(Errc::kRejected), DeliveryState::kDead);
}

TEST(Notices, HT24_TheWishOfWhoeverActsCounts) {
    const std::vector<NoticeRule> rules{
        {.on = EventKind::kDistributed, .audience = Audience::kNext, .notice = "officer"},
        {.on = EventKind::kDistributed,
         .audience = Audience::kCentre,
         .notice = "officer",
         .sending = NoticeSending::kAlways},
        {.on = EventKind::kDistributed,
         .audience = Audience::kLeader,
         .notice = "officer",
         .sending = NoticeSending::kOnRequest}};
    const auto toldWith = [&](std::optional<bool> notify) {
        Case one{rulesWith(rules)};
        static_cast<void>(one.submit(lamp()));
        static_cast<void>(one.act("accept", dispatcher()));
        static_cast<void>(one.act("distribute", dispatcher(), {.units = {"so-xay-dung"}, .notify = notify}));
        return told(one.journal);
    };
    EXPECT_THAT(toldWith({}), ElementsAre("officer so-xay-dung", "dispatcher centre"));
    EXPECT_THAT(toldWith(false), ElementsAre("dispatcher centre"));
    EXPECT_THAT(toldWith(true), ElementsAre("officer so-xay-dung", "dispatcher centre", "leader so-xay-dung"));
}

TEST(Notices, TheSenderIsToldByAConnectorAndNotByName) {
    Case one{rulesWith(
        {{.on = EventKind::kRefused, .audience = Audience::kPetitioner, .notice = "sender", .to = {"sms"}},
         {.on = EventKind::kDistributed, .audience = Audience::kPetitioner, .notice = "sender", .to = {"sms"}}})};
    ASSERT_TRUE(one.submit(lamp()));
    ASSERT_TRUE(one.act("refuse", dispatcher(), {.comment = "Không rõ địa điểm"}));
    EXPECT_THAT(told(one.journal), ElementsAre("sender by sms"));
    ASSERT_TRUE(one.petition.deliveries.back().notice);
    EXPECT_EQ(one.petition.deliveries.back().kind, DeliveryKind::kNotice);
    EXPECT_EQ(one.petition.deliveries.back().notice->message, std::string{kSenderHere} + "|token||Không rõ địa điểm")
        << "who it is and the title of what is not public stand in no event that leaves";
}

TEST(Notices, WhoLeftNoAddressIsNotWrittenTo) {
    Case one{
        rulesWith({{.on = EventKind::kRefused, .audience = Audience::kPetitioner, .notice = "sender", .to = {"sms"}}})};
    ASSERT_TRUE(one.submit(lamp()));
    one.petition.unreachable = true;
    ASSERT_TRUE(one.act("refuse", dispatcher(), {.comment = "x"}));
    EXPECT_THAT(told(one.journal), IsEmpty());
}

TEST(Notices, WhoAskedNotToBeKnownIsNotLookedUp) {
    Case one{
        rulesWith({{.on = EventKind::kRefused, .audience = Audience::kPetitioner, .notice = "sender", .to = {"sms"}}})};
    IncomingPetition hidden = lamp();
    hidden.anonymous = true;
    ASSERT_TRUE(one.submit(hidden));
    ASSERT_TRUE(one.act("refuse", dispatcher(), {.comment = "x"}));
    EXPECT_THAT(told(one.journal), IsEmpty());
}

TEST(Notices, OverAConnectorTheTitleIsThatOfAPublicPetition) {
    for (const bool is_public : {false, true}) {
        Case one{rulesWith(
            {{.on = EventKind::kDistributed, .audience = Audience::kNext, .notice = "officer", .to = {"push"}}})};
        IncomingPetition petition = lamp();
        petition.is_public = is_public;
        ASSERT_TRUE(one.submit(petition));
        ASSERT_TRUE(one.act("accept", dispatcher()));
        ASSERT_TRUE(one.act("distribute", dispatcher(), {.comment = "Gấp", .units = {"so-xay-dung"}}));
        EXPECT_THAT(lastNotice(one).message, HasSubstr("Hố ga")) << "in the hub";
        const std::string& outside = one.petition.deliveries.back().notice->message;
        if (is_public)
            EXPECT_THAT(outside, HasSubstr("Hố ga|so-xay-dung|17/03/2026 23:59|Gấp"));
        else
            EXPECT_THAT(outside, Not(testing::AnyOf(HasSubstr("Hố ga"), HasSubstr("Gấp"))));
    }
}

TEST(Notices, AUnitIsToldNothingOfWhatIsSaidAgainstIt) {
    for (const std::string complained : {"", "so-xay-dung", "ubnd", "chieu-sang"}) {
        Case one{rulesWith({{.on = EventKind::kReminded, .audience = Audience::kLeader, .notice = "officer"}})};
        one.rules.units["so-xay-dung"].parent = "ubnd";
        one.toWorking();
        one.petition.complained_unit = complained;
        one.now = one.petition.reminders.front();
        ASSERT_TRUE(one.run(Fire{.what = Fire::What::kReminder}, Actor::system()));
        const bool of_the_house = complained == "so-xay-dung" || complained == "ubnd";
        EXPECT_EQ(told(one.journal).empty(), of_the_house) << complained;
    }
}

TEST(Notices, WhatPeopleWroteStaysAValue) {
    Case one{rulesWith({{.on = EventKind::kDistributed, .audience = Audience::kNext, .notice = "officer"}})};
    IncomingPetition petition = lamp();
    petition.title = "<b>{{token}}</b>\nBcc: a@b.example" + std::string{kSenderHere};
    ASSERT_TRUE(one.submit(petition));
    ASSERT_TRUE(one.act("accept", dispatcher()));
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.comment = "một\r\n\x01{{link}}", .units = {"so-xay-dung"}}));
    EXPECT_EQ(lastNotice(one).subject, "060326001 <b>{{token}}</b> Bcc: a@b.example");
    EXPECT_THAT(lastNotice(one).message, HasSubstr("|một\n{{link}}|"));
}

TEST(Notices, ALongTextIsCutAndALongSubjectToo) {
    Rules rules = rulesWith({{.on = EventKind::kNoted, .audience = Audience::kNext, .notice = "officer"}});
    const Petition petition{.id = "p", .code = "060326001", .title = std::string(5000, 'x')};
    const Notice notice =
        wordNotice(rules.notice_templates["officer"], {}, petition, rules, {.purpose = Purpose::kForOfficers});
    EXPECT_EQ(codePoints(notice.subject), 200U);
    EXPECT_LE(codePoints(notice.message), 10000U);
}

TEST(Notices, WhomAnEventNamesIsToldHoweverTheirTasksLook) {
    Rules rules = rulesWith({{.on = EventKind::kEscalated, .audience = Audience::kNext, .notice = "officer"},
                             {.on = EventKind::kFollowed, .audience = Audience::kNext, .notice = "officer"}});
    rules.units.at("so-xay-dung").office = true;
    rules.sla.at("thuong").escalate = {{EscalationTarget::kUnitLeader, Duration{8, Duration::Unit::kWorkingHours}},
                                       {EscalationTarget::kOffice, std::nullopt}};
    Action follow{.id = "follow", .from = {"triage", "working"}, .role = Role::kDispatcher, .effect = Effect::kFollow};
    rules.workflows["officer-first"].actions.push_back(follow);
    Case one{std::move(rules)};
    ASSERT_TRUE(one.submit(lamp()));
    ASSERT_TRUE(one.act("follow", dispatcher(), {.units = {"ubnd"}}));
    ASSERT_TRUE(one.act("follow", dispatcher(), {.units = {"ubnd"}})) << "not seen yet: told once more";
    EXPECT_THAT(told(one.journal), ElementsAre("follower ubnd", "follower ubnd"));
    ASSERT_TRUE(one.act("accept", dispatcher()));
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {"so-xay-dung"}}));
    ASSERT_TRUE(one.act("start", officer()));
    one.now = one.petition.due.at(Clock::kHandle) + std::chrono::hours{1};
    static_cast<void>(one.run(Fire{Fire::What::kDeadline, Clock::kHandle, {}}, Actor::system()));
    while (one.petition.escalations.size() < 2) {
        ASSERT_TRUE(one.petition.escalate_at);
        one.now = *one.petition.escalate_at;
        ASSERT_TRUE(one.run(Fire{Fire::What::kEscalation, Clock::kHandle, {}}, Actor::system()));
    }
    EXPECT_THAT(told(one.journal),
                ElementsAre("follower ubnd", "follower ubnd", "leader so-xay-dung", "leader so-xay-dung"))
        << "the same unit at both levels";
}

TEST(Notices, TheLeadersOfWhoeverLetALimitPassAreTold) {
    Case one{rulesWith({{.on = EventKind::kDeadlineMissed, .audience = Audience::kLeader, .notice = "officer"}})};
    one.toCentre();
    one.now = one.petition.due.at(Clock::kRelease) + std::chrono::hours{1};
    ASSERT_TRUE(one.run(Fire{Fire::What::kDeadline, Clock::kRelease, {}}, Actor::system()));
    EXPECT_THAT(told(one.journal), ElementsAre("dispatcher centre")) << "the unit was in time";
}

}  // namespace
}  // namespace pakn::domain
