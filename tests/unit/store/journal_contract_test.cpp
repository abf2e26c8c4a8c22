/// @file
/// The store's contract: changes, what is kept of them, and what is not when one fails.

#include <gmock/gmock.h>

#include "tests/unit/store/every_event.hpp"
#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using domain::Petition;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST_P(StoreContract, EveryKindOfEventComesBack) {
    Story story{"p1"};
    mustCommit(story.begins({received("090326001")}));
    mustCommit(story.happens(everyKindOfEvent(true)));
    reopen();
    const auto events = must(store_->history("p1"));
    ASSERT_EQ(events.size(), story.events().size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        const domain::Event& expected = story.events()[i];
        EXPECT_EQ(events[i].id, expected.id);
        EXPECT_EQ(events[i].petition_id, "p1");
        EXPECT_EQ(events[i].version, expected.version);
        EXPECT_EQ(events[i].at, expected.at);
        EXPECT_EQ(events[i].actor, expected.actor);
        EXPECT_EQ(events[i].role, expected.role);
        EXPECT_EQ(events[i].config_hash, expected.config_hash);
        EXPECT_TRUE(sameData(events[i].data, expected.data)) << nameOf(expected.kind());
    }
}

TEST_P(StoreContract, TextThatIsNoTextDoesNotMakeItsPetitionUnreadable) {
    Story story{"p1"};
    mustCommit(story.begins({received("090326001"), queued("d1")}));
    domain::DeliveryFailed failed;
    failed.delivery = "d1";
    failed.error = std::string{"HTTP 500 \xc3\x28 \0 end", 17};  // As a peer's answer may be.
    failed.next_at = kMorning;
    mustCommit(story.happens({failed}));
    const auto petition = must(store_->petition("p1"));
    ASSERT_TRUE(petition);
    EXPECT_EQ(petition->deliveries.at(0).last_error, (std::string{"HTTP 500 \xEF\xBF\xBD( \0 end", 19}));
    EXPECT_TRUE(store_->rebuild(nullptr).ok());
}

TEST_P(StoreContract, PetitionIsTheFoldOfItsEvents) {
    Story story{"p1"};
    mustCommit(story.begins({received("090326001"), routed(kMorning + 4h, kMorning + 240h)}));
    mustCommit(story.happens({distributed("ubnd-xa-mau", kMorning + 72h)}, kMorning + 1h));
    const auto petition = must(store_->petition("p1"));
    ASSERT_TRUE(petition);
    EXPECT_EQ(petition->version, 3);
    EXPECT_EQ(petition->code, "090326001");
    EXPECT_EQ(petition->title, "Đèn đường hỏng");
    EXPECT_EQ(petition->unit, "ubnd-xa-mau");
    EXPECT_EQ(petition->due, story.petition().due);
    const auto by_code = must(store_->petitionByCode("090326001"));
    ASSERT_TRUE(by_code);
    EXPECT_EQ(by_code->id, "p1");
}

TEST_P(StoreContract, WhatIsNotThereIsNotThere) {
    EXPECT_FALSE(must(store_->petition("nobody")));
    EXPECT_FALSE(must(store_->petitionByCode("090326999")));
    EXPECT_FALSE(must(store_->person("nobody")));
    EXPECT_THAT(must(store_->history("nobody")), IsEmpty());
    auto transaction = must(store_->begin());
    EXPECT_FALSE(must(transaction->load("nobody")));
    const std::vector<std::string> keys{"key:web:1"};
    EXPECT_THAT(must(transaction->findInbox(keys)), IsEmpty());
}

TEST_P(StoreContract, PersonComesBack) {
    Story story{"p1"};
    mustCommit(story.begins({received("090326001")}));
    reopen();
    const auto found = must(store_->person("p1"));
    ASSERT_TRUE(found);
    const store::Person expected = person();
    EXPECT_EQ(found->petitioner.kind, expected.petitioner.kind);
    EXPECT_EQ(found->petitioner.name, expected.petitioner.name);
    EXPECT_EQ(found->petitioner.phone, expected.petitioner.phone);
    EXPECT_EQ(found->petitioner.email, expected.petitioner.email);
    EXPECT_EQ(found->petitioner.citizen_id, expected.petitioner.citizen_id);
    EXPECT_EQ(found->petitioner.address, expected.petitioner.address);
    EXPECT_EQ(found->phone_typed, expected.phone_typed);
    EXPECT_TRUE(found->consent.process_personal_data);
    EXPECT_FALSE(found->consent.use_identity_in_handling);
    EXPECT_FALSE(found->consent.publish_identity);
    EXPECT_TRUE(found->declared_true);
    EXPECT_EQ(found->attributes, expected.attributes);
    EXPECT_EQ(found->provenance, expected.provenance);
    ASSERT_EQ(found->consents.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(found->consents[i].purpose, expected.consents[i].purpose);
        EXPECT_EQ(found->consents[i].by, expected.consents[i].by);
        EXPECT_EQ(found->consents[i].channel, expected.consents[i].channel);
        EXPECT_EQ(found->consents[i].at, expected.consents[i].at);
        EXPECT_EQ(found->consents[i].text_version, expected.consents[i].text_version);
        EXPECT_EQ(found->consents[i].proof, expected.consents[i].proof);
    }
}

