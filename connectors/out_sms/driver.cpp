#include "driver.hpp"

#include <algorithm>

#include "pakn/sdk/text.hpp"

namespace pakn::out_sms {
namespace {

constexpr std::string_view kOurs = "pakn-";
constexpr std::string_view kPlainer = "-s";
constexpr std::string_view kRepeated = "-r";
/// eSMS says 50; VNPT's limit is not known.
constexpr std::size_t kMostId = 50;
constexpr std::size_t kMostCode = 8;

bool isIdCharacter(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/// A code is a short number; whatever else stands there may be anything.
std::string shown(std::string_view code) {
    const bool number =
        !code.empty() && code.size() <= kMostCode && code.find_first_not_of("-0123456789") == std::string_view::npos;
    return number ? std::string{code} : "?";
}

}  // namespace

std::unique_ptr<Driver> makeDriver(const Options& options, std::string callback) {
    if (options.driver == Gateway::kVnpt) return makeVnpt(options);
    if (options.driver == Gateway::kViettel) return makeViettel(options);
    return makeEsms(options, std::move(callback));
}

Verdict verdictOf(std::span<const CodeRow> table, std::string_view code) {
    const auto row = std::find_if(table.begin(), table.end(), [&](const CodeRow& one) { return one.code == code; });
    if (row != table.end())
        return {.remedy = row->remedy, .code = std::string{code}, .meaning = std::string{row->meaning}};
    return {.remedy = Remedy::kNever, .code = shown(code), .meaning = "a code that this connector does not know"};
}

std::string readableRequestId(std::string_view key, bool plainer) {
    const bool fits = key.size() + kOurs.size() + kPlainer.size() <= kMostId && !key.empty() &&
                      std::all_of(key.begin(), key.end(), &isIdCharacter);
    std::string id{kOurs};
    id += fits ? std::string{key} : "h" + shortHash(key);
    if (plainer) id += kPlainer;
    return id;
}

std::string repeatedKey(std::string_view key, std::int64_t failures) {
    return std::string{key}.append(kRepeated).append(std::to_string(failures));
}

std::string keyOfRequestId(std::string_view request_id) {
    if (!request_id.starts_with(kOurs) || request_id.size() > kMostId) return {};
    request_id.remove_prefix(kOurs.size());
    if (request_id.ends_with(kPlainer)) request_id.remove_suffix(kPlainer.size());
    const std::size_t repeated = request_id.rfind(kRepeated);
    if (repeated != std::string_view::npos) {
        const std::string_view number = request_id.substr(repeated + kRepeated.size());
        if (!number.empty() && number.find_first_not_of("0123456789") == std::string_view::npos)
            request_id = request_id.substr(0, repeated);
    }
    return std::all_of(request_id.begin(), request_id.end(), &isIdCharacter) ? std::string{request_id} : std::string{};
}

}  // namespace pakn::out_sms
