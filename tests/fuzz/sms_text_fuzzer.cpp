/// @file
/// Texts on their way into short messages: without accents, in the GSM alphabet, out of HTML, in an operator's wording.

#include <stdexcept>

#include "connectors/out_sms/text.hpp"
#include "connectors/out_sms/wording.hpp"
#include "harness.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::out_sms;

void checkText(std::string_view text) {
    const std::optional<std::string> clean = cleaned(text);
    FUZZ_CHECK(clean.has_value() == isUtf8(text));
    if (!clean) return;
    FUZZ_CHECK(cleaned(*clean) == clean && isUtf8(*clean));
    FUZZ_CHECK(clean->find("  ") == std::string::npos && clean->find_first_of("\r\n\t") == std::string::npos);
    const std::string plain = withoutAccents(*clean);
    FUZZ_CHECK(withoutAccents(plain) == plain && isUtf8(plain));
    FUZZ_CHECK(alphabetOf(plain) == Alphabet::kGsm);
    const std::string plainest_text = plainest(*clean);
    for (const char c : plainest_text) FUZZ_CHECK(static_cast<signed char>(c) >= ' ');
    FUZZ_CHECK(plainest(plainest_text) == plainest_text);
    const int parts = partsOf(*clean, Alphabet::kUnicode);
    FUZZ_CHECK((parts == 0) == clean->empty());
    FUZZ_CHECK(static_cast<std::size_t>(parts) <= clean->size() / 60 + 1);
    const int plain_parts = partsOf(plain, Alphabet::kGsm);
    FUZZ_CHECK((plain_parts == 0) == plain.empty());
    FUZZ_CHECK(static_cast<std::size_t>(plain_parts) <= 2 * plain.size() / 150 + 1);
    const std::string words = wordsOfHtml(*clean);
    FUZZ_CHECK(isUtf8(words) && words.size() <= clean->size());
}

void checkWording(std::string_view written, const Values& values) {
    try {
        const Wording wording{written};
        const std::string filled = wording.fill(values);
        FUZZ_CHECK(filled == wording.fill(values));
        const std::size_t most = values.code.size() + values.link.size() + values.message.size();
        FUZZ_CHECK(filled.size() <= written.size() * (1 + most));
        FUZZ_CHECK(wording.values(values).size() <= written.size());
        const std::string bare = wording.fill({});
        FUZZ_CHECK(bare.size() <= written.size());
    } catch (const std::invalid_argument&) {
        // As promised.
    }
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const Exact written{input.part()};
    const std::string code{input.line()};
    const std::string link{input.line()};
    const Exact text{input.rest()};
    checkText(written.view());
    checkText(text.view());
    checkWording(written.view(), {.code = code, .link = link, .message = std::string{text.view()}});
}

}  // namespace pakn::fuzz
