#pragma once
/// @file
/// What a mail is, told from what the decoder read of it: a petition, its sender's answer to one of our mails, a mail
/// that came back, a receipt, or a machine talking. Pure.

#include <cstdint>
#include <optional>
#include <pakn/sdk/host.hpp>
#include <string>

#include "options.hpp"
#include "thread_ids.hpp"

namespace pakn::in_email {

struct Judgement {
    enum class Kind : std::uint8_t {
        kPetition,
        kAnswer,     ///< The sender of a petition writes about it: `ours` says which.
        kBounce,     ///< One of our mails did not arrive: `ours`.
        kDelayed,    ///< It has not arrived yet: `ours`.
        kRead,       ///< Its reader opened it: `ours`.
        kAutomatic,  ///< A machine, or ourselves: makes no petition and gets no answer. `why` is a stable word.
    };
    Kind kind = Kind::kPetition;
    std::string why = {};
    std::optional<ThreadIds::Ours> ours = {};
    std::string mentions = {};  ///< Code of a petition that it may be about, which nothing proves.
};

/// `mail` as HostServices::decode("mail") gives it. By RFC 3834 (automatic answers), RFC 2919 and 2369 (lists),
/// RFC 3464 (bounces), RFC 8098 (read receipts), RFC 5321 (empty return path).
Judgement judge(const Decoded& mail, const IntakeSettings& settings, const ThreadIds& ids);

/// A word per trusted result: "dkim=pass dmarc=fail"; empty without our own server's header (RFC 8601).
std::string trustedResults(const Decoded& mail, const IntakeSettings& settings);

/// An attribute of a decoded mail; empty when absent.
std::string attributeOf(const Decoded& mail, std::string_view name);

}  // namespace pakn::in_email
