#pragma once
/// @file
/// Vietnamese phone numbers to E.164. Rules and vectors: docs/contracts/phone-numbers.md.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::domain {

struct Phone {
    enum class Kind : std::uint8_t { kMobile, kLandline, kService, kForeign, kInvalid };
    Kind kind = Kind::kInvalid;
    std::string e164 = {};                ///< "+84912345678"; empty for kService and kInvalid.
    std::vector<std::string> flags = {};  ///< What was repaired: missing_zero, old_prefix, double_84, zero_after_84.
};

Phone normalisePhone(std::string_view typed);

/// "09******78": as shown to whoever may not see it. Empty stays empty.
std::string maskPhone(std::string_view e164);
/// "Nguyễn V. A": first word whole, the rest initials. A single word is "B***": whole it would be the name itself.
std::string maskName(std::string_view name);
/// "0********002". Like maskPhone(), eight stars for what is no number or too short to show a part of.
std::string maskCitizenId(std::string_view id);
/// "a***@example.vn".
std::string maskEmail(std::string_view email);
/// "***, Phường A": of an address what stands behind its first comma; of one without, stars. Empty stays empty.
std::string maskAddress(std::string_view address);

}  // namespace pakn::domain
