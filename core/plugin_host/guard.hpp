#pragma once
/// @file
/// The one way into plugin code. An exception of any type, std or not, ends here and becomes an Error that names the
/// plugin and the call. (A crash or a hang does not end here: that is what isolation in a child process is for.)

#include <cxxabi.h>

#include <string_view>
#include <type_traits>
#include <utility>

#include "pakn/sdk/result.hpp"

namespace pakn::plugin_host {

/// Who is called, for the error's text.
struct CallSite {
    std::string_view plugin;
    std::string_view call;
    /// kMisconfigured for construction: the text then carries what the plugin said. kInternal for all others, whose
    /// text carries the exception's type alone, because its words may quote a petition.
    Errc code = Errc::kInternal;
};

/// The exception being handled, as an Error. Call it in a catch block only. Never throws.
Error describeThrown(const CallSite& site) noexcept;

/// Calls `body`, which returns a Result, and returns what it returns. Nothing but the unwinding of a cancelled thread
/// leaves it by exception. (That unwinding has no object behind its reference, which the sanitizer would take amiss.)
template <class Body>
__attribute__((no_sanitize("null"))) auto guard(const CallSite& site, Body&& body) -> std::invoke_result_t<Body> {
    try {
        std::invoke_result_t<Body> result = std::forward<Body>(body)();
        if (!result && result.error().code > Errc::kTooLarge) {  // A number of its own: there is no remedy by it.
            Error error = std::move(result).error();
            error.code = Errc::kInternal;
            return error;
        }
        return result;
    } catch (const abi::__forced_unwind&) {
        throw;  // pthread_cancel and pthread_exit: swallowing it makes the C library abort.
    } catch (...) {
        return describeThrown(site);
    }
}

}  // namespace pakn::plugin_host
