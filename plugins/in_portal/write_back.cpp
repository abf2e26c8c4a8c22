#include "write_back.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

#include "digest.hpp"

namespace pakn::in_portal {
namespace {

Error rejected(std::string problem, std::string message) {
    return {.code = Errc::kRejected, .message = std::move(message), .problem = std::move(problem)};
}

/// Files travel inside the body, so here they have to be in memory.
std::string wholeOf(const Content& content) {
    constexpr std::uint64_t kMost = 64U << 20U;
    Result<std::string> bytes = content.bytes(kMost);
    if (!bytes) throw std::runtime_error{"cannot read a file of the answer"};
    return *std::move(bytes);
}

/// What templates can name.
JsonDocument valuesOf(const WriteBack& rule, const Delivery& delivery, const std::string& their_status) {
    JsonDocument values{rapidjson::kObjectType};
    auto& allocator = values.GetAllocator();
    const auto add = [&allocator](Json& object, const char* name, std::string_view text) {
        object.AddMember(
            rapidjson::StringRef(name),
            Json{text.empty() ? "" : text.data(), static_cast<rapidjson::SizeType>(text.size()), allocator}, allocator);
    };
    add(values, "external_id", delivery.external_id);
    add(values, "code", delivery.code);
    add(values, "status", their_status);
    add(values, "our_status", delivery.status);
    add(values, "kind", delivery.kind);
    add(values, "event", delivery.event);
    add(values, "occurred_at", formatDate(delivery.occurred_at, rule.dates.formats.front(), rule.dates.zone));
    add(values, "unit", delivery.unit);
    add(values, "unit_name", delivery.unit_name);
    add(values, "title", delivery.title);
    add(values, "key", delivery.idempotency_key);
    // The answer leaves in a delivery of kind `result` only, whatever else a delivery may carry.
    const bool result = delivery.kind == "result";
    add(values, "result_text", result ? delivery.result_text : std::string{});
    Json files{rapidjson::kArrayType};
    for (std::size_t i = 0; result && i < delivery.attachments.size(); ++i) {
        const Attachment& attachment = delivery.attachments[i];
        Json file{rapidjson::kObjectType};
        add(file, "name", attachment.name);
        add(file, "content_type", attachment.content_type);
        add(file, "data", webhooks::toBase64(wholeOf(attachment.content)));
        file.AddMember("last", i + 1 == delivery.attachments.size(), allocator);
        files.PushBack(file, allocator);
    }
    values.AddMember("files", files, allocator);
    return values;
}

/// The portal may have acted on what we sent.
bool isDoubtful(const Error& error) { return error.code == Errc::kUnknownOutcome || error.problem == "portal.failed"; }

/// The portal has acted: whatever its answer does to us, that stands.
std::string referenceOf(const WriteBack& rule, const HttpResponse& answer) try {
    if (!rule.reference) return {};
    const Result<JsonDocument> document = parseJson(answer.body);
    const Json* const found = document ? rule.reference->find(*document) : nullptr;
    return found != nullptr ? textOf(*found).value_or("").substr(0, 200) : std::string{};
} catch (const std::bad_alloc&) {
    return {};
}

}  // namespace

const WriteBack* WriteBacker::ruleFor(const Delivery& delivery) const {
    for (const WriteBack& rule : rules_) {
        const bool event = rule.events.empty() ||
                           std::find(rule.events.begin(), rule.events.end(), delivery.event) != rule.events.end();
        if (rule.kind == delivery.kind && event) return &rule;
    }
    return nullptr;
}

Result<Receipt> WriteBacker::send(const Delivery& delivery) {
    if (delivery.channel != settings_.channel || delivery.external_id.empty())
        return rejected("portal.not_ours", "the petition did not come from this portal: name the channel in `when`");
    const WriteBack* const rule = ruleFor(delivery);
    if (rule == nullptr)
        return rejected("portal.no_rule",
                        "the mapping has no write_back for " + delivery.kind + " on " + delivery.event);
    std::string their_status = delivery.status;
    if (!rule->status.empty()) {
        auto known = rule->status.find(delivery.status);
        if (known == rule->status.end() && rule->kind == "result") known = rule->status.find("answered");
        if (known == rule->status.end() && !rule->other_status)
            return Receipt{.reference = "not told: " + delivery.status};
        their_status = known != rule->status.end() ? known->second : *rule->other_status;
    }
    Result<Receipt> receipt = exchange(*rule, delivery, their_status);
    if (receipt || !isDoubtful(receipt.error())) return receipt;
    Error error = std::move(receipt).error();
    error.code = rule->repeatable ? Errc::kUnavailable : Errc::kUnknownOutcome;
    return error;
}

Result<Receipt> WriteBacker::exchange(const WriteBack& rule, const Delivery& delivery,
                                      const std::string& their_status) try {
    const JsonDocument values = valuesOf(rule, delivery, their_status);
    HttpRequest request{.method = rule.method, .url = rule.url.render(values), .headers = rule.headers};
    request.headers["content-type"] = rule.content_type;
    request.body = rule.body.render(values);
    if (!rule.idempotency_header.empty()) request.headers[rule.idempotency_header] = delivery.idempotency_key;
    settings_.login.sign(request);
    const Result<HttpResponse> answer = services_.http().perform(request, settings_.limits);
    if (!answer) return answer.error();
    const bool had = std::find(rule.already.begin(), rule.already.end(), answer->status) != rule.already.end();
    if (had) return Receipt{.already = true, .reference = referenceOf(rule, *answer)};
    if (Status good = judge(*answer, services_.now()); !good) return std::move(good).error();
    return Receipt{.reference = referenceOf(rule, *answer)};
} catch (const std::runtime_error& failure) {  // A file that cannot be read now may be readable later.
    return Error{.code = Errc::kUnavailable, .message = failure.what(), .problem = "portal.file_unreadable"};
}

Result<Receipt> WriteBacker::reconcile(const Delivery& delivery) {
    const WriteBack* const rule = ruleFor(delivery);
    if (rule != nullptr && rule->repeatable) return send(delivery);
    return Error{.code = Errc::kUnknownOutcome,
                 .message = "the portal cannot be asked, and might act twice",
                 .problem = "portal.doubt"};
}

}  // namespace pakn::in_portal
