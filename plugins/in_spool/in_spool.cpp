/// @file
/// in_spool takes in reports that another system leaves as files: one UTF-8 text file per report.
/// The other system writes `name.tmp`, then renames it to `name.txt`. Delivery is at least once: a file is removed only
/// after the hub has stored the report; what the hub will never take is moved to the folder `rejected`.
#include <sys/stat.h>

#include <algorithm>
#include <pakn/sdk/files.hpp>
#include <pakn/sdk/plugin.hpp>
#include <vector>

namespace {
namespace fs = std::filesystem;

constexpr pakn::Option kOptions[] = {
    {.name = "directory", .type = pakn::OptionType::kDirectory, .help = "Folder to empty; the hub may write in it."},
    {.name = "category", .help = "Category of every report.", .default_value = "other"},
    {.name = "max_size", .type = pakn::OptionType::kSize, .help = "A larger file is rejected.", .default_value = "1MB"},
};

class SpoolReceiver final : public pakn::Receiver {
public:
    SpoolReceiver(const pakn::Settings& settings, pakn::HostServices& services)
        : directory_{settings.text("directory")},
          category_{settings.text("category")},
          max_size_{settings.size("max_size")},
          services_{services} {
        fs::create_directory(directory_ / "rejected");  // Throws where the hub may not write: seen at start, not later.
    }

    pakn::Status poll(pakn::Inbox& inbox, std::stop_token stop) override {
        pakn::Status outcome = pakn::Done{};
        for (const fs::path& path : waiting()) {
            if (stop.stop_requested()) break;
            try {
                if (pakn::Status taken = take(path, inbox); !taken) outcome = taken;
            } catch (const fs::filesystem_error& error) {  // This file cannot be moved or removed; go on with the next.
                // Not what(): a file may be named after a person.
                outcome = pakn::Error{pakn::Errc::kInternal, "cannot move or remove a file: " + error.code().message()};
            }
            if (!outcome && outcome.error().code == pakn::Errc::kUnavailable) break;  // The hub is not well: all wait.
        }
        return outcome;
    }

private:
    std::vector<fs::path> waiting() const {
        std::vector<fs::path> files;
        for (const fs::directory_entry& entry : fs::directory_iterator{directory_}) {
            const bool hidden = entry.path().filename().native().front() == '.';
            if (!hidden && entry.path().extension() == ".txt") files.push_back(entry.path());
        }
        std::sort(files.begin(), files.end());
        return files;
    }

    pakn::Status take(const fs::path& path, pakn::Inbox& inbox) {
        if (const pakn::Status may = inbox.working(path.stem().string()); !may) {
            if (may.error().code != pakn::Errc::kRejected) return may.error();
            // It killed this connector's process twice: not a byte of it is read again.
            const auto kept = inbox.refuse({.external_id = path.stem().string(), .problem = may.error()});
            return kept ? reject(path, may.error().problem) : kept.error();
        }
        pakn::Result<pakn::WholeFile> file = pakn::readWholeFile(path, max_size_);
        if (!file) {
            const pakn::Errc code = file.error().code;
            if (code == pakn::Errc::kNotFound || code == pakn::Errc::kStale)
                return pakn::Done{};  // Not for us, or not yet.
            if (code == pakn::Errc::kInternal) return file.error();
            return reject(path, file.error().message);
        }
        const auto accepted = inbox.accept({.external_id = path.stem().string() + '-' + pakn::shortHash(file->bytes),
                                            .text = std::move(file->bytes),
                                            .category = category_});
        if (!accepted) return accepted.error();
        if (accepted->outcome == pakn::Accepted::Outcome::kRefused)
            return reject(path, accepted->problem ? accepted->problem->problem : "the hub refused it");

        struct stat now {};  // Another report may have come under the same name meanwhile: that one stays.
        if (::stat(path.c_str(), &now) == 0 && now.st_ino == file->inode) fs::remove(path);
        return pakn::Done{};
    }

    /// Moves a file out of the way without overwriting one that was rejected before.
    pakn::Status reject(const fs::path& path, const std::string& why) {
        fs::path target = directory_ / "rejected" / path.filename();
        for (int n = 2; fs::exists(fs::symlink_status(target)); ++n)
            target.replace_filename(path.stem().string() + '-' + std::to_string(n) + ".txt");
        fs::rename(path, target);
        services_.log(pakn::LogLevel::kWarning, "moved a file to rejected/: " + why);
        services_.count("rejected", 1);
        return pakn::Done{};
    }

    const fs::path directory_;
    const std::string category_;
    const std::int64_t max_size_;
    pakn::HostServices& services_;
};
}  // namespace

PAKN_PLUGIN(SpoolReceiver, .name = "in_spool", .version = "1.0.0", .summary = "Reports left as text files in a folder.",
            .options = kOptions, .trusted = true)
