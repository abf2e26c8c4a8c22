/// @file
/// The matter is told apart from the place: near misses are the same words about another lamp, or other words about the
/// same corner. Each part of the evidence has a weight, and the score is the logistic function of their sum.

#include "core/domain/similarity.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <ratio>
#include <utility>

#include "core/domain/similarity_words.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {
namespace {

using Words = std::vector<std::string>;
using Feature = MatterSketch::Feature;
using NumberedPlace = MatterSketch::NumberedPlace;

constexpr std::size_t kLongestText = 2000;  ///< Code points.
constexpr std::size_t kLongestAddress = 300;
constexpr std::size_t kMostNumbers = 32;
constexpr std::size_t kMostNames = 32;  ///< Of an address.
constexpr std::string_view kHouse = "nha";
constexpr std::string_view kAlley = "hem";

/// FNV-1a.
constexpr std::uint32_t hashOf(std::string_view text, std::uint32_t seed = 2166136261U) {
    std::uint32_t hash = seed;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash;
}

std::uint32_t hashOfTwo(std::string_view first, std::string_view second) {
    return hashOf(second, hashOf(" ", hashOf(first)));
}

bool isNumber(std::string_view word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

std::uint32_t numberOf(std::string_view word) {
    std::uint32_t value = 0;
    for (const char c : word.substr(0, 9)) value = value * 10 + static_cast<std::uint32_t>(c - '0');
    return value;
}

/// "45/12 Le Loi" is house 12 in alley 45; a date as a name ("duong 3/2") does not begin an address.
void splitAlley(std::string_view part, Words& words) {
    const bool alley =
        words.size() > 2 && isNumber(words[0]) && isNumber(words[1]) && part.find('/') != std::string::npos;
    if (!alley) return;
    words.insert(words.begin() + 1, "so");
    words.insert(words.begin(), std::string{kAlley});
}

/// The parts of an address between commas and the like: words on two sides of one are not one name.
std::vector<Words> partsOf(std::string_view address) {
    std::vector<Words> parts;
    while (!address.empty()) {
        const std::size_t end = std::min(address.find_first_of(",;-()"), address.size());
        const std::string_view part = address.substr(0, end);
        if (Words words = words::wordsOf(part); !words.empty()) {
            splitAlley(part, words);
            parts.push_back(std::move(words));
        }
        address.remove_prefix(std::min(end + 1, address.size()));
    }
    return parts;
}

/// "phuong tan an", "xa binh minh": the area says that already, and texts name it in passing.
Words withoutWard(const Words& words) {
    Words rest;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool ward = (words[i] == "phuong" || words[i] == "xa") && i + 2 < words.size() && !isNumber(words[i + 1]);
        if (ward)
            i += 2;
        else
            rest.push_back(words[i]);
    }
    return rest;
}

using Names = std::vector<MatterSketch::Name>;

/// A single word takes the kind before it along ("thon dong"), but not "duong", which people leave out.
void addNames(const Words& part, Names& names) {
    std::uint32_t which = names.empty() ? 0 : names.back().which;
    for (std::size_t i = 0; i < part.size();) {
        const std::size_t no_name = isNumber(part[i]) ? 1 : words::placeKindAt(part, i);
        if (no_name > 0) {
            i += no_name;
            continue;
        }
        std::size_t end = i + 1;
        while (end < part.size() && !isNumber(part[end]) && words::placeKindAt(part, end) == 0) ++end;
        ++which;
        if (end - i == 1) {
            const bool with_kind = i > 0 && part[i - 1] != "duong" && words::placeKindAt(part, i - 1) == 1;
            names.push_back({with_kind ? hashOfTwo(part[i - 1], part[i]) : hashOf(part[i]), which});
        }
        for (std::size_t at = i; at + 1 < end; ++at) names.push_back({hashOfTwo(part[at], part[at + 1]), which});
        i = end;
    }
}

/// Where no area is given, the ward or commune that the text names.
void addWards(const Words& text, Names& names) {
    std::uint32_t which = names.empty() ? 0 : names.back().which;
    for (std::size_t i = 0; i + 2 < text.size(); ++i)
        if ((text[i] == "xa" || text[i] == "phuong") && !isNumber(text[i + 1]))
            names.push_back({hashOfTwo(text[i + 1], text[i + 2]), ++which});
}

/// "thd" for "tran hung dao".
void addInitials(const Words& words, std::vector<std::uint32_t>& mentioned) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string initials;
        for (std::size_t at = i; at < words.size() && at < i + 4 && !isNumber(words[at]); ++at) {
            initials += words[at].front();
            if (initials.size() > 1) mentioned.push_back(hashOf(initials));
        }
    }
}

