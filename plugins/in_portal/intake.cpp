#include "intake.hpp"

#include <algorithm>
#include <new>

#include "digest.hpp"
#include "pakn/sdk/source_revision.hpp"

namespace pakn::in_portal {
namespace {

constexpr std::size_t kMostFiles = 10;

/// The same for two items of which nothing differs that the mapping looks at.
std::string fingerprintOf(const MappedItem& item) {
    const IncomingPetition& in = item.petition;
    std::string all;
    const auto add = [&all](std::string_view part) {
        all.append(std::to_string(part.size())).append(1, ':').append(part);
    };
    for (const std::string* part :
         {&in.title, &in.text, &in.category, &in.petition_class, &in.complained_unit, &in.petitioner.kind,
          &in.petitioner.name, &in.petitioner.phone, &in.petitioner.email, &in.petitioner.citizen_id,
          &in.petitioner.address, &in.location.address, &in.location.area})
        add(*part);
    for (const bool flag :
         {in.emergency, in.is_public, in.anonymous, in.declared_true, in.consent.process_personal_data,
          in.consent.use_identity_in_handling, in.consent.publish_identity})
        add(flag ? "1" : "0");
    for (const std::optional<double>& degrees : {in.location.latitude, in.location.longitude})
        add(degrees ? std::to_string(*degrees) : "");
    add(in.occurred_at ? std::to_string(in.occurred_at->time_since_epoch().count()) : "");
    for (const auto& [name, value] : in.attributes) {
        add(name);
        add(value);
    }
    for (const WantedFile& file : item.files)
        for (const std::string* part : {&file.url, &file.data, &file.name}) add(*part);
    return webhooks::toHex(webhooks::sha256(all)).substr(0, 32);
}

}  // namespace

Error outOfMemory() {
    return {.code = Errc::kTooLarge,
            .message = "it takes more memory than the connector's process has",
            .problem = "portal.memory"};
}

bool isChanged(const Accepted& accepted) {
    // What the hub says of an external id that came before with another content.
    return accepted.outcome == Accepted::Outcome::kRefused && accepted.problem &&
           accepted.problem->problem == "idempotency.key_reused";
}

void Tally::add(const Accepted& accepted) {
    if (accepted.outcome == Accepted::Outcome::kStored) ++stored;
    if (accepted.outcome == Accepted::Outcome::kDuplicate) ++duplicates;
    if (accepted.outcome == Accepted::Outcome::kRefused) ++(isChanged(accepted) ? changed : refused);
}

std::string Tally::text() const {
    return std::to_string(stored) + " stored, " + std::to_string(duplicates) + " known, " + std::to_string(refused) +
           " refused, " + std::to_string(changed) + " changed";
}

Result<Accepted> Intake::take(const Json& item, std::string_view where, Inbox& inbox, const Haste* haste) try {
    return takeWhole(item, where, inbox, haste);
} catch (const std::bad_alloc&) {
    return outOfMemory();
}

Result<std::optional<Accepted>> Intake::takeInHand(std::string name, std::string raw, std::string_view where,
                                                   Inbox& inbox) {
    const Status may = inbox.working(name);
    if (may) return std::optional<Accepted>{};
    if (may.error().code != Errc::kRejected) return may.error();
    Result<Accepted> refused = refuse(std::move(name), std::move(raw), may.error(), where, inbox);
    if (!refused) return std::move(refused).error();
    return std::optional{*std::move(refused)};
}

Result<Accepted> Intake::takeWhole(const Json& item, std::string_view where, Inbox& inbox, const Haste* haste) {
    Result<MappedItem> mapped = mapItem(mapping_, item);
    if (!mapped) return refuse(externalIdOf(mapping_, item), writeJson(item), std::move(mapped).error(), where, inbox);
    IncomingPetition& petition = mapped->petition;
    petition.attributes[std::string{kSourceRevision}] = fingerprintOf(*mapped);
    std::vector<WantedFile> late;
    fetchFiles(std::move(mapped->files), haste, petition, late);
    // First the promise, then the petition: whoever dies between the two finds the item again at the portal.
    Result<LateFiles::Promise> promise = late_.promise(petition.external_id, late, inbox);
    if (!promise) return std::move(promise).error();
    Result<Accepted> accepted = inbox.accept(std::move(petition));
    const bool stored = accepted && accepted->outcome == Accepted::Outcome::kStored;
    // A petition that is there already has its files, or was promised them before; one that never comes needs none.
    if (accepted && !stored)
        if (Status dropped = late_.takeBack(*promise, inbox); !dropped) return std::move(dropped).error();
    if (accepted && isChanged(*accepted)) return noteChange(item, *std::move(accepted), where, inbox);
    if (accepted && accepted->outcome == Accepted::Outcome::kRefused) {
        services_.count("refused", 1);
        services_.log(LogLevel::kWarning,
                      std::string{where} +
                          ": refused: " + (accepted->problem ? accepted->problem->problem : std::string{"by the hub"}));
    }
    return accepted;
}

/// What the hub took in stands: a petition that is being answered does not change under its officer's hands. But who
/// handles it has to know that its source says something else by now.
Result<Accepted> Intake::noteChange(const Json& item, Accepted refused, std::string_view where, Inbox& inbox) {
    const Result<MappedItem> again = mapItem(mapping_, item);
    if (!again) return again.error();
    Result<Accepted> noted =
        inbox.update({.kind = Update::Kind::kNote,
                      .id = "changed-" + fingerprintOf(*again),
                      .external_id = again->petition.external_id,
                      .text = "Cổng gửi lại phản ánh này với nội dung khác sau khi hệ thống đã tiếp "
                              "nhận. Phản ánh ở đây giữ nguyên; hãy xem bản mới tại cổng."});
    if (!noted) return noted;
    if (noted->outcome == Accepted::Outcome::kStored) {
        services_.count("changed", 1);
        services_.log(
            LogLevel::kWarning,
            std::string{where} + ": known with another content: noted in the history of petition " + noted->code);
    }
    refused.code = noted->code;
    return refused;
}

Result<Accepted> Intake::refuse(std::string external_id, std::string raw, Error problem, std::string_view where,
                                Inbox& inbox) {
    services_.count("refused", 1);
    services_.log(LogLevel::kWarning,
                  std::string{where} + ": refused: " + problem.problem + ' ' + problem.field + ' ' + problem.message);
    return inbox.refuse({.external_id = std::move(external_id), .raw = std::move(raw), .problem = std::move(problem)});
}

void Intake::fetchFiles(std::vector<WantedFile> files, const Haste* haste, IncomingPetition& petition,
                        std::vector<WantedFile>& late) {
    int missing = 0;
    for (WantedFile& file : files) {
        if (petition.attachments.size() >= kMostFiles) {
            ++missing;
            continue;
        }
        if (!file.url.empty()) {
            Result<std::string> bytes =
                haste != nullptr ? fetcher_.fetch(file.url, haste->left(services_.now())) : fetcher_.fetch(file.url);
            if (!bytes) {
                ++missing;
                if (bytes.error().code == Errc::kUnavailable)
                    late.push_back(std::move(file));
                else
                    services_.log(LogLevel::kWarning, "a file of an item is left out: " + bytes.error().message);
                continue;
            }
            file.data = *std::move(bytes);
        }
        petition.attachments.push_back({.name = fileNameOf(file),
                                        .content_type = std::move(file.content_type),
                                        .content = Content{std::move(file.data)}});
    }
    if (missing > 0) petition.attributes["attachments_missing"] = std::to_string(missing);
}

}  // namespace pakn::in_portal
