#pragma once
/// @file
/// The checklist of docs/contracts/open311.md, rule by rule.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/app/open311/site.hpp"

namespace pakn::app::open311 {

enum class Grade : std::uint8_t { kPass, kFail, kSkip };

struct Verdict {
    Grade result = Grade::kPass;
    std::string seen = {};  ///< What is wrong, or why it was not looked at.
};

inline Verdict passed() { return {}; }
inline Verdict failed(std::string seen) { return {Grade::kFail, std::move(seen)}; }
inline Verdict skipped(std::string why) { return {Grade::kSkip, std::move(why)}; }

struct Rule {
    std::string_view id;
    std::string_view expected;
    Verdict (*look)(Site& site);
};

/// c.1 and c.2.
std::span<const Rule> generalRules();
/// c.3 to c.5.
std::span<const Rule> catalogueRules();
/// c.6 and c.7: these send something, where the options say so.
std::span<const Rule> reportRules();
/// Sends a report that says that it is a try, where tries go. Its id; empty when none came back.
std::string sendReport(Site& site);
/// c.8 and c.9.
std::span<const Rule> requestRules();
/// c.10 and c.11.
std::span<const Rule> updateRules();

/// Why an answer is no errors body with that status; empty: it is one. The body is XML, or JSON where its path says so.
std::string notErrors(const Answer& answer, std::initializer_list<int> statuses);

}  // namespace pakn::app::open311
