/// @file
/// The store's contract: citizens who come back. Petitions are found by the address that replies go to, on the channel
/// that gave it, and devices by their owners; what is not theirs is not found.

#include <gmock/gmock.h>

#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class CorrespondentsContract : public StoreContract {
protected:
    void petition(const std::string& id, std::string channel, std::string address, int minute) {
        Story story{id};
        domain::Received data = received(id);
        data.channel = std::move(channel);
        const Instant at = kMorning + std::chrono::minutes{minute};
        data.received_at = at;
        store::Change change = story.begins({data, routed(kMorning + 24h)}, {}, at);
        store::Birth birth = *change.birth;
        birth.person.reply_address = std::move(address);
        change.birth = std::make_shared<const store::Birth>(std::move(birth));
        mustCommit(std::move(change));
    }
    std::vector<std::string> of(const std::string& channel, const std::string& address) {
        std::vector<std::string> ids;
        for (const auto& one : must(store_->correspondents().petitionsOf({channel, address, {}, {}, {}}, {})).items)
            ids.push_back(one.petition_id);
        return ids;
    }
    Status keep(const std::string& owner, const std::string& token, int minute, int most = 20,
                Instant oldest = kMorning - 24h) {
        return store_->correspondents().keepDevice({.owner = owner,
                                                    .channel = "app",
                                                    .platform = "fcm",
                                                    .token = token,
                                                    .seen_at = kMorning + std::chrono::minutes{minute}},
                                                   most, oldest);
    }
    std::vector<std::string> tokensOf(const std::string& owner, const std::string& channel = "app") {
        std::vector<std::string> tokens;
        for (const Device& one : must(store_->correspondents().devices(channel, owner))) tokens.push_back(one.token);
        return tokens;
    }
};

TEST_P(CorrespondentsContract, PetitionsAreFoundByTheAddressOfTheirChannelTheNewestFirst) {
    petition("first", "app", "user-1", 1);
    petition("second", "app", "user-1", 2);
    petition("same-time", "app", "user-1", 2);
    petition("others", "app", "user-2", 3);
    petition("elsewhere", "chat", "user-1", 4);
    petition("nobody's", "app", "", 5);
    EXPECT_THAT(of("app", "user-1"), ElementsAre("second", "same-time", "first"));
    EXPECT_THAT(of("chat", "user-1"), ElementsAre("elsewhere"));
    EXPECT_THAT(of("app", ""), IsEmpty());
    EXPECT_THAT(of("ap", "puser-1"), IsEmpty()) << "no two pairs are the same";
    reopen();
    EXPECT_THAT(of("app", "user-2"), ElementsAre("others"));
}

TEST_P(CorrespondentsContract, TheyArePagedWithoutGapsAndRepetitions) {
    for (int i = 0; i < 7; ++i) petition("p" + std::to_string(i), "app", "user-1", i / 2);
    std::vector<std::string> seen;
    store::Page page{.limit = 2};
    do {
        const auto part = must(store_->correspondents().petitionsOf({"app", "user-1", {}, {}, {}}, page));
        for (const auto& one : part.items) seen.push_back(one.petition_id);
        page.after = part.next;
    } while (!page.after.empty());
    EXPECT_THAT(seen, ElementsAre("p6", "p5", "p4", "p3", "p2", "p1", "p0"));
    EXPECT_EQ(codeOf(store_->correspondents().petitionsOf({"app", "user-1", {}, {}, {}}, {.after = "nonsense"})),
              Errc::kInvalid);
}

TEST_P(CorrespondentsContract, OneIsFoundByItsCodeWhereItIsTheirs) {
    for (int i = 0; i < 3; ++i) petition("p" + std::to_string(i), "app", "user-1", i);
    petition("others", "app", "user-2", 3);
    std::vector<std::string> ids;
    for (const auto& one :
         must(store_->correspondents().petitionsOf(
                  {.channel = "app", .reply_address = "user-1", .codes = {"p0", "others", "p2", "not-there"}}, {}))
             .items)
        ids.push_back(one.petition_id);
    EXPECT_THAT(ids, ElementsAre("p2", "p0"));
}

TEST_P(CorrespondentsContract, DevicesAreForgottenWithTheSessionTheyWereToldWith) {
    const auto keep = [&](const std::string& token, const std::string& session, int minute) {
        return store_->correspondents().keepDevice({.owner = "user-1",
                                                    .channel = "app",
                                                    .platform = "fcm",
                                                    .token = token,
                                                    .session = session,
                                                    .seen_at = kMorning + std::chrono::minutes{minute}},
                                                   20, kMorning - 24h);
    };
    ASSERT_TRUE(keep("phone", "s1", 1));
    ASSERT_TRUE(keep("tablet", "s2", 2));
    ASSERT_TRUE(keep("old", "", 3));
    ASSERT_TRUE(store_->correspondents().forgetDevicesOf(""));
    ASSERT_TRUE(store_->correspondents().forgetDevicesOf("s3"));
    EXPECT_THAT(tokensOf("user-1"), ElementsAre("old", "tablet", "phone")) << "no session is nobody's";
    ASSERT_TRUE(keep("phone", "s2", 4));
    ASSERT_TRUE(store_->correspondents().forgetDevicesOf("s1"));
    EXPECT_THAT(tokensOf("user-1"), ElementsAre("phone", "old", "tablet")) << "it was told again with another one";
    ASSERT_TRUE(store_->correspondents().forgetDevicesOf("s2"));
    EXPECT_THAT(tokensOf("user-1"), ElementsAre("old"));
}

