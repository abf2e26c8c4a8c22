/// @file
/// in_spool takes in reports that another system leaves as files: one UTF-8 text file per report.
/// The other system writes `name.tmp`, then renames it to `name.txt`. Delivery is at least once: a file is removed only
/// after the hub has stored the report; what the hub will never take is moved to the folder `rejected`.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <pakn/sdk/plugin.hpp>
#include <vector>

namespace {
namespace fs = std::filesystem;

constexpr pakn::Option kOptions[] = {
    {.name = "directory", .type = pakn::OptionType::kDirectory, .help = "Folder to empty; the hub may write in it."},
    {.name = "category", .help = "Category of every report.", .default_value = "other"},
    {.name = "max_size", .type = pakn::OptionType::kSize, .help = "A larger file is rejected.", .default_value = "1MB"},
};

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

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
                outcome = pakn::Error{pakn::Errc::kInternal, error.what()};
            }
            if (!outcome && outcome.error().code == pakn::Errc::kUnavailable)
                break;  // The hub itself: no use to go on.
        }
        return outcome;
    }

private:
    std::vector<fs::path> waiting() const {
        std::vector<fs::path> files;
        for (const fs::directory_entry& entry : fs::directory_iterator{directory_}) {
            std::error_code vanished;
            const bool hidden = entry.path().filename().native().front() == '.';
            if (!hidden && entry.path().extension() == ".txt" && fs::is_regular_file(entry.symlink_status(vanished)))
                files.push_back(entry.path());
        }
        std::sort(files.begin(), files.end());
        return files;
    }

    pakn::Status take(const fs::path& path, pakn::Inbox& inbox) {
        const File file{open(path)};
        struct stat facts {};
        if (!file && (errno == ENOENT || errno == ELOOP)) return pakn::Done{};  // Gone, or a link by now.
        if (!file && errno == EACCES) return reject(path, "the hub may not read it");
        if (!file || ::fstat(::fileno(file.get()), &facts) != 0)
            return pakn::Error{pakn::Errc::kInternal, "cannot open " + path.string()};
        if (facts.st_size > max_size_) return reject(path, "it is larger than max_size");

        std::string text(static_cast<std::size_t>(facts.st_size) + 1, '\0');
        text.resize(std::fread(text.data(), 1, text.size(), file.get()));
        if (std::ferror(file.get()) != 0) return reject(path, "it cannot be read");
        if (text.size() != static_cast<std::size_t>(facts.st_size)) return pakn::Done{};  // Still growing: next time.

        const pakn::Result<pakn::Accepted> accepted =
            inbox.accept({.external_id = path.stem().string() + '-' + pakn::shortHash(text),
                          .text = std::move(text),
                          .category = category_});
        if (!accepted) return accepted.error();
        if (accepted->outcome == pakn::Accepted::Outcome::kRefused)
            return reject(path, accepted->problem ? accepted->problem->problem : "the hub refused it");

        struct stat now {};  // Another report may have come under the same name meanwhile: that one stays.
        if (::stat(path.c_str(), &now) == 0 && now.st_ino == facts.st_ino) fs::remove(path);
        return pakn::Done{};
    }

    /// Moves a file out of the way without overwriting one that was rejected before.
    pakn::Status reject(const fs::path& path, const std::string& why) {
        fs::path target = directory_ / "rejected" / path.filename();
        for (int n = 2; fs::exists(fs::symlink_status(target)); ++n)
            target.replace_filename(path.stem().string() + '-' + std::to_string(n) + ".txt");
        fs::rename(path, target);
        services_.log(pakn::LogLevel::kWarning, "moved to rejected/" + target.filename().string() + ": " + why);
        services_.count("rejected", 1);
        return pakn::Done{};
    }

    /// Null with errno. Follows no link, waits for nothing: whoever may write here must not choose what the hub reads.
    static std::FILE* open(const fs::path& path) {
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        std::FILE* const file = descriptor < 0 ? nullptr : ::fdopen(descriptor, "rb");
        if (file == nullptr && descriptor >= 0) ::close(descriptor);
        return file;
    }

    const fs::path directory_;
    const std::string category_;
    const std::int64_t max_size_;
    pakn::HostServices& services_;
};
}  // namespace

PAKN_PLUGIN(SpoolReceiver, .name = "in_spool", .version = "1.0.0", .summary = "Reports left as text files in a folder.",
            .options = kOptions, .trusted = true)
