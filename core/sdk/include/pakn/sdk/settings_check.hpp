#pragma once
/// @file
/// An ability that a connector class may have besides its verbs: to find mistakes in its settings that the option table
/// cannot tell, before a connector is made of them. A static member, because nothing but settings may matter:
///
///   static std::vector<SettingsMistake> checkSettings(const Settings&);
///
/// `paknhub check` calls it. It reads files that the settings name, nothing else: no network, no state, and it opens
/// nothing that a connector which runs meanwhile may hold. Secrets are among the settings; their values stand in no
/// mistake. Since SDK 1.2.

#include <string>
#include <vector>

#include "pakn/sdk/options.hpp"

namespace pakn {
inline namespace sdk1 {

/// One mistake, in words that say what to write instead.
struct SettingsMistake {
    std::string option = {};  ///< The option it is about; empty: the settings as a whole.
    std::string file = {};    ///< The file it stands in, when that is one of the settings' files.
    int line = 0;             ///< In that file, from 1; 0: the file as a whole.
    int column = 0;
    std::string message = {};
    std::string hint = {};
};

/// What the host calls; null when the class has no such member.
using SettingsCheckFunction = std::vector<SettingsMistake> (*)(const Settings& settings);

}  // namespace sdk1
}  // namespace pakn