TEST_P(StoreContract, NothingIsKeptWithoutCommit) {
    Story story{"p1"};
    {
        auto transaction = must(store_->begin());
        transaction->append(story.begins({received("090326001")}, {"key:web:1"}));
        transaction->setSerial(domain::localDate(kMorning), 1);
        ASSERT_TRUE(transaction->flush().ok());
    }
    EXPECT_FALSE(must(store_->petition("p1")));
    auto transaction = must(store_->begin());
    EXPECT_EQ(must(transaction->lastSerial(domain::localDate(kMorning))), 0);
}

TEST_P(StoreContract, BatchOfManyChangesIsOneUnit) {
    std::vector<store::Change> changes;
    for (int i = 1; i <= 300; ++i) {
        Story story{"p" + std::to_string(i)};
        changes.push_back(
            story.begins({received(std::to_string(i)), routed(kMorning + 1h)}, {"key:web:" + std::to_string(i)}));
        if (i % 3 == 0) changes.push_back(story.happens({distributed("unit", kMorning + 9h)}));
    }
    const Status done = commit(std::move(changes));
    ASSERT_TRUE(done.ok()) << done.error().message;
    const store::Counts counts = must(store_->counts());
    EXPECT_EQ(counts.petitions, 300);
    EXPECT_EQ(counts.events, 700);
    EXPECT_EQ(counts.open_tasks, 300);
    EXPECT_EQ(must(store_->petition("p299"))->version, 2);
    EXPECT_EQ(must(store_->petition("p300"))->unit, "unit");
}

TEST_P(StoreContract, FlushTwiceThenCommitWritesEachChangeOnce) {
    Story story{"p1"};
    auto transaction = must(store_->begin());
    transaction->append(story.begins({received("090326001")}));
    ASSERT_TRUE(transaction->flush().ok());
    ASSERT_TRUE(transaction->flush().ok());
    transaction->append(story.happens({routed(kMorning + 1h)}));
    ASSERT_TRUE(transaction->commit().ok());
    transaction.reset();
    EXPECT_EQ(must(store_->history("p1")).size(), 2U);
}

struct Clash {
    const char* what;
    std::function<store::Change()> change;
};

TEST_P(StoreContract, ClashesAreConflictsAndStoreNothing) {
    Story first{"p1"};
    mustCommit(first.begins({received("090326001")}, {"ext:web:7"}));
    const Story version1 = first;
    mustCommit(first.happens({routed(kMorning + 1h)}));

    const Clash clashes[] = {
        {"version", [&] { return Story{version1}.happens({routed(kMorning + 2h)}); }},
        {"code", [] { return Story{"p3"}.begins({received("090326001")}); }},
        {"inbox key", [] { return Story{"p3"}.begins({received("090326003")}, {"ext:web:7"}); }},
        {"petition", [] { return Story{"p1"}.begins({received("090326003")}); }},
    };
    const std::string before = must(store_->dumpProjections());
    for (const Clash& clash : clashes) {
        Story good{"p2"};
        std::vector<store::Change> changes;
        changes.push_back(good.begins({received("090326002")}));
        changes.push_back(clash.change());
        const Status done = commit(std::move(changes));
        ASSERT_FALSE(done.ok()) << clash.what;
        EXPECT_EQ(codeOf(done), Errc::kConflict) << clash.what << done.error().message;
        EXPECT_FALSE(must(store_->petition("p2"))) << clash.what;
        EXPECT_FALSE(must(store_->petition("p3"))) << clash.what;
        EXPECT_EQ(must(store_->dumpProjections()), before) << clash.what;
    }
    Story good{"p2"};
    EXPECT_TRUE(commit(good.begins({received("090326002")})).ok()) << "alone it is accepted";
}

TEST_P(StoreContract, FailedTransactionStaysFailed) {
    Story story{"p1"};
    mustCommit(story.begins({received("090326001")}));
    auto transaction = must(store_->begin());
    transaction->append(Story{"p2"}.begins({received("090326001")}));
    ASSERT_EQ(codeOf(transaction->flush()), Errc::kConflict);
    transaction->append(Story{"p3"}.begins({received("090326003")}));
    EXPECT_EQ(codeOf(transaction->commit()), Errc::kConflict);
    transaction.reset();
    EXPECT_FALSE(must(store_->petition("p3")));
}

