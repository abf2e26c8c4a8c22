#pragma once
/// @file
/// Tokens of reports whose id the portal asks for later. A token says which report it is and proves that we gave it
/// out: nothing has to be kept, and nobody can find out by guessing which reports there are.

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "pakn/sdk/host.hpp"

namespace pakn::in_open311 {

/// Safe from any thread.
class Tokens {
public:
    explicit Tokens(HostServices& services) : services_{services} {}

    /// The same for the same code, for ever. kUnavailable, kInternal.
    Result<std::string> tokenOf(const std::string& code);
    /// The code; nothing for what is no token of ours. The same errors.
    Result<std::optional<std::string>> codeOf(std::string_view token);

private:
    Result<std::string> key();

    HostServices& services_;
    std::mutex mutex_;
    std::string key_;  ///< Once it is known.
};

}  // namespace pakn::in_open311
