#pragma once
/// @file
/// The gate that files pass: on their way in their size, type, pages and viruses, on their way out what a scanner has
/// said of them. What was looked at is what is stored: a file that its giver could still change is copied first.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>

#include "core/config/intake_settings.hpp"
#include "core/domain/petition.hpp"
#include "core/engine/photos.hpp"
#include "core/engine/virus_scan.hpp"
#include "core/store/blobs.hpp"

namespace pakn::engine {

/// What a scanner has to say yet, or has said: nothing is told of clean files.
enum class ScanState : std::uint8_t { kPending, kInfected };
std::string_view nameOf(ScanState state);

/// Whether the pages of a PDF are counted: of what comes from outside, where whoever sends it can mend it.
enum class Pages : std::uint8_t { kCounted, kAny };

/// Safe from any thread.
class FileGate {
public:
    using Log = std::function<void(LogLevel, std::string_view id, std::string_view text)>;
    struct Parts {
        store::Blobs& blobs;
        Photos::Decode decode = {};  ///< May be empty: no pages are counted.
        int readers = 2;             ///< PDFs that are read at the same time.
        Log log = {};
    };

    explicit FileGate(Parts parts);

    /// Stores a file durably. kInvalid ("attachment.empty", "attachment.type_not_accepted",
    /// "attachment.pdf_unreadable", "attachment.too_many_pages", "attachment.infected"), kTooLarge
    /// ("attachment.too_large"), those of Blobs::put. While the decoders have no time a PDF is taken as it is; while
    /// the scanner does not answer, `virus_scan.fail` decides.
    Result<domain::FileRef> keep(const Attachment& attachment, const config::IntakeRules& rules, Pages pages);

    /// May a file that lies here be shown or sent? One that nobody has looked at is looked at now. kRejected
    /// ("file.infected"), kUnavailable ("scan.pending").
    Status mayLeave(const domain::FileRef& file, const config::IntakeRules& rules);
    /// What is known of it; nobody looks.
    std::optional<ScanState> state(const domain::FileRef& file, const config::IntakeRules& rules) const;

private:
    Status countPages(const Content& content, int most);
    /// True: it is clean. False: nobody could look, and it is taken all the same.
    Result<bool> clean(const Content& content, const config::VirusScan& scan);
    bool beginReading();
    void endReading();

    const Parts parts_;
    VirusScanner scanner_;
    std::mutex mutex_;
    std::condition_variable changed_;
    int reading_ = 0;
};

}  // namespace pakn::engine
