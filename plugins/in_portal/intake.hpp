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
    void add(Accepted::Outcome outcome);
    /// "3 stored, 1 known, 0 refused".
    [[nodiscard]] std::string text() const;
};

/// Safe from any thread.
class Intake {
public:
    Intake(const Mapping& mapping, HostServices& services, FetchRules rules)
        : mapping_{mapping}, services_{services}, rules_{std::move(rules)} {}

    /// `where` names the place for the log: "a.csv, row 17". An item that cannot be mapped is refused and kept, and is
    /// no error. Errors: what the inbox says; kUnavailable while a file cannot be fetched just now.
    Result<Accepted> take(const Json& item, std::string_view where, Inbox& inbox);
    /// The same for what is no item at all.
    Result<Accepted> refuse(std::string external_id, std::string raw, Error problem, std::string_view where,
                            Inbox& inbox);

private:
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
