/// @file
/// Blobs as files of a folder: `incoming/` holds what is being written, `ab/cd/<sha256>` what is there,
/// `ab/cd/<sha256>.<name>` a note about it.

#include <bitset>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>

#include "core/security/crypto.hpp"
#include "core/security/files.hpp"
#include "core/store/blobs.hpp"

namespace pakn::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kScheme = "directory:";
/// What a hub that died left in incoming/ goes after this long; nothing is written for so long.
constexpr std::chrono::hours kLeftover{24};

bool isAddress(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Whatever the disk's trouble is: nothing was stored, and it may be tried again.
Error unavailable(Error error) {
    error.code = Errc::kUnavailable;
    error.problem = "blobs.unavailable";
    return error;
}

class DirectoryBlobs final : public Blobs {
public:
    explicit DirectoryBlobs(fs::path root) : root_{std::move(root)}, incoming_{root_ / "incoming"} {}

    /// Makes the folders and sweeps incoming/.
    Status prepare() {
        if (auto made = security::makeFolders(incoming_); !made) return made;
        // Somebody else may have made the root just now. Not every parent may be opened; then it is an old one.
        (void)security::syncFolder(root_.parent_path());
        removeLeftovers();
        return Done{};
    }

    Result<std::string> put(std::string_view bytes) override {
        const security::Digest digest = security::sha256(bytes);
        std::string address = security::toHex(digest);
        if (auto stored = store(bytes, digest, address); !stored) {
            unsettle(digest);
            return unavailable(std::move(stored).error());
        }
        return address;
    }

    Result<std::string> putPieces(const security::Pieces& pieces) override {
        const fs::path temporary = incoming_ / security::toHex(security::randomBytes(16));
        if (auto made = security::makeFolders(incoming_); !made) return unavailable(std::move(made).error());
        security::Sha256 hash;
        std::optional<Error> theirs;  // What the giver of the pieces says is not the disk's trouble.
        Status written = security::writeNewFile(temporary, [&](const security::PieceSink& sink) -> Status {
            Status disk = Done{};
            Status given = pieces([&](std::string_view piece) {
                hash.add(piece);
                disk = sink(piece);
                return disk;
            });
            if (!given && disk) theirs = given.error();
            return given;
        });
        if (theirs) return *theirs;
        if (!written) return unavailable(std::move(written).error());
        const security::Digest digest = hash.finish();
        std::string address = security::toHex(digest);
        if (auto settled = keep(temporary, digest, address); !settled) {
            std::error_code ignored;
            fs::remove(temporary, ignored);
            unsettle(digest);
            return unavailable(std::move(settled).error());
        }
        return address;
    }

    Result<std::string> get(const std::string& sha256) override {
        if (!isAddress(sha256)) return notFound();
        auto bytes = read(pathOf(sha256));
        if (!bytes) return bytes.error().code == Errc::kNotFound ? notFound() : unavailable(bytes.error());
        if (security::toHex(security::sha256(*bytes)) != sha256) return damaged(sha256);
        return bytes;
    }

    Result<Content> open(const std::string& sha256) override {
        if (!isAddress(sha256)) return notFound();
        Result<Content> content = Content::open(pathOf(sha256));
        if (!content) return content.error().code == Errc::kNotFound ? notFound() : unavailable(content.error());
        security::Sha256 hash;
        Status read = content->copyTo([&hash](std::string_view piece) -> Status {
            hash.add(piece);
            return Done{};
        });
        if (!read) return unavailable(std::move(read).error());
        if (security::toHex(hash.finish()) != sha256) return damaged(sha256);
        return content;
    }

    Result<std::optional<std::string>> note(const std::string& sha256, std::string_view name) override {
        if (!isAddress(sha256)) return std::optional<std::string>{};
        Result<std::string> text = read(notePath(sha256, name));
        if (text) return std::optional{std::move(*text)};
        if (text.error().code == Errc::kNotFound) return std::optional<std::string>{};
        return unavailable(std::move(text).error());
    }

    Status keepNote(const std::string& sha256, std::string_view name, std::string_view text) override {
        std::error_code error;
        if (!isAddress(sha256) || !fs::exists(pathOf(sha256), error)) return notFound();
        const fs::path place = notePath(sha256, name);
        if (Status moved = moveIn(text, place); !moved) return unavailable(std::move(moved).error());
        if (Status durable = security::syncFolder(place.parent_path()); !durable)
            return unavailable(std::move(durable).error());
        return Done{};
    }

private:
    [[nodiscard]] fs::path notePath(const std::string& sha256, std::string_view name) const {
        return pathOf(sha256).concat("." + std::string{name});
    }

    static Error damaged(const std::string& sha256) {
        return {.code = Errc::kInternal,
                .message = "the blob " + sha256 + " is damaged: restore this file from a backup",
                .problem = "blobs.damaged"};
    }

    static Error notFound() {
        return {.code = Errc::kNotFound, .message = "no such blob", .problem = "blobs.not_found"};
    }

    [[nodiscard]] fs::path pathOf(const std::string& address) const {
        return root_ / address.substr(0, 2) / address.substr(2, 2) / address;
    }

    static std::size_t folderNumber(const security::Digest& digest) {
        return (std::size_t{digest[0]} << 8U) | digest[1];
    }

    Status store(std::string_view bytes, const security::Digest& digest, const std::string& address) {
        if (auto settled = settleFolder(digest, address); !settled) return settled;
        const fs::path place = pathOf(address);
        if (!holds(place, bytes))
            if (auto moved = moveIn(bytes, place); !moved) return moved;
        // Also when it was there: whoever put it there may not have come as far as this.
        return security::syncFolder(place.parent_path());
    }

    /// Gives a file that is complete and durable under a temporary name its own.
    Status keep(const fs::path& temporary, const security::Digest& digest, const std::string& address) {
        if (auto settled = settleFolder(digest, address); !settled) return settled;
        const fs::path place = pathOf(address);
        std::error_code error;
        fs::rename(temporary, place, error);  // Over one that is there: its bytes are the same, or damaged.
        if (error) return Error{.message = "cannot move a blob to " + place.string() + ": " + error.message()};
        return security::syncFolder(place.parent_path());
    }

    /// The folder `ab/cd` is there for good, with the folders above it; looked after once in a process's life. That it
    /// exists is not enough: another process may have made it and died before its fsync.
    Status settleFolder(const security::Digest& digest, const std::string& address) {
        const std::size_t number = folderNumber(digest);
        const std::lock_guard lock{mutex_};
        if (settled_[number]) return Done{};
        const fs::path upper = root_ / address.substr(0, 2);
        if (auto made = security::makeFolders(incoming_); !made) return made;
        if (auto made = security::makeFolders(upper / address.substr(2, 2)); !made) return made;
        if (auto durable = security::syncFolder(upper); !durable) return durable;
        if (auto durable = security::syncFolder(root_); !durable) return durable;
        settled_.set(number);
        return Done{};
    }

    /// After a failure the folders are looked after anew: somebody may have removed them.
    void unsettle(const security::Digest& digest) {
        const std::lock_guard lock{mutex_};
        settled_.reset(folderNumber(digest));
    }

    /// False also when the file there is damaged: what is put now replaces it.
    static bool holds(const fs::path& place, std::string_view bytes) {
        std::error_code error;
        if (fs::file_size(place, error) != bytes.size() || error) return false;
        const auto there = read(place);
        return there && *there == bytes;
    }

    Status moveIn(std::string_view bytes, const fs::path& place) {
        const fs::path temporary = incoming_ / security::toHex(security::randomBytes(16));
        if (auto written = security::writeNewFile(temporary, bytes); !written) return written;
        std::error_code error;
        fs::rename(temporary, place, error);
        if (!error) return Done{};
        std::error_code ignored;
        fs::remove(temporary, ignored);
        return Error{.message = "cannot move a blob to " + place.string() + ": " + error.message()};
    }

    static Result<std::string> read(const fs::path& place) {
        const auto file = security::openForReading(place);
        if (!file) return file.error();
        std::error_code error;
        const auto size = fs::file_size(place, error);
        if (error) return Error{.message = "cannot look at " + place.string() + ": " + error.message()};
        try {
            return security::readUpTo(*file, size);
        } catch (const std::exception&) {  // A damaged file system can say any size.
            return Error{.message = "no memory for " + place.string()};
        }
    }

    void removeLeftovers() const {
        std::error_code error;
        const auto oldest = fs::file_time_type::clock::now() - kLeftover;
        for (auto entry = fs::directory_iterator{incoming_, error}; !error && entry != fs::directory_iterator{};
             entry.increment(error)) {
            std::error_code ignored;
            const auto written = entry->last_write_time(ignored);
            if (!ignored && written < oldest) fs::remove(entry->path(), ignored);
        }
    }

    const fs::path root_;
    const fs::path incoming_;
    std::mutex mutex_;
    std::bitset<65536> settled_;
};

}  // namespace

Result<std::unique_ptr<Blobs>> openBlobs(const std::string& url, const fs::path& base) {
    if (!url.starts_with(kScheme) || url.size() == kScheme.size())
        return Error{.code = Errc::kMisconfigured, .message = "store.blobs is not of the form directory:PATH"};
    auto blobs = std::make_unique<DirectoryBlobs>(base / url.substr(kScheme.size()));
    if (auto ready = blobs->prepare(); !ready)
        return Error{.code = Errc::kMisconfigured, .message = "store.blobs cannot be used: " + ready.error().message};
    return std::unique_ptr<Blobs>{std::move(blobs)};
}

}  // namespace pakn::store
