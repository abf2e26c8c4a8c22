#include "core/decoder_process/mail_vietnamese.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <vector>

namespace pakn::decoder_process {

namespace {

/// The upper half of an encoding.
using Table = std::array<char16_t, 128>;

constexpr Table k1252{0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039,
                      0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                      0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178, 0x00a0, 0x00a1, 0x00a2, 0x00a3,
                      0x00a4, 0x00a5, 0x00a6, 0x00a7, 0x00a8, 0x00a9, 0x00aa, 0x00ab, 0x00ac, 0x00ad, 0x00ae, 0x00af,
                      0x00b0, 0x00b1, 0x00b2, 0x00b3, 0x00b4, 0x00b5, 0x00b6, 0x00b7, 0x00b8, 0x00b9, 0x00ba, 0x00bb,
                      0x00bc, 0x00bd, 0x00be, 0x00bf, 0x00c0, 0x00c1, 0x00c2, 0x00c3, 0x00c4, 0x00c5, 0x00c6, 0x00c7,
                      0x00c8, 0x00c9, 0x00ca, 0x00cb, 0x00cc, 0x00cd, 0x00ce, 0x00cf, 0x00d0, 0x00d1, 0x00d2, 0x00d3,
                      0x00d4, 0x00d5, 0x00d6, 0x00d7, 0x00d8, 0x00d9, 0x00da, 0x00db, 0x00dc, 0x00dd, 0x00de, 0x00df,
                      0x00e0, 0x00e1, 0x00e2, 0x00e3, 0x00e4, 0x00e5, 0x00e6, 0x00e7, 0x00e8, 0x00e9, 0x00ea, 0x00eb,
                      0x00ec, 0x00ed, 0x00ee, 0x00ef, 0x00f0, 0x00f1, 0x00f2, 0x00f3, 0x00f4, 0x00f5, 0x00f6, 0x00f7,
                      0x00f8, 0x00f9, 0x00fa, 0x00fb, 0x00fc, 0x00fd, 0x00fe, 0x00ff};

constexpr Table k1258{0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0xfffd, 0x2039,
                      0x0152, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                      0x02dc, 0x2122, 0xfffd, 0x203a, 0x0153, 0xfffd, 0xfffd, 0x0178, 0x00a0, 0x00a1, 0x00a2, 0x00a3,
                      0x00a4, 0x00a5, 0x00a6, 0x00a7, 0x00a8, 0x00a9, 0x00aa, 0x00ab, 0x00ac, 0x00ad, 0x00ae, 0x00af,
                      0x00b0, 0x00b1, 0x00b2, 0x00b3, 0x00b4, 0x00b5, 0x00b6, 0x00b7, 0x00b8, 0x00b9, 0x00ba, 0x00bb,
                      0x00bc, 0x00bd, 0x00be, 0x00bf, 0x00c0, 0x00c1, 0x00c2, 0x0102, 0x00c4, 0x00c5, 0x00c6, 0x00c7,
                      0x00c8, 0x00c9, 0x00ca, 0x00cb, 0x0300, 0x00cd, 0x00ce, 0x00cf, 0x0110, 0x00d1, 0x0309, 0x00d3,
                      0x00d4, 0x01a0, 0x00d6, 0x00d7, 0x00d8, 0x00d9, 0x00da, 0x00db, 0x00dc, 0x01af, 0x0303, 0x00df,
                      0x00e0, 0x00e1, 0x00e2, 0x0103, 0x00e4, 0x00e5, 0x00e6, 0x00e7, 0x00e8, 0x00e9, 0x00ea, 0x00eb,
                      0x0301, 0x00ed, 0x00ee, 0x00ef, 0x0111, 0x00f1, 0x0323, 0x00f3, 0x00f4, 0x01a1, 0x00f6, 0x00f7,
                      0x00f8, 0x00f9, 0x00fa, 0x00fb, 0x00fc, 0x01b0, 0x20ab, 0x00ff};

constexpr Table kTcvn{0x00c0, 0x1ea2, 0x00c3, 0x00c1, 0x1ea0, 0x1eb6, 0x1eac, 0x00c8, 0x1eba, 0x1ebc, 0x00c9, 0x1eb8,
                      0x1ec6, 0x00cc, 0x1ec8, 0x0128, 0x00cd, 0x1eca, 0x00d2, 0x1ece, 0x00d5, 0x00d3, 0x1ecc, 0x1ed8,
                      0x1edc, 0x1ede, 0x1ee0, 0x1eda, 0x1ee2, 0x00d9, 0x1ee6, 0x0168, 0x00a0, 0x0102, 0x00c2, 0x00ca,
                      0x00d4, 0x01a0, 0x01af, 0x0110, 0x0103, 0x00e2, 0x00ea, 0x00f4, 0x01a1, 0x01b0, 0x0111, 0x1eb0,
                      0x0300, 0x0309, 0x0303, 0x0301, 0x0323, 0x00e0, 0x1ea3, 0x00e3, 0x00e1, 0x1ea1, 0x1eb2, 0x1eb1,
                      0x1eb3, 0x1eb5, 0x1eaf, 0x1eb4, 0x1eae, 0x1ea6, 0x1ea8, 0x1eaa, 0x1ea4, 0x1ec0, 0x1eb7, 0x1ea7,
                      0x1ea9, 0x1eab, 0x1ea5, 0x1ead, 0x00e8, 0x1ec2, 0x1ebb, 0x1ebd, 0x00e9, 0x1eb9, 0x1ec1, 0x1ec3,
                      0x1ec5, 0x1ebf, 0x1ec7, 0x00ec, 0x1ec9, 0x1ec4, 0x1ebe, 0x1ed2, 0x0129, 0x00ed, 0x1ecb, 0x00f2,
                      0x1ed4, 0x1ecf, 0x00f5, 0x00f3, 0x1ecd, 0x1ed3, 0x1ed5, 0x1ed7, 0x1ed1, 0x1ed9, 0x1edd, 0x1edf,
                      0x1ee1, 0x1edb, 0x1ee3, 0x00f9, 0x1ed6, 0x1ee7, 0x0169, 0x00fa, 0x1ee5, 0x1eeb, 0x1eed, 0x1eef,
                      0x1ee9, 0x1ef1, 0x1ef3, 0x1ef7, 0x1ef9, 0x00fd, 0x1ef5, 0x1ed0};

constexpr Table kViscii{0x1ea0, 0x1eae, 0x1eb0, 0x1eb6, 0x1ea4, 0x1ea6, 0x1ea8, 0x1eac, 0x1ebc, 0x1eb8, 0x1ebe, 0x1ec0,
                        0x1ec2, 0x1ec4, 0x1ec6, 0x1ed0, 0x1ed2, 0x1ed4, 0x1ed6, 0x1ed8, 0x1ee2, 0x1eda, 0x1edc, 0x1ede,
                        0x1eca, 0x1ece, 0x1ecc, 0x1ec8, 0x1ee6, 0x0168, 0x1ee4, 0x1ef2, 0x00d5, 0x1eaf, 0x1eb1, 0x1eb7,
                        0x1ea5, 0x1ea7, 0x1ea9, 0x1ead, 0x1ebd, 0x1eb9, 0x1ebf, 0x1ec1, 0x1ec3, 0x1ec5, 0x1ec7, 0x1ed1,
                        0x1ed3, 0x1ed5, 0x1ed7, 0x1ee0, 0x01a0, 0x1ed9, 0x1edd, 0x1edf, 0x1ecb, 0x1ef0, 0x1ee8, 0x1eea,
                        0x1eec, 0x01a1, 0x1edb, 0x01af, 0x00c0, 0x00c1, 0x00c2, 0x00c3, 0x1ea2, 0x0102, 0x1eb3, 0x1eb5,
                        0x00c8, 0x00c9, 0x00ca, 0x1eba, 0x00cc, 0x00cd, 0x0128, 0x1ef3, 0x0110, 0x1ee9, 0x00d2, 0x00d3,
                        0x00d4, 0x1ea1, 0x1ef7, 0x1eeb, 0x1eed, 0x00d9, 0x00da, 0x1ef9, 0x1ef5, 0x00dd, 0x1ee1, 0x01b0,
                        0x00e0, 0x00e1, 0x00e2, 0x00e3, 0x1ea3, 0x0103, 0x1eef, 0x1eab, 0x00e8, 0x00e9, 0x00ea, 0x1ebb,
                        0x00ec, 0x00ed, 0x0129, 0x1ec9, 0x0111, 0x1ef1, 0x00f2, 0x00f3, 0x00f4, 0x00f5, 0x1ecf, 0x1ecd,
                        0x1ee5, 0x00f9, 0x00fa, 0x0169, 0x1ee7, 0x00fd, 0x1ee3, 0x1eee};

/// VISCII keeps six capitals among the control characters.
constexpr std::array<std::pair<char, char16_t>, 6> kVisciiLow{
    {{'\x02', 0x1eb2}, {'\x05', 0x1eb4}, {'\x06', 0x1eaa}, {'\x14', 0x1ef6}, {'\x19', 0x1ef8}, {'\x1e', 0x1ef4}}};

constexpr char16_t kAcute = 0x0301;
constexpr char16_t kGrave = 0x0300;
constexpr char16_t kHook = 0x0309;
constexpr char16_t kTilde = 0x0303;
constexpr char16_t kDot = 0x0323;
constexpr char16_t kCircumflex = 0x0302;
constexpr char16_t kBreve = 0x0306;

/// What a byte of VNI-Windows adds to the letter before it; small letters' marks, capitals' are 0x20 less.
struct VniMark {
    unsigned char byte;
    std::u16string_view after;  ///< The letters that can bear it, small.
    char16_t shape;             ///< 0: none.
    char16_t tone;              ///< 0: none.
};
constexpr std::u16string_view kTonable = u"aeouy\u01a1\u01b0";
constexpr std::array<VniMark, 17> kVniMarks{{{0xf9, kTonable, 0, kAcute},
                                             {0xf8, kTonable, 0, kGrave},
                                             {0xfb, kTonable, 0, kHook},
                                             {0xf5, kTonable, 0, kTilde},
                                             {0xef, kTonable, 0, kDot},
                                             {0xe2, u"aeo", kCircumflex, 0},
                                             {0xe1, u"aeo", kCircumflex, kAcute},
                                             {0xe0, u"aeo", kCircumflex, kGrave},
                                             {0xe5, u"aeo", kCircumflex, kHook},
                                             {0xe3, u"aeo", kCircumflex, kTilde},
                                             {0xe4, u"aeo", kCircumflex, kDot},
                                             {0xea, u"a", kBreve, 0},
                                             {0xe9, u"a", kBreve, kAcute},
                                             {0xe8, u"a", kBreve, kGrave},
                                             {0xfa, u"a", kBreve, kHook},
                                             {0xfc, u"a", kBreve, kTilde},
                                             {0xeb, u"a", kBreve, kDot}}};
/// Letters of their own in VNI-Windows; capitals are 0x20 less.
constexpr std::array<std::pair<unsigned char, char16_t>, 9> kVniLetters{{{0xf1, 0x0111},
                                                                         {0xf4, 0x01a1},
                                                                         {0xf6, 0x01b0},
                                                                         {0xed, 0x00ed},
                                                                         {0xec, 0x00ec},
                                                                         {0xe6, 0x1ec9},
                                                                         {0xf3, 0x0129},
                                                                         {0xf2, 0x1ecb},
                                                                         {0xee, 0x1ef5}}};

char16_t small(char16_t letter) { return static_cast<char16_t>(::u_tolower(letter)); }
char16_t capital(char16_t letter) { return static_cast<char16_t>(::u_toupper(letter)); }

const VniMark* vniMark(unsigned char byte, char16_t before) {
    const char16_t base = small(before);
    for (const VniMark& mark : kVniMarks)
        if ((byte == mark.byte || byte + 0x20 == mark.byte) && mark.after.find(base) != std::u16string_view::npos)
            return &mark;
    return nullptr;
}

std::optional<char16_t> vniLetter(unsigned char byte) {
    for (const auto& [small_byte, letter] : kVniLetters) {
        if (byte == small_byte) return letter;
        if (byte + 0x20 == small_byte) return capital(letter);
    }
    return std::nullopt;
}

std::u16string decodeVni(std::string_view bytes) {
    std::u16string text;
    text.reserve(bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        const VniMark* const mark = byte < 0xc0 || text.empty() ? nullptr : vniMark(byte, text.back());
        if (mark != nullptr) {
            if (mark->shape != 0) text += mark->shape;
            if (mark->tone != 0) text += mark->tone;
        } else if (const auto letter = byte < 0xc0 ? std::nullopt : vniLetter(byte)) {
            text += *letter;
        } else {
            text += byte < 0x80 ? char16_t{byte} : k1252[byte - 0x80U];
        }
    }
    return text;
}

std::u16string decodeTable(std::string_view bytes, const Table& table) {
    std::u16string text;
    text.reserve(bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += byte < 0x80 ? char16_t{byte} : table[byte - 0x80U];
    }
    return text;
}

std::u16string decodeViscii(std::string_view bytes) {
    std::u16string text = decodeTable(bytes, kViscii);
    for (char16_t& unit : text)
        for (const auto& [low, letter] : kVisciiLow)
            if (unit == static_cast<unsigned char>(low)) unit = letter;
    return text;
}

/// Punctuation and signs that may stand beside a word in any language.
bool isSign(char16_t unit) {
    return (unit >= 0x2010 && unit <= 0x205e) || unit == 0xa0 || unit == 0xa7 || unit == 0xa9 || unit == 0xab ||
           unit == 0xae || unit == 0xb0 || unit == 0xb7 || unit == 0xbb || unit == 0x20ab || unit == 0x20ac ||
           unit == 0x2122;
}
bool isWordUnit(char16_t unit) {
    const bool ascii_letter = (unit | 0x20U) >= 'a' && (unit | 0x20U) <= 'z';
    return ascii_letter || (unit >= 0x80 && !isSign(unit));
}
/// Signs count where nobody would write them: "§Ìn", "r«i".
bool isInWord(std::u16string_view text, std::size_t at) {
    if (isWordUnit(text[at])) return true;
    const bool before = at > 0 && isWordUnit(text[at - 1]);
    const bool after = at + 1 < text.size() && isWordUnit(text[at + 1]);
    switch (text[at]) {
        case 0xa7:
        case 0xa9:
        case 0xae:
            return after;
        case 0xab:
        case 0xb0:
        case 0xb7:
        case 0xbb:
            return before && after;
        default:
            return false;
    }
}
bool isOdd(char16_t unit) {
    return unit == 0xb5 || (unit >= 0x80 && !::u_isalpha(unit) && ::u_getCombiningClass(unit) == 0);
}

bool isTone(char16_t mark) {
    return mark == kAcute || mark == kGrave || mark == kHook || mark == kTilde || mark == kDot;
}

const std::unordered_set<std::u16string_view>& rhymes() {
    // Never destroyed: the process ends without.
    static const auto* const kRhymes = new std::unordered_set<std::u16string_view>{
        u"a",   u"ac",   u"ach",  u"ai",   u"am",   u"an",   u"ang", u"anh", u"ao",   u"ap",  u"at",   u"au",   u"ay",
        u"ăc",  u"ăm",   u"ăn",   u"ăng",  u"ăp",   u"ăt",   u"âc",  u"âm",  u"ân",   u"âng", u"âp",   u"ât",   u"âu",
        u"ây",  u"e",    u"ec",   u"em",   u"en",   u"eng",  u"eo",  u"ep",  u"et",   u"ê",   u"êch",  u"êm",   u"ên",
        u"êng", u"ênh",  u"êp",   u"êt",   u"êu",   u"i",    u"ia",  u"ich", u"iêc",  u"iêm", u"iên",  u"iêng", u"iêp",
        u"iêt", u"iêu",  u"im",   u"in",   u"inh",  u"ip",   u"it",  u"iu",  u"o",    u"oa",  u"oac",  u"oach", u"oai",
        u"oam", u"oan",  u"oang", u"oanh", u"oao",  u"oap",  u"oat", u"oay", u"oăc",  u"oăm", u"oăn",  u"oăng", u"oăt",
        u"oc",  u"oe",   u"oem",  u"oen",  u"oeo",  u"oet",  u"oi",  u"om",  u"on",   u"ong", u"ooc",  u"oong", u"op",
        u"ot",  u"ô",    u"ôc",   u"ôi",   u"ôm",   u"ôn",   u"ông", u"ôp",  u"ôt",   u"ơ",   u"ơi",   u"ơm",   u"ơn",
        u"ơp",  u"ơt",   u"u",    u"ua",   u"uân",  u"uâng", u"uât", u"uây", u"uc",   u"uê",  u"uêch", u"uênh", u"uơ",
        u"ui",  u"um",   u"un",   u"ung",  u"uôc",  u"uôi",  u"uôm", u"uôn", u"uông", u"uôt", u"up",   u"ut",   u"uy",
        u"uya", u"uych", u"uyên", u"uyêt", u"uynh", u"uyp",  u"uyt", u"uyn", u"uyu",  u"ư",   u"ưa",   u"ưc",   u"ưi",
        u"ưm",  u"ưn",   u"ưng",  u"ưt",   u"ươc",  u"ươi",  u"ươm", u"ươn", u"ương", u"ươp", u"ươt",  u"ươu",  u"ưu",
        u"y",   u"yêm",  u"yên",  u"yêng", u"yêt",  u"yêu",  u"yt",  u"ynh", u"ych"};
    return *kRhymes;
}

/// Longer ones first: the first that leaves a rhyme is as good as any.
constexpr std::array<std::u16string_view, 28> kOnsets{
    u"ngh", u"ch", u"gh", u"gi", u"kh", u"ng", u"nh", u"ph", u"qu", u"th", u"tr", u"b", u"c", u"d",
    u"đ",   u"g",  u"h",  u"k",  u"l",  u"m",  u"n",  u"p",  u"r",  u"s",  u"t",  u"v", u"x", u""};

/// `word`: small letters without their tone.
bool isSyllable(std::u16string_view word) {
    return std::any_of(kOnsets.begin(), kOnsets.end(), [&](std::u16string_view onset) {
        return word.substr(0, onset.size()) == onset && rhymes().count(word.substr(onset.size())) != 0;
    });
}

/// Whether a word, as it stands in the text, could be Vietnamese.
bool isVietnamese(std::u16string_view word) {
    constexpr std::size_t kLongest = 14;  // Seven letters, two of them with two marks each, and some more.
    if (word.size() > kLongest) return false;
    UErrorCode error = U_ZERO_ERROR;
    icu::UnicodeString apart;
    icu::Normalizer2::getNFDInstance(error)->normalize(
        icu::UnicodeString{false, word.data(), static_cast<std::int32_t>(word.size())}, apart, error);
    icu::UnicodeString toneless;
    int tones = 0;
    bool after_small = false;
    for (std::int32_t i = 0; i < apart.length(); ++i) {
        const char16_t unit = apart.charAt(i);
        if (isTone(unit)) {
            ++tones;
            continue;
        }
        const bool is_capital = ::u_isupper(unit) != 0;
        if (is_capital && after_small) return false;  // "mÊt": a capital in the middle.
        after_small = after_small || ::u_islower(unit) != 0;
        toneless += small(unit);
    }
    icu::UnicodeString whole;
    icu::Normalizer2::getNFCInstance(error)->normalize(toneless, whole, error);
    if (U_FAILURE(error) || tones > 1) return false;
    return isSyllable({whole.getBuffer(), static_cast<std::size_t>(whole.length())});
}

constexpr std::array<std::pair<char, char16_t>, 5> kViqrTones{
    {{'\'', kAcute}, {'`', kGrave}, {'?', kHook}, {'~', kTilde}, {'.', kDot}}};

/// The mark that a sign of VIQR puts on the letter (or letter with a shape) before it; 0: none.
char16_t viqrMark(char sign, std::u16string_view before) {
    const bool shaped = !before.empty() && (before.back() == kCircumflex || before.back() == kBreve ||
                                            before.back() == 0x031b);  // A horn.
    const std::size_t at = before.size() - (shaped ? 2 : 1);
    if (before.size() < (shaped ? 2U : 1U)) return 0;
    const char16_t base = small(before[at]);
    const auto bears = [&](std::u16string_view letters) { return letters.find(base) != std::u16string_view::npos; };
    if (!shaped && sign == '^' && bears(u"aeo")) return kCircumflex;
    if (!shaped && sign == '(' && bears(u"a")) return kBreve;
    if (!shaped && sign == '+' && bears(u"ou")) return 0x031b;
    for (const auto& [tone, mark] : kViqrTones)
        if (sign == tone && bears(u"aeiouy")) return mark;
    return 0;
}

}  // namespace

std::u16string decodeLegacy(std::string_view bytes, Legacy encoding) {
    switch (encoding) {
        case Legacy::kWindows1258:
            return decodeTable(bytes, k1258);
        case Legacy::kTcvn:
            return decodeTable(bytes, kTcvn);
        case Legacy::kViscii:
            return decodeViscii(bytes);
        case Legacy::kVni:
            return decodeVni(bytes);
        case Legacy::kWindows1252:
            break;
    }
    return decodeTable(bytes, k1252);
}

std::u16string decodeViqr(std::string_view bytes) {
    std::u16string text;
    bool literal = false;
    for (const char c : bytes) {
        if (c == '\\' && !literal) {
            literal = true;
            continue;
        }
        const bool bar = !literal && (c == 'd' || c == 'D') && !text.empty() && small(text.back()) == 'd' &&
                         (text.size() < 2 || small(text[text.size() - 2]) != 'd');
        const char16_t mark = literal || bar ? char16_t{0} : viqrMark(c, text);
        if (bar)
            text.back() = text.back() == 'd' ? 0x0111 : 0x0110;
        else
            text += mark != 0 ? mark : static_cast<char16_t>(static_cast<unsigned char>(c));
        literal = false;
    }
    return text;
}

Syllables countSyllables(std::u16string_view text) {
    constexpr std::size_t kSample = 16'000;
    text = text.substr(0, kSample);
    constexpr std::size_t kToldApart = 4;
    Syllables found;
    std::vector<std::u16string_view> good;
    for (std::size_t at = 0; at < text.size();) {
        if (!isInWord(text, at)) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && isInWord(text, end)) ++end;
        const std::u16string_view word = text.substr(at, end - at);
        if (std::any_of(word.begin(), word.end(), [](char16_t unit) { return unit >= 0x80; })) {
            ++found.all;
            found.odd += std::any_of(word.begin(), word.end(), isOdd) ? 1 : 0;
            const bool vietnamese = isVietnamese(word);
            found.good += vietnamese ? 1 : 0;
            if (vietnamese && good.size() < kToldApart && std::find(good.begin(), good.end(), word) == good.end())
                good.push_back(word);
        }
        at = end;
    }
    found.different = static_cast<int>(good.size());
    return found;
}

}  // namespace pakn::decoder_process
