/// @file
/// The store's contract: queues and lists, their order, filters and pages.

#include <gmock/gmock.h>

#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using domain::Progress;
using domain::Role;
using store::Page;
using store::PetitionFilter;
using store::TaskFilter;
using testing::ElementsAre;
using testing::IsEmpty;

class Lists : public StoreContract {
protected:
    /// A petition in the Centre's triage with this limit.
    Story add(const std::string& id, std::optional<Instant> due, domain::Received data = received("")) {
        Story story{id};
        data.code = "code-" + id;
        const Status done = commit(story.begins({std::move(data), routed(due, kMorning + 240h)}));
        if (!done) throw std::runtime_error{done.error().message};
        return story;
    }
    std::vector<std::string> taskIds(const TaskFilter& filter) {
        std::vector<std::string> ids;
        for (const auto& item : must(store_->tasks(filter, {})).items) ids.push_back(item.petition.id);
        return ids;
    }
    std::vector<std::string> petitionIds(const PetitionFilter& filter, Instant now = kMorning) {
        std::vector<std::string> ids;
        for (const auto& item : must(store_->petitions(filter, {}, now)).items) ids.push_back(item.id);
        return ids;
    }
};

const TaskFilter::Queue kTriage{.role = Role::kDispatcher, .unit = ""};

TEST_P(Lists, LineHoldsWhatAListShows) {
    domain::Received data = received("", "Ổ gà trên đường tỉnh");
    data.emergency = true;
    Story story = add("p1", kMorning + 4h, data);
    mustCommit(story.happens({distributed("unit", kMorning + 72h), started("officer")}, kMorning + 1h));
    const auto listing = must(store_->petitions({}, {}, kMorning));
    ASSERT_EQ(listing.items.size(), 1U);
    EXPECT_EQ(listing.next, "");
    const store::Summary& line = listing.items[0];
    EXPECT_EQ(line.id, "p1");
    EXPECT_EQ(line.code, "code-p1");
    EXPECT_EQ(line.title, "Ổ gà trên đường tỉnh");
    EXPECT_EQ(line.channel, "web");
    EXPECT_EQ(line.category, "lighting");
    EXPECT_EQ(line.unit, "unit");
    EXPECT_EQ(line.suggested_unit, "ubnd-xa-mau");
    EXPECT_EQ(line.officer, "officer");
    EXPECT_EQ(line.step, "handling");
    EXPECT_EQ(line.status, domain::Status::kInProgress);
    EXPECT_TRUE(line.emergency);
    EXPECT_EQ(line.version, 4);
    EXPECT_EQ(line.received_at, kMorning);
    EXPECT_EQ(line.due_at, kMorning + 72h);
    EXPECT_EQ(line.total_due_at, kMorning + 240h);
    EXPECT_EQ(line.finished_at, std::nullopt);
}

TEST_P(Lists, TasksComeByDueInstantThenIdThoseWithoutLast) {
    Story without{"a"};
    mustCommit(without.begins({received("code-a"), routed(std::nullopt)}));
    add("d", kMorning + 2h);
    add("c", kMorning + 1h);
    add("b", kMorning + 2h);
    add("e", kMorning - 1h);
    EXPECT_THAT(taskIds({.queues = {kTriage}}), ElementsAre("e", "c", "b", "d", "a"));

    const auto item = must(store_->tasks({.queues = {kTriage}}, {.limit = 1})).items.at(0);
    EXPECT_EQ(item.task.step, "triage");
    EXPECT_EQ(item.task.role, Role::kDispatcher);
    EXPECT_EQ(item.task.unit, "");
    EXPECT_EQ(item.task.officer, "");
    EXPECT_EQ(item.task.due, kMorning - 1h);
    EXPECT_EQ(must(store_->tasks({.queues = {kTriage}}, {})).items.at(4).task.due, std::nullopt);
}

TEST_P(Lists, TasksOfSeveralQueuesAreOneList) {
    Story one = add("p1", kMorning + 4h);
    Story two = add("p2", kMorning + 5h);
    add("p3", kMorning + 6h);
    mustCommit(one.happens({distributed("unit-1", kMorning + 90h)}));
    mustCommit(two.happens({distributed("unit-2", kMorning + 5h)}));
    const TaskFilter::Queue unit1{.role = Role::kOfficer, .unit = "unit-1"};
    const TaskFilter::Queue unit2{.role = Role::kOfficer, .unit = "unit-2"};
    EXPECT_THAT(taskIds({.queues = {unit1, kTriage, unit2, unit1}}), ElementsAre("p2", "p3", "p1"));
    EXPECT_THAT(taskIds({.queues = {unit2}}), ElementsAre("p2"));
    EXPECT_THAT(taskIds({.queues = {{.role = Role::kLeader, .unit = "unit-1"}}}), IsEmpty());
    EXPECT_THAT(taskIds({}), IsEmpty());
}

