#include "core/domain/place_names.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "core/domain/text.hpp"

namespace pakn::domain {

namespace {

constexpr std::size_t kMostText = 4000;  ///< Bytes of an address that are looked at.

/// Words before a name that say what kind of area it is.
struct KindWords {
    std::string_view first;
    std::string_view second;  ///< Empty: one word.
    AreaKind kind;
    std::string_view official = {};  ///< As areas' own names begin; empty: short for it, in addresses.
};
constexpr std::array<KindWords, 8> kKinds{{{"thi", "tran", AreaKind::kTown, "thị"},
                                           {"dac", "khu", AreaKind::kSpecialZone, "đặc"},
                                           {"phuong", "", AreaKind::kWard, "phường"},
                                           {"xa", "", AreaKind::kCommune, "xã"},
                                           {"p", "", AreaKind::kWard},
                                           {"x", "", AreaKind::kCommune},
                                           {"tt", "", AreaKind::kTown},
                                           {"dk", "", AreaKind::kSpecialZone}}};
/// Before the name of a district or province: the commune of the same name is only a part of it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kAbove{{{"thi", "xa"},
                                                                                {"thanh", "pho"},
                                                                                {"huyen", ""},
                                                                                {"quan", ""},
                                                                                {"tinh", ""},
                                                                                {"tp", ""},
                                                                                {"tx", ""},
                                                                                {"h", ""},
                                                                                {"q", ""},
                                                                                {"t", ""}}};
/// Before the name of something that is no area of its own.
constexpr std::array<std::string_view, 30> kSomethingElse{
    "duong", "pho", "ngo",  "ngach", "hem",  "kiet", "cau",  "cho", "truong", "thon",
    "to",    "khu", "ap",   "ban",   "lang", "xom",  "song", "ho",  "nui",    "bien",
    "bai",   "den", "dinh", "chua",  "vien", "cong", "ga",   "ben", "deo",    "tran"};
/// Numbers behind these are their own, not the house's.
constexpr std::array<std::string_view, 6> kNumbered{"to", "thon", "khu", "ap", "ban", "xom"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool isNumber(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "01" is "1".
std::string withoutZeros(std::string word) {
    if (isNumber(word)) word.erase(0, std::min(word.find_first_not_of('0'), word.size() - 1));
    return word;
}

const icu::Normalizer2& nfd() {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const found = icu::Normalizer2::getNFDInstance(status);
    if (U_FAILURE(status)) std::abort();
    return *found;
}

/// Lower case with its accents, but the tone's mark at the end: where in the word it stands is a matter of taste.
std::string withToneLast(std::string_view word) {
    constexpr std::array<UChar32, 5> kTones{0x0300, 0x0301, 0x0303, 0x0309, 0x0323};
    UErrorCode status = U_ZERO_ERROR;
    const icu::UnicodeString text = nfd().normalize(
        icu::UnicodeString::fromUTF8({word.data(), static_cast<std::int32_t>(word.size())}).toLower(), status);
    icu::UnicodeString letters;
    icu::UnicodeString tones;
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
        const UChar32 c = text.char32At(i);
        const bool tone = std::find(kTones.begin(), kTones.end(), c) != kTones.end();
        (tone ? tones : letters).append(c);
    }
    letters.append(tones);
    std::string utf8;
    letters.toUTF8String(utf8);
    return utf8;
}

bool separates(char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter =
        byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    return !letter;
}

/// Dashes and spaces beyond ASCII, as plain spaces.
std::string plainlySeparated(std::string_view text) {
    constexpr std::array<std::string_view, 8> kOthers{"\u00a0", "\u2009", "\u202f", "\u3000",
                                                      "\u2010", "\u2011", "\u2013", "\u2014"};
    std::string plain;
    plain.reserve(text.size());
    while (!text.empty()) {
        const auto other =
            std::find_if(kOthers.begin(), kOthers.end(), [&](std::string_view one) { return text.starts_with(one); });
        plain += other == kOthers.end() ? text.front() : ' ';
        text.remove_prefix(other == kOthers.end() ? 1 : other->size());
    }
    return plain;
}

/// The pieces of a text between commas and their like.
std::vector<std::string_view> partsOf(std::string_view text) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find_first_of(",;\n()[]");
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

Places::Names::Words Places::Names::wordsOf(std::string_view text) {
    Words words;
    const auto add = [&words](std::string plain, std::string toned, bool marked) {
        words.push_back({withoutZeros(std::move(plain)), std::move(toned), marked});
    };
    for (std::size_t at = 0; at < text.size();) {
        if (separates(text[at])) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && !separates(text[end])) ++end;
        const std::string_view word = text.substr(at, end - at);
        at = end;
        const std::string folded = fold(word);
        const std::string_view plain = trimmed(folded);
        if (plain.empty()) continue;
        const bool marked = word.size() != plain.size();
        if (plain.find(' ') != std::string_view::npos) {  // Something like a dash between them.
            for (std::size_t from = 0; from < plain.size();) {
                const std::size_t space = std::min(plain.find(' ', from), plain.size());
                add(std::string{plain.substr(from, space - from)}, {}, marked);
                from = space + 1;
            }
        } else if (plain.size() > 1 && plain.front() == 'p' && isNumber(plain.substr(1))) {  // "P12".
            add("p", "p", false);
            add(std::string{plain.substr(1)}, std::string{plain.substr(1)}, false);
        } else {
            add(std::string{plain}, withToneLast(word), marked);
        }
    }
    return words;
}

