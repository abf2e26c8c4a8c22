#pragma once
/// @file
/// The changes of one transaction and their sealed forms, for every adapter: sealed in the background as they are
/// appended, all there when they are written.

#include <span>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/store/event_codec.hpp"
#include "core/store/sealer.hpp"

namespace pakn::store {

class ChangeBatch {
public:
    explicit ChangeBatch(Sealer& sealer) : sealer_{sealer} {}

    /// The data key of a petition that was loaded.
    void know(const std::string& petition_id, const security::Key& data_key) {
        keys_.insert_or_assign(petition_id, data_key);
    }
    void append(Change change);

    [[nodiscard]] bool empty() const { return changes_.empty(); }
    [[nodiscard]] std::span<const Change> changes() const { return changes_; }
    /// Of each change, in the same order, after complete().
    [[nodiscard]] std::span<Sealer::Pending> sealed() { return sealed_; }

    /// Before the changes are written. `find_key(petition_id)` gives the data key of a petition that was not loaded
    /// here, nullopt when there is none. Throws DamagedRow for a change to a petition that does not exist.
    template <class FindKey>
    void complete(FindKey find_key) {
        for (std::size_t i = sealed_.size(); i < changes_.size(); ++i) {
            const std::string& id = changes_[i].after.id;
            auto key = keys_.find(id);
            if (key == keys_.end()) {
                const auto stored = find_key(id);
                if (!stored) throw DamagedRow{"a change to a petition that does not exist"};
                key = keys_.emplace(id, *stored).first;
            }
            sealed_.push_back(sealer_.put(sealingOf(changes_[i], key->second)));
        }
    }
    void clear() {
        sealed_.clear();
        changes_.clear();
    }

private:
    static Sealing sealingOf(const Change& change, const security::Key& key) {
        return {.events = change.events, .birth = change.birth, .data_key = key};
    }

    // The sealer looks at the events while the list of changes grows.
    static_assert(std::is_nothrow_move_constructible_v<Change>);

    Sealer& sealer_;
    std::vector<Change> changes_;
    std::vector<Sealer::Pending> sealed_;                  // Of the first of them, or of all. Goes before they go.
    std::unordered_map<std::string, security::Key> keys_;  // Of petitions that were loaded or born here.
};

}  // namespace pakn::store
