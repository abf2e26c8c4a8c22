/// @file
/// Areas with their outlines, and GeoJSON as it is read and written.

#include "core/domain/places.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/config/effective.hpp"
#include "core/config/geojson.hpp"
#include "support.hpp"

namespace pakn::config {
namespace {

constexpr const char* kSquare = R"([[[60,5],[60.1,5],[60.1,5.1],[60,5.1],[60,5]]])";

std::string feature(const std::string& properties, const std::string& coordinates = kSquare,
                    const std::string& type = "Polygon") {
    return R"({"type":"Feature","properties":)" + properties + R"(,"geometry":{"type":")" + type +
           R"(","coordinates":)" + coordinates + "}}";
}
std::string collection(const std::string& features) {
    return R"({"type":"FeatureCollection","features":[)" + features + "]}";
}

class PlacesOfConfiguration : public testing::Test {
protected:
    void SetUp() override { folder_.copyGood(); }

    Configuration loadWith(const std::string& text) {
        folder_.write("top/hub.yaml", "include: [../good]\n" + text);
        LoadResult result = loadFrom(folder_.path() / "top");
        EXPECT_TRUE(result.configuration) << wordsOf(result);
        return result.configuration.value_or(Configuration{});
    }

    const std::string areas_ = "areas:\n  - { id: \"99001\", name: Phường Thuỷ Mẫu }\n";
    TemporaryFolder folder_;
};

TEST_F(PlacesOfConfiguration, AreNullWithoutAreasAndHaveNamesWithoutOutlines) {
    EXPECT_EQ(loadWith("").places, nullptr);
    const Configuration named = loadWith(areas_);
    ASSERT_TRUE(named.places);
    EXPECT_EQ(named.places->named("phường Thủy Mẫu"), "99001");
    EXPECT_EQ(named.places->shapes(), 0U);
}

TEST_F(PlacesOfConfiguration, OutlinesAreReadAndTheirDigestBelongsToTheConfiguration) {
    folder_.write("top/areas.geojson", collection(feature(R"({"code":"99001"})")));
    const std::string text = areas_ + "places: { polygons: areas.geojson }\n";
    const Configuration first = loadWith(text);
    ASSERT_TRUE(first.places);
    EXPECT_EQ(first.places->at({60.05, 5.05}), "99001");
    EXPECT_TRUE(first.places->outside({0, 0}));
    EXPECT_THAT(first.text, testing::Not(testing::HasSubstr("60.1"))) << "the file is large, and no rule";
    folder_.write("top/areas.geojson",
                  collection(feature(R"({"code":"99001"})", R"([[[60,5],[60.2,5],[60.2,5.1],[60,5]]])")));
    const Configuration second = loadWith(text);
    EXPECT_NE(second.hash, first.hash) << "a reload takes the new outlines";
    const auto changes = changesBetween(first.values, second.values);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].path, "places.polygons.sha256");
}

TEST_F(PlacesOfConfiguration, AFileThatIsNotThereIsAMistakeWhereItIsNamed) {
    for (const std::string& text : {std::string{"not JSON"}, std::string{R"({"type":"Topology"})"}, std::string{}}) {
        if (!text.empty()) folder_.write("top/areas.geojson", text);
        folder_.write("top/hub.yaml", "include: [../good]\n" + areas_ + "places: { polygons: areas.geojson }\n");
        const LoadResult result = loadFrom(folder_.path() / "top");
        EXPECT_FALSE(result.configuration);
        EXPECT_EQ(placesOf(result), std::vector<std::string>{"hub.yaml:4:21 error"}) << wordsOf(result);
        std::filesystem::remove(folder_.path() / "top/areas.geojson");
    }
}

