#include "core/config/merge.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace pakn::config {

namespace {

const Node* identityOf(const Node& item) {
    for (const std::string_view key : {"id", "name"})
        if (const Entry* entry = item.find(key))
            return entry->value.kind == Node::Kind::kScalar ? &entry->value : nullptr;
    return nullptr;
}

/// A list whose things are told apart by `id` or `name`; an empty list is one too.
bool isListOfThings(const Node& node) {
    return node.kind == Node::Kind::kList && std::all_of(node.items.begin(), node.items.end(),
                                                         [](const Node& item) { return identityOf(item) != nullptr; });
}

std::map<std::string, std::size_t> indexOf(const std::vector<Entry>& entries) {
    std::map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < entries.size(); ++i) index.emplace(entries[i].key, i);
    return index;
}

std::map<std::string, std::size_t> indexOf(const std::vector<Node>& items) {
    std::map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < items.size(); ++i) index.emplace(identityOf(items[i])->text, i);
    return index;
}

}  // namespace

void unite(Node& whole, Node file, Diagnostics& diagnostics) {
    const std::map<std::string, std::size_t> known = indexOf(whole.entries);
    whole.complete = whole.complete && file.complete;
    for (Entry& entry : file.entries) {
        const auto found = known.find(entry.key);
        if (found == known.end()) {
            whole.entries.push_back(std::move(entry));
            continue;
        }
        Entry& first = whole.entries[found->second];
        if (first.value.kind == Node::Kind::kMap && entry.value.kind == Node::Kind::kMap) {
            unite(first.value, std::move(entry.value), diagnostics);
        } else if (isListOfThings(first.value) && isListOfThings(entry.value)) {
            // The same thing twice is found where the list is read, as it is within one file.
            std::move(entry.value.items.begin(), entry.value.items.end(), std::back_inserter(first.value.items));
        } else {
            diagnostics.error(entry.key_mark,
                              "the key " + inQuotes(entry.key) + " stands in two files, first at " +
                                  diagnostics.place(first.key_mark),
                              "within one directory everything is said once: remove one of them");
        }
    }
}

Node overlay(Node included, Node winner) {
    if (included.kind == Node::Kind::kMap && winner.kind == Node::Kind::kMap) {
        std::map<std::string, std::size_t> known = indexOf(included.entries);
        included.mark = winner.mark;
        included.complete = included.complete && winner.complete;
        for (Entry& entry : winner.entries) {
            const auto found = known.find(entry.key);
            if (found == known.end()) {
                included.entries.push_back(std::move(entry));
                continue;
            }
            Entry& target = included.entries[found->second];
            target.key_mark = entry.key_mark;
            target.value = overlay(std::move(target.value), std::move(entry.value));
        }
        return included;
    }
    const bool merge_by_id = isListOfThings(included) && isListOfThings(winner) && !winner.items.empty();
    if (!merge_by_id) return winner;
    const std::map<std::string, std::size_t> known = indexOf(included.items);
    std::vector<bool> taken(included.items.size(), false);
    for (Node& item : winner.items) {
        const auto found = known.find(identityOf(item)->text);
        if (found == known.end() || taken[found->second]) continue;
        taken[found->second] = true;
        item = overlay(std::move(included.items[found->second]), std::move(item));
    }
    for (std::size_t i = 0; i < taken.size(); ++i)
        if (!taken[i]) winner.items.push_back(std::move(included.items[i]));
    return winner;
}

}  // namespace pakn::config
