/// @file
/// The store's contract: shifts, substitutions, requests for a role.

#include <gmock/gmock.h>

#include <thread>

#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using domain::Role;
using security::Account;
using security::RequestState;
using security::RoleRequest;
using security::Shift;
using security::Substitution;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr int kAll = 1000;

Account account(std::string id, std::vector<Role> roles = {Role::kOfficer}, std::string unit = "so-gtvt") {
    Account made{.id = id, .login = id, .name = "Trần Thị Mẫu", .roles = std::move(roles), .created_at = kMorning};
    made.unit = std::move(unit);
    return made;
}

Shift shift(std::string id, std::chrono::hours from, std::chrono::hours to, std::string unit = "so-gtvt") {
    return {.id = std::move(id),
            .unit = std::move(unit),
            .from = kMorning + from,
            .to = kMorning + to,
            .people = {"a1", "a2"}};
}

Substitution substitution(std::string id, std::string account, std::string substitute, std::chrono::hours from,
                          std::chrono::hours to) {
    return {.id = std::move(id),
            .account = std::move(account),
            .substitute = std::move(substitute),
            .from = kMorning + from,
            .to = kMorning + to,
            .named_by = "a9",
            .named_at = kMorning,
            .ended_by = {}};
}

RoleRequest request(std::string id, std::string account = "a1", Role role = Role::kLeader) {
    return {.id = std::move(id),
            .account = std::move(account),
            .role = role,
            .unit = "so-gtvt",
            .reason = "Phụ trách mới, \"từ\" tháng 3",
            .asked_at = kMorning};
}

std::vector<std::string> idsOf(const auto& all) {
    std::vector<std::string> ids;
    for (const auto& one : all) ids.push_back(one.id);
    return ids;
}

std::string problemOf(const auto& result) { return result.ok() ? "" : result.error().problem; }

TEST_P(StoreContract, ShiftsComeBackByTheirBeginning) {
    security::Duties& duties = store_->duties();
    const Shift second = shift("s2", 8h, 16h);
    ASSERT_TRUE(duties.addShift(second).ok());
    ASSERT_TRUE(duties.addShift(shift("s1", 0h, 8h)).ok());
    ASSERT_TRUE(duties.addShift(shift("s3", 0h, 8h, "")).ok()) << "the Centre's";
    EXPECT_EQ(codeOf(duties.addShift(shift("s4", 8h, 16h))), Errc::kConflict);
    reopen();
    security::Duties& again = store_->duties();
    EXPECT_THAT(must(again.shifts("so-gtvt", kMorning, kMorning + 8h, kAll)), ElementsAre(shift("s1", 0h, 8h)));
    EXPECT_THAT(must(again.shifts("so-gtvt", kMorning + 8h, kMorning + 9h, kAll)), ElementsAre(second));
    EXPECT_THAT(idsOf(must(again.shifts("", kMorning, kMorning + 24h, kAll))), ElementsAre("s3"));
    EXPECT_THAT(idsOf(must(again.shifts(std::nullopt, kMorning, kMorning + 24h, kAll))), ElementsAre("s1", "s3", "s2"));
    EXPECT_THAT(must(again.shifts(std::nullopt, kMorning, kMorning + 24h, 1)).size(), 1U);
}

TEST_P(StoreContract, ARosterIsReplacedAsAWholeOrNotAtAll) {
    security::Duties& duties = store_->duties();
    ASSERT_TRUE(duties.addShift(shift("s1", 0h, 8h)).ok());
    ASSERT_TRUE(duties.addShift(shift("s2", 24h, 32h)).ok());
    ASSERT_TRUE(duties.addShift(shift("s3", 0h, 8h, "")).ok());
    const std::vector<Shift> twice{shift("n1", 2h, 4h), shift("n2", 2h, 4h)};
    EXPECT_EQ(codeOf(duties.replaceShifts("so-gtvt", kMorning, kMorning + 24h, twice)), Errc::kConflict);
    EXPECT_THAT(idsOf(must(duties.shifts("so-gtvt", kMorning, kMorning + 48h, kAll))), ElementsAre("s1", "s2"));
    const std::vector<Shift> next{shift("n1", 2h, 4h), shift("n2", 4h, 30h)};
    ASSERT_TRUE(duties.replaceShifts("so-gtvt", kMorning, kMorning + 24h, next).ok());
    EXPECT_THAT(idsOf(must(duties.shifts("so-gtvt", kMorning, kMorning + 48h, kAll))), ElementsAre("n1", "n2", "s2"));
    ASSERT_TRUE(duties.replaceShifts("so-gtvt", kMorning, kMorning + 48h, {}).ok());
    EXPECT_THAT(idsOf(must(duties.shifts(std::nullopt, kMorning, kMorning + 48h, kAll))), ElementsAre("s3"));
}

