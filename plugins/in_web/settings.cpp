/// @file
/// See settings.hpp.

#include "settings.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "options.hpp"
#include "pakn/sdk/files.hpp"
#include "text.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kMostStylesheet = 64 << 10;
constexpr std::int64_t kMostBits = 30;
constexpr auto kMostWaiting = 10min;

constexpr std::array<std::string_view, 4> kIdentityRules{"required", "anonymous_to_public", "optional", "anonymous"};
constexpr std::array<std::string_view, 4> kFields{"title", "category", "place", "occurred_at"};

std::optional<IdentityRule> identityRule(std::string_view name) {
    const auto found = std::find(kIdentityRules.begin(), kIdentityRules.end(), name);
    if (found == kIdentityRules.end()) return std::nullopt;
    return static_cast<IdentityRule>(found - kIdentityRules.begin());
}

/// The list as given; else the default, which the option table has as "[a, b]".
std::vector<std::string> requiredFields(const Settings& settings) {
    std::vector<std::string> fields = settings.list("required_fields");
    if (!fields.empty()) return fields;
    std::string text = settings.text("required_fields");
    std::erase_if(text, [](char c) { return c == '[' || c == ']' || c == ' '; });
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view field = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(field.size() + 1, rest.size()));
        if (!field.empty()) fields.emplace_back(field);
    }
    return fields;
}

/// Two numbers that have to lie within bounds.
struct Bounds {
    std::string_view option;
    std::int64_t least;
    std::int64_t most;
};
constexpr Bounds kBounds[] = {
    {"proof_bits", 1, kMostBits},    {"proof_bits_most", 1, kMostBits},      {"proven_per_hour", 1, 100'000},
    {"waited_per_hour", 0, 100'000}, {"saved_per_hour", 1, 100'000},         {"tries_per_hour", 1, 100'000},
    {"said_per_hour", 1, 100'000},   {"files_per_hour", 1 << 20, 1LL << 40},
};

class Checker {
public:
    explicit Checker(const Settings& settings) : settings_{settings} {}

    std::vector<SettingsMistake> check() {
        if (!identityRule(settings_.text("identity")))
            mistake("identity", "is none of required, anonymous_to_public, optional, anonymous",
                    "write what `identity` of the configuration says of this connector");
        for (const std::string& field : requiredFields(settings_))
            if (std::find(kFields.begin(), kFields.end(), field) == kFields.end())
                mistake("required_fields", "has a name that is no field of the form",
                        "title, category, place and occurred_at may be required");
        for (const Bounds& one : kBounds) {
            const std::int64_t value = settings_.integer(one.option);
            if (value < one.least || value > one.most)
                mistake(one.option, "is out of range",
                        "write a number from " + std::to_string(one.least) + " to " + std::to_string(one.most));
        }
        if (settings_.integer("proof_bits") > settings_.integer("proof_bits_most"))
            mistake("proof_bits_most", "is less than proof_bits", "write at least as many bits");
        if (settings_.duration("waiting") > kMostWaiting)
            mistake("waiting", "is so long that nobody waits", "write at most 10m");
        for (const std::string_view option : {"keep_drafts", "keep_keys", "form_life"})
            if (settings_.duration(option) < 10min)
                mistake(option, "is shorter than filling in a form", "write at least 10m");
        // What was sent is known again for as long as its draft is: a form must not outlive that.
        if (settings_.duration("form_life") > settings_.duration("keep_drafts"))
            mistake("form_life", "is longer than keep_drafts", "write at most what keep_drafts says");
        checkStylesheet();
        return std::move(mistakes_);
    }

private:
    void checkStylesheet() {
        const std::string path = settings_.text("stylesheet");
        if (path.empty()) return;
        const Result<WholeFile> file = readWholeFile(path, kMostStylesheet);
        if (!file)
            mistake("stylesheet", "cannot be read: " + file.error().message, "a CSS file of at most 64 KB");
        else if (!isText(file->bytes))
            mistake("stylesheet", "is no UTF-8 text", "save it as UTF-8");
    }
    void mistake(std::string_view option, std::string message, std::string hint) {
        mistakes_.push_back({.option = std::string{option}, .message = std::move(message), .hint = std::move(hint)});
    }

    const Settings& settings_;
    std::vector<SettingsMistake> mistakes_;
};

}  // namespace

std::vector<SettingsMistake> mistakesOf(const Settings& settings) { return Checker{settings}.check(); }

Rules rulesOf(const Settings& settings) {
    if (const std::vector<SettingsMistake> mistakes = mistakesOf(settings); !mistakes.empty())
        throw std::runtime_error{mistakes.front().option + ' ' + mistakes.front().message};
    Rules rules{.site_name = settings.text("site_name"),
                .site_name_en = settings.text("site_name_en"),
                .hotline = settings.text("hotline"),
                .footer = settings.text("footer"),
                .banner = settings.text("banner"),
                .identity = *identityRule(settings.text("identity")),
                .one_time_codes = settings.flag("one_time_codes"),
                .keep_drafts = settings.duration("keep_drafts"),
                .keep_keys = settings.duration("keep_keys"),
                .form_life = settings.duration("form_life"),
                .flood = {.bits = static_cast<int>(settings.integer("proof_bits")),
                          .bits_most = static_cast<int>(settings.integer("proof_bits_most")),
                          .proven = static_cast<double>(settings.integer("proven_per_hour")),
                          .waiting = settings.duration("waiting"),
                          .waited = static_cast<double>(settings.integer("waited_per_hour")),
                          .saved = static_cast<double>(settings.integer("saved_per_hour")),
                          .bytes = static_cast<double>(settings.size("files_per_hour")),
                          .tries = static_cast<double>(settings.integer("tries_per_hour")),
                          .said = static_cast<double>(settings.integer("said_per_hour"))}};
    const std::vector<std::string> fields = requiredFields(settings);
    const auto wants = [&](std::string_view name) {
        return std::find(fields.begin(), fields.end(), name) != fields.end();
    };
    rules.required = {.title = wants("title"),
                      .category = wants("category"),
                      .place = wants("place"),
                      .occurred_at = wants("occurred_at")};
    if (const std::string path = settings.text("stylesheet"); !path.empty()) {
        Result<WholeFile> file = readWholeFile(path, kMostStylesheet);
        if (!file) throw std::runtime_error{"stylesheet cannot be read"};
        rules.stylesheet = std::move(file->bytes);
    }
    return rules;
}

}  // namespace pakn::in_web
