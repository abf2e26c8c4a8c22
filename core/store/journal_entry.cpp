#include "core/store/journal_entry.hpp"

#include "core/store/event_codec.hpp"
#include "core/store/person_codec.hpp"

namespace pakn::store {

using security::Digest;
using security::Key;

namespace {

constexpr std::size_t kSaltSize = 32;

std::string payloadContext(std::string_view petition_id, int version) {
    return "payload:" + std::string{petition_id} + ':' + std::to_string(version);
}
std::string personContext(std::string_view petition_id) { return "person:" + std::string{petition_id}; }

void appendField(std::string& bytes, std::string_view field) {
    const auto size = static_cast<std::uint32_t>(field.size());
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(size >> shift & 0xFFU));
    bytes += field;
}

std::string opened(const Key& key, std::string_view context, std::string_view sealed) {
    auto plain = security::open(key, context, sealed);
    if (!plain) throw DamagedRow{"a sealed row does not open: changed, moved, or written under another hub key"};
    return std::move(*plain);
}

}  // namespace

Digest leafHash(const domain::Event& event, const Digest& commitment) {
    std::string bytes(1, '\0');
    bytes.reserve(320);
    appendField(bytes, event.id);
    appendField(bytes, event.petition_id);
    appendField(bytes, std::to_string(event.version));
    appendField(bytes, std::to_string(event.at.time_since_epoch().count()));
    appendField(bytes, nameOf(event.kind()));
    appendField(bytes, event.actor);
    appendField(bytes, nameOf(event.role));
    appendField(bytes, event.config_hash);
    appendField(bytes, {reinterpret_cast<const char*>(commitment.data()), commitment.size()});
    return security::sha256(bytes);
}

JournalEntry makeEntry(const domain::Event& event, const Key& data_key) {
    const std::string plain = security::randomBytes(kSaltSize) + encodePayload(event.data);
    const Digest commitment = security::sha256(plain);
    return {.sealed = security::seal(data_key, payloadContext(event.petition_id, event.version), plain),
            .commitment = commitment,
            .leaf = leafHash(event, commitment)};
}

std::string openPayloadText(const Key& data_key, std::string_view petition_id, int version, std::string_view sealed) {
    std::string plain = opened(data_key, payloadContext(petition_id, version), sealed);
    if (plain.size() < kSaltSize) throw DamagedRow{"a payload is too short"};
    plain.erase(0, kSaltSize);
    return plain;
}

domain::EventData openPayload(const Key& data_key, std::string_view petition_id, int version, domain::EventKind kind,
                              std::string_view sealed) {
    return decodePayload(kind, openPayloadText(data_key, petition_id, version, sealed));
}

std::string sealPerson(const Key& data_key, std::string_view petition_id, const Person& person) {
    return security::seal(data_key, personContext(petition_id), encodePerson(person));
}

Person openPerson(const Key& data_key, std::string_view petition_id, std::string_view sealed) {
    return decodePerson(opened(data_key, personContext(petition_id), sealed));
}

Key openDataKey(const security::HubKey& hub_key, std::string_view petition_id, std::string_view wrapped) {
    auto key = hub_key.unwrap(wrapped, petition_id);
    if (!key) throw DamagedRow{"a data key does not open: the store was written under another hub key"};
    return *key;
}

}  // namespace pakn::store