TEST_P(StoreContract, ASubstituteStandsInForATime) {
    for (const char* id : {"a1", "a2"})
        ASSERT_TRUE(store_->addAccount(account(id, {Role::kLeader, Role::kAdmin})).ok());
    const Substitution one = substitution("s1", "a1", "a2", 1h, 5h);
    ASSERT_TRUE(store_->duties().addSubstitution(one).ok());
    reopen();
    EXPECT_THAT(must(store_->duties().substitutions(kMorning, kMorning + 24h, kAll)), ElementsAre(one));
    EXPECT_THAT(must(store_->duties().substitutions(kMorning + 5h, kMorning + 24h, kAll)), IsEmpty());
    EXPECT_THAT(must(store_->stoodForBy("a2", kMorning)), IsEmpty()) << "not yet";
    const auto colleagues = must(store_->stoodForBy("a2", kMorning + 1h));
    ASSERT_EQ(colleagues.size(), 1U);
    EXPECT_EQ(colleagues[0].id, "a1");
    EXPECT_EQ(colleagues[0].unit, "so-gtvt");
    EXPECT_THAT(colleagues[0].roles, ElementsAre(Role::kLeader, Role::kAdmin));
    EXPECT_THAT(must(store_->stoodForBy("a2", kMorning + 5h)), IsEmpty()) << "it ends by itself";
    EXPECT_THAT(must(store_->stoodForBy("a1", kMorning + 1h)), IsEmpty());
    ASSERT_TRUE(store_->setLocked("a1", true).ok());
    EXPECT_THAT(must(store_->stoodForBy("a2", kMorning + 1h)), IsEmpty()) << "a locked account opens nothing";
}

TEST_P(StoreContract, NoPlaceIsTakenTwiceAndNobodyTakesOneWhileAway) {
    security::Duties& duties = store_->duties();
    ASSERT_TRUE(duties.addSubstitution(substitution("s1", "a1", "a2", 10h, 20h)).ok());
    EXPECT_EQ(problemOf(duties.addSubstitution(substitution("s2", "a1", "a3", 19h, 30h))), "substitute.overlap");
    EXPECT_EQ(problemOf(duties.addSubstitution(substitution("s3", "a2", "a4", 0h, 11h))), "substitute.chain");
    EXPECT_EQ(problemOf(duties.addSubstitution(substitution("s4", "a5", "a1", 15h, 16h))), "substitute.chain");
    EXPECT_TRUE(duties.addSubstitution(substitution("s5", "a5", "a2", 15h, 16h)).ok()) << "two places at once";
    EXPECT_TRUE(duties.addSubstitution(substitution("s6", "a1", "a3", 20h, 30h)).ok()) << "one after the other";
    EXPECT_TRUE(duties.addSubstitution(substitution("s7", "a2", "a4", 0h, 10h)).ok());
    EXPECT_FALSE(must(duties.substitution("s2")));
}

