#pragma once
/// @file
/// Names of areas in the words of an address; part of Places.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/domain/places.hpp"

namespace pakn::domain {

/// What stands before the name of a commune.
enum class AreaKind : std::uint8_t { kNone, kWard, kCommune, kTown, kSpecialZone };

class Places::Names {
public:
    explicit Names(const Areas& areas);

    [[nodiscard]] std::string in(std::string_view address) const;

    /// A word without accents, and with them, its tone at its end.
    struct Word {
        std::string plain = {};
        std::string toned = {};
        bool marked = false;  ///< It has an accent.
    };
    using Words = std::vector<Word>;
    static Words wordsOf(std::string_view text);

private:
    struct Name {
        std::string code = {};
        std::string parent = {};  ///< Key of the name of the area above it.
        AreaKind kind = AreaKind::kNone;
        Words words = {};
    };
    /// A name in the text: words [begin, end) of a part between commas.
    struct Found {
        std::size_t part = 0;
        std::size_t begin = 0;
        std::size_t end = 0;
        const std::vector<Name>* names = nullptr;
    };
    enum class Strength : std::uint8_t { kKind, kWholePart, kAnywhere, kNone };
    struct Judged {
        Strength strength = Strength::kNone;
        AreaKind kind = AreaKind::kNone;
    };

    static AreaKind takeKind(Words& words);
    static Judged judge(const Words& part, const Found& found);
    static bool matchesAccents(const Words& part, const Found& found, const Name& name);
    static bool meansIt(const Words& part, const Found& found, const Name& name);
    [[nodiscard]] std::vector<Found> findAll(const std::vector<Words>& parts) const;
    /// Which of several areas of one name is meant.
    static const Name* choose(const Words& part, const Found& found, AreaKind kind, const std::string& whole);

    std::unordered_map<std::string, std::vector<Name>> by_name_;
    std::size_t longest_ = 0;  ///< Words of a name.
};

}  // namespace pakn::domain
