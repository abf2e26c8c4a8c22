#pragma once
/// @file
/// A folder in which the call centre leaves files of call detail records. Delivery is at least once: a file moves to
/// `done` when the hub has all its rows, and a row that comes again changes nothing.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <pakn/sdk/connector.hpp>
#include <stop_token>
#include <string>

#include "cdr_table.hpp"

namespace pakn::hotline {

struct CdrSettings {
    std::filesystem::path directory = {};
    std::string encoding = "utf-8";
    bool renamed = false;       ///< Files are renamed into place: complete at the first look.
    std::int64_t max_file = 0;  ///< Bytes.
    std::chrono::milliseconds short_call{0};
};

/// One thread.
class CdrFolder {
public:
    /// Makes `done` and `rejected`. Throws std::filesystem::filesystem_error where it may not, std::invalid_argument
    /// for an encoding that is none.
    CdrFolder(CdrSettings settings, HostServices& services);
    static void check(const CdrSettings& settings);

    /// Takes every file that looks as it did at the call before. Stays a few seconds at most; a long file is gone on
    /// with at the next poll. kUnavailable, kInternal (a file that cannot be read or moved: the others are taken).
    Status poll(Inbox& inbox, const std::stop_token& stop);

private:
    using Steady = std::chrono::steady_clock;  // How long something takes, not what time it is.

    struct Entry {
        std::filesystem::path path;
        std::string version;  ///< Changes whenever the file does.
    };
    struct Tally {
        int calls = 0;
        int refused = 0;
    };

    std::vector<Entry> waiting() const;
    Status take(const Entry& entry, Inbox& inbox, const std::stop_token& stop);
    Status takeRow(const CdrRow& row, const std::string& mark, Inbox& inbox, Tally& tally);
    Status reject(const Entry& entry, const std::string& mark, const Error& why);
    Status move(const Entry& entry, const char* folder, const std::string& mark);

    const CdrSettings settings_;
    HostServices& services_;
    std::map<std::string, std::string> seen_;  ///< Versions at the last look, by name.
    std::map<std::string, int> rows_done_;     ///< Of files that are not through, by version.
    Steady::time_point until_ = {};
};

}  // namespace pakn::hotline
