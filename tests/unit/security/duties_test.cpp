/// @file
/// Rules of the roster, of substitutes and of requests for a role; logins that are telephone numbers.

#include <gmock/gmock.h>

#include "core/security/duty_rules.hpp"
#include "core/security/logins.hpp"

namespace pakn::security {
namespace {

using domain::Role;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Instant kNow{std::chrono::milliseconds{1'772'762'400'000}};

Account account(std::string id, std::vector<Role> roles, std::string unit = "so-gtvt") {
    return {.id = id, .login = id, .name = id, .roles = std::move(roles), .unit = std::move(unit)};
}

Shift shift(Instant from, Instant to) {
    return {.id = "s", .unit = "so-gtvt", .from = from, .to = to, .people = {"a"}};
}

domain::Rules units() {
    domain::Rules rules;
    rules.units.emplace("so-gtvt", domain::Unit{.id = "so-gtvt", .parent = "ubnd"});
    rules.units.emplace("ubnd", domain::Unit{.id = "ubnd"});
    rules.units.emplace("so-tnmt", domain::Unit{.id = "so-tnmt", .parent = "ubnd"});
    return rules;
}

std::string problemOf(const Status& status) { return status ? "" : status.error().problem; }

TEST(Roster, GapsAndOverlapsAreFound) {
    const std::vector<Shift> shifts{shift(kNow - 1h, kNow + 8h), shift(kNow + 8h, kNow + 16h),
                                    shift(kNow + 15h, kNow + 20h), shift(kNow + 22h, kNow + 30h)};
    const auto defects = rosterDefects(shifts, kNow, kNow + 24h);
    ASSERT_THAT(defects, SizeIs(2));
    EXPECT_FALSE(defects[0].gap);
    EXPECT_EQ(defects[0].from, kNow + 15h);
    EXPECT_EQ(defects[0].to, kNow + 16h);
    EXPECT_TRUE(defects[1].gap);
    EXPECT_EQ(defects[1].from, kNow + 20h);
    EXPECT_EQ(defects[1].to, kNow + 22h);
    EXPECT_THAT(rosterDefects({}, kNow, kNow + 24h), SizeIs(1));
    const std::vector<Shift> whole{shift(kNow - 1h, kNow + 48h)};
    EXPECT_THAT(rosterDefects(whole, kNow, kNow + 24h), IsEmpty());
}

TEST(Roster, HasPeopleOfItsUnitForATimeThatEnds) {
    const Account own = account("a", {Role::kOfficer});
    EXPECT_EQ(problemOf(checkShift(shift(kNow, kNow + 8h), {own})), "");
    EXPECT_EQ(problemOf(checkShift(shift(kNow, kNow), {own})), "roster.period_invalid");
    EXPECT_EQ(problemOf(checkShift(shift(kNow, kNow + 24h * 32), {own})), "roster.period_invalid");
    EXPECT_EQ(problemOf(checkShift(shift(kNow, kNow + 8h), {})), "roster.people_missing");
    EXPECT_EQ(problemOf(checkShift(shift(kNow, kNow + 8h), {account("b", {Role::kOfficer}, "ubnd")})),
              "roster.person_unit");
    Shift centres = shift(kNow, kNow + 8h);
    centres.unit.clear();
    EXPECT_EQ(problemOf(checkShift(centres, {own})), "roster.person_unit");
    EXPECT_EQ(problemOf(checkShift(centres, {account("d", {Role::kDispatcher}, "ubnd")})), "") << "works at its desk";
}

TEST(Administers, AUnitsOwnPeopleOrEverybody) {
    EXPECT_TRUE(administers(account("a", {Role::kUnitAdmin}), "so-gtvt"));
    EXPECT_FALSE(administers(account("a", {Role::kUnitAdmin}), "ubnd"));
    EXPECT_FALSE(administers(account("a", {Role::kUnitAdmin}, ""), "")) << "the Centre is the hub's administrators'";
    EXPECT_TRUE(administers(account("a", {Role::kAdmin}, ""), ""));
    EXPECT_FALSE(administers(account("a", {Role::kLeader}), "so-gtvt"));
}

class SubstituteRules : public testing::Test {
protected:
    std::string problem(const Account& by, const Account& absent, const Account& substitute) {
        return problemOf(checkSubstitution(one, by, absent, substitute, rules, kNow));
    }
    domain::Rules rules = units();
    Substitution one{.id = "s", .account = "a", .substitute = "b", .from = kNow, .to = kNow + 24h};
    Account away = account("a", {Role::kLeader});
    Account near = account("b", {Role::kOfficer});
};

TEST_F(SubstituteRules, WhoNamesThem) {
    EXPECT_EQ(problem(away, away, near), "");
    EXPECT_EQ(problem(account("u", {Role::kUnitAdmin}), away, near), "");
    EXPECT_EQ(problem(account("x", {Role::kAdmin}, ""), away, near), "");
    EXPECT_EQ(problem(near, away, near), "role.insufficient") << "nobody takes a place by themselves";
    EXPECT_EQ(problem(account("u", {Role::kUnitAdmin}, "ubnd"), away, near), "role.insufficient");
}

TEST_F(SubstituteRules, WhoTheyMayBe) {
    EXPECT_EQ(problem(away, away, away), "substitute.self");
    EXPECT_EQ(problem(away, away, account("c", {Role::kLeader}, "ubnd")), "") << "the unit above";
    EXPECT_EQ(problem(away, away, account("c", {Role::kLeader}, "so-tnmt")), "substitute.other_unit");
    EXPECT_EQ(problem(away, away, account("c", {Role::kDispatcher}, "")), "substitute.other_unit");
    const Account keeper = account("a", {Role::kUnitAdmin});
    EXPECT_EQ(problem(keeper, keeper, near), "substitute.nothing");
    one.to = kNow;
    EXPECT_EQ(problem(away, away, near), "substitute.period_invalid");
    one.to = kNow + 24h * 367;
    EXPECT_EQ(problem(away, away, near), "substitute.period_invalid");
}

TEST(StandingIn, PassesOnTheHandlingOfPetitionsAndNothingElse) {
    EXPECT_THAT(rolesToStandIn({Role::kUnitAdmin, Role::kLeader, Role::kAdmin, Role::kAuditor, Role::kOfficer,
                                Role::kIntegrator, Role::kDispatcher}),
                ElementsAre(Role::kLeader, Role::kOfficer, Role::kDispatcher));
}

TEST(RoleRequests, WhatMayBeAskedFor) {
    const domain::Rules rules = units();
    const auto ask = [&](const Account& who, Role role, std::string_view unit) {
        return problemOf(checkRequest(who, role, unit, rules));
    };
    const Account fresh = account("a", {}, "");
    EXPECT_EQ(ask(fresh, Role::kOfficer, "so-gtvt"), "");
    EXPECT_EQ(ask(fresh, Role::kOfficer, ""), "role_request.role_invalid");
    EXPECT_EQ(ask(fresh, Role::kDispatcher, ""), "");
    EXPECT_EQ(ask(fresh, Role::kDispatcher, "so-gtvt"), "role_request.role_invalid");
    EXPECT_EQ(ask(fresh, Role::kSystem, ""), "role_request.role_invalid");
    EXPECT_EQ(ask(fresh, Role::kOfficer, "khong-co"), "action.unit_unknown");
    EXPECT_EQ(ask(account("a", {Role::kOfficer}), Role::kLeader, "ubnd"), "role_request.other_unit");
    EXPECT_EQ(ask(account("a", {Role::kOfficer}), Role::kOfficer, "so-gtvt"), "role_request.has_role");
}

TEST(RoleRequests, NobodyDecidesOnTheirOwnAndAUnitsAdministratorOnlyOnItsOwn) {
    const auto decide = [](const Account& by, Role role, std::string unit = "so-gtvt") {
        return problemOf(checkDecider(by, {.id = "r", .account = "a", .role = role, .unit = std::move(unit)}));
    };
    const Account keeper = account("u", {Role::kUnitAdmin});
    EXPECT_EQ(decide(keeper, Role::kOfficer), "");
    EXPECT_EQ(decide(keeper, Role::kLeader), "");
    EXPECT_EQ(decide(keeper, Role::kUnitAdmin), "role.insufficient") << "nobody hands on more than the unit's work";
    EXPECT_EQ(decide(keeper, Role::kOfficer, "ubnd"), "role.insufficient");
    EXPECT_EQ(decide(keeper, Role::kFollower, ""), "role.insufficient");
    EXPECT_EQ(decide(account("x", {Role::kAdmin}, ""), Role::kDispatcher, ""), "");
    EXPECT_EQ(decide(account("a", {Role::kAdmin}, ""), Role::kOfficer), "role_request.own");
    EXPECT_EQ(decide(account("l", {Role::kLeader}), Role::kOfficer), "role.insufficient");
}

/// DF-5, AX-25.
TEST(Logins, ATelephoneNumberIsOneHoweverItIsWritten) {
    EXPECT_EQ(*loginForm("0912 345 678"), "+84912345678");
    EXPECT_EQ(*loginForm("+84912345678"), "+84912345678");
    EXPECT_EQ(*loginForm("+8484912345678"), "+84912345678") << "a doubled country code is repaired";
    EXPECT_FALSE(loginForm("+8484123456789012345"));
    EXPECT_EQ(*loginForm("Lan.Nguyen"), "lan.nguyen");
    EXPECT_EQ(*loginForm("912345678"), "912345678") << "the number of a pass";
    EXPECT_EQ(*loginForm("+0"), "+0");
}

}  // namespace
}  // namespace pakn::security
