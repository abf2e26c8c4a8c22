/// @file
/// What happened to one's own petitions, the newest first.

#include "app.hpp"
#include "times.hpp"

namespace pakn::in_mobile {
namespace {

using namespace std::chrono_literals;

class MobileNotifications : public ::testing::Test {
protected:
    void SetUp() override {
        app.signIn("0912345678");
        now = app.services.now();
    }
    void add(const std::string& code, const std::vector<std::chrono::minutes>& ago, Attributes attributes = {}) {
        PublicPetition one{.code = code,
                           .title = "Hố ga",
                           .status = "in_progress",
                           .status_label = {"a", "b"},
                           .attributes = std::move(attributes)};
        for (const auto& minutes : ago)
            one.steps.push_back({.at = now - minutes,
                                 .status = "distributed",
                                 .label = {"Đã chuyển", "Distributed"},
                                 .unit_name = "Sở A"});
        app.services.people.own[app.address()].push_back({.petition = one, .secret = "canary-secret"});
    }
    std::vector<std::string> codes(const std::string& query = {}) {
        std::vector<std::string> all;
        const Heard heard = app.get("/notifications" + query);
        EXPECT_EQ(heard.status(), 200) << heard.response.body;
        for (const auto& item : heard.at("items").GetArray()) all.emplace_back(item["code"].GetString());
        return all;
    }
    App app;
    Instant now;
};

using Codes = std::vector<std::string>;

TEST_F(MobileNotifications, AreTheStepsTheNewestFirst) {
    add("1", {90min, 10min});
    add("2", {50min});
    EXPECT_EQ(codes(), (Codes{"1", "2", "1"}));
    const Heard heard = app.get("/notifications");
    const auto& first = heard.at("items")[0];
    EXPECT_STREQ(first["kind"].GetString(), "step");
    EXPECT_STREQ(first["status"].GetString(), "distributed");
    EXPECT_STREQ(first["unit_name"].GetString(), "Sở A");
    EXPECT_EQ(first["at"].GetString(), writeInstant(now - 10min));
    EXPECT_EQ(heard.response.body.find("canary"), std::string::npos);
}

TEST_F(MobileNotifications, SinceTheNewestThatIsKnown) {
    add("1", {90min, 10min});
    add("2", {50min});
    EXPECT_EQ(codes("?since=" + writeInstant(now - 50min)), Codes{"1"}) << "not what is known already";
    EXPECT_EQ(codes("?since=" + writeInstant(now - 51min)), (Codes{"1", "2"}));
    EXPECT_EQ(codes("?since=" + writeInstant(now)), Codes{});
    EXPECT_EQ(codes("?limit=1"), Codes{"1"});
    EXPECT_EQ(codes("?since=2026-03-06T00%3A00%3A00%2B07%3A00").size(), 3U) << "escaped, as addresses are";
}

TEST_F(MobileNotifications, OfAMonthUnlessAsked) {
    add("1", {std::chrono::minutes{24h * 31}});
    EXPECT_EQ(codes(), Codes{});
    EXPECT_EQ(codes("?since=" + writeInstant(now - 24h * 32)), Codes{"1"});
}

TEST_F(MobileNotifications, AQuestionIsOne) {
    const std::string asked = std::to_string((now - 5min).time_since_epoch().count());
    add("1", {90min}, {{"question", "Ở đoạn nào?"}, {"question_at", asked}});
    const Heard heard = app.get("/notifications");
    ASSERT_EQ(heard.at("items").Size(), 2U);
    EXPECT_STREQ(heard.at("items")[0]["kind"].GetString(), "question");
    EXPECT_STREQ(heard.at("items")[0]["question"].GetString(), "Ở đoạn nào?");
    EXPECT_TRUE(heard.at("items")[1]["question"].IsNull());
}

TEST_F(MobileNotifications, TheSameEventHasTheSameId) {
    add("1", {90min, 10min});
    const Heard first = app.get("/notifications");
    const Heard again = app.get("/notifications");
    EXPECT_STREQ(first.at("items")[0]["id"].GetString(), again.at("items")[0]["id"].GetString());
    EXPECT_STRNE(first.at("items")[0]["id"].GetString(), first.at("items")[1]["id"].GetString());
}

TEST_F(MobileNotifications, OthersAreNobodys) {
    add("1", {10min});
    app.signIn("0987654321");
    EXPECT_EQ(codes(), Codes{});
    app.token.clear();
    EXPECT_EQ(app.get("/notifications").status(), 401);
}

TEST_F(MobileNotifications, AnInstantThatIsNoneIsRefused) {
    EXPECT_EQ(app.get("/notifications?since=yesterday").text("field"), "since");
    EXPECT_EQ(app.get("/notifications?since=").status(), 400);
}

}  // namespace
}  // namespace pakn::in_mobile
