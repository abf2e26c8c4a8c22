#include "core/security/one_time_codes.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "core/security/crypto.hpp"

namespace pakn::security {

namespace {

constexpr std::uint32_t kCodes = 1'000'000;

Error tooOften(std::chrono::milliseconds wait) {
    return {.code = Errc::kUnavailable,
            .message = "too many codes were asked for",
            .problem = "code.too_often",
            .retry_after = wait};
}

Error wrong() { return {.code = Errc::kUnauthenticated, .message = "not the code", .problem = "code.wrong"}; }

/// Every code equally likely.
std::string newCode() {
    constexpr std::uint32_t kFair = UINT32_MAX - UINT32_MAX % kCodes;
    std::uint32_t number = kFair;
    while (number >= kFair) {
        number = 0;
        for (const char byte : randomBytes(4)) number = number << 8U | static_cast<unsigned char>(byte);
    }
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%06u", number % kCodes);
    return text.data();
}

std::string byClient(std::string_view client, std::string_view about) {
    return std::string{client} + '\n' + std::string{about};
}

std::string keyOf(std::string_view challenge) { return toHex(sha256("code:" + std::string{challenge})); }
std::string proofOf(std::string_view challenge, std::string_view code) {
    return toHex(sha256(std::string{challenge} + ':' + std::string{code}));
}

}  // namespace

/// What is refused counts nowhere: who is impatient waits no longer for it.
Status OneTimeCodes::countAll(std::initializer_list<Limit> limits, Instant now) {
    const std::lock_guard lock{mutex_};
    for (const Limit& one : limits)
        if (const auto wait = one.counter.wait(one.name, now)) return tooOften(*wait);
    for (const Limit& one : limits) static_cast<void>(one.counter.count(one.name, now));
    return Done{};
}

Status OneTimeCodes::ask(std::string_view about, std::string_view client, Instant now) {
    const std::string by_client = byClient(client, about);
    return countAll({{clients_, client}, {about_, about}, {about_by_client_, by_client}, {about_in_a_day_, about}},
                    now);
}

Status OneTimeCodes::askAbout(std::string_view about, std::string_view client, Instant now) {
    const std::string by_client = byClient(client, about);
    return countAll({{about_, about}, {about_by_client_, by_client}, {about_in_a_day_, about}}, now);
}

OneTimeCode OneTimeCodes::none(Instant until) { return {.challenge = randomToken(), .until = until}; }

Result<OneTimeCode> OneTimeCodes::issue(const CodePurpose& purpose, Instant now, Instant until) {
    (void)store_.dropExpiredSecrets(now);
    OneTimeCode made{.challenge = randomToken(), .code = newCode(), .until = until};
    const Status added =
        store_.addSecret({.hash = keyOf(made.challenge),
                          .kind = SecretKind::kOneTimeCode,
                          .source = std::to_string(kTries),
                          .csrf_hash = proofOf(made.challenge, made.code),
                          .created_at = now,
                          .expires_at = until,
                          .provider = ProviderSession{.issuer = purpose.kind, .subject = purpose.what}});
    if (!added) return added.error();
    return made;
}

Result<CodePurpose> OneTimeCodes::redeem(std::string_view kind, std::string_view challenge, std::string_view code,
                                         Instant now) {
    // Taken away first: of many who guess at the same time each uses up a try.
    Result<std::optional<Secret>> taken = store_.takeSecret(keyOf(challenge));
    if (!taken) return std::move(taken).error();
    if (!*taken || (*taken)->kind != SecretKind::kOneTimeCode || !(*taken)->provider) return wrong();
    Secret secret = std::move(**taken);
    if (!secret.expires_at || *secret.expires_at <= now) return wrong();
    if (secret.provider->issuer == kind && equalInConstantTime(secret.csrf_hash, proofOf(challenge, code)))
        return CodePurpose{.kind = secret.provider->issuer, .what = secret.provider->subject};
    const int left = std::atoi(secret.source.c_str()) - 1;
    if (left > 0) {
        secret.source = std::to_string(left);
        if (Status kept = store_.addSecret(secret); !kept) return std::move(kept).error();
    }
    return wrong();
}

}  // namespace pakn::security
