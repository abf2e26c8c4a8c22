#pragma once
/// @file
/// What may be shown of a file. A photo is evidence as it was sent, and stays so under its hash; what anybody gets to
/// see or is sent is a copy made anew by a decoder: upright, without place, time or device, without whatever else was
/// in the file. A copy can be made again at any time, so it is made after the acknowledgement, and when somebody asks
/// for one that is not there: a crash loses none.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/petition.hpp"
#include "core/engine/worker.hpp"
#include "core/store/blobs.hpp"
#include "pakn/sdk/host.hpp"

namespace pakn::engine {

enum class PhotoState : std::uint8_t { kReady, kPending, kUnreadable };
std::string_view nameOf(PhotoState state);

/// Safe from any thread.
class Photos {
public:
    using Decode = std::function<Result<Decoded>(std::string_view kind, const Content&)>;
    using Log = std::function<void(LogLevel, std::string_view id, std::string_view text)>;

    /// `decode` may be empty: then no photo can be shown. `workers` copies are made at the same time.
    Photos(store::Blobs& blobs, Decode decode, int workers, Log log);
    Photos(const Photos&) = delete;
    Photos& operator=(const Photos&) = delete;
    ~Photos();

    static bool isPhoto(const domain::FileRef& file);

    /// Lets the copies of photos be made soon; returns at once.
    void prepare(const std::vector<domain::FileRef>& files);

    /// A photo's copy, waiting a little when it has to be made; any other file as it is. kRejected
    /// ("file.unreadable"): there is none and will be none; kUnavailable ("decode.unavailable", with retry_after): not
    /// yet; kNotFound and kInternal as Blobs::open.
    Result<Content> open(const domain::FileRef& file);

    /// Nothing for a file that is no photo.
    std::optional<PhotoState> state(const domain::FileRef& file);

private:
    /// A copy that is being made, or waits for it.
    struct Making {
        domain::FileRef file;
        bool done = false;
        std::optional<Error> error = {};
    };

    std::shared_ptr<Making> want(const domain::FileRef& file);
    std::chrono::milliseconds work();
    Status make(const domain::FileRef& file);
    Status keep(const domain::FileRef& file, const Result<Decoded>& decoded);
    /// The copy; nothing when it has to be made; kRejected when it cannot be.
    Result<std::optional<Content>> made(const std::string& sha256);

    store::Blobs& blobs_;
    const Decode decode_;
    const Log log_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::shared_ptr<Making>> waiting_;
    std::map<std::string, std::shared_ptr<Making>> making_;  ///< By hash; what waits, too.
    std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace pakn::engine
