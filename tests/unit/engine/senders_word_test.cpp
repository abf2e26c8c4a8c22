/// @file
/// What a channel knows of a sender and carries between them and the hub: how to reach them, what they sent as it came,
/// what they add, rate and ask for, and the answer on its way back.

#include <gtest/gtest.h>

#include "core/engine/deliverer.hpp"
#include "core/engine/instance_inbox.hpp"
#include "pakn/sdk/reply_address.hpp"
#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using test::Bench;
using Outcome = Accepted::Outcome;

/// A connector that remembers what it was given to send.
class Recording final : public test::IdleInstance {
public:
    Recording() { descriptor_.info.name = "scripted"; }
    Result<Receipt> send(const Delivery& delivery, std::stop_token) override {
        const std::lock_guard lock{mutex_};
        sent_.push_back(delivery);
        return Receipt{};
    }
    std::vector<Delivery> sent() {
        const std::lock_guard lock{mutex_};
        return sent_;
    }

private:
    std::mutex mutex_;
    std::vector<Delivery> sent_;
};

/// The sample province, where senders may add, rate and ask again, and answers go back over the channel "chat".
std::shared_ptr<const config::Configuration> province() {
    auto configuration = std::make_shared<config::Configuration>();
    auto rules = std::make_shared<domain::Rules>(domain::sample::rules());
    const auto add = [&](std::string id, std::vector<std::string> from, std::string to, domain::Effect effect) {
        rules->workflows.at("officer-first")
            .actions.push_back({.id = std::move(id),
                                .from = std::move(from),
                                .to = std::move(to),
                                .role = domain::Role::kCitizen,
                                .effect = effect});
    };
    add("add", {"triage"}, "", domain::Effect::kSupplement);
    add("rate", {"answered"}, "", domain::Effect::kRate);
    add("ask_again", {"answered"}, "centre", domain::Effect::kReopen);
    rules->deliveries = {{.on = domain::EventKind::kReleased,
                          .to = std::string{domain::kReplyTarget},
                          .kind = domain::DeliveryKind::kResult}};
    rules->answering = {"chat"};
    configuration->rules = rules;
    configuration->public_url = "https://paht.mau.example";
    return configuration;
}

class SendersWordTest : public ::testing::Test {
protected:
    SendersWordTest() : hub_{parts()} {}

    Hub::Parts parts() {
        bench_.configuration = province();
        return bench_.hubParts();
    }
    static IncomingPetition petition() {
        IncomingPetition made = Bench::petition();
        made.external_id = "7";
        made.petitioner = {.name = "Người Thử", .phone = "0912345678"};
        made.attributes = {{std::string{kReplyAddress}, "user-1"}, {std::string{kLeaveOutFiles}, "true"}};
        made.attachments = {{.name = "anh.txt", .content = "ảnh"},
                            {.name = "a.exe", .content = "MZ\1"},
                            {.name = "goc.json", .content_type = std::string{kOriginalType}, .content = "as it came"}};
        return made;
    }
    void take(IncomingPetition made) {
        const auto stored = inbox_.accept(std::move(made));
        ASSERT_TRUE(stored);
        ASSERT_EQ(stored->outcome, Outcome::kStored);
        id_ = stored->id;
        code_ = stored->code;
    }
    void release() {
        const auto act = [&](std::string action, const domain::Actor& actor, domain::Act input = {}) {
            input.action = std::move(action);
            ASSERT_TRUE(hub_.execute(id_, input, actor)) << input.action;
        };
        act("accept", domain::sample::dispatcher());
        act("distribute", domain::sample::dispatcher(), {.units = {"so-xay-dung"}});
        act("start", domain::sample::officer());
        act("draft", domain::sample::officer(), {.result = "Đã lắp nắp mới."});
        act("submit", domain::sample::officer());
        act("approve", domain::sample::leader());
        act("release", domain::sample::dispatcher());
    }
    Outcome told(Update update) {
        const auto answer = inbox_.update(std::move(update));
        EXPECT_TRUE(answer);
        return answer ? answer->outcome : Outcome::kRefused;
    }
    [[nodiscard]] domain::Petition state() const { return *bench_.real->petition(id_).value(); }
    [[nodiscard]] store::Person person() const { return *bench_.real->person(id_).value(); }
    [[nodiscard]] domain::EventKind last() const { return bench_.real->history(id_)->back().kind(); }

    Bench bench_;
    Hub hub_;
    config::Connector settings_{.id = "chat", .plugin = "scripted"};
    Condition condition_{"chat", "scripted"};
    InstanceInbox inbox_{hub_, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {}};
    std::string id_;
    std::string code_;
};

TEST_F(SendersWordTest, HowToReachThemAndWhatCameIsKeptWithWhoTheyAre) {
    take(petition());
    EXPECT_EQ(person().reply_address, "user-1");
    EXPECT_EQ(person().attributes.count(kReplyAddress), 0U) << "officers see attributes";
    ASSERT_TRUE(person().original);
    EXPECT_EQ(*hub_.openFile(*person().original)->bytes(100), "as it came");
    ASSERT_EQ(state().files.size(), 1U) << "the original is no file of the petition";
    EXPECT_EQ(state().files[0].name, "anh.txt");
    EXPECT_EQ(person().attributes.at("files_left_out"), "a.exe: attachment.type_not_accepted");
    EXPECT_TRUE(state().answers_channel);
}