TEST_P(Lists, TaskInAnotherOfficersHandsIsHidden) {
    Story story = add("p1", kMorning + 4h);
    mustCommit(story.happens({distributed("unit", kMorning + 90h), started("officer-1")}));
    const TaskFilter::Queue queue{.role = Role::kOfficer, .unit = "unit"};
    EXPECT_THAT(taskIds({.queues = {queue}, .officer = "officer-1"}), ElementsAre("p1"));
    EXPECT_THAT(taskIds({.queues = {queue}, .officer = "officer-2"}), IsEmpty());
    EXPECT_THAT(taskIds({.queues = {queue}, .officer = "officer-2", .colleagues = {"officer-3", "officer-1"}}),
                ElementsAre("p1"))
        << "who stands in for them sees it";
}

TEST_P(Lists, TaskEndsWithThePetition) {
    Story story = add("p1", kMorning + 4h);
    mustCommit(story.happens({refusedByCentre()}));
    EXPECT_THAT(taskIds({.queues = {kTriage}}), IsEmpty());
}

TEST_P(Lists, UnitComplainedAboutSeesNothingOfIt) {
    domain::Received data = received("");
    data.complained_unit = "unit";
    Story story = add("p1", kMorning + 4h, data);
    add("p2", kMorning + 5h);
    EXPECT_THAT(taskIds({.queues = {kTriage}, .hide_complained_units = {"unit"}}), ElementsAre("p2"));
    EXPECT_THAT(taskIds({.queues = {kTriage}, .hide_complained_units = {"other"}}), ElementsAre("p1", "p2"));
    EXPECT_THAT(petitionIds({.hide_complained_units = {"unit"}}), ElementsAre("p2"));
    EXPECT_THAT(petitionIds({.hide_complained_units = {"other"}}), ElementsAre("p1", "p2"));
}

TEST_P(Lists, PagesOfTasksJoinWithoutGapOrRepeat) {
    std::vector<std::string> expected;
    for (int i = 10; i < 21; ++i) {
        // Pairs of equal instants lie on both sides of page borders; the last two have none.
        const auto due = i < 19 ? std::optional{kMorning + std::chrono::hours{i / 2}} : std::nullopt;
        Story story{"p" + std::to_string(i)};
        mustCommit(story.begins({received(std::to_string(i)), routed(due)}));
        expected.push_back("p" + std::to_string(i));
    }
    for (const int limit : {1, 2, 3, 5, 10, 11, 12}) {
        std::vector<std::string> got;
        Page page{.limit = limit};
        do {
            const auto listing = must(store_->tasks({.queues = {kTriage}}, page));
            ASSERT_LE(listing.items.size(), static_cast<std::size_t>(limit));
            ASSERT_FALSE(listing.items.empty());
            for (const auto& item : listing.items) got.push_back(item.petition.id);
            page.after = listing.next;
        } while (!page.after.empty() && got.size() < 100);
        EXPECT_EQ(got, expected) << limit;
    }
}

TEST_P(Lists, PetitionsComeOpenFirstByDueInstant) {
    add("a", kMorning + 9h);
    Story finished_2 = add("c", kMorning + 1h);
    Story finished_1 = add("b", kMorning + 2h);
    add("d", kMorning + 3h);
    Story without{"e"};
    mustCommit(without.begins({received("code-e"), routed(std::nullopt)}));
    mustCommit(finished_1.happens({refusedByCentre()}, kMorning + 2h));
    mustCommit(finished_2.happens({refusedByCentre()}, kMorning + 1h));
    EXPECT_THAT(petitionIds({}), ElementsAre("d", "a", "e", "b", "c"));

    for (const int limit : {1, 2, 3, 4, 5}) {
        std::vector<std::string> got;
        Page page{.limit = limit};
        do {
            const auto listing = must(store_->petitions({}, page, kMorning));
            for (const auto& item : listing.items) got.push_back(item.id);
            page.after = listing.next;
        } while (!page.after.empty() && got.size() < 100);
        EXPECT_THAT(got, ElementsAre("d", "a", "e", "b", "c")) << limit;
    }
}

TEST_P(Lists, UnitFindsWhatItHoldsOrEverHeld) {
    Story story = add("p1", kMorning + 4h);
    add("p2", kMorning + 5h);
    mustCommit(story.happens({distributed("unit-1", kMorning + 90h)}));
    domain::Returned returned;
    returned.step = "triage";
    returned.holder = Role::kDispatcher;
    returned.unit = "unit-1";
    mustCommit(story.happens({returned}));
    mustCommit(story.happens({distributed("unit-2", kMorning + 91h)}));
    EXPECT_THAT(petitionIds({.unit = "unit-1"}), ElementsAre("p1"));
    EXPECT_THAT(petitionIds({.unit = "unit-2"}), ElementsAre("p1"));
    EXPECT_THAT(petitionIds({.unit = "unit-3"}), IsEmpty());
}