TEST_F(PlacesOfConfiguration, IntakeHasItsDefaultsAndTakesWhatIsWritten) {
    const IntakeRules usual = loadWith("").intake;
    EXPECT_EQ(usual.outside, OutsideRule::kAccept);
    EXPECT_EQ(usual.files.document, 15U << 20U);
    EXPECT_EQ(usual.files.recording, 15U << 20U);
    EXPECT_EQ(usual.max_pages, 500);
    EXPECT_EQ(usual.virus_scan.socket, "");
    const IntakeRules set = loadWith(
                                "intake: { outside: refuse, files: { document: 5MB, recording: 40MB }, max_pages: 20, "
                                "virus_scan: { socket: "
                                "/run/clamav/clamd.ctl, fail: accept } }\n")
                                .intake;
    EXPECT_EQ(set.outside, OutsideRule::kRefuse);
    EXPECT_EQ(set.files.document, 5U << 20U);
    EXPECT_EQ(set.files.recording, 40U << 20U);
    EXPECT_EQ(set.max_pages, 20);
    EXPECT_EQ(set.virus_scan.socket, "/run/clamav/clamd.ctl");
    EXPECT_EQ(set.virus_scan.fail, ScanFailure::kAccept);
    EXPECT_EQ(loadWith("intake: { virus_scan: { socket: \"clamav.example:3310\" } }\n").intake.virus_scan.fail,
              ScanFailure::kPending);
}

TEST(GeoJson, FeaturesAreKnownByCodeOrByName) {
    const auto read =
        readGeoJson(collection(feature(R"({"code":"99001","name":"x"})") + ',' + feature(R"({"ma_xa":99004})") + ',' +
                               feature(R"({"a03_ten":" Phường Một ","a04_tentinh":"Thành phố Mẫu","a09":null})",
                                       "[" + std::string{kSquare} + "]", "MultiPolygon")));
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 3U);
    EXPECT_EQ((*read)[0].code, "99001");
    EXPECT_EQ((*read)[1].code, "99004");
    EXPECT_EQ((*read)[2].code, "");
    EXPECT_EQ((*read)[2].name, "Phường Một");
    EXPECT_EQ((*read)[2].province, "Thành phố Mẫu");
    EXPECT_EQ((*read)[2].shape.polygons.size(), 1U);
    EXPECT_EQ(readGeoJson(feature(R"({"code":"1"})"))->size(), 1U) << "one feature alone";
}

TEST(GeoJson, WhatIsNoOutlineIsRefused) {
    for (const std::string& text :
         {std::string{}, std::string{"[]"}, std::string{"{"}, std::string{R"({"type":"FeatureCollection"})"},
          collection(R"({"type":"Feature"})"), collection(feature("{}", "[107,16]", "Point")),
          collection(feature("{}", "[]")), collection(feature("{}", R"([[["a","b"]]])")),
          collection(feature("{}", R"([[[1]]])")), collection("null"), std::string(100000, '[')}) {
        const auto read = readGeoJson(text);
        ASSERT_FALSE(read) << text.substr(0, 60);
        EXPECT_EQ(read.error().code, Errc::kInvalid);
    }
}

TEST(GeoJson, WhatIsWrittenIsReadAsItWas) {
    const domain::AreaShape shape{
        .code = "99001",
        .polygons = {{.outer = {{60, 5}, {60.123456, 5}, {60.1, 5.1}, {60, 5}},
                      .holes = {{{60.01, 5.01}, {60.02, 5.01}, {60.02, 5.02}, {60.01, 5.01}}}},
                     {.outer = {{61, 5}, {61.1, 5}, {61.1, 5.1}, {61, 5}}}}};
    const std::string text = writeGeoJson({shape, shape}, "MIT \"x\"");
    const auto read = readGeoJson(text);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 2U);
    const domain::AreaShape& again = read->front().shape;
    ASSERT_EQ(again.polygons.size(), 2U);
    EXPECT_EQ(again.polygons[0].outer, shape.polygons[0].outer);
    EXPECT_EQ(again.polygons[0].holes, shape.polygons[0].holes);
    EXPECT_EQ(again.polygons[1].outer, shape.polygons[1].outer);
}

}  // namespace
}  // namespace pakn::config
