#include "core/store/call_codec.hpp"

#include <algorithm>

#include "core/store/json.hpp"

namespace pakn::store {

using security::HubKey;

namespace {

/// Length first: no two calls give the same text.
std::string contextOf(const PhoneCall& call) {
    return "call:" + std::to_string(call.connector.size()) + ':' + call.connector + call.call_id;
}

void keepEarlier(std::optional<Instant>& known, const std::optional<Instant>& told) {
    if (told && (!known || *told < *known)) known = told;
}

void keepText(std::string& known, const std::string& told) {
    if (!told.empty()) known = told;
}

}  // namespace

PhoneCall merged(PhoneCall known, const PhoneCall& told) {
    if (!told.phone.empty() || known.phone.empty()) {
        keepText(known.caller, told.caller);
        keepText(known.phone, told.phone);
    }
    keepText(known.called, told.called);
    keepText(known.agent, told.agent);
    if (known.result != "answered") keepText(known.result, told.result);
    keepEarlier(known.started_at, told.started_at);
    keepEarlier(known.answered_at, told.answered_at);
    if (told.ended_at && (!known.ended_at || *told.ended_at > *known.ended_at)) known.ended_at = told.ended_at;
    if (told.recording) known.recording = told.recording;
    known.no_recording = !known.recording && (known.no_recording || told.no_recording);
    for (const auto& [name, value] : told.attributes)
        if (!value.empty()) known.attributes.insert_or_assign(name, value);
    known.updated_at = told.updated_at;
    return known;
}

std::string sealCall(const HubKey& hub_key, const PhoneCall& call) {
    rapidjson::StringBuffer buffer;
    JsonWriter json{buffer};
    json.StartObject();
    writeMember(json, "caller", call.caller);
    writeMember(json, "phone", call.phone);
    writeMember(json, "called", call.called);
    if (!call.attributes.empty()) {
        json.Key("attributes");
        json.StartObject();
        for (const auto& [name, value] : call.attributes) {
            json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
            writeText(json, value);
        }
        json.EndObject();
    }
    json.EndObject();
    return hub_key.sealOwn(contextOf(call), {buffer.GetString(), buffer.GetSize()});
}

void openCall(const HubKey& hub_key, std::string_view sealed, PhoneCall& call) {
    const auto text = hub_key.openOwn(contextOf(call), sealed);
    if (!text) throw DamagedRow{"a call does not open: written under another hub key"};
    const JsonValue json = parseObject(*text);
    call.caller = readText(json, "caller");
    call.phone = readText(json, "phone");
    call.called = readText(json, "called");
    if (const auto attributes = findMember(json, "attributes"))
        for (const auto& [name, value] : readObject(*attributes))
            call.attributes.emplace(std::string{name}, readText(value));
}

std::optional<std::string> phoneIndex(const HubKey& hub_key, std::string_view phone) {
    if (phone.empty()) return std::nullopt;
    return hub_key.blindIndex("phone", phone);
}

std::int64_t placeOf(const PhoneCall& call) {
    for (const std::optional<Instant>* at : {&call.started_at, &call.answered_at, &call.ended_at})
        if (*at) return millis(**at);
    return millis(call.updated_at);
}

bool saysTheSame(const PhoneCall& known, const PhoneCall& other) {
    return known.caller == other.caller && known.phone == other.phone && known.called == other.called &&
           known.attributes == other.attributes && known.agent == other.agent && known.result == other.result &&
           known.started_at == other.started_at && known.answered_at == other.answered_at &&
           known.ended_at == other.ended_at && known.no_recording == other.no_recording &&
           known.recording.has_value() == other.recording.has_value() &&
           (!known.recording || known.recording->sha256 == other.recording->sha256);
}

Conditions conditionsOf(const CallFilter& filter, const Page& page) {
    Conditions where;
    if (!filter.agent.empty()) where.add("c.agent = ?", filter.agent);
    if (!filter.result.empty()) where.add("c.result = ?", filter.result);
    if (filter.from) where.add("c.sort_at >= ?", *filter.from);
    if (filter.to) where.add("c.sort_at < ?", *filter.to);
    if (!page.after.empty()) {
        const Cursor after{page.after, 2};
        where.add("(c.sort_at, c.id) < (?, ?)", after.number(0), after.text(1));
    }
    return where;
}

}  // namespace pakn::store