TEST_P(Lists, PagesOfAUnitsPetitionsJoinWithoutGapOrRepeat) {
    std::vector<std::string> of_unit;
    for (int i = 0; i < 12; ++i) {
        const std::string id = "p" + std::to_string(10 + i);
        Story story = add(id, kMorning + 4h);
        const bool own = i % 3 != 1;
        mustCommit(story.happens({distributed(own ? "unit-1" : "unit-2", kMorning + 90h + std::chrono::hours{-i})}));
        if (own) of_unit.insert(of_unit.begin(), id);
    }
    for (int limit = 1; limit <= 9; ++limit) {
        std::vector<std::string> found;
        Page page{.limit = limit};
        do {
            const auto listing = must(store_->petitions({.unit = "unit-1"}, page, kMorning));
            ASSERT_LE(listing.items.size(), static_cast<std::size_t>(limit));
            for (const auto& item : listing.items) found.push_back(item.id);
            page.after = listing.next;
        } while (!page.after.empty());
        EXPECT_EQ(found, of_unit) << "pages of " << limit;
    }
}

TEST_P(Lists, FiltersNarrow) {
    domain::Received spool = received("");
    spool.channel = "spool";
    spool.category = "roads";
    add("p1", kMorning + 4h);
    add("p2", kMorning + 5h, spool);
    Story late{"p3"};
    mustCommit(late.begins({received("code-p3"), routed(kMorning + 30h)}, {}, kMorning + 24h));
    mustCommit(late.happens({refusedByCentre()}, kMorning + 25h));

    EXPECT_THAT(petitionIds({.channel = "spool"}), ElementsAre("p2"));
    EXPECT_THAT(petitionIds({.category = "lighting"}), ElementsAre("p1", "p3"));
    EXPECT_THAT(petitionIds({.channel = "spool", .category = "lighting"}), IsEmpty());
    EXPECT_THAT(petitionIds({.status = domain::Status::kRefused}), ElementsAre("p3"));
    EXPECT_THAT(petitionIds({.from = kMorning + 24h}), ElementsAre("p3"));
    EXPECT_THAT(petitionIds({.to = kMorning + 24h}), ElementsAre("p1", "p2"));
    EXPECT_THAT(petitionIds({.channel = "' OR 1=1 --"}), IsEmpty());
}

TEST_P(Lists, ProgressIsTheDomains) {
    const auto addStory = [&](const std::string& id, std::optional<Instant> triage, std::optional<Instant> total,
                              std::optional<Instant> finished) {
        Story story{id};
        mustCommit(story.begins({received("code-" + id), routed(triage, total)}));
        if (finished) mustCommit(story.happens({refusedByCentre()}, *finished));
        return story.petition();
    };
    const Instant now = kMorning + 100h;
    std::vector<domain::Petition> petitions;
    int number = 10;
    for (const auto due : {now - 1ms, now, now + 1ms, now + 24h - 1ms, now + 24h, now + 24h + 1ms}) {
        petitions.push_back(addStory("o" + std::to_string(++number), due, kMorning + 240h, std::nullopt));
        petitions.push_back(addStory("f" + std::to_string(++number), now + 1h, now, due));
    }
    petitions.push_back(addStory("n1", std::nullopt, std::nullopt, std::nullopt));
    petitions.push_back(addStory("n2", std::nullopt, std::nullopt, now));

    std::size_t found = 0;
    for (const Progress progress :
         {Progress::kNotDue, Progress::kDueSoon, Progress::kOverdue, Progress::kOnTime, Progress::kLate}) {
        std::vector<std::string> expected;
        for (const domain::Petition& petition : petitions)
            if (progressOf(petition, now) == progress) expected.push_back(petition.id);
        EXPECT_THAT(petitionIds({.progress = progress}, now), testing::UnorderedElementsAreArray(expected))
            << nameOf(progress);
        EXPECT_FALSE(expected.empty()) << nameOf(progress);
        found += expected.size();
    }
    EXPECT_EQ(found, petitions.size());
}

TEST_P(Lists, ForgedCursorsAreInvalid) {
    add("p1", kMorning + 4h);
    for (const std::string& cursor : {std::string{"0"}, std::string{"zz"}, std::string{"00"}, std::string{"1f1f1f"},
                                      std::string{"616263"}, std::string(5000, 'a'), std::string{"' OR 1=1"}}) {
        const Page page{.after = cursor};
        EXPECT_EQ(codeOf(store_->tasks({.queues = {kTriage}}, page)), Errc::kInvalid) << cursor;
        EXPECT_EQ(codeOf(store_->petitions({}, page, kMorning)), Errc::kInvalid) << cursor;
        EXPECT_EQ(codeOf(store_->deliveries({}, page)), Errc::kInvalid) << cursor;
        EXPECT_EQ(codeOf(store_->refused({}, page)), Errc::kInvalid) << cursor;
    }
}

INSTANTIATE_TEST_SUITE_P(Store, Lists, testing::ValuesIn(adapters()), adapterName);

}  // namespace
}  // namespace pakn::test
