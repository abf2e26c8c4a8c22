#pragma once
/// @file
/// What may be seen of a petition by its sender and by everybody: the one place that decides it for the API, for
/// plugins and for public lists. Pure.

#include <cstdint>
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

/// What everybody may see of a petition.
enum class Shown : std::uint8_t {
    kNothing,   ///< Not even that it is there.
    kUnderWay,  ///< Its sender agreed, did not ask for anonymity, and no leader withholds it: how it goes on, no texts.
    kWhole,     ///< And its answer is out.
};
Shown shownToEverybody(const Petition& petition);

/// Is it Shown::kWhole?
bool isPublished(const Petition& petition);

/// Does what its sender sees of the petition change by it?
bool changesSendersView(const Event& event);

/// The petition for its sender: no officer, no comment between officials, no delivery, no token. Attributes: `question`
/// and `question_at` while the sender is asked something, `rating` once given, kAppointedAt.
PublicPetition sendersView(const Petition& petition, const std::vector<Event>& history, const Rules& rules);

/// One of the files that this view shows: the sender's own, those of the answer. Null: none of them.
const FileRef* fileOfSender(const Petition& petition, std::string_view sha256);

/// The petition for everybody; nothing when it is not published. Where it happened is rounded, and the sender's own
/// files stay with the sender.
std::optional<PublicPetition> everybodysView(const Petition& petition, const Rules& rules);

/// The same, but one without an answer is shown, too, as far as nobody has to have read it: no texts.
std::optional<PublicPetition> viewUnderWay(const Petition& petition, const Rules& rules);

/// The steps for everybody: no reasons, which may speak of the sender.
std::vector<PublicStep> everybodysSteps(const std::vector<Event>& history, const Rules& rules);

}  // namespace pakn::domain
