#pragma once
/// @file
/// The call centre tells of a call as it goes: docs/contracts/hotline-1022.md, A3. Who it is must be certain before its
/// words are read, and it is told "stored" only when it is.

#include <chrono>
#include <deque>
#include <mutex>
#include <pakn/sdk/connector.hpp>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::hotline {

/// Events that were stored a moment ago, so that one that comes again is no work. No more than that: the same event
/// after a restart changes nothing either. Safe from any thread.
class SeenEvents {
public:
    [[nodiscard]] bool has(std::string_view event_id) const;
    void add(std::string_view event_id);

private:
    mutable std::mutex mutex_;
    std::set<std::string, std::less<>> known_;  ///< Digests: an id may be as long as it likes, and hold anything.
    std::deque<std::string> order_;
};

/// What an event says, or kInvalid ("hotline.json", "hotline.field" with the field).
struct CallEvent {
    std::string id;
    Call call;
};
Result<CallEvent> readEvent(std::string_view body, std::chrono::milliseconds short_call);

/// Safe from any thread.
class Webhook {
public:
    /// `secrets`: the present one, and the one before while the call centre changes over. Throws std::invalid_argument
    /// when one is empty.
    Webhook(std::vector<std::string> secrets, std::chrono::milliseconds short_call, HostServices& services);

    /// 200 once the hub has it; 400, 401, 405, 413, 415, 503 as problem+json.
    HttpResponse handle(const HttpRequest& request, Inbox& inbox, const std::stop_token& stop);

private:
    [[nodiscard]] Status check(const HttpRequest& request) const;
    [[nodiscard]] bool isSigned(std::string_view given, const std::string& text) const;

    const std::vector<std::string> secrets_;
    const std::chrono::milliseconds short_call_;
    HostServices& services_;
    SeenEvents seen_;
};

}  // namespace pakn::hotline
