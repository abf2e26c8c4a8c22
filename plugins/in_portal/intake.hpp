#pragma once
/// @file
/// One item of the portal on its way into the hub: mapped, its files fetched, accepted or put aside.

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "fetcher.hpp"
#include "late_files.hpp"
#include "mapping.hpp"
#include "pakn/sdk/connector.hpp"

namespace pakn::in_portal {

/// Counts of what became of many items.
struct Tally {
    int stored = 0;
    int duplicates = 0;
    int refused = 0;
    int changed = 0;
    void add(const Accepted& accepted);
    /// "3 stored, 1 known, 0 refused, 0 changed".
    [[nodiscard]] std::string text() const;
};

/// The hub had the item with another content; that it changed stands in the history of its petition by now.
bool isChanged(const Accepted& accepted);

/// What one item needs is more than this process has: kTooLarge, "portal.memory".
Error outOfMemory();

/// How long files may be waited for when somebody waits for our answer.
struct Haste {
    Instant until = {};
    std::stop_token stop = {};
    [[nodiscard]] std::chrono::milliseconds left(Instant now) const {
        return stop.stop_requested() || now >= until ? std::chrono::milliseconds{0} : until - now;
    }
};

/// Safe from any thread.
class Intake {
public:
    Intake(const Mapping& mapping, HostServices& services, FetchRules rules,
           std::chrono::milliseconds files_retry_for = std::chrono::hours{24 * 7})
        : mapping_{mapping},
          services_{services},
          fetcher_{services, std::move(rules)},
          late_{services, fetcher_, files_retry_for} {}

    /// `where` names the place for the log: "file 0123456789abcdef, row 17". An item that cannot be mapped is refused
    /// and kept, and is no error. Nor is one that the hub has with another content: its petition stays as it is, its
    /// history says so once per change, and the new text is in the refused list (isChanged). A file that cannot be
    /// fetched just now holds up nothing: it comes later; so does one for which there is no time with `haste`. Errors:
    /// what the inbox says, and outOfMemory().
    Result<Accepted> take(const Json& item, std::string_view where, Inbox& inbox, const Haste* haste = nullptr);
    /// Says what of a poll is looked into from now on. Nothing: go on. Otherwise it killed this process twice, was
    /// refused unseen with what is known of it, and is not to be touched. `name`: the same whenever it comes again.
    Result<std::optional<Accepted>> takeInHand(std::string name, std::string raw, std::string_view where, Inbox& inbox);
    /// The same as take() for what is no item at all.
    Result<Accepted> refuse(std::string external_id, std::string raw, Error problem, std::string_view where,
                            Inbox& inbox);
    /// Asks for files that could not be fetched before. One thread. Errors: what the inbox says.
    Status pollFiles(Inbox& inbox, const std::stop_token& stop) { return late_.poll(inbox, stop); }

private:
    Result<Accepted> noteChange(const Json& item, Accepted refused, std::string_view where, Inbox& inbox);
    Result<Accepted> takeWhole(const Json& item, std::string_view where, Inbox& inbox, const Haste* haste);
    void fetchFiles(std::vector<WantedFile> files, const Haste* haste, IncomingPetition& petition,
                    std::vector<WantedFile>& late);

    const Mapping& mapping_;
    HostServices& services_;
    Fetcher fetcher_;
    LateFiles late_;
};

}  // namespace pakn::in_portal