/// Takes the kind off the front of an area's own name.
AreaKind Places::Names::takeKind(Words& words) {
    for (const KindWords& one : kKinds) {
        const std::size_t length = one.second.empty() ? 1 : 2;
        if (words.size() <= length || words[0].plain != one.first) continue;
        if (length == 2 && words[1].plain != one.second) continue;
        // "Xa Mát" is a name, "Xã Mát" is a kind and a name, and who writes no accents at all means the kind.
        const bool accents = std::any_of(words.begin(), words.end(), [](const Word& word) { return word.marked; });
        if (one.official.empty() || (accents && words[0].toned != withToneLast(one.official))) continue;
        words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(length));
        return one.kind;
    }
    return AreaKind::kNone;
}

namespace {

template <class Words>
std::string joined(const Words& words, std::size_t begin, std::size_t end) {
    std::string text;
    for (std::size_t i = begin; i < end; ++i) text += (text.empty() ? "" : " ") + words[i].plain;
    return text;
}

/// Of "Thành phố Huế": " hue ".
std::string provinceKey(std::string_view name) {
    std::string key = fold(name);
    for (const std::string_view kind : {" thanh pho ", " tinh "})
        if (key.starts_with(kind) && key.size() > kind.size()) return key.substr(kind.size() - 1);
    return key;
}

}  // namespace

Places::Names::Names(const Areas& areas) {
    std::set<std::string_view> above;
    for (const auto& [code, area] : areas) above.insert(area.parent);
    for (const auto& [code, area] : areas) {
        if (above.contains(code)) continue;
        const auto parent = areas.find(area.parent);
        Name name{.code = code,
                  .parent = parent == areas.end() ? std::string{} : provinceKey(parent->second.name),
                  .words = wordsOf(area.name)};
        name.kind = takeKind(name.words);
        if (name.words.empty()) continue;
        longest_ = std::max(longest_, name.words.size());
        std::string key = joined(name.words, 0, name.words.size());
        by_name_[std::move(key)].push_back(std::move(name));
    }
}

/// All names, but those within a longer one.
std::vector<Places::Names::Found> Places::Names::findAll(const std::vector<Words>& parts) const {
    std::vector<Found> all;
    for (std::size_t part = 0; part < parts.size(); ++part) {
        const Words& words = parts[part];
        std::size_t covered = 0;  // By a name that began earlier.
        for (std::size_t begin = 0; begin < words.size(); ++begin) {
            for (std::size_t length = std::min(longest_, words.size() - begin); length > 0; --length) {
                const auto found = by_name_.find(joined(words, begin, begin + length));
                if (found == by_name_.end()) continue;
                if (begin + length > covered) all.push_back({part, begin, begin + length, &found->second});
                covered = std::max(covered, begin + length);
                break;
            }
        }
    }
    return all;
}

