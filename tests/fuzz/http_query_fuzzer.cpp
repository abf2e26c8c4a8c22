/// @file
/// Query strings of list calls: known parameters, each once, as valid text; what is typed into a search field; and the
/// cursor that comes back in `after`.

#include "core/domain/text.hpp"
#include "core/http/encoding.hpp"
#include "core/http/query.hpp"
#include "core/reporting/search_text.hpp"
#include "core/store/cursor.hpp"
#include "harness.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::http;

void checkSearch(const Query& query) {
    const auto phrases = query.search("text");
    if (!phrases || !*phrases) return;
    std::size_t words = 0;
    for (const store::Phrase& phrase : **phrases) {
        FUZZ_CHECK(!phrase.empty());
        for (const std::string& word : phrase) {
            ++words;
            FUZZ_CHECK(!word.empty() && word.find(' ') == std::string::npos && isUtf8(word));
            // What is looked for is in the form in which it stands in the index.
            FUZZ_CHECK(domain::fold(word) == ' ' + word + ' ');
        }
    }
    FUZZ_CHECK(words <= reporting::kMostSearchWords);
}

void checkCursor(const std::string& after) {
    for (const std::size_t keys : {1U, 2U, 3U}) {
        try {
            const store::Cursor cursor{after, keys};
            std::string plain;
            for (std::size_t i = 0; i < keys; ++i) plain += cursor.text(i) + '\x1f';
            FUZZ_CHECK(security::toHex(plain) == after);
            FUZZ_CHECK(std::to_string(cursor.number(0)).size() <= 20);
        } catch (const store::BadCursor&) {
        }
    }
}

}  // namespace

void tryOne(std::string_view input) {
    const Exact text{input};
    const Result<Query> query = Query::parse(text.view(), {"after", "limit", "text", "from", "unit", "overdue"});
    if (!query) {
        FUZZ_CHECK(query.error().problem.starts_with("request.parameter_"));
        return;
    }
    std::string again;
    for (const std::string_view name : {"after", "limit", "text", "from", "unit", "overdue"}) {
        const std::string value = query->text(name);
        FUZZ_CHECK(isUtf8(value) && value.find('\0') == std::string::npos);
        FUZZ_CHECK(domain::toNfc(value) == value);
        if (!value.empty()) again.append(again.empty() ? "" : "&").append(name) += '=' + encodePercent(value);
    }
    const Result<Query> second = Query::parse(again, {"after", "limit", "text", "from", "unit", "overdue"});
    FUZZ_CHECK(second.ok());
    for (const std::string_view name : {"after", "limit", "text", "from", "unit", "overdue"})
        FUZZ_CHECK(second->text(name) == query->text(name));

    if (const auto page = query->page()) FUZZ_CHECK(page->limit >= 1 && page->limit <= 200);
    if (const auto from = query->instant("from"); from && *from)
        FUZZ_CHECK(domain::parseInstant(domain::formatInstant(**from)) == **from);
    static_cast<void>(query->flag("overdue").ok());
    checkSearch(*query);
    checkCursor(query->text("after"));
}

}  // namespace pakn::fuzz
