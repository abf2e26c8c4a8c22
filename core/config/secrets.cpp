#include "core/config/secrets.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "core/config/sources.hpp"

namespace pakn::config {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSecretBytes = 64U << 10U;

Error unresolved(std::string why) { return {.code = Errc::kMisconfigured, .message = std::move(why)}; }

/// A name that stays in its folder.
bool isCredentialName(std::string_view name) {
    return name != "." && name != ".." && name.find('/') == std::string_view::npos;
}

Result<std::string> readSecretFile(const fs::path& file, const std::string& shown) {
    Result<std::string> text = readTextFile(file, kMaxSecretBytes);
    if (!text) return unresolved("the secret's file " + shown + " " + text.error().message);
    for (const char line_end : {'\n', '\r'})
        if (text->ends_with(line_end)) text->pop_back();
    if (text->empty()) return unresolved("the secret's file " + shown + " is empty");
    return text;
}

}  // namespace

std::optional<SecretReference> parseSecretReference(std::string_view text) {
    using Source = SecretReference::Source;
    constexpr std::array<std::pair<std::string_view, Source>, 3> kForms{
        {{"${credential:", Source::kCredential}, {"${file:", Source::kFile}, {"${env:", Source::kEnvironment}}};
    for (const auto& [prefix, source] : kForms) {
        if (!text.starts_with(prefix) || !text.ends_with('}')) continue;
        const std::string_view name = text.substr(prefix.size(), text.size() - prefix.size() - 1);
        const bool plain = std::none_of(name.begin(), name.end(), [](char c) {
            return c == '{' || c == '}' || static_cast<unsigned char>(c) < ' ';
        });
        if (name.empty() || !plain || (source == Source::kCredential && !isCredentialName(name))) return std::nullopt;
        return SecretReference{source, std::string{name}};
    }
    return std::nullopt;
}

Result<std::string> resolveSecret(const SecretReference& reference, const fs::path& base) {
    switch (reference.source) {
        case SecretReference::Source::kFile:
            return readSecretFile(base / fs::path{reference.name}, "\"" + reference.name + "\"");
        case SecretReference::Source::kCredential: {
            const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
            if (!folder || *folder == '\0')
                return unresolved("there is no credential \"" + reference.name +
                                  "\": CREDENTIALS_DIRECTORY is not set");
            return readSecretFile(fs::path{folder} / fs::path{reference.name},
                                  "of credential \"" + reference.name + "\"");
        }
        case SecretReference::Source::kEnvironment:
            break;
    }
    const char* value = std::getenv(reference.name.c_str());
    if (!value || *value == '\0') return unresolved("the environment variable " + reference.name + " is not set");
    return std::string{value};
}

}  // namespace pakn::config
