#pragma once
/// @file
/// The settings of one connector, read and checked: what the option table cannot say is said here.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "pakn/sdk/options.hpp"
#include "pakn/sdk/settings_check.hpp"
#include "wording.hpp"

namespace pakn::out_sms {

enum class Gateway : std::uint8_t { kVnpt, kViettel, kEsms };

/// How one kind of delivery is said.
struct Kind {
    Wording wording;
    std::string template_id = {};          ///< VNPT.
    std::string contract_id = {};          ///< VNPT.
    std::vector<Wording> parameters = {};  ///< VNPT: of its template; empty: the values in the order of `wording`.
};

struct Options {
    Gateway driver = Gateway::kVnpt;
    std::string url = {};
    std::string user = {};
    std::string password = {};
    std::string brand = {};
    Kind result;
    Kind notice;
    Kind code;  ///< Of one-time codes.
    bool unicode = false;
    int max_parts = 1;
    bool allow_foreign = false;
    std::chrono::milliseconds timeout{};
    std::chrono::milliseconds remembers{};
    std::chrono::milliseconds window_retry{};

    std::string vnpt_username = {};
    std::string vnpt_agent = {};
    std::string vnpt_contract_type = {};
    std::string vnpt_telco_subscriber = {};
    std::vector<std::string> vnpt_unicode_prefixes = {};
    bool vnpt_ask_status = false;

    std::string viettel_cp_code = {};
    std::string viettel_command = {};
    std::string viettel_plain_type = {};
    std::string viettel_unicode_type = {};
    std::vector<std::string> viettel_retry_words = {};
    std::vector<std::string> viettel_pause_words = {};

    std::string esms_type = {};
    std::string callback_token = {};  ///< Empty: no callbacks.
};

struct Review {
    Options options;
    std::vector<SettingsMistake> mistakes = {};  ///< Any: the options do not count.
};
Review review(const Settings& settings);

/// Whether what is sent there can be read on the way: http, and not to this machine.
bool goesInTheOpen(const std::string& url);

}  // namespace pakn::out_sms
