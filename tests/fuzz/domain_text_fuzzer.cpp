/// @file
/// What becomes of every text that people write: normal form, length, folding, what is shown of names and numbers, and
/// what the search for doubles makes of it. ICU is the second opinion.

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include "core/domain/contact.hpp"
#include "core/domain/phone.hpp"
#include "core/domain/similarity.hpp"
#include "core/domain/text.hpp"
#include "core/domain/text_template.hpp"
#include "harness.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::domain;

std::string inForm(const icu::Normalizer2* form, std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::UnicodeString units =
        form->normalize(icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())}), status);
    FUZZ_CHECK(U_SUCCESS(status));
    std::string made;
    return units.toUTF8String(made);
}

void checkNormalForm(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const std::optional<std::string> nfc = toNfc(text);
    const bool acceptable = isUtf8(text) && text.find('\0') == std::string_view::npos;
    FUZZ_CHECK(!nfc || acceptable);
    if (!nfc) return;
    FUZZ_CHECK(*nfc == inForm(icu::Normalizer2::getNFCInstance(status), text));
    FUZZ_CHECK(toNfc(*nfc) == nfc);
    FUZZ_CHECK(isUtf8(*nfc) && nfc->size() <= 3 * text.size());
    // The same key for every form.
    const std::string nfd = inForm(icu::Normalizer2::getNFDInstance(status), text);
    FUZZ_CHECK(fold(*nfc) == fold(nfd));
}

void checkFold(std::string_view text) {
    const std::string key = fold(text);
    FUZZ_CHECK(isUtf8(key));
    FUZZ_CHECK(key.front() == ' ' && key.back() == ' ' && key.find("  ") == std::string::npos);
    FUZZ_CHECK(fold(key) == key);
}

void checkCutting(std::string_view text) {
    const std::size_t points = codePoints(text);
    FUZZ_CHECK(points <= text.size());
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, points / 2, points, points + 1}) {
        const std::string_view cut = firstCodePoints(text, count);
        FUZZ_CHECK(text.starts_with(cut));
        FUZZ_CHECK(!isUtf8(text) || (isUtf8(cut) && codePoints(cut) == std::min(count, points)));
    }
    const std::string_view inner = trimmed(text);
    FUZZ_CHECK(trimmed(inner) == inner && text.find(inner) != std::string_view::npos);
    FUZZ_CHECK(!isUtf8(text) || isUtf8(inner));
}

void checkLines(std::string_view text) {
    const std::string html = escapedFor(Markup::kHtml, text);
    FUZZ_CHECK(html.find_first_of("<>\"'") == std::string::npos && html.size() <= 6 * text.size());
    if (!isUtf8(text)) return;  // Nothing else gets there.
    const std::string line = onOneLine(text);
    FUZZ_CHECK(onOneLine(line) == line && line.find_first_of("\r\n\t") == std::string::npos);
    const std::string lines = onLines(text);
    FUZZ_CHECK(onLines(lines) == lines && lines.find_first_of("\r\t") == std::string::npos);
    FUZZ_CHECK(line.size() <= text.size() && lines.size() <= text.size());
}

void checkHidden(std::string_view text) {
    const std::string name = maskName(text);
    FUZZ_CHECK(name.empty() || name != text || text.find(' ') != std::string_view::npos || text.find('*') == 0);
    for (const std::string& masked : {maskPhone(text), maskCitizenId(text), maskEmail(text), maskAddress(text)}) {
        FUZZ_CHECK(masked.empty() == text.empty());
        FUZZ_CHECK(masked.empty() || masked.find("***") != std::string::npos);
    }
    const Result<std::string> email = contactEmail(text);
    if (!email) return;
    FUZZ_CHECK(email->size() <= 254 && email->find_first_of(" \r\n<>,;") == std::string::npos);
    const Result<std::string> again = contactEmail(*email);
    FUZZ_CHECK(again.ok() && *again == *email);
}

void checkSimilarity(std::string_view one, std::string_view other) {
    const MatterSketch a = sketchOf({.text = one, .location = {.address = std::string{other}}});
    const MatterSketch b = sketchOf({.text = other, .location = {.address = std::string{one}}});
    const Similarity forth = similarityOf(a, b);
    const Similarity back = similarityOf(b, a);
    FUZZ_CHECK(forth.score == back.score && forth.text == back.text && forth.place == back.place);
    FUZZ_CHECK(forth.score >= 0 && forth.score <= 1 && forth.text >= 0 && forth.text <= 1);
    const Similarity self = similarityOf(a, a);
    FUZZ_CHECK(self.score >= 0 && self.score <= 1 && self.place != PlaceMatch::kOther);
    FUZZ_CHECK(self.text + 1e-6 >= forth.text || self.text == 0);
    for (const Label& reason : reasonsOf(forth)) FUZZ_CHECK(!reason.vi.empty());
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const Exact first{input.part()};
    const Exact second{input.rest()};
    for (const std::string_view text : {first.view(), second.view()}) {
        checkNormalForm(text);
        checkFold(text);
        checkCutting(text);
        checkLines(text);
        checkHidden(text);
    }
    if (isUtf8(first.view()) && isUtf8(second.view())) checkSimilarity(first.view(), second.view());
}

}  // namespace pakn::fuzz
