/// @file
/// Devices that push goes to belong to an account, and leave with it.

#include "app.hpp"

namespace pakn::in_mobile {
namespace {

constexpr const char* kPhone = R"({"platform":"fcm","token":"canary-device-token"})";

TEST(MobileDevices, BelongToTheAccount) {
    App app;
    app.signIn("0912345678");
    EXPECT_EQ(app.call("PUT", "/devices", kPhone).status(), 204);
    ASSERT_EQ(app.services.people.known().size(), 1U);
    const Device device = app.services.people.known()[0];
    EXPECT_EQ(device.owner, app.address());
    EXPECT_EQ(device.platform, "fcm");
    EXPECT_EQ(device.token, "canary-device-token");
    EXPECT_EQ(device.owner.find("0912345678"), std::string::npos) << "and the account is named after nobody";
}

TEST(MobileDevices, MoveWithWhoeverSignsInThere) {
    App app;
    app.signIn("0912345678");
    app.call("PUT", "/devices", kPhone);
    app.signIn("0987654321");
    app.call("PUT", "/devices", kPhone);
    ASSERT_EQ(app.services.people.known().size(), 1U);
    EXPECT_EQ(app.services.people.known()[0].owner, app.address());
}

TEST(MobileDevices, AreForgottenByTheirTokenOutOfTheBody) {
    App app;
    app.signIn("0912345678");
    app.call("PUT", "/devices", kPhone);
    EXPECT_EQ(app.call("DELETE", "/devices/fcm", "{}").status(), 422);
    EXPECT_EQ(app.call("DELETE", "/devices/fcm?token=canary-device-token", "{}").status(), 422);
    EXPECT_EQ(app.services.people.known().size(), 1U);
    EXPECT_EQ(app.call("DELETE", "/devices/fcm", R"({"token":"canary-device-token"})").status(), 204);
    EXPECT_TRUE(app.services.people.known().empty());
    EXPECT_EQ(app.call("DELETE", "/devices/fcm", R"({"token":"canary-device-token"})").status(), 204) << "once more";
}

TEST(MobileDevices, ASignOutTakesAlongWhatThatSessionTold) {
    App app;
    app.signIn("0912345678");
    const std::string first = app.token;
    app.call("PUT", "/devices", kPhone);
    app.signIn("0912345678");
    app.call("PUT", "/devices", R"({"platform":"apns","token":"tablet"})");
    app.token = first;
    EXPECT_EQ(app.call("DELETE", "/session", "{}").status(), 204);
    ASSERT_EQ(app.services.people.known().size(), 1U);
    EXPECT_EQ(app.services.people.known()[0].token, "tablet");
}

TEST(MobileDevices, NobodyTakesAnothersAway) {
    App app;
    app.signIn("0912345678");
    app.call("PUT", "/devices", kPhone);
    app.signIn("0987654321");
    EXPECT_EQ(app.call("DELETE", "/devices/fcm", R"({"token":"canary-device-token"})").status(), 204);
    EXPECT_EQ(app.call("DELETE", "/session", R"({"device":{"platform":"fcm","token":"canary-device-token"}})").status(),
              204);
    EXPECT_EQ(app.services.people.known().size(), 1U);
}

TEST(MobileDevices, ASignOutTakesAlongTheDeviceThatItNames) {
    App app;
    app.signIn("0912345678");
    app.call("PUT", "/devices", kPhone);
    app.signIn("0912345678");
    app.call("PUT", "/devices", R"({"platform":"apns","token":"tablet"})");
    app.signIn("0912345678");
    EXPECT_EQ(app.call("DELETE", "/session", R"({"device":{"platform":"fcm","token":"canary-device-token"}})").status(),
              204);
    ASSERT_EQ(app.services.people.known().size(), 1U);
    EXPECT_EQ(app.services.people.known()[0].token, "tablet");
    EXPECT_EQ(app.get("/me").status(), 401);
}

TEST(MobileDevices, OnlyOfWhoeverIsSignedIn) {
    App app;
    app.signIn("0912345678");
    app.call("PUT", "/devices", kPhone);
    app.token.clear();
    EXPECT_EQ(app.call("DELETE", "/devices/fcm", R"({"token":"canary-device-token"})").status(), 401);
    EXPECT_EQ(app.call("PUT", "/devices", kPhone).status(), 401);
    EXPECT_EQ(app.call("DELETE", "/session", R"({"device":{"platform":"fcm","token":"canary-device-token"}})").status(),
              401);
    EXPECT_EQ(app.services.people.known().size(), 1U);
}

TEST(MobileDevices, WhatIsNoneIsRefused) {
    App app;
    app.signIn("0912345678");
    for (const char* body : {"{}", R"({"platform":"sms","token":"x"})", R"({"platform":"fcm"})",
                             R"({"platform":"fcm","token":""})", R"({"platform":"fcm","token":7})"})
        EXPECT_EQ(app.call("PUT", "/devices", body).status(), 422) << body;
    EXPECT_TRUE(app.services.people.known().empty());
}

TEST(MobileDevices, NoTokenIsInTheLog) {
    App app;
    app.signIn("0912345678");
    app.call("PUT", "/devices", kPhone);
    app.call("DELETE", "/devices/fcm", R"({"token":"canary-device-token"})");
    for (const auto& line : app.services.logged()) EXPECT_EQ(line.text.find("canary"), std::string::npos);
}

}  // namespace
}  // namespace pakn::in_mobile
