/// @file
/// Texts with places for values: what is wrong with a template is found before it is used, and no value is ever read as
/// markup or as a template.

#include <algorithm>

#include "core/domain/text.hpp"
#include "core/domain/text_template.hpp"
#include "harness.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::domain;

bool isField(std::string_view name) { return name == "code" || name == "title" || name == "empty" || name == "unit"; }

void checkTags(const TextTemplate& text) {
    std::size_t behind = 0;
    for (const TemplateTag& tag : text.tags()) {
        FUZZ_CHECK(tag.at >= behind && tag.at + tag.written.size() <= text.text().size());
        FUZZ_CHECK(std::string_view{text.text()}.substr(tag.at, tag.written.size()) == tag.written);
        FUZZ_CHECK(tag.written.find(tag.name) != std::string_view::npos);
        behind = tag.at + tag.written.size();
    }
    for (const TemplateDefect& defect : text.defects(&isField)) FUZZ_CHECK(defect.at <= text.text().size());
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const std::size_t which = input.choice(3);
    const Markup markup = which == 0 ? Markup::kText : which == 1 ? Markup::kHtml : Markup::kPango;
    const std::string value{input.part()};
    const TextTemplate text{std::string{input.rest()}, markup};
    checkTags(text);

    const TextTemplate one{"{{code}}", markup};
    FUZZ_CHECK(one.defects(&isField).empty());
    if (const auto nfc = toNfc(value)) {
        const std::string shown = one.render({{"code", *nfc}});
        FUZZ_CHECK(shown == escapedFor(markup, *nfc));
    }
    if (!text.defects(&isField).empty() || !isUtf8(text.text())) return;
    const TemplateValues values{{"code", "PA-1"}, {"title", value}, {"empty", ""}, {"unit", "Sở <b>&"}};
    const std::string rendered = text.render(values);
    FUZZ_CHECK(rendered == text.render(values));
    if (markup != Markup::kText && text.text().find_first_of("<>") == std::string::npos)
        FUZZ_CHECK(rendered.find_first_of("<>") == std::string::npos);
    // Without values only the template's own words are left.
    const std::string bare = text.render({});
    if (text.tags().empty()) FUZZ_CHECK(bare == toNfc(text.text()).value_or(text.text()));
}

}  // namespace pakn::fuzz
