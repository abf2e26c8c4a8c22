#pragma once
/// @file
/// Reports that are not sent yet, in the hub's storage, sealed there: the form in one conversation of the inbox, and
/// each piece of its files in one of its own. Whoever knows a draft's id may read and send it; the id is a secret of
/// the browser, and conversations are named by what is hashed of it. Safe from any thread.

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "form.hpp"
#include "pakn/sdk/inbox.hpp"

namespace pakn::in_web {

struct DraftFile {
    std::string id = {};  ///< 16 characters.
    std::string name = {};
    std::string content_type = {};  ///< As the browser said.
    std::size_t size = 0;
    Instant touched = {};  ///< When the inbox heard of it last.
};

/// What became of a form that was sent: shown again to whoever sends it twice.
struct SentReport {
    std::string code = {};
    std::string secret = {};
};

struct Draft {
    Form form = {};
    std::vector<DraftFile> files = {};
    std::optional<SentReport> sent = {};  ///< Then nothing else is kept.
    Instant saved_at = {};                ///< Set by the hub.
    std::int64_t sequence = 0;            ///< Of the inbox.

    [[nodiscard]] std::size_t bytes() const;
};

inline constexpr std::size_t kMostDraftBytes = 50U << 20U;  ///< Of one draft's files.

class DraftBox {
public:
    /// What the browser calls it in addresses: 16 hex digits that give nothing away.
    static std::string handleOf(std::string_view id);

    /// kUnavailable.
    static Result<std::optional<Draft>> load(Inbox& inbox, std::string_view id);
    /// In place of what was saved before. kUnavailable, kTooLarge.
    static Status save(Inbox& inbox, std::string_view id, const Draft& draft);
    /// Keeps a file of the draft; it is part of it once a save names it. kUnavailable.
    static Result<DraftFile> keep(Inbox& inbox, std::string_view id, const SentFile& file, Instant now);
    /// Files that were not touched since `before` are touched now, so that they last as long as their form. Save then.
    static Status touch(Inbox& inbox, std::string_view id, Draft& draft, Instant before, Instant now);
    /// Its bytes. kNotFound when they are not all there.
    static Result<Content> open(Inbox& inbox, std::string_view id, const DraftFile& file);
    static Status forget(Inbox& inbox, std::string_view id, const DraftFile& file);
    /// The draft and its files.
    static Status drop(Inbox& inbox, std::string_view id, const Draft& draft);
    /// In place of the draft: that it was sent. For whoever presses the button twice.
    static Status settle(Inbox& inbox, std::string_view id, const Draft& draft, const SentReport& sent);

    /// Throws away what nobody touched since `before`. How many conversations that were. kUnavailable.
    static Result<int> sweep(Inbox& inbox, Instant before, const std::stop_token& stop);
};

}  // namespace pakn::in_web
