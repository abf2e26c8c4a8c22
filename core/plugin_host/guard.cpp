/// @file
/// Turns whatever a plugin threw into words that are safe to log.

#include "core/plugin_host/guard.hpp"

#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <system_error>
#include <typeinfo>

#include "core/plugin_host/refuse.hpp"

namespace pakn::plugin_host {
namespace {

struct Free {
    void operator()(char* text) const { std::free(text); }
};

/// The type of the exception being handled, as its author wrote it.
std::string thrownType() {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    if (type == nullptr) return "something foreign";
    int status = 0;
    const std::unique_ptr<char, Free> name{abi::__cxa_demangle(type->name(), nullptr, nullptr, &status)};
    return printable(name != nullptr ? name.get() : type->name(), 100);
}

/// What may be told of the exception being handled: a system error's reason is a fixed text, free words are not.
std::string thrownDetail(bool with_words) {
    try {
        throw;
    } catch (const std::system_error& error) {
        return ": " + printable(with_words ? error.what() : error.code().message());
    } catch (const std::exception& error) {
        return with_words && error.what() != nullptr ? ": " + printable(error.what()) : std::string{};
    } catch (...) {
        return {};
    }
}

}  // namespace

Error describeThrown(const CallSite& site) noexcept {
    try {
        std::string message = "plugin " + quoted(site.plugin) + " threw " + thrownType() + " from " +
                              std::string{site.call} + thrownDetail(site.code == Errc::kMisconfigured);
        return Error{.code = site.code, .message = std::move(message), .problem = "plugin.threw"};
    } catch (...) {
        return Error{.code = site.code};  // No memory for words.
    }
}

}  // namespace pakn::plugin_host