TEST_F(SendersWordTest, WhoIsNoConnectorCannotSayWhomTheHubShouldWriteTo) {
    const auto answer =
        hub_.submit({.petition = petition(), .channel = "chat", .caller = "chat", .trust_external_id = true});
    ASSERT_FALSE(answer) << "and nothing is left out silently";
    EXPECT_EQ(answer.error().problem, "attachment.type_not_accepted");
    IncomingPetition plain = petition();
    plain.attachments.clear();
    const auto stored = hub_.submit({.petition = plain, .channel = "chat", .caller = "chat"});
    ASSERT_TRUE(stored);
    id_ = stored->id;
    EXPECT_EQ(person().reply_address, "");
    EXPECT_EQ(person().attributes.count(kReplyAddress), 0U);
    EXPECT_FALSE(state().answers_channel);
}

TEST_F(SendersWordTest, TheAnswerGoesBackWithWhatReachesThem) {
    take(petition());
    release();
    Recording connector;
    Deliverer deliverer{hub_, connector, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {}};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (connector.sent().empty() && std::chrono::steady_clock::now() < deadline) {
        deliverer.wake();
        std::this_thread::yield();
    }
    ASSERT_EQ(connector.sent().size(), 1U);
    const Delivery sent = connector.sent()[0];
    EXPECT_EQ(sent.kind, "result");
    EXPECT_EQ(sent.result_text, "Đã lắp nắp mới.");
    EXPECT_EQ(sent.reply_address, "user-1");
    EXPECT_EQ(sent.recipient.kind, "petitioner");
    EXPECT_EQ(sent.recipient.phone, "+84912345678");
    EXPECT_EQ(sent.link, "https://paht.mau.example/api/v1/track/" + code_ + "?token=" + state().tracking_token);
}

TEST_F(SendersWordTest, OfWhoAskedNotToBeKnownOnlyTheChannelsOwnAddressIsTold) {
    IncomingPetition hidden = petition();
    hidden.anonymous = true;
    take(std::move(hidden));
    release();
    Recording connector;
    Deliverer deliverer{hub_, connector, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {}};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (connector.sent().empty() && std::chrono::steady_clock::now() < deadline) {
        deliverer.wake();
        std::this_thread::yield();
    }
    ASSERT_EQ(connector.sent().size(), 1U);
    EXPECT_EQ(connector.sent()[0].reply_address, "user-1");
    EXPECT_EQ(connector.sent()[0].recipient.phone, "");
    EXPECT_EQ(connector.sent()[0].title, "");
}

TEST_F(SendersWordTest, WhatTheyAddIsAddedOnceWhereTheWorkflowHasAPlaceForIt) {
    take(petition());
    const Update more{.kind = Update::Kind::kSupplement,
                      .id = "m-2",
                      .code = code_,
                      .text = "Ở ngã tư",
                      .attachments = {{.name = "b.txt", .content = "thêm"}, {.name = "a.exe", .content = "MZ\1"}},
                      .attributes = {{std::string{kLeaveOutFiles}, "true"}}};
    EXPECT_EQ(told(more), Outcome::kStored);
    EXPECT_EQ(told(more), Outcome::kDuplicate);
    ASSERT_EQ(state().supplements.size(), 1U);
    EXPECT_EQ(state().supplements[0].text, "Ở ngã tư\n[a.exe: attachment.type_not_accepted]");
    EXPECT_EQ(state().supplements[0].files.size(), 1U);
}

TEST_F(SendersWordTest, AndIsALineOfTheHistoryWhereItHasNone) {
    take(petition());
    release();
    EXPECT_EQ(told({.kind = Update::Kind::kSupplement, .id = "m-2", .code = code_, .text = "Cảm ơn"}),
              Outcome::kStored);
    EXPECT_EQ(last(), domain::EventKind::kNoted);
    EXPECT_EQ(told({.kind = Update::Kind::kSupplement, .id = "m-2", .code = code_, .text = "Cảm ơn"}),
              Outcome::kDuplicate);
    EXPECT_EQ(state().status, domain::Status::kAnswered);
}

TEST_F(SendersWordTest, TheyRateAndAskAgain) {
    take(petition());
    Update rating{.kind = Update::Kind::kRated, .id = "r-1", .code = code_, .attributes = {{"rating", "satisfied"}}};
    EXPECT_EQ(told(rating), Outcome::kRefused) << "there is no answer yet";
    release();
    rating.id = "r-2";
    EXPECT_EQ(told(rating), Outcome::kStored);
    ASSERT_TRUE(state().rating);
    EXPECT_EQ(state().rating->value, domain::Satisfaction::kSatisfied);
    rating.attributes["rating"] = "wonderful";
    rating.id = "r-3";
    EXPECT_EQ(told(rating), Outcome::kRefused);
    EXPECT_EQ(told({.kind = Update::Kind::kReopen, .id = "o-1", .code = code_, .text = "Vẫn hỏng"}), Outcome::kStored);
    EXPECT_EQ(state().reopened, 1);
}

TEST_F(SendersWordTest, NobodySpeaksForSendersOfAnotherChannel) {
    id_ = hub_.submit({.petition = Bench::petition(), .channel = "web", .caller = "web"})->id;
    code_ = state().code;
    const int version = state().version;
    EXPECT_EQ(told({.kind = Update::Kind::kSupplement, .id = "m-2", .code = code_, .text = "x"}), Outcome::kRefused);
    EXPECT_EQ(state().version, version);
}

}  // namespace
}  // namespace pakn::engine
