#pragma once
/// @file
/// Private to the store: a petition as followers read it, from its rows, for every adapter.

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "core/store/row_codec.hpp"

namespace pakn::store {

/// Adds the events of one petition one after the other, in the order of their versions.
class FollowedBuilder {
public:
    FollowedBuilder(std::string petition_id, security::Key data_key, std::span<const std::string_view> kinds)
        : id_{std::move(petition_id)}, data_key_{std::move(data_key)}, kinds_{kinds} {}

    /// Columns: seq, id, version, at, kind, actor, role, config_hash, sealed payload.
    template <class Row>
    void add(const Row& row) {
        const int version = static_cast<int>(row.integer(2));
        const std::string kind = row.text(4);
        if (version == 1) followed_.doc = row.integer(0);
        const auto known_kind = domain::findEventKind(kind);
        const bool wanted = std::find(kinds_.begin(), kinds_.end(), kind) != kinds_.end();
        if ((!known_kind && !wanted) || row.isNull(8)) return;
        const std::string payload = openPayloadText(data_key_, id_, version, row.bytes(8));
        if (known_kind) {
            const domain::Event event{.id = row.text(1),
                                      .petition_id = id_,
                                      .version = version,
                                      .at = instant(row.integer(3)),
                                      .actor = row.text(5),
                                      .role = known(domain::findRole(row.bytes(6))),
                                      .config_hash = row.text(7),
                                      .data = decodePayload(*known_kind, payload)};
            if (domain::changesSendersView(event)) followed_.changed_at = event.at;
            followed_.petition = apply(std::move(followed_.petition), event);
        }
        if (wanted) followed_.events.push_back({.version = version, .kind = kind, .payload = payload});
    }

    /// Of the row in `persons`.
    FollowedPetition finish(std::string_view sealed_person, std::string_view phone_index,
                            std::string_view citizen_index) && {
        Person person = openPerson(data_key_, id_, sealed_person);
        followed_.anonymous = followed_.petition.anonymous;
        followed_.identified = !person.petitioner.phone.empty() || !person.petitioner.citizen_id.empty();
        followed_.names_itself = person.consent.publish_identity;
        followed_.petitioner = std::move(person.petitioner);
        followed_.sender = citizen_index.empty() ? phone_index : citizen_index;
        return std::move(followed_);
    }

private:
    const std::string id_;
    const security::Key data_key_;
    const std::span<const std::string_view> kinds_;
    FollowedPetition followed_ = {};
};

}  // namespace pakn::store
