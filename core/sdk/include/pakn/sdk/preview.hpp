#pragma once
/// @file
/// An ability that a connector class may have besides its verbs: to show what it would make of a sample. A static
/// member, because nothing but settings and bytes may matter:
///
///   static Result<std::vector<Previewed>> preview(const Settings&, std::string_view sample, std::string_view name);
///
/// It reads files that the settings name, nothing else: no network, no state, no secrets (those settings are absent).
/// kMisconfigured when the settings cannot work, kInvalid when the sample as a whole cannot be read.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/options.hpp"
#include "pakn/sdk/petition.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn {
inline namespace sdk1 {

/// One item of a sample: a petition, or why it would be refused.
struct Previewed {
    std::string where = {};        ///< Its place in the sample, for people: "row 17".
    std::string external_id = {};  ///< Also of a refused one, when it has one.
    std::optional<IncomingPetition> petition =
        {};                             ///< Files that would have to be fetched are not among its attachments,
    int files = 0;                      ///< but counted here with those that are.
    std::optional<Error> problem = {};  ///< Set when there is no petition.
};

/// What the host calls; null when the class has no such member.
using PreviewFunction = Result<std::vector<Previewed>> (*)(const Settings& settings, std::string_view sample,
                                                           std::string_view name);

}  // namespace sdk1
}  // namespace pakn
