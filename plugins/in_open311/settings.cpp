#include "settings.hpp"

#include <stdexcept>

#include "numbers.hpp"
#include "text.hpp"

namespace pakn::in_open311 {
namespace {

constexpr std::size_t kMostText = 2000;

std::optional<Bounds> boundsOf(std::string_view text) {
    const std::vector<std::string> parts = listed(text);
    std::vector<double> degrees;
    for (const std::string& part : parts)
        if (const std::optional<double> one = parseNumber(part)) degrees.push_back(*one);
    if (parts.size() != 4 || degrees.size() != 4) return std::nullopt;
    const Bounds bounds{degrees[0], degrees[1], degrees[2], degrees[3]};
    const bool sane = bounds.south >= -90 && bounds.north <= 90 && bounds.west >= -180 && bounds.east <= 180 &&
                      bounds.south < bounds.north && bounds.west < bounds.east;
    return sane ? std::optional{bounds} : std::nullopt;
}

/// Reads the settings and collects what is wrong with them.
class Reader {
public:
    explicit Reader(const Settings& settings) : settings_{settings} {}

    Rules read() {
        Rules rules{.contact = text("contact"),
                    .key_service = text("key_service"),
                    .jurisdiction = settings_.text("jurisdiction_id"),
                    .public_reports = settings_.flag("public_reports"),
                    .consent = settings_.flag("consent"),
                    .service_notice = text("service_notice"),
                    .first_name_first = word("name_order", {"first-last", "last-first"}) == "first-last",
                    .answered_status = word("answered_status", {"fixed", "no_further_action"})};
        if (word("times", {"Z", "+07:00"}) == "+07:00") rules.offset = std::chrono::hours{7};
        if (settings_.has("services")) rules.services = readServiceNotes(settings_.text("services"), mistakes_);
        if (settings_.has("bounds")) {
            rules.bounds = boundsOf(settings_.text("bounds"));
            if (!rules.bounds)
                add("bounds", "not a rectangle", "south,west,north,east in degrees: 15.9,107.0,16.8,108.2");
        }
        if (settings_.has("api_keys")) try {
                rules.keys = ApiKeys{settings_.text("api_keys")};
            } catch (const std::invalid_argument& wrong) {
                add("api_keys", wrong.what(), "portal-a:9f8e7d6c5b4a39281706");
            }
        return rules;
    }
    [[nodiscard]] const std::vector<SettingsMistake>& mistakes() const { return mistakes_; }

private:
    void add(std::string option, std::string message, std::string hint) {
        mistakes_.push_back({.option = std::move(option), .message = std::move(message), .hint = std::move(hint)});
    }
    std::string text(const std::string& option) {
        std::string value = settings_.text(option);
        if (trimmed(value).empty() || value.size() > kMostText)
            add(option, "empty, or longer than 2000 bytes", "a text that people read");
        return value;
    }
    std::string word(const std::string& option, std::initializer_list<std::string_view> words) {
        std::string value = settings_.text(option);
        std::string hint;
        for (const std::string_view one : words) {
            if (value == one) return value;
            hint.append(hint.empty() ? "" : " or ").append(one);
        }
        add(option, "not one of its words", std::move(hint));
        return value;
    }

    const Settings& settings_;
    std::vector<SettingsMistake> mistakes_;
};

}  // namespace

std::vector<SettingsMistake> mistakesOf(const Settings& settings) {
    Reader reader{settings};
    static_cast<void>(reader.read());
    return reader.mistakes();
}

Rules rulesOf(const Settings& settings) {
    Reader reader{settings};
    Rules rules = reader.read();
    if (reader.mistakes().empty()) return rules;
    const SettingsMistake& first = reader.mistakes().front();
    std::string where = first.option;
    if (first.line > 0) where += ", line " + std::to_string(first.line);
    throw std::invalid_argument{where + ": " + first.message};
}

}  // namespace pakn::in_open311
