/// @file
/// `paknhub explain ID`: the entry of docs/messages.md for an id of the log or a code of the API.

#include <algorithm>
#include <array>
#include <iostream>
#include <optional>

#include "core/app/json_output.hpp"
#include "core/app/messages.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"

namespace pakn::app {

namespace {

struct ExplainOptions {
    std::string id = {};
    std::string language = "vi";
};

struct Entry {
    std::string_view vietnamese = {};
    std::string_view english = {};
};

/// A row "| `id` | vi | en |" of the catalogue.
std::optional<Entry> entryOf(std::string_view catalogue, std::string_view id) {
    const std::string start = "| `" + std::string{id} + "` | ";
    std::size_t at = catalogue.find('\n' + start);
    if (at == std::string_view::npos) return std::nullopt;
    std::string_view row = catalogue.substr(at + 1 + start.size());
    row = row.substr(0, row.find('\n'));
    const std::size_t middle = row.find(" | ");
    const std::size_t end = row.rfind(" |");
    if (middle == std::string_view::npos || end <= middle) return std::nullopt;
    return Entry{row.substr(0, middle), row.substr(middle + 3, end - middle - 3)};
}

/// The three parts of a cell: cause, effect, what to do.
std::array<std::string_view, 3> partsOf(std::string_view cell) {
    constexpr std::string_view kBetween = " · ";
    std::array<std::string_view, 3> parts{};
    for (std::string_view& part : parts) {
        const std::size_t end = std::min(cell.find(kBetween), cell.size());
        part = cell.substr(0, end);
        cell.remove_prefix(std::min(end + kBetween.size(), cell.size()));
    }
    return parts;
}

/// "webhook.http_503" stands in the catalogue as "webhook.http_".
std::string withoutNumber(std::string id) {
    while (!id.empty() && id.back() >= '0' && id.back() <= '9') id.pop_back();
    return id;
}

int explainId(const Common& common, const ExplainOptions& options) {
    const std::string_view catalogue = messageCatalogue();
    std::optional<Entry> entry = entryOf(catalogue, options.id);
    if (!entry) entry = entryOf(catalogue, withoutNumber(options.id));
    if (!entry)
        return complain(
            {.code = Errc::kNotFound, .message = "no message \"" + options.id + "\"; all stand in docs/messages.md"});
    const auto parts = partsOf(options.language == "en" ? entry->english : entry->vietnamese);
    if (common.json) {
        JsonOutput out;
        out.member("id", options.id);
        for (std::size_t i = 0; i < parts.size(); ++i)
            out.member(std::array{"cause", "effect", "what_to_do"}[i], parts[i]);
    } else {
        constexpr std::array kVietnamese{"Nguyên nhân", "Ảnh hưởng", "Việc cần làm"};
        constexpr std::array kEnglish{"Cause", "Effect", "What to do"};
        const auto& names = options.language == "en" ? kEnglish : kVietnamese;
        std::cout << options.id << '\n';
        for (std::size_t i = 0; i < parts.size(); ++i) std::cout << "  " << names[i] << ": " << parts[i] << '\n';
    }
    return kOk;
}

}  // namespace

void addExplainId(const Registry& registry) {
    registry.verb<ExplainOptions>(
        registry.app, "explain", "Cause, effect and remedy of an id of the log or a code of the API",
        [](CLI::App& verb, ExplainOptions& options) {
            verb.add_option("ID", options.id, "Such as STORE_UNAVAILABLE or petition.phone_invalid")->required();
            verb.add_option("--lang", options.language, "vi or en")
                ->check(CLI::IsMember({"vi", "en"}))
                ->capture_default_str();
        },
        explainId);
}

}  // namespace pakn::app
