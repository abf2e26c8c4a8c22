#include "visit.hpp"

#include <algorithm>
#include <charconv>

#include "times.hpp"

namespace pakn::in_mobile {
namespace {

constexpr std::size_t kMostParameters = 50;
constexpr std::size_t kMostToken = 512;
constexpr std::size_t kLeastKey = 16;  ///< Chosen at random, so that nobody chooses another's.
constexpr std::size_t kMostKey = 200;
constexpr int kMostLimit = 100;

bool isPrintable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

Error wrongParameter(std::string_view name) {
    return {.code = Errc::kInvalid,
            .message = "a parameter of the query is not what it should be",
            .problem = "request.parameter_invalid",
            .field = std::string{name}};
}

bool isBearer(std::string_view scheme) {
    constexpr std::string_view kBearer = "bearer ";
    return std::equal(scheme.begin(), scheme.end(), kBearer.begin(), kBearer.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

}  // namespace

Query readQuery(std::string_view query) {
    Query parameters;
    while (!query.empty() && parameters.size() < kMostParameters) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        const std::size_t equals = pair.find('=');
        if (pair.empty() || equals == 0) continue;
        parameters.emplace(percentDecoded(pair.substr(0, equals)),
                           equals == std::string_view::npos ? std::string{} : percentDecoded(pair.substr(equals + 1)));
    }
    return parameters;
}

std::string Visit::header(std::string_view name) const {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string{} : found->second;
}

std::string Visit::part(std::string_view name) const {
    const auto found = parts.find(name);
    return found == parts.end() ? std::string{} : found->second;
}

std::string Visit::bearer() const {
    const std::string field = header("authorization");
    constexpr std::size_t kScheme = 7;
    if (field.size() <= kScheme || !isBearer(std::string_view{field}.substr(0, kScheme))) return {};
    const std::string token = field.substr(kScheme);
    return token.size() <= kMostToken && isPrintable(token) ? token : std::string{};
}

Result<std::string> Visit::idempotencyKey() const {
    const std::string key = header("idempotency-key");
    if (key.empty())
        return Error{.code = Errc::kInvalid, .message = "no Idempotency-Key", .problem = "mobile.key_missing"};
    if (key.size() < kLeastKey || key.size() > kMostKey || !isPrintable(key))
        return Error{.code = Errc::kInvalid,
                     .message = "an Idempotency-Key has 16 to 200 printable characters",
                     .problem = "idempotency.key_invalid"};
    return key;
}

Result<int> Visit::limit(int otherwise) const {
    const auto found = query.find("limit");
    if (found == query.end()) return otherwise;
    const std::string& text = found->second;
    int limit = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (problem != std::errc{} || end != text.data() + text.size() || limit < 1 || limit > kMostLimit)
        return wrongParameter("limit");
    return limit;
}

Result<std::optional<Instant>> Visit::instant(std::string_view name) const {
    const auto found = query.find(name);
    if (found == query.end()) return std::optional<Instant>{};
    const std::optional<Instant> at = readInstant(found->second);
    return at ? Result<std::optional<Instant>>{at} : wrongParameter(name);
}

}  // namespace pakn::in_mobile