TEST_P(StoreContract, ASubstitutionEndsBeforeItsTime) {
    security::Duties& duties = store_->duties();
    ASSERT_TRUE(duties.addSubstitution(substitution("s1", "a1", "a2", 10h, 20h)).ok());
    ASSERT_TRUE(duties.addSubstitution(substitution("s2", "a3", "a2", 10h, 20h)).ok());
    EXPECT_TRUE(must(duties.endSubstitution("s1", kMorning + 12h, "a9")));
    EXPECT_FALSE(must(duties.endSubstitution("s1", kMorning + 12h, "a9"))) << "it is over";
    EXPECT_TRUE(must(duties.endSubstitution("s2", kMorning, "a9"))) << "before it began";
    EXPECT_FALSE(must(duties.endSubstitution("s2", kMorning, "a9")));
    EXPECT_FALSE(must(duties.endSubstitution("s3", kMorning, "a9")));
    EXPECT_EQ(must(duties.substitution("s1"))->to, kMorning + 12h);
    EXPECT_EQ(must(duties.substitution("s1"))->ended_by, "a9");
    EXPECT_THAT(idsOf(must(duties.substitutions(kMorning, kMorning + 48h, kAll))), ElementsAre("s1"));
    EXPECT_TRUE(duties.addSubstitution(substitution("s4", "a3", "a1", 12h, 13h)).ok()) << "nobody is in the way";
}

TEST_P(StoreContract, OfTwoSubstitutionsAtTheSameTimeOneIsMade) {
    std::atomic<int> made{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&, i] {
                const std::string name = std::to_string(i);
                made += store_->duties().addSubstitution(substitution("s" + name, "a1", "b" + name, 0h, 9h)).ok();
            });
    }
    EXPECT_EQ(made, 1);
}

TEST_P(StoreContract, AnApprovalGivesTheRoleAndARefusalNothing) {
    ASSERT_TRUE(store_->addAccount(account("a1")).ok());
    ASSERT_TRUE(store_->addAccount(account("a2", {}, "")).ok());
    security::Duties& duties = store_->duties();
    ASSERT_TRUE(duties.addRoleRequest(request("r1")).ok());
    EXPECT_EQ(codeOf(duties.addRoleRequest(request("r2"))), Errc::kConflict) << "it waits for this already";
    ASSERT_TRUE(duties.addRoleRequest(request("r3", "a2", Role::kOfficer)).ok());
    ASSERT_TRUE(duties.addRoleRequest(request("r4", "a2", Role::kLeader)).ok());
    const RoleRequest done = must(duties.settleRoleRequest("r1", RequestState::kApproved, "a9", kMorning + 1h, "Đúng"));
    EXPECT_EQ(done.state, RequestState::kApproved);
    EXPECT_THAT(must(store_->accountById("a1"))->roles, ElementsAre(Role::kOfficer, Role::kLeader));
    EXPECT_EQ(problemOf(duties.settleRoleRequest("r1", RequestState::kRefused, "a8", kMorning, "x")),
              "role_request.decided");
    must(duties.settleRoleRequest("r3", RequestState::kApproved, "a9", kMorning + 1h, ""));
    EXPECT_EQ(must(store_->accountById("a2"))->unit, "so-gtvt");
    must(duties.settleRoleRequest("r4", RequestState::kRefused, "a9", kMorning + 1h, "Đã có lãnh đạo"));
    EXPECT_THAT(must(store_->accountById("a2"))->roles, ElementsAre(Role::kOfficer));
    EXPECT_EQ(codeOf(duties.settleRoleRequest("r9", RequestState::kApproved, "a9", kMorning, "")), Errc::kNotFound);
    reopen();
    const auto kept = must(store_->duties().roleRequest("r4"));
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->reason, "Phụ trách mới, \"từ\" tháng 3");
    EXPECT_EQ(kept->answer, "Đã có lãnh đạo");
    EXPECT_EQ(kept->decided_by, "a9");
    EXPECT_EQ(kept->decided_at, kMorning + 1h);
    EXPECT_TRUE(store_->duties().addRoleRequest(request("r5", "a2", Role::kLeader)).ok()) << "asked again";
}

