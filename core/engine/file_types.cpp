/// @file
/// Which files the hub takes, decided by content (libmagic), never by name.

#include <magic.h>

#include <algorithm>
#include <array>
#include <memory>

#include "core/domain/text.hpp"
#include "core/engine/intake.hpp"

namespace pakn::engine {

namespace {

constexpr std::size_t kMaxFileBytes = 15U << 20U;
constexpr std::size_t kHeadBytes = 1U << 20U;  ///< libmagic looks no farther.
constexpr std::size_t kMaxFileName = 200;      ///< Code points.

/// The list of the provinces' guides.
constexpr std::array<std::string_view, 7> kAccepted{"image/jpeg", "image/png",       "image/webp", "text/plain",
                                                    "audio/mpeg", "application/pdf", "video/mp4"};

struct MagicCloser {
    void operator()(magic_set* cookie) const { magic_close(cookie); }
};
using Magic = std::unique_ptr<magic_set, MagicCloser>;

/// One per thread: a cookie is not safe to share.
magic_set* magic() {
    thread_local const Magic kCookie = [] {
        Magic cookie{magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_ELF)};
        if (cookie && magic_load(cookie.get(), nullptr) != 0) cookie.reset();
        return cookie;
    }();
    return kCookie.get();
}

/// The last part of a name, whatever separators the sender's system uses.
std::string plainName(std::string_view name) {
    const std::size_t slash = name.find_last_of("/\\");
    if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
    const std::optional<std::string> text = domain::toNfc(name);
    if (!text || domain::trimmed(*text).empty()) return "file";
    return std::string{domain::firstCodePoints(domain::trimmed(*text), kMaxFileName)};
}

Status checkSize(std::uint64_t size) {
    if (size == 0) return Error{.code = Errc::kInvalid, .message = "an empty file", .problem = "attachment.empty"};
    if (size > kMaxFileBytes)
        return Error{.code = Errc::kTooLarge, .message = "a file over 15 MB", .problem = "attachment.too_large"};
    return Done{};
}

struct Stored {
    std::string address;
    std::string type;
};

/// A file behind a descriptor goes to the blobs piece by piece. Whoever gave it may change it meanwhile, so its type is
/// told from the very bytes that are stored.
Result<Stored> store(store::Blobs& blobs, const Content& content) {
    if (Status fits = checkSize(content.size()); !fits) return std::move(fits).error();
    std::string piece;
    std::string_view head;
    if (const std::string* bytes = content.inMemory()) {
        head = *bytes;
    } else {
        piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(content.size(), kHeadBytes)));
        if (Result<std::size_t> got = content.read(0, piece); !got) return std::move(got).error();
        head = piece;
    }
    Result<std::string> type = acceptedType(head);
    if (!type) return std::move(type).error();
    if (head.size() == content.size()) {
        Result<std::string> address = blobs.put(head);
        if (!address) return std::move(address).error();
        return Stored{std::move(*address), std::move(*type)};
    }
    Result<std::string> address = blobs.putPieces([&](const security::PieceSink& sink) -> Status {
        if (Status taken = sink(head); !taken) return taken;
        for (std::uint64_t offset = head.size(); offset < content.size();) {
            piece.resize(Content::kPiece);
            const Result<std::size_t> got = content.read(offset, piece);
            if (!got) return got.error();
            if (Status taken = sink(std::string_view{piece}.substr(0, *got)); !taken) return taken;
            offset += *got;
        }
        return Done{};
    });
    if (!address) return std::move(address).error();
    return Stored{std::move(*address), std::move(*type)};
}

}  // namespace

Result<std::string> acceptedType(std::string_view bytes) {
    if (Status fits = checkSize(bytes.size()); !fits) return std::move(fits).error();
    magic_set* cookie = magic();
    if (!cookie)
        return Error{.code = Errc::kUnavailable,
                     .message = "libmagic's database cannot be loaded: install libmagic1",
                     .problem = "store.unavailable"};
    const char* type = magic_buffer(cookie, bytes.data(), bytes.size());
    if (type && std::find(kAccepted.begin(), kAccepted.end(), type) != kAccepted.end()) return std::string{type};
    return Error{.code = Errc::kInvalid,
                 .message = "a file of type " + std::string{type ? type : "unknown"} + " is not accepted",
                 .problem = "attachment.type_not_accepted"};
}

Result<domain::FileRef> keepFile(store::Blobs& blobs, const Attachment& attachment) {
    Result<Stored> stored = store(blobs, attachment.content);
    if (!stored) return std::move(stored).error();
    return domain::FileRef{.sha256 = std::move(stored->address),
                           .name = plainName(attachment.name),
                           .type = std::move(stored->type),
                           .size = static_cast<std::int64_t>(attachment.content.size())};
}

}  // namespace pakn::engine
