#include "core/config/reader.hpp"

#include <algorithm>

namespace pakn::config {

std::filesystem::path Reader::resolve(std::string_view path) const {
    return (base_ / std::filesystem::path{path}).lexically_normal();
}

void Reader::define(Kind kind, const std::string& name, const Mark& at) {
    const auto [first, is_new] = defined_[kind].try_emplace(name, at);
    if (is_new) return;
    error(at,
          std::string{nameOf(kind)} + " " + inQuotes(name) + " stands twice, first at " +
              diagnostics_.place(first->second),
          "give one of them another id");
}

void Reader::refer(Kind kind, const std::string& name, const Mark& at) { references_.push_back({kind, name, at}); }

void Reader::checkReferences(const std::map<Kind, std::string_view>& hints) {
    for (const Reference& one : references_) {
        const std::map<std::string, Mark>& known = defined_[one.kind];
        if (known.contains(one.name) || mayStandInGap(one.name)) continue;
        std::vector<std::string> names;
        if (diagnostics_.errors() < Diagnostics::kMost)  // Beyond, nobody would see the hint.
            for (const auto& [name, at] : known) names.push_back(name);
        std::string hint = known.empty() ? "none is defined" : nameHint(one.name, std::move(names));
        if (const auto more = hints.find(one.kind); more != hints.end() && !offersOne(hint))
            hint += (hint.empty() ? "" : "; ") + std::string{more->second};
        error(one.at, "unknown " + std::string{nameOf(one.kind)} + " " + inQuotes(one.name), std::move(hint));
    }
}

bool Reader::mayStandInGap(std::string_view text) const {
    return gaps_.unreadable ||
           std::any_of(gaps_.broken_texts.begin(), gaps_.broken_texts.end(),
                       [&](std::string_view file) { return file.find(text) != std::string_view::npos; });
}

void reportUnknownKey(Reader& reader, const Entry& entry, std::vector<std::string> known) {
    reader.error(entry.key_mark, "unknown key " + inQuotes(entry.key), nameHint(entry.key, std::move(known)));
}

void reportMissingKey(Reader& reader, const Node& section, std::string_view name) {
    // The whole configuration stands at no place of its own: it is incomplete as soon as one of its files is.
    const bool whole = section.mark.line == 0;
    if (!section.complete && (!whole || reader.mayStandInGap(std::string{name} + ":"))) return;
    reader.error(section.mark, "the key " + inQuotes(name) + " is missing", "add it");
}

bool expectMap(Reader& reader, const Node& node) {
    if (node.kind == Node::Kind::kMap || node.isNull()) return true;
    reader.error(node.mark, "keys and values are wanted here", "write { key: value }, or indented lines key: value");
    return false;
}

bool expectList(Reader& reader, const Node& node) {
    if (node.kind == Node::Kind::kList || node.isNull()) return true;
    reader.error(node.mark, "a list is wanted here", "write [a, b], or indented lines with '- '");
    return false;
}

}  // namespace pakn::config
