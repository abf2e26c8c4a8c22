#include "thread_ids.hpp"

#include <algorithm>
#include <pakn/sdk/text.hpp>
#include <vector>

#include "addresses.hpp"
#include "digest.hpp"  // of standard_webhooks

namespace pakn::in_email {

namespace {

constexpr std::size_t kProofLetters = 10;  ///< 60 bits.
constexpr std::size_t kHashDigits = 16;
constexpr std::size_t kMostCode = 40;
constexpr std::size_t kMostDelivery = 64;
constexpr std::size_t kUuid = 36;
constexpr std::size_t kShortUuid = 22;
constexpr std::string_view kBegin = "pa-";
constexpr char kShort = 'u';  ///< Begins a UUID in base64url.

/// Codes and delivery ids have no other characters, so a dot parts them.
bool isName(std::string_view text, std::size_t most) {
    constexpr std::string_view kAlphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
    return !text.empty() && text.size() <= most && text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

int digitOf(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

std::string toBase64Url(std::string_view bytes) {
    std::string text = webhooks::toBase64(bytes);
    text.resize(std::min(text.find('='), text.size()));
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

/// A UUID as 22 letters behind a mark; anything else as it is.
std::string shortened(std::string_view delivery) {
    std::string bytes;
    int high = -1;
    for (const char c : delivery) {
        if (c == '-') continue;
        const int digit = digitOf(c);
        if (digit < 0) return std::string{delivery};
        if (high < 0) {
            high = digit;
        } else {
            bytes += static_cast<char>(high * 16 + digit);
            high = -1;
        }
    }
    const bool uuid = delivery.size() == kUuid && bytes.size() == 16 && high < 0;
    return uuid ? kShort + toBase64Url(bytes) : std::string{delivery};
}

std::string lengthened(std::string_view text) {
    if (text.size() != kShortUuid + 1 || text.front() != kShort) return std::string{text};
    std::string base64{text.substr(1)};
    std::replace(base64.begin(), base64.end(), '-', '+');
    std::replace(base64.begin(), base64.end(), '_', '/');
    const Result<std::string> bytes = webhooks::fromBase64(base64);
    if (!bytes || bytes->size() != 16) return std::string{text};
    std::string uuid = webhooks::toHex(*bytes);
    for (const std::size_t at : {20U, 16U, 12U, 8U}) uuid.insert(at, 1, '-');
    return shortened(uuid) == text ? uuid : std::string{text};
}

}  // namespace

ThreadIds::ThreadIds(std::string key, std::string domain) : key_{std::move(key)}, domain_{std::move(domain)} {}

std::string ThreadIds::proofOf(std::string_view code, std::string_view delivery, std::string_view address) const {
    std::string all{"id\n"};
    all.append(code).append(1, '\n').append(delivery).append(1, '\n').append(folded(address));
    return toBase64Url(webhooks::hmac(webhooks::Digest::kSha256, key_, all)).substr(0, kProofLetters);
}

std::string ThreadIds::hashOf(std::string_view address) const {
    const std::string mac = webhooks::hmac(webhooks::Digest::kSha256, key_, "address\n" + folded(address));
    return webhooks::toHex(mac).substr(0, kHashDigits);
}

std::string ThreadIds::idFor(std::string_view code, std::string_view delivery, std::string_view reader) const {
    return std::string{kBegin} + std::string{code} + '.' + shortened(delivery) + '.' + proofOf(code, delivery, reader) +
           '@' + domain_;
}

std::optional<ThreadIds::Ours> ThreadIds::read(std::string_view id) const {
    if (!id.starts_with(kBegin) || folded(domainOf(id)) != folded(domain_)) return std::nullopt;
    std::string_view rest = localOf(id).substr(kBegin.size());
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t dot = rest.find('.');
        parts.push_back(rest.substr(0, dot));
        if (dot == std::string_view::npos || parts.size() > 3) break;
        rest.remove_prefix(dot + 1);
    }
    if (parts.size() != 3 || !isName(parts[0], kMostCode) || !isName(parts[1], kMostDelivery)) return std::nullopt;
    return Ours{.code = std::string{parts[0]}, .delivery = lengthened(parts[1]), .proof = std::string{parts[2]}};
}

bool ThreadIds::wentTo(const Ours& id, std::string_view address) const {
    return sameSecret(proofOf(id.code, id.delivery, address), id.proof);
}

std::string ThreadIds::codeInSubject(std::string_view subject) {
    constexpr std::string_view kTag = "[PA-";
    const std::size_t begin = subject.find(kTag);
    if (begin == std::string_view::npos) return {};
    const std::string_view rest = subject.substr(begin + kTag.size());
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos || !isName(rest.substr(0, end), kMostCode)) return {};
    return std::string{rest.substr(0, end)};
}

}  // namespace pakn::in_email