void addMentioned(const Words& words, std::vector<std::uint32_t>& mentioned) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        mentioned.push_back(hashOf(words[i]));
        if (i + 1 < words.size()) mentioned.push_back(hashOfTwo(words[i], words[i + 1]));
    }
}

bool isNameAt(const Words& words, std::size_t at, const Names& names) {
    const auto known = [&](std::uint32_t hash) {
        return std::any_of(names.begin(), names.end(), [&](const auto& name) { return name.hash == hash; });
    };
    return (at < words.size() && known(hashOf(words[at]))) ||
           (at + 1 < words.size() && known(hashOfTwo(words[at], words[at + 1])));
}

/// The kind of place that the number at `at` belongs to; empty: none. In a text, which is full of other numbers, a
/// house's stands after "so" or before a name of the address.
std::string_view kindOfNumber(const Words& words, std::size_t at, const Names& names, bool in_address) {
    const std::string_view kind = at > 0 ? words::numberedKind(words[at - 1]) : std::string_view{};
    const bool after_so = at > 0 && words[at - 1] == "so";
    if (after_so && at > 1) {  // "duong so 3"
        const std::string_view before = words::numberedKind(words[at - 2]);
        if (!before.empty() && before != kHouse) return before;
    }
    if (!kind.empty() && kind != kHouse) return kind;
    const bool house = after_so || isNameAt(words, at + 1, names) || (in_address && (at == 0 || kind == kHouse));
    return house ? kHouse : std::string_view{};
}

void addNumbers(const Words& words, const Names& names, bool in_address, std::vector<NumberedPlace>& numbers) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!isNumber(words[i])) continue;
        const std::string_view kind = kindOfNumber(words, i, names, in_address);
        if (!kind.empty()) numbers.push_back({hashOf(kind), numberOf(words[i])});
    }
}

