#pragma once
/// @file
/// Numbers by which Viet Nam knows its people and organisations: the citizen id (căn cước công dân), the identity card
/// before it (chứng minh nhân dân), the tax code. Rules and vectors: docs/contracts/people-and-places.md.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/civil_time.hpp"

namespace pakn::domain {

/// What a form says of the person besides the number.
struct StatedPerson {
    bool organisation = false;
    std::optional<Date> birth = {};
    std::string sex = {};  ///< "male", "female"; anything else says nothing.
};

/// A citizen id has no check digit: beyond its syntax nothing of it can be wrong for sure.
struct CitizenId {
    enum class Kind : std::uint8_t {
        kCitizenId,  ///< 12 digits.
        kCmnd,       ///< 9 digits, of the card that went before.
        kTaxCode,    ///< Of an organisation: 10 digits, or 10, a dash and 3 for a branch.
        kInvalid,
    };
    Kind kind = Kind::kInvalid;
    std::string number = {};                 ///< Without spaces; of what is invalid as it was typed, without spaces.
    std::string offered = {};                ///< What was probably meant, to be asked about, never to be taken for it.
    std::vector<std::string> warnings = {};  ///< Stable words: province, year, sex; lost_zero, form when invalid.
    bool respaced = false;                   ///< Spaces were taken out.
};

CitizenId readCitizenId(std::string_view typed, const StatedPerson& stated = {});

/// "male", "female" of the many ways in which forms say it, in Vietnamese or English; empty for anything else.
std::string_view sexNamed(std::string_view text);

}  // namespace pakn::domain
