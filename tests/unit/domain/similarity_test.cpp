/// @file
/// Duplicates: the figures over the hand-written pairs of tests/data/duplicates.jsonl, and what they are made of.
/// Weights and word lists were chosen on the half "tune" alone: this test lists its errors, and of the half "held_out"
/// only figures, so that nobody tunes on what the figures are for.

#include "core/domain/similarity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "core/domain/similarity_words.hpp"
#include "core/domain/text.hpp"
#include "test_paths.hpp"

namespace pakn::domain {
namespace {

using namespace std::chrono_literals;
using namespace testing;

struct Report {
    std::string text = {};
    Location location = {};
    std::string category = {};
    Instant at = {};
};

MatterSketch sketch(const Report& report) {
    return sketchOf({.text = report.text, .location = report.location, .category = report.category, .at = report.at});
}

Similarity similarity(const Report& one, const Report& other) { return similarityOf(sketch(one), sketch(other)); }

struct Pair {
    std::string id;
    bool held_out = false;
    bool same = false;
    std::string kind;
    Report one;
    Report other;
};

Report reportOf(const rapidjson::Value& json) {
    Report report{.text = json["text"].GetString(), .category = json["category"].GetString()};
    report.location = {.address = json["address"].GetString(), .area = json["area"].GetString()};
    if (json.HasMember("latitude")) report.location.latitude = json["latitude"].GetDouble();
    if (json.HasMember("longitude")) report.location.longitude = json["longitude"].GetDouble();
    return report;
}

const std::vector<Pair>& pairs() {
    static const std::vector<Pair> all = [] {
        std::vector<Pair> read;
        std::ifstream file{PAKN_SOURCE_DIR "/tests/data/duplicates.jsonl"};
        for (std::string line; std::getline(file, line);) {
            rapidjson::Document json;
            json.Parse(line.c_str());
            Pair pair{.id = json["id"].GetString(),
                      .held_out = std::string{json["split"].GetString()} == "held_out",
                      .same = std::string{json["label"].GetString()} == "same",
                      .kind = json["kind"].GetString(),
                      .one = reportOf(json["a"]),
                      .other = reportOf(json["b"])};
            pair.one.at = Instant{1'772'758'800s};
            pair.other.at =
                pair.one.at + std::chrono::milliseconds{std::llround(json["hours_apart"].GetDouble() * 3'600'000)};
            read.push_back(std::move(pair));
        }
        return read;
    }();
    return all;
}

struct Figures {
    int right = 0;   ///< Suggested, and the same.
    int wrong = 0;   ///< Suggested, and not.
    int missed = 0;  ///< The same, and not suggested.
    [[nodiscard]] double precision() const { return static_cast<double>(right) / std::max(1, right + wrong); }
    [[nodiscard]] double recall() const { return static_cast<double>(right) / std::max(1, right + missed); }
};

Figures figuresOf(bool held_out) {
    Figures figures;
    for (const Pair& pair : pairs()) {
        if (pair.held_out != held_out) continue;
        const Similarity found = similarity(pair.one, pair.other);
        figures.right += found.suggested() && pair.same ? 1 : 0;
        figures.wrong += found.suggested() && !pair.same ? 1 : 0;
        figures.missed += !found.suggested() && pair.same ? 1 : 0;
        if (held_out || found.suggested() == pair.same) continue;
        std::cout << pair.id << " (" << pair.kind << ") " << (pair.same ? "missed" : "wrong") << ", " << found.score;
        for (const std::string& reason : reasonsOf(found)) std::cout << "; " << reason;
        std::cout << '\n';
    }
    return figures;
}

/// On stdout, as a measurement of CTest (kept by `ctest -T Test`), and as a property of the test.
void report(const std::string& name, double value) {
    std::cout << name << ' ' << value << '\n'
              << "<CTestMeasurement type=\"numeric/double\" name=\"" << name << "\">" << value
              << "</CTestMeasurement>\n";
    Test::RecordProperty(name, std::to_string(value));
}

TEST(Duplicates, thePairsAreWhatTheDocumentSays) {
    std::map<std::pair<bool, bool>, int> count;
    std::map<std::string, std::set<bool>> halves;
    std::set<std::string> ids;
    int decomposed = 0;
    for (const Pair& pair : pairs()) {
        ++count[{pair.held_out, pair.same}];
        halves[pair.kind].insert(pair.held_out);
        ids.insert(pair.id);
        decomposed += toNfc(pair.one.text).value() == pair.one.text ? 0 : 1;
        EXPECT_THAT(pair.one.text, Not(IsEmpty())) << pair.id;
        EXPECT_THAT(pair.other.text, Not(IsEmpty())) << pair.id;
    }
    EXPECT_EQ(ids.size(), 300U);
    EXPECT_EQ(count.size(), 4U);
    for (const auto& [which, pairs_of_it] : count) EXPECT_EQ(pairs_of_it, 75) << which.first << which.second;
    for (const auto& [kind, in] : halves) EXPECT_EQ(in.size(), 2U) << kind << " is in one half only";
    EXPECT_GE(decomposed, 5) << "texts in NFD stay in NFD";
}

TEST(Duplicates, onTheHalfThatTheWeightsWereChosenOn) {
    const Figures figures = figuresOf(false);
    report("tune_precision", figures.precision());
    report("tune_recall", figures.recall());
    EXPECT_GE(figures.precision(), 0.95);
    EXPECT_GE(figures.recall(), 0.80);
}

TEST(Duplicates, onTheHeldOutHalf) {
    const Figures figures = figuresOf(true);
    report("held_out_precision", figures.precision());
    report("held_out_recall", figures.recall());
    EXPECT_GE(figures.precision(), 0.90);
    EXPECT_GE(figures.recall(), 0.80);
}

}  // namespace
}  // namespace pakn::domain
