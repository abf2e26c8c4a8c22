#pragma once
/// @file
/// Which numbers a brand-name gateway can reach, and how each gateway wants them written. Rules:
/// docs/contracts/phone-numbers.md; the hub has normalised before, so here nothing is repaired.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::out_sms {

enum class NumberKind : std::uint8_t { kNone, kMobile, kLandline, kService, kForeign, kInvalid };

/// Personal data: for no log and no error.
struct Number {
    NumberKind kind = NumberKind::kNone;
    std::string digits = {};  ///< With the country code, without "+". Of mobile, landline and foreign numbers.
};

/// Takes E.164 ("+84912345678"), the same without "+", or the national form with its zero. Anything else that is not
/// empty is a service number (1022, 113, 1900…) or invalid.
Number numberOf(std::string_view phone);

/// "84912345678": what VNPT and Viettel take. A foreign number has its own country code.
std::string internationalForm(const Number& number);
/// "0912345678": what eSMS takes. A foreign number stays as internationalForm() has it.
std::string nationalForm(const Number& number);

/// Whether the network that gave the number out is one of these, named by the two digits after the zero ("91", "84"). A
/// subscriber may have taken the number to another network since: an answer of the gateway counts more.
bool hasPrefix(const Number& number, const std::vector<std::string>& prefixes);

}  // namespace pakn::out_sms
