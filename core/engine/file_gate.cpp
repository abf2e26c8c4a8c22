#include "core/engine/file_gate.hpp"

#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "core/engine/file_types.hpp"

namespace pakn::engine {

namespace {

/// What a scanner said of a blob. A later edition of the note asks again.
constexpr std::string_view kNote = "scan1";
constexpr std::string_view kClean = "clean";
constexpr std::string_view kInfected = "infected";
/// How long a PDF waits until another one is read; then it is taken as it is.
constexpr std::chrono::seconds kPatience{2};

Error invalid(const char* problem, std::string message) {
    return {.code = Errc::kInvalid, .message = std::move(message), .problem = problem};
}

std::string attribute(const Decoded& decoded, std::string_view name) {
    const auto found = decoded.attributes.find(name);
    return found == decoded.attributes.end() ? std::string{} : found->second;
}

}  // namespace

std::string_view nameOf(ScanState state) {
    constexpr std::array<std::string_view, 2> kNames{"pending", "infected"};
    return kNames[static_cast<std::size_t>(state)];
}

FileGate::FileGate(Parts parts) : parts_{std::move(parts)}, scanner_{parts_.log} {}

Result<domain::FileRef> FileGate::keep(const Attachment& attachment, const config::IntakeRules& rules, Pages pages) {
    bool looked_at = false;
    const LookAt look = [&](std::string_view type, const Content& content) -> Status {
        const Result<bool> fine = clean(content, rules.virus_scan);
        if (!fine) return fine.error();
        looked_at = *fine;
        const bool counted = pages == Pages::kCounted && type == "application/pdf";
        return counted ? countPages(content, rules.max_pages) : Status{Done{}};
    };
    Result<domain::FileRef> kept = keepFile(parts_.blobs, attachment, rules.files, look);
    // A note that is lost costs another look.
    if (kept && looked_at) static_cast<void>(parts_.blobs.keepNote(kept->sha256, kNote, kClean));
    return kept;
}

Result<bool> FileGate::clean(const Content& content, const config::VirusScan& scan) {
    if (scan.socket.empty()) return false;
    const Result<VirusScanner::Finding> found = scanner_.scan(content, scan.socket);
    if (!found) {
        if (found.error().code != Errc::kUnavailable) return found.error();
        if (found.error().problem == "scan.too_large" && parts_.log)
            parts_.log(LogLevel::kError, "SCANNER_LIMIT", found.error().message);
        return false;
    }
    if (!found->infected) return true;
    if (parts_.log) parts_.log(LogLevel::kWarning, "FILE_INFECTED", found->signature);
    return invalid("attachment.infected", "the virus scanner has found " + found->signature);
}

Status FileGate::mayLeave(const domain::FileRef& file, const config::IntakeRules& rules) {
    if (rules.virus_scan.socket.empty()) return Done{};
    const Error infected{.code = Errc::kRejected, .message = "a file with a virus", .problem = "file.infected"};
    const Result<std::optional<std::string>> note = parts_.blobs.note(file.sha256, kNote);
    if (!note) return note.error();
    if (*note == kClean) return Done{};
    const bool known = *note == kInfected;  // Unless the scanner has learned better.
    const Result<Content> content = parts_.blobs.open(file.sha256);
    if (!content) return content.error();
    const Result<bool> fine = clean(*content, rules.virus_scan);
    if (!fine && fine.error().problem == "attachment.infected") {
        if (!known) static_cast<void>(parts_.blobs.keepNote(file.sha256, kNote, kInfected));
        return infected;
    }
    if (!fine) return fine.error();
    if (*fine) {
        static_cast<void>(parts_.blobs.keepNote(file.sha256, kNote, kClean));
        return Done{};
    }
    if (known) return infected;
    if (rules.virus_scan.fail == config::ScanFailure::kAccept) return Done{};
    return Error{.code = Errc::kUnavailable,
                 .message = "a file that the virus scanner has not looked at yet",
                 .problem = "scan.pending",
                 .retry_after = std::chrono::seconds{10}};
}

std::optional<ScanState> FileGate::state(const domain::FileRef& file, const config::IntakeRules& rules) const {
    if (rules.virus_scan.socket.empty()) return std::nullopt;
    const Result<std::optional<std::string>> note = parts_.blobs.note(file.sha256, kNote);
    if (note && *note == kClean) return std::nullopt;
    if (note && *note == kInfected) return ScanState::kInfected;
    return rules.virus_scan.fail == config::ScanFailure::kPending ? std::optional{ScanState::kPending} : std::nullopt;
}

Status FileGate::countPages(const Content& content, int most) {
    if (!parts_.decode || !beginReading()) return Done{};
    const Result<Decoded> read = parts_.decode("pdf", content);
    endReading();
    if (!read) {
        const bool unread = read.error().code == Errc::kRejected || read.error().code == Errc::kTooLarge;
        return unread ? invalid("attachment.pdf_unreadable", read.error().problem) : Status{Done{}};
    }
    const std::string text = attribute(*read, "pages");
    int pages = 0;
    std::from_chars(text.data(), text.data() + text.size(), pages);
    if (pages <= 0) return invalid("attachment.pdf_unreadable", "a PDF that asks for a password, or has no pages");
    if (pages > most) return invalid("attachment.too_many_pages", "more pages than intake.max_pages");
    return Done{};
}

/// The decoders have other things to do, and somebody waits for an acknowledgement.
bool FileGate::beginReading() {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, kPatience, [this] { return reading_ < parts_.readers; })) return false;
    ++reading_;
    return true;
}

void FileGate::endReading() {
    {
        const std::lock_guard lock{mutex_};
        --reading_;
    }
    changed_.notify_one();
}

}  // namespace pakn::engine
