#pragma once
/// @file
/// Reads checked values out of a tree by tables of keys. One line of a table is everything there is to say about a key:
/// its name, whether it must be there, how its value looks, where it goes, and its help. Unknown keys, missing keys,
/// documentation and schemas all come from that line; see tables.cpp.

#include <array>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/config/diagnostics.hpp"
#include "core/config/yaml_tree.hpp"

namespace pakn::config {

/// What names can refer to.
enum class Kind : std::uint8_t { kUnit, kCategory, kSla, kWorkflow, kConnector, kCalendar, kChannel, kOrigin, kArea };
inline constexpr std::array<std::string_view, 9> kKindNames{"unit",     "category", "sla",    "workflow", "connector",
                                                            "calendar", "channel",  "origin", "area"};
constexpr std::string_view nameOf(Kind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

/// What a read needs besides the tree: where mistakes go, which names exist, where relative paths start.
class Reader {
public:
    /// Files that could not be read to their end, or not at all: what may be defined there is not called unknown or
    /// missing. The texts must outlive the reader.
    struct Gaps {
        std::vector<std::string_view> broken_texts = {};
        bool unreadable = false;
    };

    Reader(Diagnostics& diagnostics, std::filesystem::path base, Gaps gaps)
        : diagnostics_{diagnostics}, base_{std::move(base)}, gaps_{std::move(gaps)} {}

    Diagnostics& diagnostics() { return diagnostics_; }
    void error(const Mark& at, std::string message, std::string hint = {}) {
        diagnostics_.error(at, std::move(message), std::move(hint));
    }
    /// Absolute; a relative path starts at the configuration directory.
    [[nodiscard]] std::filesystem::path resolve(std::string_view path) const;

    /// A thing of this name exists; a second one is an error.
    void define(Kind kind, const std::string& name, const Mark& at);
    /// A thing of this name exists without being written down.
    void defineBuiltIn(Kind kind, const std::string& name) { defined_[kind].try_emplace(name); }
    /// A thing of this name is meant; checkReferences() tells whether it exists.
    void refer(Kind kind, const std::string& name, const Mark& at);
    /// `hints` say more of a kind, beside the nearest names.
    void checkReferences(const std::map<Kind, std::string_view>& hints);
    /// The provincial office is meant, which one of the units has to be.
    void wantOffice(const Mark& at) { wants_office_.push_back(at); }
    [[nodiscard]] const std::vector<Mark>& wantsOffice() const { return wants_office_; }
    [[nodiscard]] bool hasGaps() const { return gaps_.unreadable || !gaps_.broken_texts.empty(); }
    [[nodiscard]] bool mayStandInGap(std::string_view text) const;

private:
    struct Reference {
        Kind kind;
        std::string name;
        Mark at;
    };

    Diagnostics& diagnostics_;
    std::filesystem::path base_;
    Gaps gaps_;
    std::map<Kind, std::map<std::string, Mark>> defined_;
    std::vector<Reference> references_;
    std::vector<Mark> wants_office_;
};

/// How a value looks, for people and for schemas.
struct Shape {
    enum class Form : std::uint8_t { kScalar, kChoice, kList, kMap, kSection, kFree };
    Form form = Form::kScalar;
    std::string_view word = {};                       ///< "text", "duration", …
    std::span<const std::string_view> choices = {};   ///< Of a choice.
    Shape (*element)() = nullptr;                     ///< Of a list or map.
    std::vector<struct KeyInfo> (*keys)() = nullptr;  ///< Of a section.
    std::int64_t least = 0;                           ///< Bounds of a number, when least < most.
    std::int64_t most = 0;
    bool or_one = false;  ///< A list's only value may stand without brackets.
    bool later = false;   ///< Accepted, but nothing acts on it yet.
};

enum class Need : std::uint8_t { kOptional, kRequired };

/// A key without the type it goes into.
struct KeyInfo {
    std::string_view name;
    Need need;
    std::string_view help;
    Shape shape;
};

/// One line of a table: the key `name` of a section that is read into a T.
template <class T>
struct Key {
    std::string_view name;
    Need need;
    std::string_view help;
    Shape (*shape)();
    void (*read)(Reader& reader, const Node& value, T& into);
};

/// The table of a section; specialised in tables.cpp.
template <class T>
std::span<const Key<T>> keysOf();

/// A line whose value is read by `Codec` into a member: `key<&Unit::name, Text>("name", kRequired, "Full name.")`.
/// A codec has `static Shape shape()` and `static void read(Reader&, const Node&, Value&)`; a read that fails reports
/// and leaves the value as it was.
template <auto Member, class Codec, class T, class Value>
constexpr Key<T> keyFor(Value T::*, std::string_view name, Need need, std::string_view help) {
    return {name, need, help, &Codec::shape,
            [](Reader& reader, const Node& value, T& into) { Codec::read(reader, value, into.*Member); }};
}
template <auto Member, class Codec>
constexpr auto key(std::string_view name, Need need, std::string_view help) {
    return keyFor<Member, Codec>(Member, name, need, help);
}

/// What remains to be said of a map once its known keys are read: unknown keys with the nearest right name.
void reportUnknownKey(Reader& reader, const Entry& entry, std::vector<std::string> known);
void reportMissingKey(Reader& reader, const Node& section, std::string_view name);
/// False (and reported) unless `node` is of the kind; a null stands for an empty list or map.
bool expectMap(Reader& reader, const Node& node);
bool expectList(Reader& reader, const Node& node);

/// Reads a map by a table.
template <class T>
void readSection(Reader& reader, const Node& node, T& into) {
    if (!expectMap(reader, node)) return;
    const std::span<const Key<T>> keys = keysOf<T>();
    for (const Entry& entry : node.entries) {
        const Key<T>* known = nullptr;
        for (const Key<T>& one : keys)
            if (one.name == entry.key) known = &one;
        if (known) {
            known->read(reader, entry.value, into);
            continue;
        }
        std::vector<std::string> names;
        for (const Key<T>& one : keys) names.emplace_back(one.name);
        reportUnknownKey(reader, entry, std::move(names));
    }
    for (const Key<T>& one : keys)
        if (one.need == Need::kRequired && node.find(one.name) == nullptr) reportMissingKey(reader, node, one.name);
}

template <class T>
std::vector<KeyInfo> keyInfos() {
    std::vector<KeyInfo> infos;
    for (const Key<T>& one : keysOf<T>()) infos.push_back({one.name, one.need, one.help, one.shape()});
    return infos;
}

}  // namespace pakn::config
