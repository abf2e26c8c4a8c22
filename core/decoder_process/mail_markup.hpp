#pragma once
/// @file
/// The tags of an HTML text, one after the other, in linear time and without a tree: to see whether a text is one that
/// a tree may be built from, and to read it where it is not.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pakn::decoder_process {

struct Markup {
    enum class Kind : std::uint8_t { kText, kOpen, kClose, kEnd };
    Kind kind = Kind::kEnd;
    std::string_view text = {};  ///< A text as it stands there; of a tag, what stands behind its name.
    std::string name = {};       ///< Of a tag; lower case.
};

/// Comments, declarations, and the contents of scripts, styles and the like are left out.
class MarkupReader {
public:
    explicit MarkupReader(std::string_view html) : html_{html} {}
    Markup next();
    /// Something came by that a full parser may read in another way than this.
    [[nodiscard]] bool isStrange() const { return strange_; }

private:
    Markup text(std::size_t end);
    Markup tag(bool closing);
    void skipDeclaration();
    void skipContentOf(std::string_view name);

    std::string_view html_;
    std::size_t at_ = 0;
    bool strange_ = false;
};

/// An attribute of an opening tag, its entities not decoded; empty when there is none. `rest`: what stands behind the
/// tag's name.
std::string_view attributeOf(std::string_view rest, std::string_view name);

/// Whether an element of that name has no content and no end.
bool isVoidElement(std::string_view name);

/// No deeper, and no stranger, than what people send. The time that an HTML5 parser takes grows with size times depth.
bool isTame(std::string_view html);

/// Numbers and the few names that matter; all others stay as they are written.
std::string decodeEntities(std::string_view text);

}  // namespace pakn::decoder_process
