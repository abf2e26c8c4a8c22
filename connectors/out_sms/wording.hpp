#pragma once
/// @file
/// The words of one kind of message, as the configuration gives them: a text with `{code}`, `{link}` and `{message}`;
/// what stands in brackets is left out when a value in it is empty. Gateways that want templates get the values alone.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::out_sms {

/// What a delivery has to say. Personal data.
struct Values {
    std::string code = {};
    std::string link = {};
    std::string message = {};
};

class Wording {
public:
    /// "Phan anh {code} da co ket qua.[ Xem tai {link}]". Throws std::invalid_argument for an unknown or unfinished
    /// value, brackets inside brackets, or brackets without a value.
    explicit Wording(std::string_view text);

    [[nodiscard]] std::string fill(const Values& values) const;
    /// The values in the order in which they stand in the text, also those of brackets that are left out.
    [[nodiscard]] std::vector<std::string> values(const Values& values) const;
    /// Whether part of it is the delivery's own words: then not every message of this kind says the same.
    [[nodiscard]] bool quotes() const;

private:
    enum class Field : std::uint8_t { kNone, kCode, kLink, kMessage };
    struct Piece {
        std::string text = {};
        Field field = Field::kNone;  ///< Stands in place of `text`.
        int group = 0;               ///< Of which brackets; 0: of none.
    };
    static const std::string& valueOf(Field field, const Values& values);
    static Field fieldOf(std::string_view name);
    void addText(std::string_view text, int group);

    std::vector<Piece> pieces_;
};

}  // namespace pakn::out_sms
