#pragma once
/// @file
/// Takes mails in one by one: reads, judges, hands over, and only when the hub has it marks it as done.

#include <pakn/sdk/host.hpp>
#include <pakn/sdk/inbox.hpp>
#include <span>
#include <stop_token>

#include "judge.hpp"
#include "mailbox.hpp"
#include "memory.hpp"

namespace pakn::in_email {

class Taker {
public:
    Taker(IntakeSettings settings, std::uint64_t max_mail, Memory& memory, HostServices& services)
        : settings_{std::move(settings)}, max_mail_{max_mail}, memory_{memory}, services_{services} {}

    /// What is new in the folder, oldest first, until there is none, or a hundred are done, or stop. The position moves
    /// behind a mail only after the hub has what came of it. Errors: the mailbox's, the inbox's.
    Status takeNew(Mailbox& mailbox, Inbox& inbox, const ThreadIds& ids, const std::stop_token& stop);

private:
    Result<Position> positionFor(Mailbox& mailbox, std::uint32_t validity);
    static Result<std::vector<std::uint32_t>> newOnes(Mailbox& mailbox, const Position& position);
    Status take(Mailbox& mailbox, Inbox& inbox, const ThreadIds& ids, std::uint32_t uid,
                std::span<const std::uint32_t> later);
    Result<FetchedMail> fetch(Mailbox& mailbox, std::uint32_t uid, std::span<const std::uint32_t> later) const;
    Status leaveBehind(Mailbox& mailbox, Inbox& inbox, const Position& position, std::uint32_t uid, const Error& why);
    Status handOver(Inbox& inbox, const ThreadIds& ids, const Decoded& decoded, const FetchedMail& mail,
                    const std::string& hash);
    Status noteBounce(const ThreadIds& ids, const Decoded& decoded, const ThreadIds::Ours& ours);
    Status acceptPetition(Inbox& inbox, IncomingPetition petition);
    Status tell(Inbox& inbox, Update update, const FetchedMail& mail, const Decoded& decoded, const std::string& hash);

    const IntakeSettings settings_;
    const std::uint64_t max_mail_;
    Memory& memory_;
    HostServices& services_;
};

}  // namespace pakn::in_email
