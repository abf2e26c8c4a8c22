#pragma once
/// @file
/// A place where the portal leaves files, and what becomes of them.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "intake.hpp"
#include "table.hpp"

namespace pakn::in_portal {

/// A folder, here or on another machine. Files are named without a path. One thread. No error's text holds the name of
/// a file: the portal may call it after a person.
class Shelf {
public:
    struct Entry {
        std::string name;
        std::int64_t size = 0;
        std::string version;  ///< Changes whenever the file does: its time, its inode.
        bool held = false;    ///< It has our own name by now: a call before this one, or a process, did not finish.
    };
    enum class Fate : unsigned char { kDone, kRejected };

    virtual ~Shelf() = default;
    /// Plain files whose names say that they are tables, by name. kUnavailable, kUnauthenticated, kMisconfigured.
    virtual Result<std::vector<Entry>> list() = 0;
    /// One word, the same whenever the hub runs.
    [[nodiscard]] virtual std::string_view kind() const = 0;
    /// Takes the file for ours without a look into it, so that put() can move it; read() does so by itself. Errors as
    /// read().
    virtual Status claim(const Entry& entry) = 0;
    /// kStale when the file is no longer the one that was listed; kTooLarge; as list(). Throws std::bad_alloc.
    virtual Result<std::string> read(const Entry& entry) = 0;
    /// Moves the file to `done` or `rejected`, as `target`, over whatever is called so there. Only the file that was
    /// read: one that took its name meanwhile, or one that grew on, stays for the next look.
    virtual Status put(const Entry& entry, Fate fate, const std::string& target) = 0;
};

/// A folder of this machine; `done` and `rejected` are made in it. Throws std::filesystem::filesystem_error when they
/// cannot be made.
std::unique_ptr<Shelf> openFolder(const std::string& directory, std::int64_t max_size);

/// Where and as whom, for SFTP.
struct SftpAccess {
    std::string url = {};  ///< sftp://host:port/folder
    std::string user = {};
    std::string password = {};
    std::string key = {};              ///< A private key in PEM or OpenSSH form, without a passphrase.
    std::string host_key_sha256 = {};  ///< The server's key: base64 as `ssh-keygen -lf` shows it, without "SHA256:".
    std::chrono::milliseconds timeout{30000};
};
/// `alive` is called on the shelf's thread before each exchange with the server and about twice a second while bytes
/// come: who waits for a long transfer sees that it goes on. Throws std::invalid_argument for an access that cannot
/// work.
std::unique_ptr<Shelf> openSftp(SftpAccess access, std::int64_t max_size, std::function<void()> alive = {});

/// Takes in the files of a shelf. One thread.
class FileTaker {
public:
    /// `renamed`: files are renamed into place, so they are complete at the first look.
    FileTaker(std::unique_ptr<Shelf> shelf, const TableShape& shape, const Mapping& mapping, Intake& intake,
              HostServices& services, bool renamed = false)
        : shelf_{std::move(shelf)},
          shape_{shape},
          mapping_{mapping},
          intake_{intake},
          services_{services},
          renamed_{renamed} {}

    /// Takes every file that looks as it did at the call before: what still grows is not complete. A file moves away
    /// only after all its items are durable; after a crash in the middle the same file comes again, and its items are
    /// known by their ids. A file that is too much for this process, or that killed it twice, moves to `rejected`.
    Status poll(Inbox& inbox, const std::stop_token& stop);

private:
    Status tryToTake(const Shelf::Entry& entry, Inbox& inbox, const std::stop_token& stop);
    Status take(const Shelf::Entry& entry, Inbox& inbox, const std::stop_token& stop);
    Result<Accepted> takeRow(const TableRow& row, const std::string& item, const std::string& where, Inbox& inbox);
    Status setAside(const Shelf::Entry& entry, const Error& why);
    Status putAside(const Shelf::Entry& entry, const std::string& mark, const Error& why);
    Status move(const Shelf::Entry& entry, Shelf::Fate fate, const std::string& mark);

    std::unique_ptr<Shelf> shelf_;
    const TableShape& shape_;
    const Mapping& mapping_;
    Intake& intake_;
    HostServices& services_;
    bool renamed_;
    std::map<std::string, std::string> seen_;  ///< Versions at the last look, by name.
};

}  // namespace pakn::in_portal
