#pragma once
/// @file
/// What the chat says to citizens, in Vietnamese.

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "settings.hpp"

namespace pakn::in_zalo::phrases {

/// What a draft holds.
struct Inventory {
    std::size_t texts = 0;
    std::size_t files = 0;
    bool place = false;
};

/// After the first message of a draft. `target`: the petition it would be added to, if any.
std::string welcome(const Inventory& has, const IntakeRules& rules, const std::string& target);
std::string reminder(const IntakeRules& rules);
std::string dropped();
std::string cancelled();
std::string nothingToSend(const std::string& last_code);
std::string nothingToCancel();
std::string fileLost(const std::string& why);
std::string accepted(const std::string& code, const std::string& link, const IntakeRules& rules);
std::string refused();
std::string added(const std::string& code);
std::string rated(const std::string& code);
std::string notRated(const std::string& code);
std::string noPetitions();

/// A line about one petition.
struct Standing {
    std::string code = {};
    std::string status = {};
    std::string unit = {};
    bool answered = false;
    std::string question = {};  ///< What an officer wants to know.
    std::string link = {};
};
std::string standings(const std::vector<Standing>& petitions);

// In the petition itself, for officers.
std::string onlyFiles();
std::string lostInPetition(const std::string& kind, const std::string& why);
std::string placeInPetition(const std::string& title, const std::string& coordinates);
/// `attached`: in full among the petition's files, else in its original alone.
std::string textGoesOn(bool attached);

/// Why a file is not there.
std::string whyExpired();
std::string whyNotAllowed();
std::string whyType();
std::string whyTooMany();
std::string whyRefused();
/// How a kind of file is called: image, audio, …
std::string fileKind(const std::string& type);

}  // namespace pakn::in_zalo::phrases
