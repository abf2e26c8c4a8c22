#include "core/config/show.hpp"

#include <algorithm>

#include "core/config/secrets.hpp"
#include "core/config/sources.hpp"

namespace pakn::config {

namespace {

class YamlWriter {
public:
    explicit YamlWriter(const Diagnostics& names) : names_{names} {}

    void map(const Node& node, std::size_t depth) {
        for (const Entry& entry : node.entries) {
            indent(depth);
            text_ += scalar(entry.key, false) + ":";
            value(entry.value, depth);
        }
    }
    std::string take() { return std::move(text_); }

private:
    static bool isPlainList(const Node& node) {
        return node.kind == Node::Kind::kList &&
               std::all_of(node.items.begin(), node.items.end(),
                           [](const Node& item) { return item.kind == Node::Kind::kScalar; });
    }

    /// What stands behind "key:".
    void value(const Node& node, std::size_t depth) {
        if (node.kind == Node::Kind::kScalar)
            return leaf(node.isNull() ? "null" : scalar(node.text, node.quoted), node);
        if (isPlainList(node)) return leaf(inBrackets(node), node);
        if (node.kind == Node::Kind::kMap && node.entries.empty()) return leaf("{}", node);
        text_ += '\n';
        if (node.kind == Node::Kind::kMap) return map(node, depth + 1);
        for (const Node& item : node.items) {
            indent(depth + 1);
            text_ += '-';
            if (item.kind == Node::Kind::kMap && !item.entries.empty()) {
                text_ += '\n';
                map(item, depth + 2);
            } else {
                value(item, depth + 1);
            }
        }
    }

    void leaf(const std::string& shown, const Node& node) {
        text_ += ' ' + shown + "  # " + names_.fileOf(node.mark) + ':' + std::to_string(node.mark.line) + '\n';
    }

    static std::string inBrackets(const Node& list) {
        std::string text = "[";
        for (const Node& item : list.items)
            text += (text.size() > 1 ? ", " : "") + (item.isNull() ? "null" : scalar(item.text, true));
        return text + "]";
    }

    /// As it was written where that is plain and safe, else in double quotes.
    static std::string scalar(const std::string& text, bool quoted) {
        const bool safe = !quoted && !text.empty() && text.front() != ' ' && text.back() != ' ' &&
                          text.find_first_of("\n\"'#:{}[],&*!|>%@`\\") == std::string::npos && text.front() != '-' &&
                          text.front() != '?';
        if (safe) return text;
        std::string result = "\"";
        for (const char c : text) {
            if (c == '"' || c == '\\') result += '\\';
            if (c == '\n')
                result += "\\n";
            else if (c == '\t')
                result += "\\t";
            else
                result += c;
        }
        return result + '"';
    }

    void indent(std::size_t depth) { text_.append(2 * depth, ' '); }

    const Diagnostics& names_;
    std::string text_;
};

}  // namespace

std::string showYaml(const std::filesystem::path& directory) {
    Diagnostics names;
    const Sources sources = readSources(directory, names);
    YamlWriter yaml{names};
    yaml.map(sources.tree, 0);
    std::string text = yaml.take();
    for (const Node& workflow : sources.workflows)
        text += "# workflow " + (workflow.find("id") ? workflow.find("id")->value.text : std::string{"?"}) + ": " +
                names.fileOf(workflow.mark) + '\n';
    return text;
}

Essentials essentialsIn(const std::filesystem::path& directory) {
    Diagnostics unheard;
    const Sources sources = readSources(directory, unheard);
    const auto text = [&](const char* section, const char* key, const char* otherwise) {
        const Entry* in = sources.tree.find(section);
        const Entry* entry = in ? in->value.find(key) : nullptr;
        const bool said = entry && entry->value.kind == Node::Kind::kScalar && !entry->value.isNull();
        return said ? entry->value.text : std::string{otherwise};
    };
    Essentials found{.directory = sources.directory,
                     .hub_key = (sources.directory / text("hub", "key", "var/hub.key")).lexically_normal(),
                     .store_url = text("store", "url", ""),
                     .blobs_url = text("store", "blobs", "")};
    if (const auto reference = parseSecretReference(text("store", "password", "")))
        if (Result<std::string> secret = resolveSecret(*reference, sources.directory))
            found.store_password = std::move(*secret);
    return found;
}

}  // namespace pakn::config