template <class T>
void sortUnique(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

/// Equal hashes become one; root of the count, so that what is said three times does not count three times; length 1.
void finish(std::vector<Feature>& features) {
    std::sort(features.begin(), features.end(), [](const Feature& a, const Feature& b) { return a.hash < b.hash; });
    std::size_t kept = 0;
    for (const Feature& feature : features) {
        if (kept > 0 && features[kept - 1].hash == feature.hash)
            features[kept - 1].weight += feature.weight;
        else
            features[kept++] = feature;
    }
    features.resize(kept);
    double length = 0;
    for (Feature& feature : features) {
        feature.weight = std::sqrt(feature.weight);
        length += static_cast<double>(feature.weight) * static_cast<double>(feature.weight);
    }
    for (Feature& feature : features) feature.weight /= static_cast<float>(std::sqrt(length));
}

/// Words that tell what is the matter: no filler, no number, nothing of the own address.
Words matterOf(const Words& text, const Words& address) {
    Words matter;
    for (const std::string& word : text)
        if (!words::isFiller(word) && !isNumber(word) &&
            std::find(address.begin(), address.end(), word) == address.end())
            matter.push_back(word);
    return matter;
}

std::vector<Feature> wordFeatures(const Words& matter) {
    constexpr float kOne = 0.6F;
    constexpr float kTwo = 1.0F;  // Most Vietnamese words are two syllables.
    std::vector<Feature> features;
    features.reserve(matter.size() * 2);
    for (std::size_t i = 0; i < matter.size(); ++i) {
        features.push_back({hashOf(matter[i]), kOne});
        if (i + 1 < matter.size()) features.push_back({hashOfTwo(matter[i], matter[i + 1]), kTwo});
    }
    finish(features);
    return features;
}

std::vector<Feature> letterFeatures(const Words& matter) {
    std::string line = " ";
    for (const std::string& word : matter) line.append(word).append(" ");
    std::vector<Feature> features;
    features.reserve(line.size());
    for (std::size_t i = 0; i + 3 <= line.size(); ++i)
        features.push_back({hashOf(std::string_view{line}.substr(i, 3)), 1.0F});
    finish(features);
    return features;
}

/// Shows the weights of what both lists hold to `visit(one's, the other's)`.
template <class Visit>
void eachShared(const std::vector<Feature>& one, const std::vector<Feature>& other, const Visit& visit) {
    auto a = one.begin();
    auto b = other.begin();
    while (a != one.end() && b != other.end()) {
        if (a->hash < b->hash) {
            ++a;
        } else if (b->hash < a->hash) {
            ++b;
        } else {
            visit(static_cast<double>(a->weight), static_cast<double>(b->weight));
            ++a;
            ++b;
        }
    }
}

/// Of vectors of length 1.
double cosine(const std::vector<Feature>& one, const std::vector<Feature>& other) {
    double sum = 0;
    eachShared(one, other, [&](double a, double b) { sum += a * b; });
    return sum;
}

/// Share of one list that the other has, too, whichever is larger: five words may all stand in a text of a hundred.
double contained(const std::vector<Feature>& one, const std::vector<Feature>& other) {
    double of_one = 0;
    double of_other = 0;
    eachShared(one, other, [&](double a, double b) {
        of_one += a * a;
        of_other += b * b;
    });
    return std::max(of_one, of_other);
}

/// Less for few words: two words may agree by chance.
double likeness(const MatterSketch& one, const MatterSketch& other) {
    const auto fewer = static_cast<double>(std::min(one.words.size(), other.words.size()));
    return (cosine(one.letters, other.letters) + contained(one.words, other.words)) / 2 * fewer / (fewer + 1);
}

std::optional<double> metresBetween(const MatterSketch& one, const MatterSketch& other) {
    if (!one.latitude || !one.longitude || !other.latitude || !other.longitude) return {};
    constexpr double kMetresPerDegree = 111'195;
    const double north = (*one.latitude - *other.latitude) * kMetresPerDegree;
    const double middle = (*one.latitude + *other.latitude) / 2 * std::numbers::pi / 180;
    const double east = (*one.longitude - *other.longitude) * kMetresPerDegree * std::cos(middle);
    const double metres = std::hypot(north, east);
    if (!std::isfinite(metres)) return {};
    return metres;
}

std::size_t countOf(const Names& names) { return names.empty() ? 0 : names.back().which; }

/// Share of the names of one address that the other petition mentions, each by half of its words at least.
std::optional<double> covered(const Names& names, const std::vector<std::uint32_t>& mentioned) {
    if (names.empty()) return {};
    int all = 0;
    int found = 0;
    for (auto name = names.begin(); name != names.end(); ++all) {
        int entries = 0;
        int hits = 0;
        for (const std::uint32_t which = name->which; name != names.end() && name->which == which; ++name, ++entries)
            hits += std::binary_search(mentioned.begin(), mentioned.end(), name->hash) ? 1 : 0;
        found += hits * 2 >= entries ? 1 : 0;
    }
    return static_cast<double>(found) / all;
}

/// Houses this many numbers apart are neighbours.
constexpr std::uint32_t kNeighbours = 4;
constexpr std::uint32_t kHouseKind = hashOf(kHouse);
constexpr std::uint32_t kAlleyKind = hashOf(kAlley);

/// An alley is named after the house at its mouth: "hem 45 Le Loi" is at 45 Le Loi, and not at 88.
PlaceMatch compareAlleyWithHouse(const std::vector<NumberedPlace>& one, const std::vector<NumberedPlace>& other) {
    const auto has = [](const std::vector<NumberedPlace>& numbers, std::uint32_t kind) {
        return std::any_of(numbers.begin(), numbers.end(),
                           [&](const NumberedPlace& place) { return place.kind == kind; });
    };
    if (!has(one, kAlleyKind) || has(other, kAlleyKind) || !has(other, kHouseKind)) return PlaceMatch::kUnknown;
    for (const NumberedPlace& alley : one)
        for (const NumberedPlace& house : other)
            if (alley.kind == kAlleyKind && house.kind == kHouseKind && alley.number == house.number)
                return PlaceMatch::kSame;
    return PlaceMatch::kOther;
}

/// Of the kinds of place that both number: kSame where each has a number in common, kOther where one has none.
PlaceMatch compareNumbers(const std::vector<NumberedPlace>& one, const std::vector<NumberedPlace>& other) {
    PlaceMatch match = PlaceMatch::kUnknown;
    for (std::size_t i = 0; i < one.size();) {
        const std::uint32_t kind = one[i].kind;
        const std::uint32_t most_apart = kind == kHouseKind ? kNeighbours : 0;
        bool in_both = false;
        bool agrees = false;
        for (; i < one.size() && one[i].kind == kind; ++i)
            for (const NumberedPlace& there : other) {
                if (there.kind != kind) continue;
                in_both = true;
                agrees = agrees ||
                         std::max(one[i].number, there.number) - std::min(one[i].number, there.number) <= most_apart;
            }
        if (in_both && !agrees) return PlaceMatch::kOther;
        if (agrees) match = PlaceMatch::kSame;
    }
    if (match != PlaceMatch::kUnknown) return match;
    const PlaceMatch alley = compareAlleyWithHouse(one, other);
    return alley != PlaceMatch::kUnknown ? alley : compareAlleyWithHouse(other, one);
}

/// Both name facilities, none in common: the park is not the school, though both bear the ward's name.
bool otherFacility(const std::vector<std::uint32_t>& one, const std::vector<std::uint32_t>& other) {
    if (one.empty() || other.empty()) return false;
    return std::find_first_of(one.begin(), one.end(), other.begin(), other.end()) == one.end();
}

constexpr double kNear = 100;        ///< Metres: phones are no better in a narrow street.
constexpr double kFar = 300;         ///< Metres.
constexpr double kNamesAgree = 0.6;  ///< Share of the names of an address.
constexpr double kNamesDiffer = 0.34;
constexpr double kEventLasts = 4;       ///< Days that a flood or an outage is one for a whole street.
constexpr double kEventForgotten = 10;  ///< Days after which it is another one, and after which "again" counts.

PlaceMatch placeOf(const MatterSketch& one, const MatterSketch& other, const Similarity& found) {
    const auto there = covered(one.names, other.mentioned);
    const auto back = covered(other.names, one.mentioned);
    const double names = std::max(there.value_or(0), back.value_or(0));
    const bool near = found.metres && *found.metres <= kNear;
    PlaceMatch numbers = compareNumbers(one.numbers, other.numbers);
    const bool one_event = found.days < kEventLasts && (found.common_subjects & words::wideSubjects()).any();
    if (numbers == PlaceMatch::kOther && one_event) numbers = PlaceMatch::kUnknown;

    if (numbers == PlaceMatch::kOther || (found.metres && *found.metres > kFar)) return PlaceMatch::kOther;
    // Two crossings may have one street in common.
    const bool several = countOf(one.names) > 1 && countOf(other.names) > 1;
    const bool other_names = there && back && names < (several ? kNamesAgree : kNamesDiffer);
    if (!near && (other_names || otherFacility(one.facilities, other.facilities))) return PlaceMatch::kOther;
    // Every area has an alley 5 and a hamlet 3.
    const bool number_tells = numbers == PlaceMatch::kSame && found.same_area.value_or(false);
    return near || number_tells || names >= kNamesAgree ? PlaceMatch::kSame : PlaceMatch::kUnknown;
}

/// 0 up to `from`, 1 from `to` on.
double ramp(double value, double from, double to) { return std::clamp((value - from) / (to - from), 0.0, 1.0); }

std::string twoPlaces(double value) {
    const long hundredths = std::lround(value * 100);
    const std::string part = std::to_string(hundredths % 100);
    return std::to_string(hundredths / 100) + (part.size() == 1 ? ".0" : ".") + part;
}

/// Shows each piece of evidence to `visit(weight, text)`; `text` yields words for people, made only when asked for. The
/// weights are in log-odds, chosen on the half of the pairs that is for that (docs/duplicates.md).
template <class Visit>
void eachReason(const Similarity& found, const Visit& visit) {
    const auto plain = [](const char* vi, const char* en) { return [vi, en] { return Label{vi, en}; }; };
    const bool near = found.metres && *found.metres <= kNear;
    if (found.same_area && *found.same_area) visit(0.9, plain("cùng khu vực", "same area"));
    const bool other_area = found.same_area && !*found.same_area;
    if (other_area) visit(near ? 0.0 : -2.1, plain("khác khu vực", "another area"));
    if (found.same_category)
        visit(*found.same_category ? 0.6 : 0.0, *found.same_category ? plain("cùng lĩnh vực", "same category")
                                                                     : plain("khác lĩnh vực", "another category"));

    const double by_place = found.place == PlaceMatch::kSame ? 2.0 : found.place == PlaceMatch::kOther ? -2.6 : 0.0;
    if (found.metres)
        visit(by_place, [&] {
            const std::string metres = std::to_string(std::lround(*found.metres));
            return Label{"cách nhau " + metres + " m", metres + " m apart"};
        });
    else if (found.place != PlaceMatch::kUnknown)
        visit(by_place, found.place == PlaceMatch::kSame ? plain("cùng nơi theo địa chỉ", "same place by address")
                                                         : plain("khác nơi theo địa chỉ", "another place by address"));

    const bool common = found.common_subjects.any();
    if (common)
        visit(2.5, [&] {
            const std::string names = words::subjectNames(found.common_subjects);
            return Label{"cùng việc: " + names, "same subject: " + names};
        });
    else if (found.other_subjects)
        visit(-1.7, plain("khác việc", "other subjects"));
    // The same words about another place are no sign of the same matter: people copy from each other. Where subjects
    // tell what is the matter, words add little.
    const bool elsewhere = found.place == PlaceMatch::kOther || other_area;
    const double by_text = common                 ? 0.3 * ramp(found.text, 0.1, 0.4)
                           : found.other_subjects ? 0.5 * ramp(found.text, 0.1, 0.4)
                                                  : 3.0 * ramp(found.text, 0.1, 0.4);
    visit(elsewhere ? 0.0 : by_text, [&] {
        const std::string likeness = twoPlaces(found.text);
        return Label{"nội dung giống " + likeness, "text " + likeness};
    });
    if (common && found.further_subjects)
        visit(-2.0, plain("mỗi bên còn nói việc khác", "each has another subject, too"));
    if (common && (found.common_subjects & ~words::personalSubjects()).none())
        visit(-0.5, plain("việc riêng của từng người", "a subject of personal cases"));
    if (found.own_cases) visit(-2.2, plain("cả hai nói về hồ sơ của mình", "both about a case of their own"));

    visit(-0.9 * std::min(4.0, std::log2(1 + found.days / 14)), [&] {
        const long days = std::lround(found.days);
        if (days == 0) return Label{"cùng ngày", "same day"};
        const std::string count = std::to_string(days);
        return Label{"cách nhau " + count + " ngày", count + (days == 1 ? " day apart" : " days apart")};
    });
    const bool event = (found.common_subjects & words::wideSubjects()).any();
    if (event && found.days > kEventForgotten)
        visit(-1.5, plain("sự kiện đã qua lúc ấy", "an event that is over by then"));
    if (found.come_back && found.days > kEventForgotten) visit(-2.0, plain("đã tái diễn", "has come back"));
    if (found.one_about_handling)
        visit(-3.1, plain("một bên nói về việc giải quyết phản ánh", "one is about how a petition is handled"));
    if (found.one_chain_message) visit(-1.6, plain("một bên là tin chuyền tay", "one is a chain message"));
}

double scoreOf(const Similarity& found) {
    double sum = -3.55;
    eachReason(found, [&](double weight, const auto&) { sum += weight; });
    return 1 / (1 + std::exp(-sum));
}

}  // namespace

