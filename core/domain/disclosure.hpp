#pragma once
/// @file
/// What may be seen of a petition by its sender and by everybody: the one place that decides it for the API, for
/// plugins and for public lists. Pure.

#include <optional>
#include <string>
#include <vector>

#include "core/domain/event.hpp"
#include "core/domain/petition.hpp"
#include "core/domain/rules.hpp"
#include "pakn/sdk/records.hpp"

namespace pakn::domain {

/// What a status is called.
const Label& labelOf(Status status);

/// May everybody see it? Its sender agreed, did not ask for anonymity, no leader withholds it, and the answer is out.
bool isPublished(const Petition& petition);

/// The petition for its sender: no officer, no comment between officials, no delivery, no token. Attributes: `question`
/// while the sender is asked something, `rating` once given.
PublicPetition sendersView(const Petition& petition, const std::vector<Event>& history, const Rules& rules);

/// The petition for everybody; nothing when it is not published. Where it happened is rounded, and the sender's own
/// files stay with the sender.
std::optional<PublicPetition> everybodysView(const Petition& petition, const Rules& rules);

}  // namespace pakn::domain
