#pragma once
/// @file
/// Secrets are never written into a configuration, only where to find them: ${credential:NAME}, ${file:PATH},
/// ${env:NAME}.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::config {

struct SecretReference {
    enum class Source : std::uint8_t { kCredential, kFile, kEnvironment };
    Source source = Source::kFile;
    std::string name = {};
};

inline constexpr std::string_view kSecretForms = "write ${credential:NAME}, ${file:PATH} or ${env:NAME}";

/// The whole text must be one reference.
std::optional<SecretReference> parseSecretReference(std::string_view text);
/// The secret itself, without the line end that editors leave behind. A relative path starts at `base`. The error says
/// what is missing and never holds a part of a secret.
Result<std::string> resolveSecret(const SecretReference& reference, const std::filesystem::path& base);

}  // namespace pakn::config
