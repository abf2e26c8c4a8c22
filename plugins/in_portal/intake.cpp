#include "intake.hpp"

#include <algorithm>

#include "digest.hpp"

namespace pakn::in_portal {
namespace {

/// A file that cannot be fetched so many times is left out: one dead link must not hold up all others.
constexpr int kMostTries = 5;
constexpr std::size_t kMostFailures = 1000;
constexpr std::size_t kMostFiles = 10;

std::string lowered(std::string_view text) {
    std::string result{text};
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

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

bool mayHelpLater(int status) { return status == 408 || status == 425 || status == 429 || status >= 500; }

}  // namespace

std::string originOf(std::string_view url) {
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return {};
    const std::string scheme = lowered(url.substr(0, scheme_end));
    if (scheme != "http" && scheme != "https") return {};
    const std::string_view rest = url.substr(scheme_end + 3);
    std::string host = lowered(rest.substr(0, rest.find_first_of("/?#")));
    // A user name before the host, or a character that two readers of one address may read differently.
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]";
    if (host.empty() || host.find_first_not_of(kAllowed) != std::string::npos) return {};
    const std::string usual = scheme == "https" ? ":443" : ":80";
    if (host.size() > usual.size() && host.compare(host.size() - usual.size(), usual.size(), usual) == 0)
        host.resize(host.size() - usual.size());
    return scheme + "://" + host;
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

Result<Accepted> Intake::take(const Json& item, std::string_view where, Inbox& inbox) {
    Result<MappedItem> mapped = mapItem(mapping_, item);
    if (!mapped) return refuse(externalIdOf(mapping_, item), writeJson(item), std::move(mapped).error(), where, inbox);
    if (Status fetched = fetchFiles(std::move(mapped->files), mapped->petition); !fetched)
        return std::move(fetched).error();
    Result<Accepted> accepted = inbox.accept(std::move(mapped->petition));
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

Status Intake::fetchFiles(std::vector<WantedFile> files, IncomingPetition& petition) {
    int missing = 0;
    for (WantedFile& file : files) {
        if (petition.attachments.size() >= kMostFiles) {
            ++missing;
            continue;
        }
        if (!file.url.empty()) {
            Result<std::string> bytes = fetch(file.url);
            if (!bytes && bytes.error().code == Errc::kUnavailable && !giveUp(file.url))
                return std::move(bytes).error();
            if (!bytes) {
                services_.log(LogLevel::kWarning, "a file of an item is left out: " + bytes.error().message);
                ++missing;
                continue;
            }
            file.data = *std::move(bytes);
            if (file.name.empty()) {
                const std::string path = file.url.substr(0, file.url.find_first_of("?#"));
                file.name = path.substr(path.rfind('/') + 1);
            }
        }
        petition.attachments.push_back({.name = std::move(file.name),
                                        .content_type = std::move(file.content_type),
                                        .content = Content{std::move(file.data)}});
    }
    if (missing > 0) petition.attributes["attachments_missing"] = std::to_string(missing);
    return Done{};
}

Result<std::string> Intake::fetch(const std::string& url) {
    const std::string origin = originOf(url);
    const bool allowed =
        !origin.empty() && std::any_of(rules_.hosts.begin(), rules_.hosts.end(), [&](const auto& host) {
            return origin == originOf(host.find("://") == std::string::npos ? "https://" + host : host);
        });
    if (!allowed) {
        return Error{.code = Errc::kForbidden,
                     .message = "its host is not among attachment_hosts" + (origin.empty() ? "" : ": " + origin),
                     .problem = "portal.host_not_allowed"};
    }
    Result<HttpResponse> answer = services_.http().perform({.url = url}, rules_.limits);
    if (!answer) {
        Error error = std::move(answer).error();
        const bool retry = error.code == Errc::kUnavailable || error.code == Errc::kUnknownOutcome;
        error.code = retry && error.problem != "http.answer_too_large" ? Errc::kUnavailable : Errc::kRejected;
        return error;
    }
    if (answer->status >= 200 && answer->status < 300) return std::move(answer->body);
    return Error{.code = mayHelpLater(answer->status) ? Errc::kUnavailable : Errc::kRejected,
                 .message = origin + " answered " + std::to_string(answer->status),
                 .problem = "portal.file_unreachable"};
}

bool Intake::giveUp(const std::string& url) {
    const std::lock_guard lock{mutex_};
    if (failures_.size() >= kMostFailures) failures_.clear();
    if (++failures_[url] < kMostTries) return false;
    failures_.erase(url);
    return true;
}

}  // namespace pakn::in_portal
