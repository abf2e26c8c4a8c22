#include "core/config/effective.hpp"

#include <algorithm>
#include <unordered_map>

#include "core/config/effective_tree.hpp"

namespace pakn::config {

namespace {

class Flattener {
public:
    explicit Flattener(const Diagnostics& names) : names_{names} {}

    void add(const Node& node, const std::string& path) {
        if (node.kind == Node::Kind::kScalar) return put(path, node.isNull() ? std::string{} : node.text, node.mark);
        if (node.kind == Node::Kind::kMap) {
            if (node.entries.empty()) return put(path, "{}", node.mark);
            for (const Entry& entry : node.entries) add(entry.value, path.empty() ? entry.key : path + "." + entry.key);
            return;
        }
        const bool plain = std::all_of(node.items.begin(), node.items.end(),
                                       [](const Node& item) { return item.kind == Node::Kind::kScalar; });
        if (plain) return put(path, inBrackets(node), node.mark);
        if (hasNames(node)) put(path, order(node), node.mark);  // Which route comes first decides.
        for (std::size_t i = 0; i < node.items.size(); ++i) add(node.items[i], path + "[" + nameOf(node, i) + "]");
    }

    std::vector<EffectiveValue> take() { return std::move(values_); }

private:
    void put(const std::string& path, std::string text, const Mark& at) {
        values_.push_back({path, std::move(text), names_.fileOf(at), at.line, at.column});
    }

    static std::string inBrackets(const Node& list) {
        std::string text = "[";
        for (const Node& item : list.items) text += (text.size() > 1 ? ", " : "") + item.text;
        return text + "]";
    }

    static std::string order(const Node& list) {
        std::string text = "[";
        for (std::size_t i = 0; i < list.items.size(); ++i) text += (i > 0 ? ", " : "") + nameOf(list, i);
        return text + "]";
    }

    static bool hasNames(const Node& list) {
        return std::any_of(list.items.begin(), list.items.end(),
                           [](const Node& item) { return item.find("id") || item.find("name"); });
    }

    /// Things are told apart by their id or name, others by their number.
    static std::string nameOf(const Node& list, std::size_t index) {
        for (const std::string_view key : {"id", "name"})
            if (const Entry* entry = list.items[index].find(key); entry && !entry->value.text.empty())
                return entry->value.text;
        return std::to_string(index);
    }

    const Diagnostics& names_;
    std::vector<EffectiveValue> values_;
};

}  // namespace

std::vector<EffectiveValue> effectiveValues(const Node& tree, const std::vector<Node>& workflows,
                                            const Diagnostics& names) {
    Flattener flat{names};
    flat.add(tree, {});
    for (const Node& workflow : workflows) {
        const Entry* id = workflow.find("id");
        flat.add(workflow, "workflows[" + (id ? id->value.text : std::string{}) + "]");
    }
    return flat.take();
}

std::vector<ValueChange> changesBetween(const std::vector<EffectiveValue>& before,
                                        const std::vector<EffectiveValue>& after) {
    const auto index = [](const std::vector<EffectiveValue>& values) {
        std::unordered_map<std::string_view, const EffectiveValue*> found;
        for (const EffectiveValue& one : values) found.emplace(one.path, &one);
        return found;
    };
    const auto old = index(before);
    const auto fresh = index(after);
    std::vector<ValueChange> changes;
    for (const EffectiveValue& one : after) {
        const auto was = old.find(one.path);
        if (was == old.end())
            changes.push_back({one.path, std::nullopt, one.text, one.file, one.line, one.column});
        else if (was->second->text != one.text)
            changes.push_back({one.path, was->second->text, one.text, one.file, one.line, one.column});
    }
    for (const EffectiveValue& one : before)
        if (!fresh.contains(one.path))
            changes.push_back({one.path, one.text, std::nullopt, one.file, one.line, one.column});
    return changes;
}

}  // namespace pakn::config
