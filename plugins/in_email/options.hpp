#pragma once
/// @file
/// The settings of in_email, read from its option table.

#include <chrono>
#include <cstdint>
#include <pakn/sdk/options.hpp>
#include <pakn/sdk/settings_check.hpp>
#include <string>
#include <vector>

#include "addresses.hpp"

namespace pakn::in_email {

/// How a connection is protected.
enum class Security : std::uint8_t { kTls, kStartTls, kNone };

struct Server {
    std::string host = {};
    int port = 0;
    Security security = Security::kTls;
    std::string user = {};
    std::string password = {};
    std::string ca_file = {};  ///< Authorities to believe instead of the system's; empty: the system's.
    std::chrono::milliseconds timeout{30000};
};

struct MailboxSettings {
    Server server = {};
    std::string mailbox = {};
    std::string move_to = {};  ///< Mails that are done with go there; empty: they are marked as seen.
    bool idle = true;
    std::chrono::milliseconds idle_for{25000};
    std::uint64_t max_mail = 0;
};

struct IntakeSettings {
    std::string category = {};
    std::vector<std::string> own_addresses = {};  ///< Folded.
    std::string authserv_id = {};
    bool keep_automatic = true;
    bool consent = false;  ///< Who writes agrees that handling uses who they are.
};

struct OutgoingSettings {
    Server server = {};
    NamedAddress from = {};
    std::string bounces_to = {};
    std::string result_subject = {};
    std::string result_text = {};
    std::int64_t max_size = 0;
    int acks_per_day = 0;
    int bad_for_days = 0;
};

/// Which folder it is: server, login and name. Another one has other UIDs.
std::string folderName(const MailboxSettings& settings);

MailboxSettings mailboxSettings(const Settings& settings);
IntakeSettings intakeSettings(const Settings& settings);
OutgoingSettings outgoingSettings(const Settings& settings);

/// What cannot work.
std::vector<SettingsMistake> mistakesIn(const Settings& settings);

}  // namespace pakn::in_email
