/// @file
/// Files in a folder of this machine.

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "pakn/sdk/files.hpp"
#include "shelf.hpp"

namespace pakn::in_portal {
namespace {

namespace fs = std::filesystem;

class Folder final : public Shelf {
public:
    Folder(fs::path directory, std::int64_t max_size) : directory_{std::move(directory)}, max_size_{max_size} {
        for (const char* name : {"done", "rejected"}) fs::create_directory(directory_ / name);
    }

    Result<std::vector<Entry>> list() override try {
        std::vector<Entry> entries;
        for (const fs::directory_entry& one : fs::directory_iterator{directory_}) {
            const std::string name = one.path().filename().string();
            struct stat facts {};
            if (!isTableName(name) || ::lstat(one.path().c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
            entries.push_back({.name = name, .size = facts.st_size, .version = versionOf(facts)});
        }
        std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
        return entries;
    } catch (const fs::filesystem_error& failure) {
        // Not what(): that may name a file.
        return wrong(Errc::kMisconfigured, "it cannot be read: " + failure.code().message());
    }

    [[nodiscard]] std::string_view kind() const override { return "folder"; }
    Status claim(const Entry& entry) override {
        if (isAsListed(entry)) return Done{};
        return changed();
    }

    Result<std::string> read(const Entry& entry) override {
        Result<WholeFile> file = readWholeFile(directory_ / entry.name, max_size_);
        // Whoever writes it anew in its place may be in the middle of that, or have begun while it was read.
        if (file && !isAsListed(entry)) return changed();
        if (file) return std::move(file->bytes);
        Error error = std::move(file).error();
        if (error.code == Errc::kNotFound) error.code = Errc::kStale;
        if (error.code == Errc::kStale || error.code == Errc::kTooLarge) return error;
        return wrong(error.code, "a file in it: " + error.message);
    }

    Status put(const Entry& entry, Fate fate, const std::string& target) override {
        // Another file may have come under the same name meanwhile: that one stays.
        if (!isAsListed(entry)) return Done{};
        std::error_code problem;
        fs::rename(directory_ / entry.name, directory_ / (fate == Fate::kDone ? "done" : "rejected") / target, problem);
        if (!problem) return Done{};
        return wrong(Errc::kInternal, problem.message());
    }

private:
    [[nodiscard]] Error wrong(Errc code, const std::string& what) const {
        return {.code = code, .message = "folder " + directory_.string() + ": " + what, .problem = "portal.folder"};
    }
    static std::string versionOf(const struct stat& facts) {
        return std::to_string(facts.st_ino) + ' ' + std::to_string(facts.st_mtim.tv_sec) + '.' +
               std::to_string(facts.st_mtim.tv_nsec);
    }

    [[nodiscard]] bool isAsListed(const Entry& entry) const {
        struct stat facts {};
        return ::lstat((directory_ / entry.name).c_str(), &facts) == 0 && facts.st_size == entry.size &&
               versionOf(facts) == entry.version;
    }
    static Error changed() { return {.code = Errc::kStale, .message = "it changed meanwhile"}; }

    const fs::path directory_;
    const std::int64_t max_size_;
};

}  // namespace

std::unique_ptr<Shelf> openFolder(const std::string& directory, std::int64_t max_size) {
    return std::make_unique<Folder>(directory, max_size);
}

}  // namespace pakn::in_portal
