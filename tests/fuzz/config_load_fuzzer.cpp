/// @file
/// A whole configuration: files in a folder in memory, laid over a small one that is sound. Whatever they say, there is
/// a configuration or a reason why not. And workflows as an older hub wrote them into the journal.

#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "core/config/configuration.hpp"
#include "core/config/journalled.hpp"
#include "harness.hpp"

namespace pakn::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr Option kOptions[] = {
    {.name = "text", .optional = true},
    {.name = "count", .type = OptionType::kInteger, .default_value = "3"},
    {.name = "flag", .type = OptionType::kFlag, .default_value = "false"},
    {.name = "pause", .type = OptionType::kDuration, .default_value = "250ms"},
    {.name = "most", .type = OptionType::kSize, .default_value = "64KB"},
    {.name = "url", .type = OptionType::kUrl, .optional = true},
    {.name = "secret", .type = OptionType::kSecret, .optional = true},
    {.name = "list", .type = OptionType::kTextList, .default_value = "[a, b]"},
};
constexpr Descriptor kPlugin{
    .info = {.name = "every", .options = kOptions},
    .abilities = static_cast<std::uint32_t>(Ability::kSender) | static_cast<std::uint32_t>(Ability::kReceiver)};

/// In memory, gone with the process.
class Folder {
public:
    Folder() : path_{fs::path{"/dev/shm"} / ("pakn-fuzz-" + std::to_string(::getpid()))} {
        fs::create_directories(path_ / "workflows");
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void write(const std::string& name, std::string_view text) const {
        std::ofstream{path_ / name, std::ios::binary | std::ios::trunc} << text;
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

void checkConfiguration(const config::Configuration& made) {
    FUZZ_CHECK(made.rules != nullptr && made.rules->hash == made.hash && made.hash.size() == 64);
    for (const auto& [id, category] : made.rules->categories)
        FUZZ_CHECK(category.unit.empty() || made.rules->units.contains(category.unit));
    for (const domain::Route& route : made.rules->routes)
        FUZZ_CHECK(route.unit.empty() || made.rules->units.contains(route.unit));
    // What is journalled can be read back.
    FUZZ_CHECK(config::workflowsOf(made.text).size() <= made.rules->workflows.size());
    FUZZ_CHECK(config::workflowsOf(config::workflowPart(made.text)).size() == config::workflowsOf(made.text).size());
}

}  // namespace

void tryOne(std::string_view bytes) {
    static const Folder kFolder;
    Input input{bytes};
    if (input.flag()) {
        const Exact journalled{input.rest()};
        const domain::Workflows workflows = config::workflowsOf(journalled.view());
        FUZZ_CHECK(config::workflowsOf(config::workflowPart(journalled.view())).size() == workflows.size());
        return;
    }
    kFolder.write("a.yaml", input.part());
    kFolder.write("b.yaml", input.part());
    kFolder.write("workflows/c.yaml", input.part());
    const config::LoadResult loaded =
        config::load({.directory = kFolder.path(),
                      .find_plugin = [](std::string_view name) { return name == "every" ? &kPlugin : nullptr; },
                      .plugin_names = {"every"},
                      .check_environment = false});
    bool errors = false;
    for (const config::Diagnostic& one : loaded.diagnostics)
        errors = errors || one.severity == config::Diagnostic::Severity::kError;
    FUZZ_CHECK(errors != loaded.configuration.has_value());
    if (loaded.configuration) checkConfiguration(*loaded.configuration);
}

}  // namespace pakn::fuzz
