#pragma once
/// @file
/// What the tests of the configuration share: made-up plugins, folders that vanish, and short words for outcomes.

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/configuration.hpp"
#include "test_paths.hpp"

namespace pakn::config {

inline constexpr Option kSpoolOptions[] = {
    {.name = "directory", .type = OptionType::kDirectory, .help = "Folder to empty."},
    {.name = "category", .help = "Category of every report.", .default_value = "other"},
};
inline constexpr Option kWebhookOptions[] = {
    {.name = "url", .type = OptionType::kUrl, .help = "Where to."},
    {.name = "secret", .type = OptionType::kSecret, .help = "Signs."},
    {.name = "timeout", .type = OptionType::kDuration, .help = "Patience.", .default_value = "10s"},
};
inline constexpr Option kEveryOptions[] = {
    {.name = "text", .optional = true},
    {.name = "count", .type = OptionType::kInteger, .default_value = "3"},
    {.name = "flag", .type = OptionType::kFlag, .default_value = "false"},
    {.name = "pause", .type = OptionType::kDuration, .default_value = "250ms"},
    {.name = "most", .type = OptionType::kSize, .default_value = "64KB"},
    {.name = "folder", .type = OptionType::kDirectory, .optional = true},
    {.name = "file", .type = OptionType::kFile, .optional = true},
    {.name = "url", .type = OptionType::kUrl, .optional = true},
    {.name = "secret", .type = OptionType::kSecret, .optional = true},
    {.name = "list", .type = OptionType::kTextList, .default_value = "[a, b]"},
};
inline constexpr std::string_view kMounts[] = {"/open311", "/open311/inner"};
inline constexpr std::uint32_t kAnswers =
    static_cast<std::uint32_t>(Ability::kReceiver) | static_cast<std::uint32_t>(Ability::kHandles);
inline constexpr std::string_view kTwoWays[] = {"consultation", "template"};
inline constexpr Descriptor kPlugins[] = {
    {.info = {.name = "in_mounted", .mounts = kMounts}, .abilities = kAnswers},
    {.info = {.name = "in_hooked"}, .abilities = kAnswers},
    {.info = {.name = "in_spool", .options = kSpoolOptions},
     .abilities = static_cast<std::uint32_t>(Ability::kReceiver)},
    {.info = {.name = "out_webhook", .options = kWebhookOptions},
     .abilities = static_cast<std::uint32_t>(Ability::kSender)},
    {.info = {.name = "out_every", .options = kEveryOptions},
     .abilities = static_cast<std::uint32_t>(Ability::kSender)},
    {.info = {.name = "in_and_out"},
     .abilities = static_cast<std::uint32_t>(Ability::kSender) | static_cast<std::uint32_t>(Ability::kReceiver),
     .own_ways = kTwoWays},
};

inline LoadResult loadFrom(const std::filesystem::path& directory, bool check_environment = false) {
    return load({.directory = directory,
                 .find_plugin = [](std::string_view name) -> const Descriptor* {
                     for (const Descriptor& one : kPlugins)
                         if (one.info.name == name) return &one;
                     return nullptr;
                 },
                 .plugin_names = {"in_spool", "out_webhook", "out_every"},
                 .check_environment = check_environment});
}

inline std::filesystem::path testData() { return std::filesystem::path{PAKN_SOURCE_DIR} / "tests/unit/config"; }

inline std::string readAll(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

/// "routes.yaml:14:7 error"; the same as a line of expected.txt without its hint.
inline std::string placeOf(const Diagnostic& one) {
    return one.file + ":" + std::to_string(one.line) + ":" + std::to_string(one.column) +
           (one.severity == Diagnostic::Severity::kError ? " error" : " warning");
}
inline std::vector<std::string> placesOf(const LoadResult& result) {
    std::vector<std::string> places;
    for (const Diagnostic& one : result.diagnostics) places.push_back(placeOf(one));
    return places;
}
/// Everything said, for the message of a test that fails.
inline std::string wordsOf(const LoadResult& result) {
    std::string words;
    for (const Diagnostic& one : result.diagnostics) words += format(one) + "\n";
    return words;
}

/// A folder of its own for one test; removed at its end.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "pakn-config-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    /// Writes `file` below the folder, with the folders it needs.
    void write(const std::filesystem::path& file, std::string_view text) const {
        std::filesystem::create_directories((path_ / file).parent_path());
        std::ofstream{path_ / file, std::ios::binary} << text;
    }
    /// A copy of the sound configuration under "good", for `include: [../good]`.
    void copyGood() const {
        std::filesystem::copy(testData() / "good", path_ / "good", std::filesystem::copy_options::recursive);
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace pakn::config
