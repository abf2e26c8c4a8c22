/// @file
/// Where a petition lies: docs/contracts/people-and-places.md, "From a petition to its area".

#include <gtest/gtest.h>

#include "core/domain/places.hpp"
#include "core/engine/intake.hpp"
#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using test::Bench;

domain::AreaShape square(std::string code, double west, double south) {
    return domain::mendShape({.code = std::move(code),
                              .polygons = {{.outer = {{west, south},
                                                      {west + 0.1, south},
                                                      {west + 0.1, south + 0.1},
                                                      {west, south + 0.1},
                                                      {west, south}}}}})
        ->shape;
}

class IntakePlaces : public ::testing::Test {
protected:
    IntakePlaces() {
        const domain::Areas areas{{"99", {.id = "99", .name = "Thành phố Mẫu"}},
                                  {"99001", {.id = "99001", .name = "Phường Thuỷ Mẫu", .parent = "99"}},
                                  {"99002", {.id = "99002", .name = "Xã Hoá Mẫu", .parent = "99"}}};
        config::Configuration changed = *bench_.configuration;
        domain::Rules rules = *changed.rules;
        rules.areas = areas;
        rules.routes.insert(rules.routes.begin(),
                            {.name = "Phường Thuỷ Mẫu", .when = {.area = {"99001"}}, .unit = "so-xay-dung"});
        rules.route_index = nullptr;
        changed.rules = std::make_shared<const domain::Rules>(std::move(rules));
        changed.places = std::make_shared<const domain::Places>(
            areas, std::vector<domain::AreaShape>{square("99001", 107.0, 16.0), square("99002", 107.1, 16.0)});
        bench_.configuration = std::make_shared<const config::Configuration>(std::move(changed));
    }

    void outsiders(config::OutsideRule rule) {
        config::Configuration changed = *bench_.configuration;
        changed.intake.outside = rule;
        bench_.configuration = std::make_shared<const config::Configuration>(std::move(changed));
    }
    /// "area source area_warning location_warning route", or the problem.
    std::string outcome(Location location, bool by_connector = false, bool by_operator = false) {
        const Result<Arrival> arrival = bench_.prepareOne({.petition = {.text = "x", .location = std::move(location)},
                                                           .channel = "web",
                                                           .caller = "web",
                                                           .trust_external_id = by_connector,
                                                           .by_operator = by_operator,
                                                           .by_connector = by_connector});
        if (!arrival) return arrival.error().problem + ' ' + arrival.error().field;
        const store::Person& person = arrival->birth->person;
        const auto word = [](const Attributes& all, std::string_view name) {
            const auto found = all.find(name);
            return ' ' + (found == all.end() ? std::string{"-"} : found->second);
        };
        const std::string& area = arrival->submit.petition.location.area;
        return (area.empty() ? "-" : area) + word(person.provenance, "area") + word(person.attributes, "area_warning") +
               word(person.attributes, "location_warning") + ' ' + arrival->submit.route.rule;
    }

    Bench bench_;
};

constexpr const char* kRefused = "location.outside /location";

TEST_F(IntakePlaces, TheCodeThatWasGivenCountsFirst) {
    EXPECT_EQ(outcome({.area = "99001"}), "99001 sender - - Phường Thuỷ Mẫu");
    EXPECT_EQ(outcome({.address = "xã Hoá Mẫu", .area = "99001", .latitude = 16.05, .longitude = 107.05}),
              "99001 sender - - Phường Thuỷ Mẫu");
    EXPECT_EQ(outcome({.area = "99001", .latitude = 16.05, .longitude = 107.15}),
              "99001 sender differs_from_point - Phường Thuỷ Mẫu");
    EXPECT_EQ(outcome({.area = "99"}), "99 sender - - triage");
    EXPECT_EQ(outcome({.area = "12345", .latitude = 16.05, .longitude = 107.05}), "12345 sender unknown - triage")
        << "kept as it was sent, though its point lies in an area";
}

TEST_F(IntakePlaces, ThenThePointThenTheAddress) {
    EXPECT_EQ(outcome({.address = "xã Hoá Mẫu", .latitude = 16.05, .longitude = 107.05}),
              "99001 derived:point - - Phường Thuỷ Mẫu");
    EXPECT_EQ(outcome({.address = "12 đường Thử, phường Thủy Mẫu"}), "99001 derived:address - - Phường Thuỷ Mẫu");
    EXPECT_EQ(outcome({.address = "Xã Hóa Mẫu"}), "99002 derived:address - - triage");
    EXPECT_EQ(outcome({.address = "đâu đó"}), "- - - - triage");
    EXPECT_EQ(outcome({}), "- - - - triage");
    EXPECT_EQ(outcome({.latitude = 16.05}), "- - - - triage") << "half a point is none";
}

TEST_F(IntakePlaces, OutsideIsAWarningOrARefusalForWhoeverSendsItDirectly) {
    const Location far{.latitude = 21.0, .longitude = 105.8};
    EXPECT_EQ(outcome(far), "- - - outside triage");
    EXPECT_EQ(outcome({.address = "phường Thuỷ Mẫu", .latitude = 0, .longitude = 0}),
              "99001 derived:address - outside Phường Thuỷ Mẫu");
    outsiders(config::OutsideRule::kRefuse);
    EXPECT_EQ(outcome(far), kRefused);
    EXPECT_EQ(outcome({.area = "99001", .latitude = 21.0, .longitude = 105.8}), kRefused);
    EXPECT_EQ(outcome(far, true), "- - - outside triage");
    EXPECT_EQ(outcome(far, false, true), "- - - outside triage");
    EXPECT_EQ(outcome({.latitude = 16.05, .longitude = 107.05}), "99001 derived:point - - Phường Thuỷ Mẫu");
}

TEST_F(IntakePlaces, WithoutAreasAnyCodeIsTaken) {
    config::Configuration changed = *bench_.configuration;
    changed.places = nullptr;
    bench_.configuration = std::make_shared<const config::Configuration>(std::move(changed));
    EXPECT_EQ(outcome({.area = "12345", .latitude = 0, .longitude = 0}), "12345 sender - - triage");
}

TEST_F(IntakePlaces, AnExplanationFindsTheSamePlace) {
    const auto placed = explainPlacement({.text = "x", .location = {.address = "P. Thủy Mẫu"}}, "web",
                                         *bench_.configuration, bench_.now.load());
    ASSERT_TRUE(placed);
    EXPECT_EQ(placed->route.rule, "Phường Thuỷ Mẫu");
}

}  // namespace
}  // namespace pakn::engine