MatterSketch sketchOf(const MatterFacts& facts) {
    MatterSketch sketch;
    sketch.area = facts.location.area;
    sketch.category = facts.category;
    sketch.latitude = facts.location.latitude;
    sketch.longitude = facts.location.longitude;
    sketch.at = facts.at;

    const Words text = words::wordsOf(firstCodePoints(facts.text, kLongestText));
    Words address;
    for (const Words& part : partsOf(firstCodePoints(facts.location.address, kLongestAddress))) {
        const Words place = sketch.area.empty() ? part : withoutWard(part);
        addNames(place, sketch.names);
        addNumbers(place, {}, true, sketch.numbers);
        for (std::size_t i = 0; i < place.size(); ++i)
            if (const auto facility = words::facilityAt(place, i); !facility.empty())
                sketch.facilities.push_back(hashOf(facility));
        addMentioned(part, sketch.mentioned);
        addInitials(part, sketch.mentioned);
        address.insert(address.end(), part.begin(), part.end());
    }
    if (sketch.area.empty()) addWards(text, sketch.names);
    if (sketch.names.size() > kMostNames) sketch.names.resize(kMostNames);
    addNumbers(text, sketch.names, false, sketch.numbers);
    addMentioned(text, sketch.mentioned);
    sortUnique(sketch.mentioned);
    sortUnique(sketch.numbers);
    if (sketch.numbers.size() > kMostNumbers) sketch.numbers.resize(kMostNumbers);

    const Words matter = matterOf(withoutWard(text), address);
    sketch.letters = letterFeatures(matter);
    sketch.words = wordFeatures(matter);
    sketch.subjects = words::subjectsIn(text);
    sketch.about_handling = words::isAboutHandling(text);
    sketch.chain_message = words::isChainMessage(text);
    sketch.own_case = words::isOwnCase(text);
    sketch.come_back = words::saysAgain(text);
    return sketch;
}

