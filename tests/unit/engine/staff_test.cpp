/// @file
/// Whom an emergency calls, and which units have people: as accounts, roster and substitutes stand.

#include "core/engine/staff.hpp"

#include <gmock/gmock.h>

#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using domain::Role;
using test::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

const std::string kUnit = "so-xay-dung";

class StaffTest : public ::testing::Test {
protected:
    void person(const std::string& id, std::vector<Role> roles, const std::string& unit = kUnit) {
        ASSERT_TRUE(store().addAccount({.id = id, .login = id, .name = id, .roles = std::move(roles), .unit = unit}));
    }
    void shift(const std::string& unit, std::vector<std::string> people, std::chrono::hours from = 0h,
               std::chrono::hours to = 8h) {
        ASSERT_TRUE(store().duties().addShift({.id = "s" + std::to_string(++shifts_),
                                               .unit = unit,
                                               .from = now() + from,
                                               .to = now() + to,
                                               .people = std::move(people)}));
    }
    std::vector<std::string> called(std::string_view unit = kUnit, std::string_view complained = {}) {
        return onDuty(store(), rules, unit, complained, now()).value();
    }
    store::Store& store() { return *bench.real; }
    Instant now() { return bench.now.load(); }

    Bench bench;
    domain::Rules rules = domain::sample::rules();

private:
    int shifts_ = 0;
};

TEST_F(StaffTest, TheUnitsShiftThenTheCentresThenLeadersThenDispatchers) {
    person("d", {Role::kDispatcher}, "");
    person("l", {Role::kLeader});
    person("o1", {Role::kOfficer});
    person("o2", {Role::kOfficer});
    person("p", {Role::kOperator}, "");
    EXPECT_THAT(called(), ElementsAre("l", "d")) << "nobody keeps a roster";
    shift("", {"p"});
    shift(kUnit, {"o2", "o1"});
    shift(kUnit, {"l"}, 8h, 16h);
    EXPECT_THAT(called(), ElementsAre("o2", "o1", "p", "l", "d"));
    EXPECT_THAT(called(""), ElementsAre("p", "d")) << "no unit is known";
    EXPECT_THAT(called("ubnd"), ElementsAre("p", "d"));
    bench.now = now() + 8h;
    EXPECT_THAT(called(), ElementsAre("l", "d")) << "once, and the shifts before are over";
}

TEST_F(StaffTest, LockedAccountsAndTheHouseComplainedAboutAreNotCalled) {
    person("d", {Role::kDispatcher}, "");
    person("o1", {Role::kOfficer});
    person("o2", {Role::kOfficer});
    person("e", {Role::kDispatcher}, kUnit);
    shift(kUnit, {"o1", "o2", "gone"});
    ASSERT_TRUE(store().setLocked("o1", true));
    EXPECT_THAT(called(), ElementsAre("o2", "d", "e"));
    EXPECT_THAT(called(kUnit, kUnit), ElementsAre("d"));
}

TEST_F(StaffTest, TheSubstituteIsCalledInTheirPlace) {
    person("o1", {Role::kOfficer});
    person("o2", {Role::kOfficer});
    shift(kUnit, {"o1", "o2"});
    ASSERT_TRUE(store().duties().addSubstitution(
        {.id = "s", .account = "o1", .substitute = "o2", .from = now(), .to = now() + 1h}));
    EXPECT_THAT(called(), ElementsAre("o2")) << "once";
    bench.now = now() + 1h;
    EXPECT_THAT(called(), ElementsAre("o1", "o2"));
}

TEST_F(StaffTest, AUnitHasPeopleForItsWorkflow) {
    const auto staffed = [&] { return isStaffed(store(), rules, rules.units.at(kUnit)).value(); };
    EXPECT_FALSE(staffed());
    person("o", {Role::kOfficer});
    EXPECT_FALSE(staffed());
    person("l", {Role::kLeader}, "ubnd");
    EXPECT_FALSE(staffed()) << "of another unit";
    person("x", {Role::kLeader});
    EXPECT_TRUE(staffed());
    ASSERT_TRUE(store().setLocked("x", true));
    EXPECT_FALSE(staffed());
    rules.units.at(kUnit).external = true;
    EXPECT_TRUE(staffed()) << "the Centre acts in its place";
}

}  // namespace
}  // namespace pakn::engine