TEST_P(StoreContract, InboxFindsWhatIsKnown) {
    mustCommit(Story{"p1"}.begins({received("090326001")}, {"key:web:1", "ext:web:khóa \"ngoài\""}));
    auto transaction = must(store_->begin());
    const std::vector<std::string> keys{"key:web:1", "key:web:2", "ext:web:khóa \"ngoài\"", "key:web:1"};
    const auto found = must(transaction->findInbox(keys));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found.at("key:web:1").petition_id, "p1");
    EXPECT_EQ(found.at("key:web:1").body_hash, "body");
    EXPECT_EQ(found.at("ext:web:khóa \"ngoài\"").petition_id, "p1");
}

TEST_P(StoreContract, SerialsCountPerDay) {
    const domain::Date today = domain::localDate(kMorning);
    {
        auto transaction = must(store_->begin());
        EXPECT_EQ(must(transaction->lastSerial(today)), 0);
        transaction->setSerial(today, 2);
        EXPECT_EQ(must(transaction->lastSerial(today)), 2);
        ASSERT_TRUE(transaction->commit().ok());
    }
    auto transaction = must(store_->begin());
    EXPECT_EQ(must(transaction->lastSerial(today)), 2);
    EXPECT_EQ(must(transaction->lastSerial(today + std::chrono::days{1})), 0);
    transaction->setSerial(today, 3);
    ASSERT_TRUE(transaction->commit().ok());
    transaction.reset();
    EXPECT_EQ(must(must(store_->begin())->lastSerial(today)), 3);
}

TEST_P(StoreContract, LoadedPetitionGoesOnInTheSameTransaction) {
    Story story{"p1"};
    mustCommit(story.begins({received("090326001"), routed(kMorning + 1h)}));
    auto transaction = must(store_->begin());
    const auto loaded = must(transaction->load("p1"));
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->version, 2);
    EXPECT_EQ(loaded->due, story.petition().due);
    transaction->append(story.happens({refusedByCentre()}));
    ASSERT_TRUE(transaction->commit().ok());
    transaction.reset();
    EXPECT_EQ(must(store_->petition("p1"))->status, domain::Status::kRefused);
}

/// A little of everything that makes rows.
void tellMuch(std::vector<store::Change>& changes) {
    for (int i = 1; i <= 12; ++i) {
        Story story{"p" + std::to_string(i)};
        changes.push_back(story.begins(
            {received("0903260" + std::to_string(10 + i)), routed(kMorning + std::chrono::hours{i}, kMorning + 240h)}));
        if (i % 2 == 0)
            changes.push_back(story.happens({distributed("unit-" + std::to_string(i % 4), kMorning + 72h)}));
        if (i % 4 == 0) changes.push_back(story.happens({started("officer")}));
        if (i % 3 == 0) changes.push_back(story.happens({queued("d" + std::to_string(i)), refusedByCentre()}));
        if (i % 6 == 0) {
            domain::DeliveryFailed failed;
            failed.delivery = "d" + std::to_string(i);
            failed.attempt = 2;
            failed.error = "HTTP 503";
            failed.next_at = kMorning + 1h;
            changes.push_back(story.happens({failed}));
        }
    }
}

TEST_P(StoreContract, RebuildGivesTheSameRows) {
    std::vector<store::Change> changes;
    tellMuch(changes);
    ASSERT_TRUE(commit(std::move(changes)).ok());
    const std::string before = must(store_->dumpProjections());
    std::int64_t last_done = 0;
    std::int64_t last_total = 0;
    const auto rebuilt = must(store_->rebuild([&](std::int64_t done, std::int64_t total) {
        last_done = done;
        last_total = total;
    }));
    EXPECT_EQ(rebuilt.petitions, 12);
    EXPECT_TRUE(rebuilt.equal);
    EXPECT_EQ(last_done, 12);
    EXPECT_EQ(last_total, 12);
    EXPECT_EQ(must(store_->dumpProjections()), before);
    EXPECT_EQ(must(store_->rebuild(nullptr)).petitions, 12);
}

TEST_P(StoreContract, RebuildOfNothingIsNothing) {
    EXPECT_EQ(must(store_->rebuild(nullptr)).petitions, 0);
    const store::Counts counts = must(store_->counts());
    EXPECT_EQ(counts.petitions, 0);
    EXPECT_EQ(counts.events, 0);
}

// For the tests of this suite in all files.
INSTANTIATE_TEST_SUITE_P(Store, StoreContract, testing::ValuesIn(adapters()), adapterName);

}  // namespace
}  // namespace pakn::test
