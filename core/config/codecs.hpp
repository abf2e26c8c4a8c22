#pragma once
/// @file
/// How values look and are read: the words a table of keys is written in.

#include <chrono>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/config/reader.hpp"
#include "core/domain/civil_time.hpp"
#include "core/domain/deadline.hpp"

namespace pakn::config {

/// A value and where it stands.
template <class T>
struct Marked {
    T value = {};
    Mark mark = {};
};

/// The text of a scalar that has one, NFC; reported and empty otherwise. `wanted`: "a text", "a duration".
std::optional<std::string> scalarText(Reader& reader, const Node& node, std::string_view wanted);
/// The same for numbers and flags, which lose their meaning in quotes.
std::optional<std::string> plainText(Reader& reader, const Node& node, std::string_view wanted);

constexpr Shape scalarShape(std::string_view word) { return {.word = word}; }

/// Any text that is not blank.
struct Text {
    static Shape shape() { return scalarShape("text"); }
    static void read(Reader& reader, const Node& node, std::string& into);
};

/// A short name of lower-case letters, digits, '-', '_' and '.'.
struct Name {
    static Shape shape() { return scalarShape("name"); }
    static void read(Reader& reader, const Node& node, std::string& into);
};

/// The name by which other parts of the configuration call this thing.
template <Kind kKind>
struct OwnName {
    static Shape shape() { return Name::shape(); }
    static void read(Reader& reader, const Node& node, std::string& into) {
        Name::read(reader, node, into);
        if (!into.empty()) reader.define(kKind, into, node.mark);
    }
};

/// The name of a thing defined elsewhere.
template <Kind kKind>
struct Reference {
    static Shape shape() { return scalarShape(nameOf(kKind)); }
    static void read(Reader& reader, const Node& node, std::string& into) {
        const std::optional<std::string> text = scalarText(reader, node, "the name of a " + std::string{nameOf(kKind)});
        if (!text) return;
        into = *text;
        reader.refer(kKind, into, node.mark);
    }
};

struct Flag {
    static Shape shape() { return scalarShape("flag"); }
    static void read(Reader& reader, const Node& node, bool& into);
    static void read(Reader& reader, const Node& node, std::optional<bool>& into);
};

/// A whole number within bounds.
template <int kLeast, int kMost>
struct Integer {
    static Shape shape() { return {.word = "integer", .least = kLeast, .most = kMost}; }
    static void read(Reader& reader, const Node& node, int& into);
};

/// Calendar time within bounds, in milliseconds.
std::optional<std::chrono::milliseconds> readMilliseconds(Reader& reader, const Node& node,
                                                          std::chrono::milliseconds least,
                                                          std::chrono::milliseconds most);
template <std::int64_t kLeast, std::int64_t kMost>
struct Milliseconds {
    static Shape shape() { return scalarShape("duration"); }
    static void read(Reader& reader, const Node& node, std::chrono::milliseconds& into) {
        using std::chrono::milliseconds;
        if (const auto value = readMilliseconds(reader, node, milliseconds{kLeast}, milliseconds{kMost})) into = *value;
    }
};

/// A limit: calendar or working time.
struct Limit {
    static Shape shape() { return scalarShape("limit"); }
    static void read(Reader& reader, const Node& node, std::optional<domain::Duration>& into);
};

/// A limit that is counted by the clock on the wall and knows no working time.
struct CalendarLimit {
    static Shape shape() { return scalarShape("calendar limit"); }
    static void read(Reader& reader, const Node& node, std::optional<domain::Duration>& into);
};

struct Size {
    static Shape shape() { return scalarShape("size"); }
    static void read(Reader& reader, const Node& node, std::size_t& into);
};

struct DateValue {
    static Shape shape() { return scalarShape("date"); }
    static void read(Reader& reader, const Node& node, domain::Date& into);
};

/// A path; absolute once read.
struct Path {
    static Shape shape() { return scalarShape("path"); }
    static void read(Reader& reader, const Node& node, std::filesystem::path& into);
};

struct Url {
    static Shape shape() { return scalarShape("url"); }
    static void read(Reader& reader, const Node& node, std::string& into);
};

/// An IP address, or a range of them: "127.0.0.1", "10.0.0.0/8", "fd00::/8".
struct IpRange {
    static Shape shape() { return scalarShape("address or range"); }
    static void read(Reader& reader, const Node& node, std::string& into);
};

/// A pattern over folded texts.
struct Pattern {
    static Shape shape() { return scalarShape("pattern"); }
    static void read(Reader& reader, const Node& node, domain::TextPattern& into);
};

/// The index of one of `choices`; reported when it is none.
std::optional<std::size_t> readChoice(Reader& reader, const Node& node, std::span<const std::string_view> choices);

/// One of the stable names of an enum whose values count from 0 in the order of `kNames`.
template <class Enum, const auto& kNames>
struct Choice {
    static Shape shape() { return {.form = Shape::Form::kChoice, .word = "one of", .choices = kNames}; }
    static void read(Reader& reader, const Node& node, Enum& into) {
        if (const auto index = readChoice(reader, node, kNames)) into = static_cast<Enum>(*index);
    }
    static void read(Reader& reader, const Node& node, std::optional<Enum>& into) {
        if (const auto index = readChoice(reader, node, kNames)) into = static_cast<Enum>(*index);
    }
};

template <class Codec>
struct List {
    static Shape shape() { return {.form = Shape::Form::kList, .word = "list", .element = &Codec::shape}; }
    template <class Item>
    static void read(Reader& reader, const Node& node, std::vector<Item>& into) {
        if (!expectList(reader, node)) return;
        into.clear();
        for (const Node& item : node.items) {
            const std::size_t errors = reader.diagnostics().errors();
            Item value{};
            Codec::read(reader, item, value);
            // A thing with a mistake inside is kept, so that what refers to it is not wrong as well.
            if (item.kind != Node::Kind::kScalar || errors == reader.diagnostics().errors())
                into.push_back(std::move(value));
        }
    }
};

/// A list, or its only value without brackets.
template <class Codec>
struct OneOrMore {
    static Shape shape() {
        return {.form = Shape::Form::kList, .word = "list", .element = &Codec::shape, .or_one = true};
    }
    template <class Item>
    static void read(Reader& reader, const Node& node, std::vector<Item>& into) {
        if (node.kind == Node::Kind::kList) return List<Codec>::read(reader, node, into);
        const std::size_t errors = reader.diagnostics().errors();
        Item value{};
        Codec::read(reader, node, value);
        if (errors == reader.diagnostics().errors()) into = {std::move(value)};
    }
};

template <class T>
struct Section {
    static Shape shape() { return {.form = Shape::Form::kSection, .word = "section", .keys = &keyInfos<T>}; }
    static void read(Reader& reader, const Node& node, T& into) { readSection(reader, node, into); }
};

/// Values by the names of things defined elsewhere.
template <Kind kKind, class Codec>
struct NamedValues {
    static Shape shape() { return {.form = Shape::Form::kMap, .word = "map", .element = &Codec::shape}; }
    template <class Value>
    static void read(Reader& reader, const Node& node, std::map<std::string, Value, std::less<>>& into) {
        if (!expectMap(reader, node)) return;
        for (const Entry& entry : node.entries) {
            Node name;
            name.text = entry.key;
            name.mark = entry.key_mark;
            std::string id;
            Name::read(reader, name, id);
            if (!id.empty()) reader.refer(kKind, id, name.mark);
            Codec::read(reader, entry.value, into[entry.key]);
        }
    }
};

/// Things by name: `name: { … }`. The names are of `kKind`.
template <Kind kKind, class Codec>
struct Map {
    static Shape shape() { return {.form = Shape::Form::kMap, .word = "map", .element = &Codec::shape}; }
    template <class Value>
    static void read(Reader& reader, const Node& node, std::map<std::string, Value, std::less<>>& into) {
        if (!expectMap(reader, node)) return;
        for (const Entry& entry : node.entries) {
            Node name;
            name.text = entry.key;
            name.mark = entry.key_mark;
            std::string id;
            OwnName<kKind>::read(reader, name, id);
            Codec::read(reader, entry.value, into[entry.key]);
        }
    }
};

/// A value that may be told from an absent one.
template <class Codec>
struct Maybe {
    static Shape shape() { return Codec::shape(); }
    template <class Value>
    static void read(Reader& reader, const Node& node, std::optional<Value>& into) {
        Codec::read(reader, node, into.emplace());
    }
};

/// Remembers where the value stands.
template <class Codec>
struct WithMark {
    static Shape shape() { return Codec::shape(); }
    template <class Value>
    static void read(Reader& reader, const Node& node, Marked<Value>& into) {
        into.mark = node.mark;
        Codec::read(reader, node, into.value);
    }
};

/// A value with a rule of its own, checked after it is read without a mistake.
template <class Codec, auto kCheck>
struct Checked {
    static Shape shape() { return Codec::shape(); }
    template <class Value>
    static void read(Reader& reader, const Node& node, Value& into) {
        const std::size_t errors = reader.diagnostics().errors();
        Codec::read(reader, node, into);
        if (errors == reader.diagnostics().errors()) kCheck(reader, node, into);
    }
};

/// A value with a rule that can be checked even when something else is wrong with it.
template <class Codec, auto kCheck>
struct Also {
    static Shape shape() { return Codec::shape(); }
    template <class Value>
    static void read(Reader& reader, const Node& node, Value& into) {
        Codec::read(reader, node, into);
        kCheck(reader, node, into);
    }
};

/// A value that is read and kept although nothing acts on it yet. Whoever writes it is told so; docs/known-gaps.md
/// lists it. The wrapper goes away with the gap.
void warnNotInEffect(Reader& reader, const Mark& at);
template <class Codec>
struct Later {
    static Shape shape() {
        Shape shape = Codec::shape();
        shape.later = true;
        return shape;
    }
    template <class Value>
    static void read(Reader& reader, const Node& node, Value& into) {
        const std::size_t errors = reader.diagnostics().errors();
        Codec::read(reader, node, into);
        if (errors == reader.diagnostics().errors()) warnNotInEffect(reader, node.mark);
    }
};

/// A part of the tree that is read later, by what a plugin says about itself. It lives as long as the tree.
struct Unread {
    static Shape shape() { return {.form = Shape::Form::kFree, .word = "settings"}; }
    static void read(Reader& reader, const Node& node, const Node*& into) {
        expectMap(reader, node);
        into = &node;
    }
};

std::optional<std::int64_t> readInteger(Reader& reader, const Node& node, std::int64_t least, std::int64_t most);

template <int kLeast, int kMost>
void Integer<kLeast, kMost>::read(Reader& reader, const Node& node, int& into) {
    if (const auto value = readInteger(reader, node, kLeast, kMost)) into = static_cast<int>(*value);
}

}  // namespace pakn::config
