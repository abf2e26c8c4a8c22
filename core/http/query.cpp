#include "core/http/query.hpp"

#include <algorithm>
#include <charconv>

#include "core/domain/text.hpp"
#include "core/http/encoding.hpp"
#include "core/http/problems.hpp"
#include "core/reporting/search_text.hpp"

namespace pakn::http {

Error Query::invalid(std::string_view name) { return problemError("request.parameter_invalid", std::string{name}); }

Result<Query> Query::parse(std::string_view query, std::initializer_list<std::string_view> known) {
    Query parsed;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::optional<std::string> name = decodePercent(pair.substr(0, equals), true);
        const std::optional<std::string> value = decodePercent(pair.substr(std::min(equals + 1, pair.size())), true);
        if (!name || std::find(known.begin(), known.end(), *name) == known.end())
            return problemError("request.parameter_unknown");
        std::optional<std::string> text = value ? domain::toNfc(*value) : std::nullopt;
        if (!text) return invalid(*name);
        if (!parsed.values_.emplace(*name, std::move(*text)).second) return problemError("request.parameter_unknown");
    }
    return parsed;
}

std::string Query::text(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string{} : found->second;
}

Result<std::optional<Instant>> Query::instant(std::string_view name) const {
    const std::string value = text(name);
    if (value.empty()) return std::optional<Instant>{};
    const std::optional<Instant> at = domain::parseInstant(value);
    if (!at) return invalid(name);
    return at;
}

Result<bool> Query::flag(std::string_view name) const {
    const std::string value = text(name);
    if (value.empty() || value == "false") return false;
    if (value == "true") return true;
    return invalid(name);
}

Result<std::optional<std::vector<store::Phrase>>> Query::search(std::string_view name) const {
    using Phrases = std::optional<std::vector<store::Phrase>>;
    const std::string value = text(name);
    if (value.empty()) return Phrases{};
    Phrases phrases = reporting::parseSearch(value);
    if (!phrases) return invalid(name);
    return phrases;
}

Result<store::Page> Query::page() const {
    store::Page page{.after = text("after")};
    const std::string limit = text("limit");
    if (limit.empty()) return page;
    const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), page.limit);
    if (error != std::errc{} || end != limit.data() + limit.size() || page.limit < 1 || page.limit > 200)
        return invalid("limit");
    return page;
}

Response listProblem(const Error& error) {
    if (error.code == Errc::kInvalid && error.field == "/cursor")
        return problemResponse("request.parameter_invalid", "after");
    return problemResponse(error);
}

}  // namespace pakn::http