TEST_P(StoreContract, NobodyIsGivenARoleInAUnitThatIsNotTheirs) {
    ASSERT_TRUE(store_->addAccount(account("a1", {}, "")).ok());
    security::Duties& duties = store_->duties();
    ASSERT_TRUE(duties.addRoleRequest(request("r1")).ok());
    ASSERT_TRUE(duties.addRoleRequest(request("r2", "gone")).ok());
    ASSERT_TRUE(store_->setDuties("a1", {Role::kOfficer}, "cong-an").ok());
    EXPECT_EQ(problemOf(duties.settleRoleRequest("r1", RequestState::kApproved, "a9", kMorning, "")),
              "role_request.other_unit");
    EXPECT_EQ(problemOf(duties.settleRoleRequest("r2", RequestState::kApproved, "a9", kMorning, "")),
              "role_request.account_gone");
    EXPECT_EQ(must(duties.roleRequest("r1"))->state, RequestState::kOpen);
    EXPECT_THAT(must(store_->accountById("a1"))->roles, ElementsAre(Role::kOfficer));
    EXPECT_TRUE(duties.settleRoleRequest("r2", RequestState::kRefused, "a9", kMorning, "x").ok());
}

TEST_P(StoreContract, RequestsAreListedNewestFirst) {
    security::Duties& duties = store_->duties();
    ASSERT_TRUE(duties.addRoleRequest(request("r1")).ok());
    ASSERT_TRUE(duties.addRoleRequest(request("r2", "a2")).ok());
    RoleRequest centres = request("r3", "a3", Role::kDispatcher);
    centres.unit.clear();
    ASSERT_TRUE(duties.addRoleRequest(centres).ok());
    must(duties.settleRoleRequest("r1", RequestState::kRefused, "a9", kMorning, "x"));
    EXPECT_THAT(idsOf(must(duties.roleRequests({}))), ElementsAre("r3", "r2", "r1"));
    EXPECT_THAT(idsOf(must(duties.roleRequests({.state = RequestState::kOpen}))), ElementsAre("r3", "r2"));
    EXPECT_THAT(idsOf(must(duties.roleRequests({.unit = ""}))), ElementsAre("r3"));
    EXPECT_THAT(idsOf(must(duties.roleRequests({.account = "a2"}))), ElementsAre("r2"));
    EXPECT_THAT(idsOf(must(duties.roleRequests({.after = "r3", .most = 1}))), ElementsAre("r2"));
}

TEST_P(StoreContract, WhoIsInAUnitCountsWithAnOpenAccount) {
    ASSERT_TRUE(store_->addAccount(account("a1", {Role::kOfficer, Role::kLeader})).ok());
    ASSERT_TRUE(store_->addAccount(account("a2", {Role::kOfficer})).ok());
    ASSERT_TRUE(store_->addAccount(account("a3", {Role::kLeader}, "cong-an")).ok());
    EXPECT_THAT(must(store_->duties().rolesIn("so-gtvt")), UnorderedElementsAre(Role::kOfficer, Role::kLeader));
    EXPECT_THAT(must(store_->duties().rolesIn("cong-an")), ElementsAre(Role::kLeader));
    ASSERT_TRUE(store_->setLocked("a1", true).ok());
    EXPECT_THAT(must(store_->duties().rolesIn("so-gtvt")), ElementsAre(Role::kOfficer));
    EXPECT_THAT(must(store_->duties().rolesIn("khong-co")), IsEmpty());
}

TEST_P(StoreContract, HowAnAccountIsReachedIsKeptSealedAndCanChange) {
    const security::AccountContact known{
        .title = "Trưởng phòng", .phone = "+84912000111", .email = "mau@so-gtvt.example"};
    ASSERT_TRUE(store_->addAccount(account("a1"), known).ok());
    ASSERT_TRUE(store_->addAccount(account("a2")).ok());
    EXPECT_EQ(store_->contact("a1").value(), known);
    EXPECT_TRUE(store_->contact("a2")->empty());
    EXPECT_TRUE(store_->contact("nobody")->empty());
    ASSERT_TRUE(store_->setContact("a2", {.title = {}, .phone = "1022", .email = {}}).ok());
    EXPECT_EQ(store_->contact("a2")->phone, "1022");
    ASSERT_TRUE(store_->setContact("a1", {}).ok());
    EXPECT_TRUE(store_->contact("a1")->empty());
    EXPECT_EQ(store_->setContact("nobody", known).error().code, Errc::kNotFound);
    EXPECT_EQ(store_->addAccount(account("a1"), known).error().code, Errc::kConflict);
    EXPECT_TRUE(store_->contact("a1")->empty()) << "all or nothing";
}

}  // namespace
}  // namespace pakn::test