Places::Names::Judged Places::Names::judge(const Words& part, const Found& found) {
    const auto before = [&](std::size_t back) {
        return found.begin >= back ? std::string_view{part[found.begin - back].plain} : std::string_view{};
    };
    const bool number = found.end == found.begin + 1 && isNumber(part[found.begin].plain);
    for (const auto& [first, second] : kAbove)
        if (second.empty() ? before(1) == first : before(2) == first && before(1) == second) return {};
    for (const KindWords& one : kKinds)
        if (one.second.empty() ? before(1) == one.first : before(2) == one.first && before(1) == one.second)
            return {Strength::kKind, one.kind};
    if (number) return {};
    if (found.begin == 0 && found.end == part.size()) return {Strength::kWholePart, AreaKind::kNone};
    const bool other = among(kSomethingElse, before(1)) || found.end == found.begin + 1 ||
                       (isNumber(before(1)) && !among(kNumbered, before(2)));
    return {other ? Strength::kNone : Strength::kAnywhere, AreaKind::kNone};
}

bool Places::Names::matchesAccents(const Words& part, const Found& found, const Name& name) {
    for (std::size_t i = 0; i < name.words.size(); ++i)
        if (part[found.begin + i].toned != name.words[i].toned) return false;
    return true;
}

const Places::Names::Name* Places::Names::choose(const Words& part, const Found& found, AreaKind kind,
                                                 const std::string& whole) {
    std::vector<const Name*> left;
    for (const Name& one : *found.names) left.push_back(&one);
    const auto prefer = [&left](const auto& wanted) {
        std::vector<const Name*> better;
        std::copy_if(left.begin(), left.end(), std::back_inserter(better), wanted);
        if (!better.empty()) left = std::move(better);
    };
    if (kind != AreaKind::kNone) prefer([&](const Name* one) { return one->kind == kind; });
    prefer([&](const Name* one) { return matchesAccents(part, found, *one); });
    prefer([&](const Name* one) { return !one->parent.empty() && whole.find(one->parent) != std::string::npos; });
    return left.size() == 1 ? left.front() : nullptr;
}

/// Somewhere in a sentence only the name itself counts, with its own accents or with none at all.
bool Places::Names::meansIt(const Words& part, const Found& found, const Name& name) {
    const auto begin = part.begin() + static_cast<std::ptrdiff_t>(found.begin);
    const auto end = part.begin() + static_cast<std::ptrdiff_t>(found.end);
    return std::none_of(begin, end, [](const Word& one) { return one.marked; }) || matchesAccents(part, found, name);
}

std::string Places::Names::in(std::string_view address) const {
    const std::string text = plainlySeparated(address.substr(0, kMostText));
    std::vector<Words> parts;
    for (const std::string_view part : partsOf(text)) parts.push_back(wordsOf(part));
    const std::string whole = fold(text);
    // Null: a name that several areas have.
    std::array<std::set<const Name*>, static_cast<std::size_t>(Strength::kNone)> meant;
    for (const Found& found : findAll(parts)) {
        const Words& part = parts[found.part];
        const Judged judged = judge(part, found);
        if (judged.strength == Strength::kNone) continue;
        const Name* name = choose(part, found, judged.kind, whole);
        if (judged.strength == Strength::kAnywhere && (!name || !meansIt(part, found, *name))) continue;
        meant[static_cast<std::size_t>(judged.strength)].insert(name);
    }
    const auto best = std::find_if(meant.begin(), meant.end(), [](const auto& names) { return !names.empty(); });
    const bool clear = best != meant.end() && best->size() == 1 && *best->begin() != nullptr;
    return clear ? (*best->begin())->code : std::string{};
}

}  // namespace pakn::domain
