#pragma once
/// @file
/// One item of the portal on its way into the hub: mapped, its files fetched, accepted or put aside.

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "mapping.hpp"
#include "pakn/sdk/connector.hpp"

namespace pakn::in_portal {

/// From where files of items may be fetched, and how much.
struct FetchRules {
    std::vector<std::string> hosts = {};  ///< "files.portal.example" (https) or a whole origin "http://10.0.0.1:8080".
    HttpClient::Limits limits = {};
};

/// "https://host" with the port if another than the usual; empty when it is no http address.
std::string originOf(std::string_view url);

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

/// Safe from any thread.
class Intake {
public:
    Intake(const Mapping& mapping, HostServices& services, FetchRules rules)
        : mapping_{mapping}, services_{services}, rules_{std::move(rules)} {}

    /// `where` names the place for the log: "a.csv, row 17". An item that cannot be mapped is refused and kept, and is
    /// no error. Nor is one that the hub has with another content: its petition stays as it is, its history says so
    /// once per change, and the new text is in the refused list (isChanged). Errors: what the inbox says; kUnavailable
    /// while a file cannot be fetched just now.
    Result<Accepted> take(const Json& item, std::string_view where, Inbox& inbox);
    /// The same for what is no item at all.
    Result<Accepted> refuse(std::string external_id, std::string raw, Error problem, std::string_view where,
                            Inbox& inbox);

private:
    Result<Accepted> noteChange(const Json& item, Accepted refused, std::string_view where, Inbox& inbox);
    Status fetchFiles(std::vector<WantedFile> files, IncomingPetition& petition);
    Result<std::string> fetch(const std::string& url);
    bool giveUp(const std::string& url);

    const Mapping& mapping_;
    HostServices& services_;
    const FetchRules rules_;
    std::mutex mutex_;
    std::map<std::string, int> failures_;  ///< Of addresses that could not be fetched for the time being.
};

}  // namespace pakn::in_portal
