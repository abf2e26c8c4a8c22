#include "core/engine/file_types.hpp"

#include <fcntl.h>
#include <magic.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>

#include "core/domain/text.hpp"

namespace pakn::engine {

namespace {

constexpr std::size_t kHeadBytes = 1U << 20U;  ///< libmagic looks no farther.
constexpr std::size_t kMaxFileName = 200;      ///< Code points.

/// As Debian 12's libmagic names them.
constexpr std::array<std::string_view, 8> kDocuments{"image/jpeg", "image/png", "image/webp",      "image/heic",
                                                     "image/heif", "image/gif", "application/pdf", "text/plain"};
constexpr std::array<std::string_view, 8> kSounds{"audio/mpeg",  "audio/x-wav", "audio/x-hx-aac-adts", "audio/aac",
                                                  "audio/x-m4a", "audio/mp4",   "audio/ogg",           "audio/amr"};
constexpr std::array<std::string_view, 4> kFilms{"video/mp4", "video/quicktime", "video/3gpp", "video/3gpp2"};
constexpr std::size_t kMaxRecordingBytes = 64U << 20U;

/// Files of these types, and how large.
struct Group {
    std::span<const std::string_view> types;
    std::size_t most;  ///< Bytes.

    [[nodiscard]] bool has(std::string_view type) const {
        return std::find(types.begin(), types.end(), type) != types.end();
    }
};
using Groups = std::array<Group, 3>;

Groups groupsOf(const config::FileLimits& limits) {
    return {{{kDocuments, limits.document}, {kSounds, limits.recording}, {kFilms, limits.recording}}};
}
constexpr std::array<Group, 1> kRecordings{{{kSounds, kMaxRecordingBytes}}};

std::string megabytes(std::size_t bytes) { return std::to_string(bytes >> 20U) + " MB"; }

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

Status checkSize(std::uint64_t size, std::size_t most) {
    if (size == 0) return Error{.code = Errc::kInvalid, .message = "an empty file", .problem = "attachment.empty"};
    if (size > most)
        return Error{
            .code = Errc::kTooLarge, .message = "a file over " + megabytes(most), .problem = "attachment.too_large"};
    return Done{};
}

/// Of a file of `size` bytes that begins so.
Result<std::string> typeOf(std::string_view head, std::uint64_t size, std::span<const Group> groups) {
    std::size_t most = 0;
    for (const Group& group : groups) most = std::max(most, group.most);
    if (Status fits = checkSize(size, most); !fits) return std::move(fits).error();
    magic_set* cookie = magic();
    if (!cookie)
        return Error{.code = Errc::kUnavailable,
                     .message = "libmagic's database cannot be loaded: install libmagic1",
                     .problem = "store.unavailable"};
    const char* const named = magic_buffer(cookie, head.data(), head.size());
    const std::string type = named ? named : "unknown";
    for (const Group& group : groups) {
        if (!group.has(type)) continue;
        Status fits = checkSize(size, group.most);
        return fits ? Result<std::string>{type} : std::move(fits).error();
    }
    return Error{.code = Errc::kInvalid,
                 .message = "a file of type " + type + " is not accepted",
                 .problem = "attachment.type_not_accepted"};
}

/// Nobody can change the bytes behind this descriptor any more.
bool isSealed(int descriptor) {
    constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    const int seals = ::fcntl(descriptor, F_GET_SEALS);
    return seals >= 0 && (seals & kSeals) == kSeals;
}

/// A file that its giver could change while it is looked at is copied first.
Result<Content> unchanging(const Content& content) {
    if (content.inMemory() || isSealed(content.descriptor())) return content;
    ContentWriter writer{content.size()};
    if (Status copied = content.copyTo([&](std::string_view piece) { return writer.append(piece); }); !copied)
        return std::move(copied).error();
    return writer.finish();
}

Result<std::string> headOf(const Content& content) {
    std::string head(static_cast<std::size_t>(std::min<std::uint64_t>(content.size(), kHeadBytes)), '\0');
    const Result<std::size_t> got = content.read(0, head);
    return got ? Result<std::string>{std::move(head)} : got.error();
}

Result<std::string> store(store::Blobs& blobs, const Content& content) {
    if (const std::string* bytes = content.inMemory()) return blobs.put(*bytes);
    return blobs.putPieces([&](const security::PieceSink& sink) -> Status { return content.copyTo(sink); });
}

Result<domain::FileRef> keep(store::Blobs& blobs, const Attachment& attachment, std::span<const Group> groups,
                             const LookAt& look) {
    std::size_t most = 0;
    for (const Group& group : groups) most = std::max(most, group.most);
    if (Status fits = checkSize(attachment.content.size(), most); !fits) return std::move(fits).error();
    const Result<Content> content = unchanging(attachment.content);
    if (!content) return content.error();
    const std::string* const bytes = content->inMemory();
    Result<std::string> type = Error{};
    if (bytes) {
        type = typeOf(*bytes, content->size(), groups);
    } else {
        const Result<std::string> head = headOf(*content);
        if (!head) return head.error();
        type = typeOf(*head, content->size(), groups);
    }
    if (!type) return std::move(type).error();
    if (look)
        if (Status fine = look(*type, *content); !fine) return std::move(fine).error();
    Result<std::string> address = store(blobs, *content);
    if (!address) return std::move(address).error();
    return domain::FileRef{.sha256 = std::move(*address),
                           .name = plainName(attachment.name),
                           .type = std::move(*type),
                           .size = static_cast<std::int64_t>(content->size())};
}

}  // namespace

Result<std::string> acceptedType(std::string_view bytes, const config::FileLimits& limits) {
    return typeOf(bytes, bytes.size(), groupsOf(limits));
}

Result<domain::FileRef> keepFile(store::Blobs& blobs, const Attachment& attachment, const config::FileLimits& limits,
                                 const LookAt& look) {
    return keep(blobs, attachment, groupsOf(limits), look);
}

Result<domain::FileRef> keepRecording(store::Blobs& blobs, const Attachment& attachment) {
    return keep(blobs, attachment, kRecordings, {});
}

Result<domain::FileRef> keepOriginal(store::Blobs& blobs, const Attachment& attachment) {
    constexpr std::uint64_t kMost = 64U << 20U;
    const Content& content = attachment.content;
    if (content.empty())
        return Error{.code = Errc::kInvalid, .message = "an empty file", .problem = "attachment.empty"};
    if (content.size() > kMost)
        return Error{.code = Errc::kTooLarge, .message = "over 64 MB as it came", .problem = "attachment.too_large"};
    Result<std::string> address =
        blobs.putPieces([&](const security::PieceSink& sink) -> Status { return content.copyTo(sink); });
    if (!address) return std::move(address).error();
    return domain::FileRef{.sha256 = std::move(*address),
                           .name = plainName(attachment.name),
                           .type = "application/octet-stream",
                           .size = static_cast<std::int64_t>(content.size())};
}

}  // namespace pakn::engine
