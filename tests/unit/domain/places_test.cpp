/// @file
/// Which area something lies in: docs/contracts/people-and-places.md, §3.

#include "core/domain/places.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "core/domain/text.hpp"

namespace pakn::domain {
namespace {

/// The communes of province 46.
constexpr const char* kCommunes =
    "19753 Phường Phú Xuân|19774 Phường Kim Long|19777 Phường Vỹ Dạ|19789 Phường Thuận Hoá|19804 Phường Hương An|"
    "19813 Phường Thuỷ Xuân|19815 Phường An Cựu|19819 Phường Phong Điền|19828 Phường Phong Phú|19831 Phường Phong Dinh|"
    "19858 Phường Phong Thái|19867 Xã Quảng Điền|19873 Phường Phong Quảng|19885 Xã Đan Điền|19900 Phường Thuận An|"
    "19909 Phường Dương Nỗ|19918 Xã Phú Hồ|19930 Phường Mỹ Thượng|19942 Xã Phú Vang|19945 Xã Phú Vinh|"
    "19960 Phường Phú Bài|19969 Phường Thanh Thuỷ|19975 Phường Hương Thuỷ|19996 Phường Hương Trà|20014 Phường Hoá Châu|"
    "20017 Phường Kim Trà|20035 Xã Bình Điền|20044 Xã A Lưới 2|20050 Xã A Lưới 5|20056 Xã A Lưới 1|20071 Xã A Lưới 3|"
    "20101 Xã A Lưới 4|20107 Xã Phú Lộc|20122 Xã Vinh Lộc|20131 Xã Hưng Lộc|20137 Xã Chân Mây - Lăng Cô|"
    "20140 Xã Lộc An|20161 Xã Khe Tre|20179 Xã Nam Đông|20182 Xã Long Quảng";

Areas hue() {
    Areas areas{{"46", {.id = "46", .name = "Thành phố Huế"}}};
    std::istringstream lines{kCommunes};
    for (std::string line; std::getline(lines, line, '|');)
        areas.emplace(line.substr(0, 5), Area{.id = line.substr(0, 5), .name = line.substr(6), .parent = "46"});
    return areas;
}

class Names : public testing::Test {
protected:
    std::string in(const std::string& address) { return places_.named(address); }
    const Places places_{hue(), {}};
};

TEST_F(Names, EveryCommuneIsFoundByItsFullNameHoweverItIsWritten) {
    ASSERT_EQ(places_.areas().size(), 41U);
    for (const auto& [code, area] : places_.areas()) {
        if (area.parent.empty()) continue;
        EXPECT_EQ(in("Số 5 đường Mẫu, " + area.name + ", thành phố Huế"), code) << area.name;
        EXPECT_EQ(in("5 duong mau, " + std::string{trimmed(fold(area.name))} + ", hue"), code) << area.name;
    }
}

TEST_F(Names, WhereAToneStandsDoesNotMatter) {
    for (const char* name :
         {"phường Thuỷ Xuân", "phường Thủy Xuân", "Phường Thu\u0309y Xuân", "P. THỦY XUÂN", "p.thuy xuan"})
        EXPECT_EQ(in(name), "19813") << name;
    for (const char* name : {"Hoá Châu", "Hóa Châu", "phường Hóa Châu", "hoa chau"})
        EXPECT_EQ(in(name), "20014") << name;
}

TEST_F(Names, KindsMayBeShort) {
    for (const char* name : {"P.Phú Xuân", "P Phú Xuân", "p. phú xuân", "Phường Phú Xuân", "Phú Xuân", "xã Phú Xuân"})
        EXPECT_EQ(in(std::string{"12/3 kiệt 5, "} + name), "19753") << name;
    for (const char* name : {"X.Phú Vang", "x phú vang", "Xã Phú\u00a0Vang"}) EXPECT_EQ(in(name), "19942") << name;
    EXPECT_EQ(in("TT. Khe Tre, Nam Đông"), "20161") << "a town of before; its kind says that a commune is meant";
    EXPECT_EQ(in("TT Thuận An"), "19900");
}

TEST_F(Names, WhatStandsWithItsKindCountsMost) {
    EXPECT_EQ(in("12 Kim Long, phường Phú Xuân"), "19753");
    EXPECT_EQ(in("đường Hương Trà, Phú Bài"), "19960");
    EXPECT_EQ(in("Phú Vang, xã Phú Hồ"), "19918");
    EXPECT_EQ(in("chợ An Cựu, Thuận Hoá, Huế"), "19789");
}

TEST_F(Names, WordsCountAsAWhole) {
    EXPECT_EQ(in("Phú Xuâna"), "");
    EXPECT_EQ(in("xã A Lưới 25"), "");
    EXPECT_EQ(in("xã A Lưới"), "");
    EXPECT_EQ(in("xã A Lưới 2"), "20044");
    EXPECT_EQ(in("xã A Lưới 02"), "20044");
    EXPECT_EQ(in("Chân Mây – Lăng Cô"), "20137");
    EXPECT_EQ(in("Lăng Cô"), "");
}

TEST_F(Names, OfDistrictsStreetsAndHousesThereAreNone) {
    for (const char* address : {"huyện Phú Vang", "H. Phú Lộc", "thị xã Hương Thủy", "TX.Hương Trà",
                                "thành phố Phú Xuân", "quận Thuận Hóa", "đường Kim Long", "12 Kim Long", "cầu An Cựu",
                                "trường Thuận Hoá cũ", "thôn Vinh Lộc cũ", "", "Huế", "Đà Nẵng"})
        EXPECT_EQ(in(address), "") << address;
    EXPECT_EQ(in("phường Thủy Dương, thị xã Hương Thủy"), "") << "a ward that is no more";
    EXPECT_EQ(in("xã Phú Hồ, huyện Phú Vang"), "19918");
}

TEST_F(Names, TwoAreNone) {
    EXPECT_EQ(in("giữa phường Phú Xuân và phường Thuận Hoá"), "");
    EXPECT_EQ(in("Phú Xuân, Vỹ Dạ"), "");
    EXPECT_EQ(in("phường Phú Xuân, Phú Xuân, Huế"), "19753") << "the same twice";
}

TEST_F(Names, InASentenceTheNameStandsWithItsOwnAccentsOrWithNone) {
    EXPECT_EQ(in("Gần bến xe Phú Xuân Huế"), "19753");
    EXPECT_EQ(in("gan ben xe phu xuan hue"), "19753");
    EXPECT_EQ(in("nhà có phụ xuân ở Huế"), "");
    EXPECT_EQ(in("Tổ 3 Phú Bài Huế"), "19960");
}

TEST_F(Names, AnyTextIsRead) {
    for (const std::string& text : {std::string(100000, ','), std::string(100000, 'p'), std::string{"\xff\xfe phường"},
                                    std::string{"phường phường phường Phú Xuân"}, std::string{"đ"}, std::string{"P."}})
        static_cast<void>(in(text));
    EXPECT_EQ(in("phường phường Phú Xuân"), "19753");
}

TEST(NamesOfSeveral, LongestNameWinsAndAccentsKindAndProvinceDecideBetweenEquals) {
    const Places places{{{"90", {.id = "90", .name = "Tỉnh Mẫu"}},
                         {"91", {.id = "91", .name = "Thành phố Thử"}},
                         {"90001", {.id = "90001", .name = "Phường Tân", .parent = "90"}},
                         {"90002", {.id = "90002", .name = "Phường Tân Hoà", .parent = "90"}},
                         {"90003", {.id = "90003", .name = "Xã Tân Hoà", .parent = "90"}},
                         {"90004", {.id = "90004", .name = "Xã Phú Lộc", .parent = "90"}},
                         {"90005", {.id = "90005", .name = "Xã Phù Lộc", .parent = "90"}},
                         {"90006", {.id = "90006", .name = "Phường Bến Mới", .parent = "90"}},
                         {"91006", {.id = "91006", .name = "Phường Bến Mới", .parent = "91"}},
                         {"90007", {.id = "90007", .name = "Phường 1", .parent = "90"}},
                         {"90008", {.id = "90008", .name = "Xa Mát", .parent = "90"}}},
                        {}};
    EXPECT_EQ(places.named("phường Tân Hòa"), "90002");
    EXPECT_EQ(places.named("xã Tân Hòa"), "90003");
    EXPECT_EQ(places.named("phường Tân"), "90001");
    EXPECT_EQ(places.named("Tân Hòa"), "") << "a ward and a commune have the name";
    EXPECT_EQ(places.named("xã Phú Lộc"), "90004");
    EXPECT_EQ(places.named("xã Phù Lộc"), "90005");
    EXPECT_EQ(places.named("xa phu loc"), "") << "without accents it may be either";
    EXPECT_EQ(places.named("phường Bến Mới"), "");
    EXPECT_EQ(places.named("phường Bến Mới, TP Thử"), "91006");
    EXPECT_EQ(places.named("phường Bến Mới, tỉnh Mẫu"), "90006");
    EXPECT_EQ(places.named("phường 1"), "90007");
    EXPECT_EQ(places.named("P1"), "90007");
    EXPECT_EQ(places.named("số 1, đường 1"), "");
    EXPECT_EQ(places.named("xã Xa Mát"), "90008");
    EXPECT_EQ(places.named("Tỉnh Mẫu"), "") << "only the lower level";
}

GeoPolygon square(double west, double south, double side) {
    return {.outer = {
                {west, south}, {west + side, south}, {west + side, south + side}, {west, south + side}, {west, south}}};
}

AreaShape shape(std::string code, std::vector<GeoPolygon> polygons) {
    auto mended = mendShape({.code = std::move(code), .polygons = std::move(polygons)});
    EXPECT_TRUE(mended);
    return std::move(mended->shape);
}

Areas threeAreas() {
    return {{"90", {.id = "90", .name = "Tỉnh Mẫu"}},
            {"90001", {.id = "90001", .name = "Phường Một", .parent = "90"}},
            {"90002", {.id = "90002", .name = "Phường Hai", .parent = "90"}},
            {"90003", {.id = "90003", .name = "Đặc khu Ba", .parent = "90"}}};
}

TEST(Points, AreFoundInShapesWithIslandsAndHoles) {
    GeoPolygon with_hole = square(107.0, 16.0, 0.2);
    with_hole.holes = {square(107.05, 16.05, 0.1).outer};
    const Places places{
        threeAreas(),
        {shape("90001", {with_hole}), shape("90002", {square(107.05, 16.05, 0.1)}),
         shape("90003", {square(107.4, 16.0, 0.1), square(107.6, 16.0, 0.1)}), shape("12345", {square(100, 10, 1)})}};
    EXPECT_EQ(places.shapes(), 3U) << "one of no known area is left out";
    EXPECT_EQ(places.at({107.02, 16.02}), "90001");
    EXPECT_EQ(places.at({107.1, 16.1}), "90002") << "in the hole of another";
    EXPECT_EQ(places.at({107.45, 16.05}), "90003");
    EXPECT_EQ(places.at({107.65, 16.05}), "90003") << "its other island";
    EXPECT_EQ(places.at({107.3, 16.05}), "");
    EXPECT_EQ(places.at({107.05, 16.1}), "90001") << "on the border the smaller code";
    EXPECT_EQ(places.at({107.5003, 16.05}), "90003") << "next to it";
    EXPECT_EQ(places.at({107.503, 16.05}), "");

    EXPECT_EQ(places.lies({107.1, 16.1}, "90002"), true);
    EXPECT_EQ(places.lies({107.1, 16.1}, "90003"), false);
    EXPECT_EQ(places.lies({107.152, 16.1}, "90002"), true) << "telephones err";
    EXPECT_EQ(places.lies({107.1, 16.1}, "90"), std::nullopt);

    EXPECT_FALSE(places.outside({107.02, 16.02}));
    EXPECT_FALSE(places.outside({107.505, 16.05})) << "at the coast";
    EXPECT_TRUE(places.outside({107.3, 16.05}));
    EXPECT_TRUE(places.outside({0, 0}));
}

TEST(Points, NobodyIsOutsideAProvinceThatIsNotAllDrawn) {
    const Places some{threeAreas(), {shape("90001", {square(107, 16, 0.1)})}};
    EXPECT_FALSE(some.outside({0, 0}));
    const Places whole{threeAreas(), {shape("90001", {square(107, 16, 0.1)}), shape("90", {square(107, 16, 0.5)})}};
    EXPECT_TRUE(whole.outside({0, 0}));
    EXPECT_FALSE(whole.outside({107.4, 16.4}));
    EXPECT_EQ(whole.at({107.4, 16.4}), "") << "of the upper level alone";
    EXPECT_EQ(whole.lies({107.4, 16.4}, "90"), true);
    const Places none{threeAreas(), {}};
    EXPECT_FALSE(none.outside({0, 0}));
    EXPECT_EQ(none.at({107, 16}), "");
}

TEST(Shapes, AreClosedTurnedRoundedAndFreeOfRepetitions) {
    const auto mended = mendShape({.code = "1",
                                   .polygons = {{.outer = {{107, 16},
                                                           {107, 16},
                                                           {107.1000000004, 16},
                                                           {107.1, 16},
                                                           {107.1, 16.1},
                                                           {107.1, 16.2},
                                                           {107.1, 16.1},
                                                           {107, 16.1}}}}});
    ASSERT_TRUE(mended);
    EXPECT_FALSE(mended->mended) << "no ring crosses itself";
    ASSERT_EQ(mended->shape.polygons.size(), 1U);
    const GeoRing& ring = mended->shape.polygons[0].outer;
    EXPECT_EQ(ring.size(), 5U);
    EXPECT_EQ(ring.front(), ring.back());
}

TEST(Shapes, ThatCrossThemselvesAreTakenApart) {
    // A bow tie.
    auto mended = mendShape({.code = "1", .polygons = {{.outer = {{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}}});
    ASSERT_TRUE(mended);
    EXPECT_TRUE(mended->mended);
    ASSERT_EQ(mended->shape.polygons.size(), 2U);
    const Places places{{{"1", {.id = "1", .name = "Một"}}}, {mended->shape}};
    EXPECT_EQ(places.at({0.1, 0.5}), "1");
    EXPECT_EQ(places.at({0.9, 0.5}), "1");
    EXPECT_EQ(places.at({0.5, 0.1}), "");
    // A ring that touches itself with a corner, one with a loop, and mending again changes nothing.
    for (const GeoRing& ring : {GeoRing{{0, 0}, {2, 0}, {1, 1}, {2, 2}, {0, 2}, {1, 1}, {0, 0}},
                                GeoRing{{0, 0}, {4, 0}, {4, 4}, {2, 4}, {2, 5}, {3, 5}, {3, 3}, {0, 3}, {0, 0}}}) {
        mended = mendShape({.code = "1", .polygons = {{.outer = ring}}});
        ASSERT_TRUE(mended);
        EXPECT_TRUE(mended->mended);
        const auto again = mendShape(mended->shape);
        ASSERT_TRUE(again);
        EXPECT_FALSE(again->mended);
    }
}

TEST(Shapes, WithoutAreaOrOffTheEarthAreRefused) {
    for (const GeoRing& ring :
         {GeoRing{}, GeoRing{{0, 0}}, GeoRing{{0, 0}, {1, 1}, {0, 0}}, GeoRing{{0, 0}, {1, 0}, {2, 0}, {0, 0}},
          GeoRing{{16, 107}, {17, 107}, {17, 108}, {16, 107}},
          GeoRing{{0, 0}, {1, std::numeric_limits<double>::quiet_NaN()}, {1, 1}, {0, 0}}}) {
        const auto mended = mendShape({.code = "1", .polygons = {{.outer = ring}}});
        ASSERT_FALSE(mended);
        EXPECT_EQ(mended.error().code, Errc::kInvalid);
    }
}

}  // namespace
}  // namespace pakn::domain
