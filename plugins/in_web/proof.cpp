/// @file
/// See proof.hpp.

#include "proof.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <digest.hpp>

#include "pakn/sdk/text.hpp"
#include "text.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kKeyName = "form_key";
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kIdLength = 22;  ///< Of that many bytes as base64url.
constexpr std::size_t kMostToken = 200;
constexpr std::size_t kMostProof = 20;
constexpr auto kLease = 10s;

Error notOurs() { return {.code = Errc::kForbidden, .message = "a form's token that is not this browser's"}; }

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Takes off what stands before the next dot.
std::string_view takePart(std::string_view& text) {
    const std::string_view part = text.substr(0, text.find('.'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

std::string macOf(std::string_view key, std::string_view purpose, std::string_view browser, std::string_view body) {
    std::string text;
    for (const std::string_view part : {purpose, browser, body}) text.append(part).push_back('\n');
    return webhooks::toHex(webhooks::hmac(webhooks::Digest::kSha256, key, text));
}

}  // namespace

Result<std::string> FormTokens::key() {
    const std::lock_guard lock{mutex_};
    if (!key_.empty()) return key_;
    const auto look = [&]() -> Result<bool> {
        Result<std::optional<std::string>> kept = services_.state().get(kKeyName);
        if (!kept) return std::move(kept).error();
        key_ = kept->value_or("");
        return !key_.empty();
    };
    if (const Result<bool> there = look(); !there || *there) return there ? Result<std::string>{key_} : there.error();
    // One node makes it; the others take what it made.
    const Result<bool> mine = services_.lease(kKeyName, kLease);
    if (!mine) return mine.error();
    if (!*mine) return Error{.code = Errc::kUnavailable, .message = "another node makes the key", .retry_after = 1s};
    Result<bool> there = look();
    if (there && !*there) {
        std::string made = randomToken(32);
        const Status kept = services_.state().put(kKeyName, made);
        if (kept)
            key_ = std::move(made);
        else
            there = kept.error();
    }
    (void)services_.release(kKeyName);
    if (!there) return std::move(there).error();
    return key_;
}

Result<std::string> FormTokens::make(std::string_view purpose, std::string_view browser, FormToken form) {
    Result<std::string> with = key();
    if (!with) return with;
    if (form.id.empty()) form.id = randomToken(kIdBytes);
    if (form.issued == Instant{}) form.issued = services_.now();
    std::string token = std::move(form.id);
    token += '.' + std::to_string(form.issued.time_since_epoch().count());
    token += '.' + std::to_string(form.bits);
    return token + '.' + macOf(*with, purpose, browser, token);
}

Result<FormToken> FormTokens::read(std::string_view token, std::string_view purpose, std::string_view browser) {
    const Result<std::string> with = key();
    if (!with) return with.error();
    if (token.size() > kMostToken || browser.empty()) return notOurs();
    const std::size_t signed_length = token.rfind('.');
    if (signed_length == std::string_view::npos) return notOurs();
    const std::string_view body = token.substr(0, signed_length);
    if (!sameSecret(macOf(*with, purpose, browser, body), token.substr(signed_length + 1))) return notOurs();
    std::string_view rest = body;
    const std::string_view id = takePart(rest);
    const auto issued = number<std::int64_t>(takePart(rest));
    const auto bits = number<int>(rest);
    if (!isToken(id, kIdLength, kIdLength) || !issued || !bits) return notOurs();
    return FormToken{.id = std::string{id}, .issued = Instant{std::chrono::milliseconds{*issued}}, .bits = *bits};
}

int provenBits(std::string_view token, std::string_view proof) {
    const bool digits = proof.find_first_not_of("0123456789") == std::string_view::npos;
    if (proof.empty() || proof.size() > kMostProof || token.size() > kMostToken || !digits) return 0;
    const std::string hash = webhooks::sha256(std::string{token} + ':' + std::string{proof});
    int bits = 0;
    for (const char c : hash) {
        const auto byte = static_cast<unsigned char>(c);
        for (unsigned mask = 0x80; mask != 0; mask >>= 1U, ++bits)
            if ((byte & mask) != 0) return bits;
    }
    return bits;
}

std::string nameOf(std::string_view purpose, std::string_view secret, std::size_t length) {
    return webhooks::toHex(webhooks::sha256(std::string{purpose} + '\n' + std::string{secret})).substr(0, length);
}

}  // namespace pakn::in_web
