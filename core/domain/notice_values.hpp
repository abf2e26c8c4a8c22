#pragma once
/// @file
/// The values of a petition for templates.

#include "core/domain/event.hpp"
#include "core/domain/notice.hpp"
#include "core/domain/rules.hpp"

namespace pakn::domain {

/// For what and when values are wanted.
struct ValuesFor {
    Purpose purpose = Purpose::kForOfficers;
    Language language = Language::kVietnamese;
    Instant now = {};
    bool leaves = false;           ///< The text goes over a connector: what the petitioner wrote only where it may.
    const Event* cause = nullptr;  ///< What happened; null: nothing in particular.
};

/// A value for every field of the purpose that has one. Names, titles and codes are on one line; the sender's name is
/// kSenderHere. Instants as people here read them (formatForPeople).
TemplateValues templateValues(const Petition& petition, const Rules& rules, const ValuesFor& wanted);

/// The notice of a rule, worded now.
Notice wordNotice(const NoticeTemplate& words, const Addressee& to, const Petition& petition, const Rules& rules,
                  const ValuesFor& wanted);

}  // namespace pakn::domain
