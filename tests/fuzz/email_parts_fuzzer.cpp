/// @file
/// What a mail's decoded parts mean (whose it is, which of our mails it answers, what petition it makes), and the mails
/// that the hub writes: no text of a petition begins a header there.

#include <array>

#include "core/decoder_process/mail.hpp"
#include "harness.hpp"
#include "plugins/in_email/addresses.hpp"
#include "plugins/in_email/judge.hpp"
#include "plugins/in_email/message.hpp"
#include "plugins/in_email/petition.hpp"
#include "plugins/in_email/thread_ids.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::in_email;

const ThreadIds& ids() {
    static const ThreadIds made{std::string(32, 'k'), "mau.example"};
    return made;
}

const IntakeSettings& intake() {
    static const IntakeSettings settings{
        .category = "khac", .own_addresses = {"paht@mau.example"}, .authserv_id = "mx.mau.example"};
    return settings;
}

void checkAddress(std::string_view text) {
    if (const auto address = plainAddress(text)) {
        FUZZ_CHECK(address->size() <= 254 && address->find_first_of(" \t\r\n<>()[],;:\\\"") == std::string::npos);
        FUZZ_CHECK(plainAddress(*address) == address);
        FUZZ_CHECK(!localOf(*address).empty() && !domainOf(*address).empty());
        FUZZ_CHECK(std::string{localOf(*address)}.append("@").append(domainOf(*address)) == *address);
        FUZZ_CHECK(in_email::folded(*address).size() == address->size());
    }
    if (const auto named = namedAddress(text)) FUZZ_CHECK(plainAddress(named->address) == named->address);
}

void checkIds(std::string_view text) {
    if (const auto ours = ids().read(text)) FUZZ_CHECK(!ours->code.empty() && !ours->delivery.empty());
    const std::string code = ThreadIds::codeInSubject(text);
    FUZZ_CHECK(code.size() <= 40 && code.find_first_of(" \r\n]<") == std::string::npos);
    for (const char* delivery : {"018f2c7a", "018f2c7a-0000-7000-8000-000000000001"}) {
        const std::string made = ids().idFor("PA-1", delivery, text);
        FUZZ_CHECK(made.find_first_of(" \r\n<>") == std::string::npos);
        const auto read = ids().read(made);
        FUZZ_CHECK(read && read->code == "PA-1" && read->delivery == delivery && ids().wentTo(*read, text));
        Cuts cuts{text};
        std::string forged = made;
        char& byte = forged[cuts.next(forged.find('@') - 1)];
        byte = byte == 'x' ? 'y' : 'x';
        const auto other = ids().read(forged);
        FUZZ_CHECK(!other || !ids().wentTo(*other, text));
    }
}

/// A name and a value in each line.
Decoded decodedOf(std::string_view lines) {
    Decoded mail{.content_type = "message/rfc822"};
    Input input{lines};
    while (!input.empty()) {
        const std::string_view line = input.line();
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) break;
        std::string_view value = line.substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        mail.attributes[std::string{line.substr(0, colon)}] = value;
    }
    mail.text = input.rest();
    for (std::size_t i = mail.text.size() % 40; i > 0; --i)
        mail.parts.push_back({.name = std::to_string(i), .content_type = "image/jpeg"});
    mail.parts.push_back({.name = "own.txt", .content_type = std::string{kOwnPart}, .content = Content{mail.text}});
    return mail;
}

void checkPetition(const Decoded& mail) {
    const Judgement judgement = judge(mail, intake(), ids());
    FUZZ_CHECK(judgement.kind <= Judgement::Kind::kAutomatic);
    const bool names_one = judgement.kind == Judgement::Kind::kAnswer || judgement.kind == Judgement::Kind::kBounce ||
                           judgement.kind == Judgement::Kind::kDelayed || judgement.kind == Judgement::Kind::kRead;
    FUZZ_CHECK(!names_one || judgement.ours.has_value());
    const std::string results = trustedResults(mail, intake());
    FUZZ_CHECK(results.empty() || results.find('=') != std::string::npos);
    if (!isUtf8(mail.text)) return;
    const IncomingPetition petition = petitionOf(mail, {.raw = Content{"raw"}}, "hash", judgement, intake());
    FUZZ_CHECK(isUtf8(petition.text) && petition.text.size() <= 4 * 20000);
    FUZZ_CHECK(!petition.text.empty() && !petition.external_id.empty() && petition.attachments.size() <= 10);
    std::size_t files = 0;
    for (const Supplement& one : supplementsOf(mail, {.raw = Content{"raw"}})) {
        FUZZ_CHECK(!one.text.empty() && isUtf8(one.text) && one.text.size() <= 4 * 5000 && one.files.size() <= 10);
        for (const Attachment& file : one.files) files += file.content_type == "image/jpeg" ? 1 : 0;
    }
    FUZZ_CHECK(files + 1 == mail.parts.size());
    const std::string reply = replyAddressOf(mail);
    if (!reply.empty()) FUZZ_CHECK(plainAddress(reply.substr(0, reply.find(' '))).has_value());
}

void checkLetter(std::string_view subject, std::string_view text) {
    if (!isUtf8(subject) || !isUtf8(text)) return;
    OutgoingSettings settings{.from = {.name = "Trung tâm", .address = "paht@mau.example"},
                              .result_subject = "Đã có kết quả",
                              .result_text = "{answer}\n{link}\n{code}",
                              .max_size = 1 << 20};
    Delivery delivery{.id = "018f2c7a", .kind = "notice", .code = "PA-1", .title = std::string{subject}};
    delivery.subject = subject;
    delivery.message = text;
    delivery.result_text = text;
    delivery.attachments = {{.name = std::string{subject}, .content_type = "image/jpeg", .content = Content{"x"}}};
    for (const char* kind : {"notice", "result"}) {
        delivery.kind = kind;
        Letter letter = letterFor(delivery, settings);
        letter.to = "an@mau.example";
        letter.message_id = "pa-1@mau.example";
        const Result<std::string> mail = composed(letter, settings);
        FUZZ_CHECK(mail.ok());
        const std::string head = mail->substr(0, mail->find("\r\n\r\n"));
        std::size_t froms = 0;
        Input lines{head};
        while (!lines.empty()) {
            const std::string_view line = lines.line();
            FUZZ_CHECK(line.size() <= 998 + 1);
            if (line.starts_with("From:") || line.starts_with("Bcc:") || line.starts_with("X-Injected:")) ++froms;
        }
        FUZZ_CHECK(froms == 1);
        for (const char c : *mail) FUZZ_CHECK(static_cast<signed char>(c) >= 0);
    }
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const std::size_t what = input.choice(3);
    if (what == 0) {
        const Exact text{input.rest()};
        checkAddress(text.view());
        checkIds(text.view());
    } else if (what == 1) {
        checkPetition(decodedOf(input.rest()));
    } else {
        const std::string_view subject = input.part();
        checkLetter(subject, input.rest());
    }
}

}  // namespace pakn::fuzz