TEST_P(CorrespondentsContract, AnOfficersDevicesGoWithTheirSignIns) {
    ASSERT_TRUE(store_->addAccount({.id = "a1", .login = "an", .roles = {}}));
    const auto keepFor = [&](const std::string& login, const std::string& channel) {
        return store_->correspondents().keepDevice(
            {.owner = login, .channel = channel, .platform = "fcm", .token = login + channel, .seen_at = kMorning}, 20,
            kMorning - 24h);
    };
    ASSERT_TRUE(keepFor("an", ""));
    ASSERT_TRUE(keepFor("an", "app"));
    ASSERT_TRUE(keepFor("binh", ""));
    ASSERT_TRUE(store_->dropSecretsOf("a1"));
    EXPECT_THAT(tokensOf("an", ""), IsEmpty());
    EXPECT_THAT(tokensOf("an", "app"), ElementsAre("anapp")) << "a citizen's";
    EXPECT_THAT(tokensOf("binh", ""), ElementsAre("binh"));
}

TEST_P(CorrespondentsContract, OnesOwnDeviceAloneIsForgottenForItsOwner) {
    ASSERT_TRUE(keep("user-1", "a", 1));
    for (const auto& [channel, owner] : {std::pair{"app", "user-2"}, {"other", "user-1"}})
        ASSERT_TRUE(store_->correspondents().forgetDevice(
            {.owner = owner, .channel = channel, .platform = "fcm", .token = "a"}));
    EXPECT_THAT(tokensOf("user-1"), ElementsAre("a"));
    ASSERT_TRUE(
        store_->correspondents().forgetDevice({.owner = "user-1", .channel = "app", .platform = "fcm", .token = "a"}));
    EXPECT_THAT(tokensOf("user-1"), IsEmpty());
}

TEST_P(CorrespondentsContract, ADeviceIsOfOneOwnerTheLastOneThatSaidSo) {
    ASSERT_TRUE(keep("user-1", "a", 1));
    ASSERT_TRUE(keep("user-1", "b", 2));
    EXPECT_THAT(tokensOf("user-1"), ElementsAre("b", "a"));
    ASSERT_TRUE(keep("user-2", "a", 3));
    EXPECT_THAT(tokensOf("user-1"), ElementsAre("b"));
    EXPECT_THAT(tokensOf("user-2"), ElementsAre("a"));
    EXPECT_THAT(tokensOf("user-2", "other"), IsEmpty());
    ASSERT_TRUE(keep("user-1", "b", 4));
    reopen();
    const auto devices = must(store_->correspondents().devices("app", "user-1"));
    ASSERT_EQ(devices.size(), 1U);
    EXPECT_EQ(devices[0].seen_at, kMorning + 4min);
    EXPECT_EQ(devices[0].platform, "fcm");
    EXPECT_EQ(devices[0].owner, "user-1");
}

TEST_P(CorrespondentsContract, DevicesThatAreTooManyOrTooOldGo) {
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(keep("user-1", "t" + std::to_string(i), i, 3));
    EXPECT_THAT(tokensOf("user-1"), ElementsAre("t3", "t2", "t1"));
    ASSERT_TRUE(keep("user-2", "x", 5));
    ASSERT_TRUE(keep("user-3", "y", 6, 3, kMorning + 3min));
    EXPECT_THAT(tokensOf("user-1"), ElementsAre("t3"));
    EXPECT_THAT(tokensOf("user-2"), ElementsAre("x"));
    ASSERT_TRUE(store_->correspondents().forgetDevice({.platform = "fcm", .token = "x"}));
    EXPECT_THAT(tokensOf("user-2"), IsEmpty());
    EXPECT_TRUE(store_->correspondents().forgetDevice({.platform = "fcm", .token = "x"}))
        << "an unknown one is no error";
    EXPECT_TRUE(store_->correspondents().forgetDevice({.platform = "apns", .token = "y"}));
    EXPECT_THAT(tokensOf("user-3"), ElementsAre("y")) << "of another platform";
}

INSTANTIATE_TEST_SUITE_P(Adapters, CorrespondentsContract, testing::ValuesIn(adapters()), adapterName);

}  // namespace
}  // namespace pakn::test
