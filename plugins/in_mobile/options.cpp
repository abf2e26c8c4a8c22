#include "options.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace pakn::in_mobile {
namespace {

constexpr std::int64_t kMostFile = 60LL << 20;  ///< One file of an isolated plugin has an end at 64 MB, in memory too.
constexpr std::int64_t kMostOpen = 20;
constexpr std::chrono::hours kMostKept{24 * 7};
constexpr std::size_t kMostText = 1000;    ///< Bytes.
constexpr std::size_t kMostVersion = 100;  ///< What the hub keeps with a consent.

class Reader {
public:
    explicit Reader(const Settings& settings) : settings_{settings} {}

    Review read() && {
        readForm();
        readFiles();
        readConsents();
        readContacts();
        return {.rules = std::move(rules_), .mistakes = std::move(mistakes_)};
    }

private:
    void add(std::string_view option, std::string message, std::string hint) {
        mistakes_.push_back({.option = std::string{option}, .message = std::move(message), .hint = std::move(hint)});
    }

    void readForm() {
        const std::string sign_in = settings_.text("sign_in");
        if (sign_in != "required" && sign_in != "optional")
            add("sign_in", "neither required nor optional", "write required or optional");
        rules_.sign_in_required = sign_in != "optional";
        rules_.anonymous_offered = settings_.flag("anonymous");
        constexpr std::array<std::string_view, 4> kFields{"title", "category", "occurred_at", "location"};
        rules_.required = settings_.list("required");
        // A host without lists has the default as it would stand in YAML.
        if (!settings_.has("required") || (rules_.required.empty() && !settings_.text("required").empty()))
            rules_.required.assign(kFields.begin(), kFields.end());
        for (const std::string& field : rules_.required)
            if (std::find(kFields.begin(), kFields.end(), field) == kFields.end())
                add("required", "there is no field \"" + field + "\" to require",
                    "title, category, occurred_at, location");
        rules_.notice = text("notice");
    }

    void readFiles() {
        rules_.max_file = size("max_file");
        rules_.max_files = size("max_files");
        rules_.open_uploads =
            static_cast<int>(std::clamp<std::int64_t>(settings_.integer("open_uploads"), 1, kMostOpen));
        if (settings_.integer("open_uploads") != rules_.open_uploads)
            add("open_uploads", "not between 1 and 20", "write 10");
        rules_.keep_uploads = settings_.duration("keep_uploads");
        if (rules_.keep_uploads < std::chrono::minutes{1} || rules_.keep_uploads > kMostKept)
            add("keep_uploads", "not between a minute and 7 days", "write 1d");
    }

    std::int64_t size(std::string_view option) {
        const std::int64_t bytes = settings_.size(option);
        if (bytes < 1 || bytes > kMostFile) add(option, "not between 1 byte and 60MB", "write 25MB");
        return bytes;
    }

    void readConsents() {
        rules_.consent_version = text("consent_version");
        if (rules_.consent_version.empty() || rules_.consent_version.size() > kMostVersion)
            add("consent_version", "no version, or one of more than 100 bytes", "write 2026-03");
        rules_.consent_process = text("consent_process");
        rules_.consent_identity = text("consent_identity");
        rules_.consent_publish = text("consent_publish");
        rules_.declaration = text("declaration");
    }

    void readContacts() {
        std::vector<std::string> lines = settings_.list("emergency_contacts");
        if (lines.empty() && !settings_.text("emergency_contacts").empty())
            lines = {"Công an=113", "Cứu hỏa=114", "Cấp cứu=115", "Tổng đài 1022=1022"};
        for (const std::string& line : lines) {
            const std::size_t at = line.find('=');
            const bool whole = at != std::string::npos && at > 0 && at + 1 < line.size() && line.size() <= kMostText;
            if (!whole) {
                add("emergency_contacts", "\"" + line + "\" is no name and number", "write Công an=113");
                continue;
            }
            rules_.emergency_contacts.push_back({.name = line.substr(0, at), .number = line.substr(at + 1)});
        }
    }

    std::string text(std::string_view option) {
        std::string words = settings_.text(option);
        if (words.size() > kMostText) add(option, "longer than 1000 bytes", "shorten it");
        return words;
    }

    const Settings& settings_;
    Rules rules_ = {};
    std::vector<SettingsMistake> mistakes_ = {};
};

}  // namespace

Review review(const Settings& settings) { return Reader{settings}.read(); }

}  // namespace pakn::in_mobile
