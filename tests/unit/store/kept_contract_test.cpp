/// @file
/// The store's contract: events of conversations that are no petition yet.

#include <gmock/gmock.h>

#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using testing::ElementsAre;

KeptEvent event(std::string conversation, std::string id, std::string data, int minute = 0) {
    return {.conversation = std::move(conversation),
            .id = std::move(id),
            .data = std::move(data),
            .at = kMorning + std::chrono::minutes{minute}};
}

TEST_P(StoreContract, KeptEventsComeBackInOrderOnceEach) {
    EXPECT_EQ(must(store_->keepEvent("zalo", event("u1", "m1", "xin chào"))).size(), 1U);
    must(store_->keepEvent("zalo", event("u2", "m1", "of another")));
    must(store_->keepEvent("mail", event("u1", "m1", "of another channel")));
    const auto all = must(store_->keepEvent("zalo", event("u1", "m2", std::string{"a\0b", 3}, 1)));
    EXPECT_EQ(must(store_->keepEvent("zalo", event("u1", "m1", "again"))).size(), 2U) << "known by its id";
    reopen();
    const auto kept = must(store_->keptEvents("zalo", "u1"));
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].id, "m1");
    EXPECT_EQ(kept[0].conversation, "u1");
    EXPECT_EQ(kept[0].data, "xin chào");
    EXPECT_EQ(kept[0].at, kMorning);
    EXPECT_EQ(kept[1].data, (std::string{"a\0b", 3}));
    EXPECT_LT(kept[0].sequence, kept[1].sequence);
    EXPECT_EQ(all[1].sequence, kept[1].sequence);
}

TEST_P(StoreContract, DroppingLeavesWhatCameLater) {
    must(store_->keepEvent("zalo", event("u1", "m1", "first")));
    const auto seen = must(store_->keepEvent("zalo", event("u1", "m2", "second")));
    must(store_->keepEvent("zalo", event("u1", "m3", "meanwhile")));
    must(store_->keepEvent("zalo", event("u2", "m1", "other")));
    ASSERT_TRUE(store_->dropEvents("zalo", "u1", seen.back().sequence).ok());
    const auto left = must(store_->keptEvents("zalo", "u1"));
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0].id, "m3");
    EXPECT_EQ(must(store_->keptEvents("zalo", "u2")).size(), 1U);
    ASSERT_TRUE(store_->dropEvents("zalo", "u1", left[0].sequence).ok());
    EXPECT_GT(must(store_->keepEvent("zalo", event("u1", "m4", "new"))).at(0).sequence, left[0].sequence)
        << "a number is never given twice";
}

TEST_P(StoreContract, QuietConversationsAreFoundOldestFirst) {
    must(store_->keepEvent("zalo", event("late", "m1", "x", 1)));
    must(store_->keepEvent("zalo", event("early", "m1", "x", 0)));
    must(store_->keepEvent("zalo", event("busy", "m1", "x", 0)));
    must(store_->keepEvent("zalo", event("busy", "m2", "x", 9)));
    const Instant before = kMorning + std::chrono::minutes{5};
    EXPECT_THAT(must(store_->quietConversations("zalo", before, 10)), ElementsAre("early", "late"));
    EXPECT_THAT(must(store_->quietConversations("zalo", before, 1)), ElementsAre("early"));
    EXPECT_TRUE(must(store_->quietConversations("mail", before, 10)).empty());
}

}  // namespace
}  // namespace pakn::test
