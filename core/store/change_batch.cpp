#include "core/store/change_batch.hpp"

namespace pakn::store {

void ChangeBatch::append(Change change) {
    const std::string& id = change.after.id;
    if (change.birth) keys_.try_emplace(id, security::Key::random());
    const auto key = keys_.find(id);
    const bool all_before = sealed_.size() == changes_.size();
    changes_.push_back(std::move(change));
    if (key == keys_.end() || !all_before) return;  // complete() looks the key up.
    Sealing sealing = sealingOf(changes_.back(), key->second);
    // A change that comes alone is not handed to another thread.
    sealed_.push_back(changes_.size() == 1 ? sealer_.put(std::move(sealing)) : sealer_.start(std::move(sealing)));
}

}  // namespace pakn::store
