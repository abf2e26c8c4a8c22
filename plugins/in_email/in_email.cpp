/// @file
/// in_email takes petitions in from a mailbox (IMAP) and sends receipts and answers back (SMTP). A mail is marked as
/// seen only after the hub has what came of it; what no machine can read becomes a petition for a person to look at.
#include <pakn/sdk/plugin.hpp>

#include "digest.hpp"  // of standard_webhooks
#include "mailbox.hpp"
#include "memory.hpp"
#include "message.hpp"
#include "option_table.hpp"
#include "smtp.hpp"
#include "taker.hpp"

namespace {
using namespace pakn::in_email;

class MailChannel final : public pakn::Receiver, public pakn::Sender {
public:
    MailChannel(const pakn::Settings& settings, pakn::HostServices& services)
        : mailbox_settings_{mailboxSettings(settings)},
          outgoing_{outgoingSettings(settings)},
          services_{services},
          memory_{services, folderName(mailbox_settings_)},
          mailbox_{imapMailbox(mailbox_settings_)},
          taker_{intakeSettings(settings), mailbox_settings_.max_mail, memory_, services} {}

    static std::vector<pakn::SettingsMistake> checkSettings(const pakn::Settings& settings) {
        return mistakesIn(settings);
    }

    /// Takes in what is there, and waits a while for more on the connection that stands.
    pakn::Status poll(pakn::Inbox& inbox, std::stop_token stop) override {
        if (stop.stop_requested()) return pakn::Done{};
        const pakn::Result<ThreadIds> ids = threadIds();
        if (!ids) return ids.error();
        if (pakn::Status taken = taker_.takeNew(*mailbox_, inbox, *ids, stop); !taken) return taken;
        const pakn::Result<bool> waited =
            mailbox_->wait(mailbox_settings_.idle_for, stop, [this] { static_cast<void>(services_.now()); });
        if (!waited) return waited.error();
        return *waited && !stop.stop_requested() ? taker_.takeNew(*mailbox_, inbox, *ids, stop) : pakn::Done{};
    }

    pakn::Result<pakn::Receipt> send(const pakn::Delivery& delivery, std::stop_token stop) override {
        if (outgoing_.server.host.empty())
            return pakn::Error{.code = pakn::Errc::kMisconfigured,
                               .message = "nothing can be sent without smtp_host",
                               .problem = "email.no_smtp"};
        const pakn::Result<ThreadIds> ids = threadIds();
        if (!ids) return ids.error();
        const auto [address, answered] = addressOf(delivery);
        const std::optional<std::string> to = plainAddress(address);
        if (!to)
            return pakn::Error{.code = pakn::Errc::kFallback,
                               .message = address.empty() ? "no mail address is known" : "not a mail address",
                               .problem = address.empty() ? "email.no_address" : "email.address_invalid"};
        Letter letter = letterFor(delivery, outgoing_);
        letter.to = *to;
        letter.in_reply_to = answered;
        letter.message_id = ids->idFor(delivery.code, delivery.id, *to);
        letter.at = services_.now();
        const std::string reader = ids->hashOf(*to);
        if (std::optional<pakn::Result<pakn::Receipt>> instead = notToBeSent(delivery, letter, reader)) return *instead;
        const pakn::Result<std::string> mail = composed(letter, outgoing_);
        if (!mail) return mail.error();
        const Envelope envelope{.from = letter.automatic_reply ? std::string{} : outgoing_.bounces_to, .to = *to};
        if (const pakn::Status sent = submit(outgoing_.server, envelope, *mail, stop); !sent) {
            if (sent.error().problem == "email.recipient") static_cast<void>(memory_.markBad(reader).ok());
            return sent.error();
        }
        return pakn::Receipt{.reference = letter.message_id};
    }

private:
    struct Address {
        std::string address = {};
        std::string answered = {};  ///< Message-ID of the mail that is answered.
    };
    /// Of a petition that came by this channel the address it came from, with its Message-ID.
    static Address addressOf(const pakn::Delivery& delivery) {
        const std::size_t blank = delivery.reply_address.find(' ');
        Address known{.address = delivery.reply_address.substr(0, blank)};
        if (known.address.find('@') == std::string::npos) return {.address = delivery.recipient.email};
        if (blank != std::string::npos) known.answered = delivery.reply_address.substr(blank + 1);
        return known;
    }

    /// One receipt is acknowledged once, and a machine that writes to us is not answered for ever.
    std::optional<pakn::Result<pakn::Receipt>> notToBeSent(const pakn::Delivery& delivery, const Letter& letter,
                                                           const std::string& reader) {
        using Answer = pakn::Result<pakn::Receipt>;
        const pakn::Result<bool> bad = memory_.isBad(reader, outgoing_.bad_for_days);
        if (!bad) return Answer{bad.error()};
        if (*bad)
            return Answer{pakn::Error{.code = pakn::Errc::kFallback,
                                      .message = "mail to this address came back lately",
                                      .problem = "email.address_bad"}};
        if (!letter.automatic_reply) return std::nullopt;
        const pakn::Result<Memory::Ack> ack =
            memory_.noteAck(reader, delivery.id, delivery.code, outgoing_.acks_per_day);
        if (!ack) return Answer{ack.error()};
        if (*ack == Memory::Ack::kSame) return Answer{pakn::Receipt{.already = true, .reference = "acknowledged"}};
        if (*ack == Memory::Ack::kFirst) return std::nullopt;
        return Answer{pakn::Error{.code = pakn::Errc::kRejected,
                                  .message = "this address has had as many receipts today as one may have",
                                  .problem = "email.too_many_receipts"}};
    }

    pakn::Result<ThreadIds> threadIds() {
        pakn::Result<std::string> key = memory_.threadKey();
        if (!key) return std::move(key).error();
        return ThreadIds{std::move(*key), std::string{domainOf(outgoing_.from.address)}};
    }

    const MailboxSettings mailbox_settings_;
    const OutgoingSettings outgoing_;
    pakn::HostServices& services_;
    Memory memory_;
    const std::unique_ptr<Mailbox> mailbox_;
    Taker taker_;
};
}  // namespace

PAKN_PLUGIN(MailChannel, .name = "in_email", .version = "1.0.0",
            .summary = "Petitions by mail: a mailbox over IMAP, receipts and answers over SMTP.", .options = kOptions,
            .idempotency = pakn::Idempotency::kNone)
