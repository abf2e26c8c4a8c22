/// @file
/// Rows as they come from a database that somebody may have damaged: events of every kind, people, conversations,
/// calls, links. A row is read, or named damaged; what was read is written and read again as the same.

#include <array>

#include "core/security/sign_in_ticket.hpp"
#include "core/store/call_codec.hpp"
#include "core/store/duty_codec.hpp"
#include "core/store/event_codec.hpp"
#include "core/store/journal_entry.hpp"
#include "core/store/kept_codec.hpp"
#include "core/store/link_codec.hpp"
#include "core/store/person_codec.hpp"
#include "core/store/storable_text.hpp"
#include "harness.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::store;

const security::HubKey& hubKey() {
    static const security::HubKey key{security::Key{std::string(32, 'k')}};
    return key;
}

void tryEvent(std::size_t kind, std::string_view json) {
    const domain::EventData data = decodePayload(static_cast<domain::EventKind>(kind), json);
    FUZZ_CHECK(static_cast<std::size_t>(kindOf(data)) == kind);
    const std::string once = encodePayload(data);
    FUZZ_CHECK(isUtf8(once));
    FUZZ_CHECK(encodePayload(decodePayload(static_cast<domain::EventKind>(kind), once)) == once);
}

void tryPerson(std::string_view json) {
    const std::string once = encodePerson(decodePerson(json));
    FUZZ_CHECK(encodePerson(decodePerson(once)) == once);
}

void tryKept(std::string_view packed) {
    // Sealed here, so that what is inside is read.
    const std::string conversation = keptIndex(hubKey(), "c", "who");
    const std::string id = keptIndex(hubKey(), "c", "which");
    const std::string sealed = hubKey().sealOwn("kept:" + conversation + id + "c", packed);
    KeptEvent event;
    openKept(hubKey(), "c", conversation, id, sealed, event);
    FUZZ_CHECK(event.conversation.size() + event.id.size() + event.data.size() <= packed.size());
    KeptEvent again;
    openKept(hubKey(), "c", keptIndex(hubKey(), "c", event.conversation), keptIndex(hubKey(), "c", event.id),
             sealKept(hubKey(), "c", event), again);
    FUZZ_CHECK(again.conversation == event.conversation && again.id == event.id && again.data == event.data);
}

void tryCall(std::string_view json) {
    PhoneCall call{.connector = "c", .call_id = "1"};
    openCall(hubKey(), hubKey().sealOwn("call:1:c1", json), call);
    PhoneCall again{.connector = "c", .call_id = "1"};
    openCall(hubKey(), sealCall(hubKey(), call), again);
    FUZZ_CHECK(again.caller == call.caller && again.phone == call.phone && again.called == call.called);
    FUZZ_CHECK(again.attributes == call.attributes && saysTheSame(call, again));
    FUZZ_CHECK(saysTheSame(merged(call, call), call));
}

void tryLink(std::string_view json) {
    const security::AccountLink link = openLink(hubKey(), "p", hubKey().sealOwn("account_link:p", json));
    const std::string person = linkIndex(hubKey(), link.issuer, link.subject);
    const security::AccountLink again = openLink(hubKey(), person, sealLink(hubKey(), link));
    FUZZ_CHECK(again.issuer == link.issuer && again.subject == link.subject && again.roles == link.roles);
    security::RoleRequest request{.id = "r"};
    openWords(hubKey(), hubKey().sealOwn("role_request:r", json), request);
}

void tryTicket(std::string_view plain) {
    constexpr Instant kNow{std::chrono::milliseconds{1772755200000}};
    // Anything that a browser sends back, and anything that was sealed.
    static_cast<void>(security::openTicket(hubKey(), "c", plain, kNow).ok());
    static_cast<void>(security::isLocalPath(plain));
    const security::SignInTicket ticket{
        .number = "7", .return_to = "/a", .secret = std::string{plain}, .expires_at = kNow + std::chrono::minutes{1}};
    const std::string sealed = security::sealTicket(hubKey(), "c", ticket);
    const Result<security::SignInTicket> opened = security::openTicket(hubKey(), "c", sealed, kNow);
    FUZZ_CHECK(opened.ok() == (sealed.size() <= 4000));
    if (opened) FUZZ_CHECK(opened->secret == plain && opened->return_to == "/a" && !opened->citizen);
    FUZZ_CHECK(!security::openTicket(hubKey(), "d", sealed, kNow).ok());
}

void trySealed(std::string_view bytes) {
    const security::Key key = security::Key{std::string(32, 'd')};
    static_cast<void>(openPayload(key, "p", 1, domain::EventKind::kReminded, bytes));
}

void tryText(std::string_view bytes) {
    for (const Nul nul : {Nul::kKept, Nul::kReplaced}) {
        std::string buffer;
        const std::string made{storableText(bytes, buffer, nul)};
        FUZZ_CHECK(isUtf8(made));
        FUZZ_CHECK(nul == Nul::kKept || made.find('\0') == std::string::npos);
        std::string again;
        FUZZ_CHECK(storableText(made, again, nul) == made);
        if (isUtf8(bytes) && bytes.find('\0') == std::string_view::npos) FUZZ_CHECK(made == bytes);
    }
    std::vector<std::string> ids = idsOf(bytes);
    std::erase(ids, "");  // No id is empty.
    FUZZ_CHECK(idsOf(listed(ids)) == ids);
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const std::size_t what = input.choice(8);
    const std::size_t kind = input.choice(domain::kEventKindNames.size());
    const Exact row{input.rest()};
    try {
        switch (what) {
            case 0:
                return tryEvent(kind, row.view());
            case 1:
                return tryPerson(row.view());
            case 2:
                return tryKept(row.view());
            case 3:
                return tryCall(row.view());
            case 4:
                return tryLink(row.view());
            case 5:
                return tryTicket(row.view());
            case 6:
                return trySealed(row.view());
            default:
                return tryText(row.view());
        }
    } catch (const DamagedRow&) {
        // As promised.
    }
}

}  // namespace pakn::fuzz
