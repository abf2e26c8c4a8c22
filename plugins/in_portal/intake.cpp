#include "intake.hpp"

#include <algorithm>

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

void Tally::add(Accepted::Outcome outcome) {
    if (outcome == Accepted::Outcome::kStored) ++stored;
    if (outcome == Accepted::Outcome::kDuplicate) ++duplicates;
    if (outcome == Accepted::Outcome::kRefused) ++refused;
}

std::string Tally::text() const {
    return std::to_string(stored) + " stored, " + std::to_string(duplicates) + " known, " + std::to_string(refused) +
           " refused";
}

Result<Accepted> Intake::take(const Json& item, std::string_view where, Inbox& inbox) {
    Result<MappedItem> mapped = mapItem(mapping_, item);
    if (!mapped) return refuse(externalIdOf(mapping_, item), writeJson(item), std::move(mapped).error(), where, inbox);
    if (Status fetched = fetchFiles(std::move(mapped->files), mapped->petition); !fetched)
        return std::move(fetched).error();
    Result<Accepted> accepted = inbox.accept(std::move(mapped->petition));
    if (accepted && accepted->outcome == Accepted::Outcome::kRefused) {
        services_.count("refused", 1);
        services_.log(LogLevel::kWarning,
                      std::string{where} +
                          ": refused: " + (accepted->problem ? accepted->problem->problem : std::string{"by the hub"}));
    }
    return accepted;
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
