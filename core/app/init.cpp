/// @file
/// `paknhub init`: a configuration that runs, the hub key, the first administrator.

#include <fstream>
#include <iostream>

#include "core/app/accounts.hpp"
#include "core/app/json_output.hpp"

namespace pakn::app {

namespace fs = std::filesystem;

namespace {

struct SkeletonFile {
    std::string_view name;
    std::string_view text;
};

constexpr SkeletonFile kSkeleton[] = {
    {"paknhub.yaml",
     R"(# yaml-language-server: $schema=@SCHEMA@
# Cấu hình của hệ thống / The hub's configuration. Kiểm tra bằng / check with: paknhub check --config .
include: [@BASE@]
hub:
  name: Tổng đài phản ánh, kiến nghị
  listen: 127.0.0.1:8080
  # public_url: https://paht.example
store: { url: "sqlite:var/paknhub.db", blobs: "directory:var/blobs" }
codes: { pattern: "{ddMMyy}{serial:3}" }
workflow: { use: officer-first }
)"},
    {"units.yaml", R"(# yaml-language-server: $schema=@SCHEMA@
# Đơn vị xử lý và lĩnh vực / Units and categories.
units:
  - { id: ubnd, name: Văn phòng Ủy ban nhân dân, office: true }
categories:
  - { id: khac, name: Lĩnh vực khác, sla: thuong }
)"},
    {"routes.yaml", R"(# yaml-language-server: $schema=@SCHEMA@
# Quy tắc phân phối, quy tắc đầu tiên khớp sẽ được dùng / Routes: the first that matches decides.
routes: []
)"},
};

/// Installed: share/paknhub beside bin. In a build tree: the sources above build/<preset>/bin.
std::optional<fs::path> baseConfiguration() {
    const fs::path program = programFolder();
    for (const fs::path& candidate : {program / "../share/paknhub/config/base", program / "../../../config/base"})
        if (fs::is_directory(candidate)) return fs::weakly_canonical(candidate);
    return std::nullopt;
}

bool hasConfiguration(const fs::path& folder) {
    if (!fs::is_directory(folder)) return false;
    for (const fs::directory_entry& entry : fs::directory_iterator{folder})
        if (entry.path().extension() == ".yaml") return true;
    return false;
}

Status writeSkeleton(const fs::path& folder) {
    const std::optional<fs::path> base = baseConfiguration();
    if (!base)
        return Error{
            .code = Errc::kMisconfigured,
            .message = "config/base is not where the program expects it: reinstall, or copy a province's folder"};
    std::error_code failed;
    fs::create_directories(folder, failed);
    for (const SkeletonFile& file : kSkeleton) {
        std::string text{file.text};
        const std::string schema = (base->parent_path() / "schema" / "paknhub.schema.json").string();
        for (const auto& [word, value] : {std::pair{std::string_view{"@BASE@"}, '"' + base->string() + '"'},
                                          std::pair{std::string_view{"@SCHEMA@"}, schema}})
            if (const std::size_t at = text.find(word); at != std::string::npos) text.replace(at, word.size(), value);
        std::ofstream out{folder / file.name};
        out << text;
        out.close();
        if (!out) return Error{.code = Errc::kUnavailable, .message = "cannot write " + (folder / file.name).string()};
    }
    return Done{};
}

/// The key of the configuration, made when it is missing.
Status ensureHubKey(const Common& common) {
    const auto plugins = loadPlugins(common);
    const config::LoadResult loaded = loadConfiguration(common, *plugins, false);
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) std::cerr << config::format(diagnostic) << '\n';
    if (!loaded.configuration)
        return Error{.code = Errc::kMisconfigured, .message = "the configuration has mistakes; nothing was made"};
    const fs::path& file = loaded.configuration->hub_key;
    if (fs::exists(file)) return Done{};
    std::error_code failed;
    fs::create_directories(file.parent_path(), failed);
    return security::HubKey::create(file);
}

int firstAdministrator(const Common& common) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<std::vector<security::Account>> accounts = place.store->accounts();
        if (!accounts) return complain(accounts.error());
        std::string link;
        if (accounts->empty()) {
            const Result<MadeAccount> made =
                createAccount(place, {.login = "admin", .name = "Quản trị viên", .roles = {"admin"}, .unit = {}});
            if (!made) return complain(made.error());
            link = signInLink(*place.configuration, made->token);
        }
        if (common.json) {
            JsonOutput out;
            out.member("config", common.config.string());
            out.member("administrator_link", link);
        } else {
            std::cout << "configuration: " << common.config.string()
                      << "\nhub key: " << place.configuration->hub_key.string()
                      << "  (back it up apart from the database: without it personal data cannot be read)\n";
            if (!link.empty()) std::cout << "administrator, one sign-in within 24 hours: " << link << '\n';
        }
        return static_cast<int>(kOk);
    });
}

}  // namespace

int init(const Common& common) {
    if (!hasConfiguration(common.config))
        if (Status written = writeSkeleton(common.config); !written) return complain(written.error());
    if (Status key = ensureHubKey(common); !key) return complain(key.error());
    return firstAdministrator(common);
}

}  // namespace pakn::app
