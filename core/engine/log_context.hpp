#pragma once
/// @file
/// What the present thread is working on, for every line that is logged meanwhile, whoever logs it. Ids only: never a
/// text somebody wrote, never a token.

#include <string_view>

namespace pakn::engine {

struct LogContext {
    std::string_view connector = {};
    std::string_view petition = {};  ///< Its id.
    std::string_view trace = {};     ///< One HTTP request, or one delivery.
};

/// Adds to the context of this thread while it lives; what the texts point to must live as long. Scopes nest.
class LogScope {
public:
    explicit LogScope(const LogContext& add) : outer_{context_} {
        if (!add.connector.empty()) context_.connector = add.connector;
        if (!add.petition.empty()) context_.petition = add.petition;
        if (!add.trace.empty()) context_.trace = add.trace;
    }
    ~LogScope() { context_ = outer_; }
    LogScope(const LogScope&) = delete;
    LogScope& operator=(const LogScope&) = delete;

    /// Of the calling thread.
    static const LogContext& current() { return context_; }

private:
    static inline thread_local LogContext context_ = {};
    const LogContext outer_;
};

}  // namespace pakn::engine
