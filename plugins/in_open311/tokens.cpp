#include "tokens.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <pakn/sdk/text.hpp>

#include "digest.hpp"

namespace pakn::in_open311 {
namespace {

constexpr std::string_view kKept = "token_key";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kProof = 32;  ///< Hex digits of a token that prove where it is from.

Error noKey() {
    return {.code = Errc::kUnavailable, .message = "another node is making the key of tokens, or none can be made"};
}

std::string madeKey() {
    std::array<char, kKeyBytes> bytes{};
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::getrandom(bytes.data() + done, bytes.size() - done, 0);
        if (got < 0 && errno != EINTR) return {};
        if (got > 0) done += static_cast<std::size_t>(got);
    }
    return webhooks::toHex({bytes.data(), bytes.size()});
}

std::string proofOf(const std::string& key, std::string_view code) {
    return webhooks::toHex(webhooks::hmac(webhooks::Digest::kSha256, key, code)).substr(0, kProof);
}

}  // namespace

Result<std::string> Tokens::tokenOf(const std::string& code) {
    Result<std::string> secret = key();
    if (!secret) return secret;
    return code + '-' + proofOf(*secret, code);
}

Result<std::optional<std::string>> Tokens::codeOf(std::string_view token) {
    const std::size_t dash = token.rfind('-');
    if (dash == std::string_view::npos || token.size() - dash != kProof + 1) return std::optional<std::string>{};
    const Result<std::string> secret = key();
    if (!secret) return secret.error();
    const std::string code{token.substr(0, dash)};
    if (!sameSecret(proofOf(*secret, code), token.substr(dash + 1))) return std::optional<std::string>{};
    return std::optional{code};
}

/// Made when it is needed first, by one node for all.
Result<std::string> Tokens::key() {
    const std::lock_guard lock{mutex_};
    if (!key_.empty()) return key_;
    Result<std::optional<std::string>> kept = services_.state().get(kKept);
    if (!kept) return kept.error();
    if (!*kept) {
        const Result<bool> alone = services_.lease(kKept, std::chrono::seconds{10});
        if (!alone) return alone.error();
        if (!*alone) return noKey();
        kept = services_.state().get(kKept);  // Another node may have been quicker.
        if (!kept) return kept.error();
        if (!*kept) {
            const std::string made = madeKey();
            if (made.empty()) return noKey();
            if (Status put = services_.state().put(kKept, made); !put) return put.error();
            *kept = made;
        }
        static_cast<void>(services_.release(kKept));
    }
    key_ = **kept;
    return key_;
}

}  // namespace pakn::in_open311
