#include "wording.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace pakn::out_sms {
namespace {

[[noreturn]] void wrong(const std::string& what) { throw std::invalid_argument{what}; }

}  // namespace

Wording::Wording(std::string_view text) {
    int group = 0;
    int groups = 0;
    bool has_value = false;
    while (!text.empty()) {
        const std::size_t next = text.find_first_of("{}[]");
        addText(text.substr(0, next), group);
        if (next == std::string_view::npos) break;
        const char sign = text[next];
        text.remove_prefix(next + 1);
        if (sign == '{') {
            const std::size_t end = text.find('}');
            if (end == std::string_view::npos) wrong("a { without its }");
            pieces_.push_back({.field = fieldOf(text.substr(0, end)), .group = group});
            has_value = true;
            text.remove_prefix(end + 1);
        } else if (sign == '[') {
            if (group != 0) wrong("brackets inside brackets");
            group = ++groups;
            has_value = false;
        } else if (sign == ']') {
            if (group == 0) wrong("a ] without its [");
            if (!has_value) wrong("brackets without a value in them: write the words without brackets");
            group = 0;
        } else {
            wrong("a } without its {");
        }
    }
    if (group != 0) wrong("a [ without its ]");
    if (pieces_.empty()) wrong("a message without words");
}

std::string Wording::fill(const Values& values) const {
    std::set<int> left_out;
    for (const Piece& piece : pieces_)
        if (piece.group != 0 && piece.field != Field::kNone && valueOf(piece.field, values).empty())
            left_out.insert(piece.group);
    std::string text;
    for (const Piece& piece : pieces_) {
        if (left_out.contains(piece.group)) continue;
        text += piece.field == Field::kNone ? piece.text : valueOf(piece.field, values);
    }
    return text;
}

std::vector<std::string> Wording::values(const Values& values) const {
    std::vector<std::string> found;
    for (const Piece& piece : pieces_)
        if (piece.field != Field::kNone) found.push_back(valueOf(piece.field, values));
    return found;
}

bool Wording::quotes() const {
    return std::any_of(pieces_.begin(), pieces_.end(),
                       [](const Piece& piece) { return piece.field == Field::kMessage; });
}

const std::string& Wording::valueOf(Field field, const Values& values) {
    if (field == Field::kCode) return values.code;
    return field == Field::kLink ? values.link : values.message;
}

Wording::Field Wording::fieldOf(std::string_view name) {
    if (name == "code") return Field::kCode;
    if (name == "link") return Field::kLink;
    if (name == "message") return Field::kMessage;
    wrong("there is no value {" + std::string{name.substr(0, 40)} + "}: {code}, {link} or {message}");
}

void Wording::addText(std::string_view text, int group) {
    if (!text.empty()) pieces_.push_back({.text = std::string{text}, .group = group});
}

}  // namespace pakn::out_sms
