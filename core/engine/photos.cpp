#include "core/engine/photos.hpp"

#include <algorithm>
#include <array>

#include "core/domain/shown_file.hpp"
#include "core/engine/file_types.hpp"

namespace pakn::engine {

namespace {

/// What is known of a photo is noted under this name: a later way to make copies gets another one, and makes them all
/// anew.
constexpr std::string_view kNote = "photo1";
constexpr std::string_view kReady = "ready ";
constexpr std::string_view kUnreadable = "unreadable ";
/// Copies that may wait. What finds no place is made when somebody asks for it.
constexpr std::size_t kMostWaiting = 10000;
constexpr std::size_t kHeadBytes = 64U << 10U;
/// How long somebody who asks waits for a copy.
constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::milliseconds kForLong{std::chrono::hours{1}};

Error unreadable() {
    return {.code = Errc::kRejected, .message = "a photo that cannot be read", .problem = "file.unreadable"};
}
Error notYet() {
    return {.code = Errc::kUnavailable,
            .message = "a photo whose copy is not made yet",
            .problem = "decode.unavailable",
            .retry_after = std::chrono::seconds{2}};
}

}  // namespace

std::string_view nameOf(PhotoState state) {
    constexpr std::array<std::string_view, 3> kNames{"ready", "pending", "unreadable"};
    return kNames[static_cast<std::size_t>(state)];
}

Photos::Photos(store::Blobs& blobs, Decode decode, int workers, Log log)
    : blobs_{blobs}, decode_{std::move(decode)}, log_{std::move(log)} {
    for (int i = 0; decode_ && i < workers; ++i)
        workers_.push_back(std::make_unique<Worker>([this](const std::stop_token&) { return work(); }));
}

Photos::~Photos() {
    for (const auto& worker : workers_) worker->requestStop();
    for (const auto& worker : workers_) worker->wake();
}

bool Photos::isPhoto(const domain::FileRef& file) { return file.type.starts_with("image/"); }

void Photos::prepare(const std::vector<domain::FileRef>& files) {
    for (const domain::FileRef& file : files)
        if (isPhoto(file)) static_cast<void>(want(file));
}

Result<Content> Photos::open(const domain::FileRef& file) {
    if (!isPhoto(file)) return blobs_.open(file.sha256);
    Result<std::optional<Content>> copy = made(file.sha256);
    if (!copy) return std::move(copy).error();
    if (*copy) return std::move(**copy);
    const std::shared_ptr<Making> making = want(file);
    if (!making) return notYet();
    {
        std::unique_lock lock{mutex_};
        if (!changed_.wait_for(lock, kPatience, [&] { return making->done; })) return notYet();
        if (making->error) return *making->error;
    }
    copy = made(file.sha256);
    if (!copy) return std::move(copy).error();
    return *copy ? Result<Content>{std::move(**copy)} : Result<Content>{notYet()};
}

std::optional<PhotoState> Photos::state(const domain::FileRef& file) {
    if (!isPhoto(file)) return std::nullopt;
    const Result<std::optional<std::string>> note = blobs_.note(file.sha256, kNote);
    if (!note || !*note) return PhotoState::kPending;
    if ((*note)->starts_with(kUnreadable)) return PhotoState::kUnreadable;
    return (*note)->starts_with(kReady) ? PhotoState::kReady : PhotoState::kPending;
}

/// Joins whoever wants the same; null when nothing can be made, or too much waits.
std::shared_ptr<Photos::Making> Photos::want(const domain::FileRef& file) {
    if (workers_.empty()) return nullptr;
    std::shared_ptr<Making> making;
    {
        const std::lock_guard lock{mutex_};
        if (const auto found = making_.find(file.sha256); found != making_.end()) return found->second;
        if (waiting_.size() >= kMostWaiting) return nullptr;
        making = std::make_shared<Making>(Making{.file = file});
        waiting_.push_back(making);
        making_.emplace(file.sha256, making);
    }
    for (const auto& worker : workers_) worker->wake();
    return making;
}

/// One copy.
std::chrono::milliseconds Photos::work() {
    std::shared_ptr<Making> making;
    {
        const std::lock_guard lock{mutex_};
        if (waiting_.empty()) return kForLong;
        making = std::move(waiting_.front());
        waiting_.pop_front();
    }
    Status done = make(making->file);
    {
        const std::lock_guard lock{mutex_};
        making->done = true;
        if (!done) making->error = std::move(done).error();
        making_.erase(making->file.sha256);
    }
    changed_.notify_all();
    return std::chrono::milliseconds{0};
}

Status Photos::make(const domain::FileRef& file) {
    if (const auto there = made(file.sha256); !there)
        return there.error();
    else if (*there)
        return Done{};
    const Result<Content> original = blobs_.open(file.sha256);
    if (!original) return original.error();
    const Result<Decoded> decoded = decode_("photo", *original);
    const bool final = decoded || decoded.error().code == Errc::kRejected || decoded.error().code == Errc::kTooLarge;
    return final ? keep(file, decoded) : Status{notYet()};
}

/// The copy is a blob like any other, and the note names it: written last, so that it never names what is not there.
Status Photos::keep(const domain::FileRef& file, const Result<Decoded>& decoded) {
    std::string problem = decoded ? "decode.damaged" : decoded.error().problem;
    if (decoded && decoded->parts.size() == 1) {
        const Content& copy = decoded->parts.front().content;
        std::string head(std::min<std::size_t>(kHeadBytes, copy.size()), '\0');
        const Result<std::size_t> got = copy.read(0, head);
        // The decoder has read what its sender chose: what comes from it is looked at like anything from outside.
        const Result<std::string> type = got ? acceptedType(head) : Result<std::string>{got.error()};
        if (type && *type == domain::shownType(file.type)) {
            Result<std::string> address =
                blobs_.putPieces([&](const security::PieceSink& sink) { return copy.copyTo(sink); });
            if (!address) return std::move(address).error();
            return blobs_.keepNote(file.sha256, kNote, std::string{kReady} + *address);
        }
    }
    if (log_) log_(LogLevel::kWarning, "PHOTO_UNREADABLE", file.sha256 + ": " + problem);
    return blobs_.keepNote(file.sha256, kNote, std::string{kUnreadable} + problem);
}

Result<std::optional<Content>> Photos::made(const std::string& sha256) {
    const Result<std::optional<std::string>> note = blobs_.note(sha256, kNote);
    if (!note) return note.error();
    if (!*note) return std::optional<Content>{};
    if ((*note)->starts_with(kUnreadable)) return unreadable();
    if (!(*note)->starts_with(kReady)) return std::optional<Content>{};
    Result<Content> copy = blobs_.open((*note)->substr(kReady.size()));
    if (copy) return std::optional{std::move(*copy)};
    // Lost or damaged: the original is what counts, and the copy is made again.
    const bool gone = copy.error().code == Errc::kNotFound || copy.error().code == Errc::kInternal;
    return gone ? Result<std::optional<Content>>{std::optional<Content>{}} : std::move(copy).error();
}

}  // namespace pakn::engine
