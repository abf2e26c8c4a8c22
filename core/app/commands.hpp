#pragma once
/// @file
/// The verbs of the program. Each returns an exit code of workplace.hpp.

#include <string>
#include <vector>

#include "core/app/workplace.hpp"

namespace pakn::app {

int serve(const Common& common);
int init(const Common& common);
int check(const Common& common, bool environment);
/// Asks the hub that runs on this configuration to take the files into effect.
int reload(const Common& common);
/// What a reload would change.
int diffConfiguration(const Common& common);
int showConfiguration(const Common& common);
/// The last acceptances of configurations, newest first, by whatever hubs work on the store.
int configurationHistory(const Common& common, int limit);
/// Writes both schemas into `folder`, or prints one.
int schemas(const Common& common, const std::filesystem::path& folder, bool workflow);
int rebuild(const Common& common);
int version(const Common& common);

struct NewUser {
    std::string login = {};
    std::string name = {};
    std::vector<std::string> roles = {};
    std::string unit = {};
    security::AccountContact contact = {};
};
int addUser(const Common& common, const NewUser& user);
/// A new one-time link for an account that is there; ends its sessions.
int resetUser(const Common& common, const std::string& login);
/// Locks or unlocks; ends the account's sessions.
int lockUser(const Common& common, const std::string& login, bool locked);
/// Sets the password that stands in the first line of standard input; ends the account's sessions.
int setUserPassword(const Common& common, const std::string& login);

}  // namespace pakn::app
