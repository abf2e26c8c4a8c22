/// @file
/// What a connector tells of telephone calls: checked, and into the register.

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "core/domain/phone.hpp"
#include "core/domain/text.hpp"
#include "core/engine/instance_inbox.hpp"
#include "core/engine/intake.hpp"
#include "core/security/crypto.hpp"

namespace pakn::engine {

namespace {

constexpr std::size_t kMostId = 200;    ///< Bytes.
constexpr std::size_t kMostText = 100;  ///< Code points of a number or an agent.
constexpr std::size_t kMostAttributes = 20;
constexpr std::size_t kMostName = 64;     ///< Bytes.
constexpr std::size_t kMostValue = 2000;  ///< Code points.
constexpr int kMostListed = 1000;

Error invalid(std::string problem, std::string field, std::string message) {
    return {.code = Errc::kInvalid,
            .message = std::move(message),
            .problem = std::move(problem),
            .field = std::move(field)};
}

/// Normalised; nothing for what is no text, or too long.
std::optional<std::string> sound(std::string_view text, std::size_t most) {
    const std::optional<std::string> normal = domain::toNfc(text);
    if (!normal || domain::codePoints(*normal) > most) return std::nullopt;
    return std::string{domain::trimmed(*normal)};
}

/// How exchanges signal that the caller does not show a number.
bool isHidden(std::string_view caller) {
    constexpr std::string_view kHidden[] = {"anonymous",  "<unknown>",   "unknown", "private",
                                            "restricted", "unavailable", "withheld"};
    std::string lower{caller};
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return std::find(std::begin(kHidden), std::end(kHidden), lower) != std::end(kHidden);
}

Status checkText(std::string& text, std::string_view field) {
    std::optional<std::string> normal = sound(text, kMostText);
    if (!normal) return invalid("call.field_invalid", std::string{field}, "no text, or longer than 100 characters");
    text = std::move(*normal);
    return Done{};
}

Status checkAttributes(Attributes& attributes) {
    if (attributes.size() > kMostAttributes)
        return invalid("call.field_invalid", "/attributes", "more than 20 attributes");
    for (auto& [name, value] : attributes) {
        std::optional<std::string> normal = sound(value, kMostValue);
        if (name.empty() || name.size() > kMostName || !domain::toNfc(name) || !normal)
            return invalid("call.field_invalid", "/attributes", "an attribute that is no text, or too long");
        value = std::move(*normal);
    }
    return Done{};
}

/// What is told, without a recording.
Result<store::PhoneCall> toldIn(Call& call) {
    const std::optional<std::string> id = domain::toNfc(call.id);
    if (!id || id->empty() || id->size() > kMostId)
        return invalid("call.id", "/id", "a call has an id of 1 to 200 bytes");
    for (auto [text, field] :
         {std::pair{&call.caller, "/caller"}, std::pair{&call.called, "/called"}, std::pair{&call.agent, "/agent"}})
        if (Status checked = checkText(*text, field); !checked) return std::move(checked).error();
    const auto& results = store::kCallResults;
    if (!call.result.empty() && std::find(results.begin(), results.end(), call.result) == results.end())
        return invalid("call.result", "/result", "answered, no_answer, abandoned, busy or failed");
    if (Status checked = checkAttributes(call.attributes); !checked) return std::move(checked).error();
    if (isHidden(call.caller)) call.caller.clear();
    return store::PhoneCall{.call_id = *id,
                            .caller = call.caller,
                            .phone = domain::normalisePhone(call.caller).e164,
                            .called = std::move(call.called),
                            .attributes = std::move(call.attributes),
                            .agent = std::move(call.agent),
                            .result = std::move(call.result),
                            .started_at = call.started_at,
                            .answered_at = call.answered_at,
                            .ended_at = call.ended_at,
                            .no_recording = call.no_recording};
}

}  // namespace

Result<CallState> InstanceInbox::call(Call call) {
    if (Status may = may_(); !may) return std::move(may).error();
    Result<store::PhoneCall> told = toldIn(call);
    if (!told) return std::move(told).error();
    if (call.recording) {
        Result<domain::FileRef> kept = keepRecording(hub_.blobs(), *call.recording);
        if (!kept) return std::move(kept).error();
        told->recording = std::move(*kept);
    }
    told->connector = settings_.id;
    told->updated_at = hub_.now();
    told->id = security::newId(told->updated_at);
    const Result<store::PhoneCall> known =
        condition_.writes().run(told->updated_at, 0, [&] { return hub_.store().calls().putCall(*told); });
    if (!known) return known.error();
    return CallState{.has_petition = known->has_petition,
                     .has_recording = known->recording.has_value() || known->no_recording};
}

Result<std::vector<Call>> InstanceInbox::unrecorded(Instant since, bool petition, int most) {
    Result<std::vector<store::PhoneCall>> found =
        hub_.store().calls().unrecordedCalls(settings_.id, since, petition, std::clamp(most, 1, kMostListed));
    if (!found) return std::move(found).error();
    std::vector<Call> calls;
    for (store::PhoneCall& one : *found)
        calls.push_back({.id = std::move(one.call_id),
                         .caller = std::move(one.caller),
                         .called = std::move(one.called),
                         .agent = std::move(one.agent),
                         .result = std::move(one.result),
                         .started_at = one.started_at,
                         .answered_at = one.answered_at,
                         .ended_at = one.ended_at,
                         .attributes = std::move(one.attributes)});
    return calls;
}

}  // namespace pakn::engine
