/// @file
/// Phone numbers as people type them. What comes out is a number that stays as it is, that the gateways' connector
/// reads as the same kind, and that separators do not change.

#include "connectors/out_sms/phone.hpp"
#include "core/domain/contact.hpp"
#include "core/domain/phone.hpp"
#include "harness.hpp"

namespace pakn::fuzz {
namespace {

using domain::normalisePhone;
using domain::Phone;

void checkNumber(const Phone& phone) {
    const bool has_number = phone.kind == Phone::Kind::kMobile || phone.kind == Phone::Kind::kLandline ||
                            phone.kind == Phone::Kind::kForeign;
    FUZZ_CHECK(has_number == !phone.e164.empty());
    if (!has_number) return;
    FUZZ_CHECK(phone.e164.front() == '+' && phone.e164.size() >= 2 && phone.e164.size() <= 16);
    FUZZ_CHECK(phone.e164.find_first_not_of("0123456789", 1) == std::string::npos);
    const Phone again = normalisePhone(phone.e164);
    FUZZ_CHECK(again.kind == phone.kind && again.e164 == phone.e164 && again.flags.empty());

    const out_sms::Number sent = out_sms::numberOf(phone.e164);
    const std::string_view digits = std::string_view{phone.e164}.substr(1);
    if (phone.kind == Phone::Kind::kMobile) FUZZ_CHECK(sent.kind == out_sms::NumberKind::kMobile);
    if (phone.kind == Phone::Kind::kLandline) FUZZ_CHECK(sent.kind == out_sms::NumberKind::kLandline);
    // It is stricter with numbers from abroad.
    if (phone.kind == Phone::Kind::kForeign)
        FUZZ_CHECK(sent.kind == out_sms::NumberKind::kForeign || sent.kind == out_sms::NumberKind::kInvalid);
    FUZZ_CHECK(sent.kind == out_sms::NumberKind::kInvalid || sent.digits == digits);
    if (phone.kind != Phone::Kind::kForeign) FUZZ_CHECK(normalisePhone(out_sms::nationalForm(sent)).e164 == phone.e164);
    FUZZ_CHECK(domain::maskPhone(phone.e164).find("***") != std::string::npos);
}

}  // namespace

void tryOne(std::string_view input) {
    const Exact text{input};
    const Phone phone = normalisePhone(text.view());
    checkNumber(phone);
    FUZZ_CHECK(phone.kind != Phone::Kind::kService || phone.e164.empty());

    const bool plain = input.find_first_not_of("+0123456789") == std::string_view::npos;
    if (plain && input.size() <= 60) {
        std::string spaced;
        for (const char c : input) (spaced += c) += " .-("[input.size() % 4];
        const Phone same = normalisePhone(spaced);
        FUZZ_CHECK(same.kind == phone.kind && same.e164 == phone.e164 && same.flags == phone.flags);
    }
    const Result<std::string> contact = domain::contactPhone(text.view());
    if (contact) {
        const Result<std::string> again = domain::contactPhone(*contact);
        FUZZ_CHECK(again.ok() && *again == *contact);
    }
    const out_sms::Number number = out_sms::numberOf(text.view());
    FUZZ_CHECK(number.digits.find_first_not_of("0123456789") == std::string::npos);
    FUZZ_CHECK(number.digits.size() <= text.view().size() + 1);
}

}  // namespace pakn::fuzz
