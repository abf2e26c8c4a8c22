#pragma once
/// @file
/// Do two petitions report the same matter, so that one handling and one answer would serve both? A suggestion for a
/// person, never a decision. How it is made, measured figures, what it confuses: docs/duplicates.md.
/// All functions are pure and may be called from any thread.

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/workflow.hpp"
#include "pakn/sdk/petition.hpp"

namespace pakn::domain {

/// What is compared of one petition. Texts are UTF-8 in any normal form, with or without accents.
struct MatterFacts {
    std::string_view text = {};      ///< Title and content; the first 2,000 code points count.
    Location location = {};          ///< Any part may be missing.
    std::string_view category = {};  ///< Empty: unknown.
    Instant at = {};                 ///< When it was received.
};

/// One petition made ready for comparing: made once, compared often. Holds no text but the codes of area and category,
/// some 10 bytes for each letter of the petition. The hashes are those of this build: not to be stored.
struct MatterSketch {
    struct Feature {
        std::uint32_t hash = 0;
        float weight = 0;
    };
    /// A name in the address, one entry for each two words in a row: "tran hung", "hung dao" of the same name.
    struct Name {
        std::uint32_t hash = 0;
        std::uint32_t which = 0;
    };
    struct NumberedPlace {
        std::uint32_t kind = 0;  ///< House, alley, hamlet, ...
        std::uint32_t number = 0;
        friend bool operator==(const NumberedPlace&, const NumberedPlace&) = default;
        friend bool operator<(const NumberedPlace& a, const NumberedPlace& b) {
            return a.kind != b.kind ? a.kind < b.kind : a.number < b.number;
        }
    };

    std::string area = {};
    std::string category = {};
    std::optional<double> latitude = {};
    std::optional<double> longitude = {};
    Instant at = {};
    std::vector<Feature> letters = {};           ///< Three letters each, of the words that tell what is the matter.
    std::vector<Feature> words = {};             ///< Those words, and each two in a row.
    std::vector<Name> names = {};                ///< Streets, hamlets, schools of the address.
    std::vector<std::uint32_t> mentioned = {};   ///< In address or text: what names of others are looked up in.
    std::vector<NumberedPlace> numbers = {};     ///< In address or text.
    std::vector<std::uint32_t> facilities = {};  ///< "chợ", "trạm y tế" of the address.
    std::bitset<128> subjects = {};  ///< Of the list in similarity_words.cpp: "đèn đường", "rác", ...
    bool about_handling = false;     ///< Thanks, asks, objects or withdraws; reports nothing.
    bool chain_message = false;      ///< Asks to be passed on.
    bool own_case = false;           ///< Speaks of the writer's own family, house or papers.
    bool come_back = false;          ///< What was mended is broken again.
};

/// About 50 microseconds for 700 letters.
MatterSketch sketchOf(const MatterFacts& facts);

enum class PlaceMatch : std::uint8_t {
    kUnknown,  ///< At least one of them says too little.
    kSame,
    kOther,  ///< Another street, house, alley, hamlet or school, or more than 300 m away.
};

/// How alike two petitions are, and by what.
struct Similarity {
    /// From here on a suggestion is worth a person's look.
    static constexpr double kSuggestFrom = 0.5;

    double score = 0;  ///< 0 to 1. An order, no probability: most petitions have no double, the measured pairs have.
    double text = 0;   ///< 0 to 1: words and letters that tell what is the matter, place names and phrases aside. Of a
                       ///< few words only it stays low.
    std::optional<bool> same_area = {};      ///< Absent: one of them has none.
    std::optional<bool> same_category = {};  ///< Likewise.
    PlaceMatch place = PlaceMatch::kUnknown;
    std::optional<double> metres = {};      ///< Where both have coordinates.
    double days = 0;                        ///< From one to the other.
    std::bitset<128> common_subjects = {};  ///< As in MatterSketch.
    bool other_subjects = false;            ///< Both have subjects, none in common.
    bool further_subjects = false;          ///< Some in common, and each has one that the other has not.
    bool own_cases = false;                 ///< Both speak of their own papers, house or family.
    bool one_about_handling = false;        ///< One reports, the other asks or thanks.
    bool one_chain_message = false;
    bool come_back = false;  ///< Either says so.

    [[nodiscard]] bool suggested() const { return score >= kSuggestFrom; }
};

/// The same whichever comes first. About a microsecond for two petitions of 700 letters; allocates nothing.
Similarity similarityOf(const MatterSketch& one, const MatterSketch& other);

/// What speaks for and against it, the weightiest first, for people: "cùng việc: đèn đường", "cùng khu vực", "cách nhau
/// 130 m", "nội dung giống 0.82", each with English beside.
std::vector<Label> reasonsOf(const Similarity& similarity);

}  // namespace pakn::domain