Similarity similarityOf(const MatterSketch& one, const MatterSketch& other) {
    Similarity found;
    found.text = likeness(one, other);
    if (!one.area.empty() && !other.area.empty()) found.same_area = one.area == other.area;
    if (!one.category.empty() && !other.category.empty()) found.same_category = one.category == other.category;
    found.metres = metresBetween(one, other);
    found.days = std::abs(std::chrono::duration<double, std::ratio<86400>>(one.at - other.at).count());
    found.common_subjects = one.subjects & other.subjects;
    const bool common = found.common_subjects.any();
    found.other_subjects = one.subjects.any() && other.subjects.any() && !common;
    found.further_subjects = common && (one.subjects & ~other.subjects).any() && (other.subjects & ~one.subjects).any();
    found.own_cases = one.own_case && other.own_case;
    found.one_about_handling = one.about_handling != other.about_handling;
    found.one_chain_message = one.chain_message != other.chain_message;
    found.come_back = one.come_back || other.come_back;
    found.place = placeOf(one, other, found);
    found.score = scoreOf(found);
    return found;
}

std::vector<Label> reasonsOf(const Similarity& similarity) {
    std::vector<std::pair<double, Label>> weighed;
    eachReason(similarity, [&](double weight, const auto& text) { weighed.emplace_back(std::abs(weight), text()); });
    std::stable_sort(weighed.begin(), weighed.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<Label> reasons;
    reasons.reserve(weighed.size());
    for (auto& [weight, text] : weighed) reasons.push_back(std::move(text));
    return reasons;
}

}  // namespace pakn::domain
