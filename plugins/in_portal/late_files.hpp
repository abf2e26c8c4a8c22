#pragma once
/// @file
/// Files of items that cannot be fetched for the time being. The petition is taken in without them; they are promised
/// in the hub's own storage, asked for until they come, and go into the history of their petition.

#include <chrono>
#include <map>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "fetcher.hpp"
#include "mapping.hpp"

namespace pakn::in_portal {

/// The name a file has, or the last part of its address.
std::string fileNameOf(const WantedFile& file);

/// promise() and takeBack() are safe from any thread; poll() belongs to one.
class LateFiles {
public:
    /// What one call has promised: conversation and sequence of each kept event.
    using Promise = std::vector<std::pair<std::string, std::int64_t>>;

    /// `retry_for`: how long a file is asked for.
    LateFiles(HostServices& services, Fetcher& fetcher, std::chrono::milliseconds retry_for)
        : services_{services}, fetcher_{fetcher}, retry_for_{retry_for} {}

    /// Durable when it returns. What was promised before is not in the answer. Errors of the inbox.
    Result<Promise> promise(const std::string& external_id, const std::vector<WantedFile>& files, Inbox& inbox);
    Status takeBack(const Promise& promise, Inbox& inbox);

    /// Asks for what is due, each file after growing pauses. Errors of the inbox.
    Status poll(Inbox& inbox, const std::stop_token& stop);

private:
    struct Wait {
        Instant until = {};
        std::chrono::milliseconds pause{};
    };
    Status ask(const std::string& conversation, Inbox& inbox);
    Status deliver(const std::string& conversation, const std::string& external_id, std::string text,
                   std::vector<Attachment> files, Inbox& inbox);

    HostServices& services_;
    Fetcher& fetcher_;
    const std::chrono::milliseconds retry_for_;
    std::map<std::string, Wait> waits_;  ///< By conversation; forgotten at a restart, which only asks earlier.
};

}  // namespace pakn::in_portal
