#pragma once
/// @file
/// The header of a mail, or of a part that looks like one: its fields, and what stands in those that have a form.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::decoder_process {

struct Field {
    std::string name = {};   ///< Lower case.
    std::string value = {};  ///< As it stands there, folds included.
};

/// In the order of the mail.
struct Header {
    std::vector<Field> fields = {};
    std::size_t body = 0;    ///< Where what follows begins.
    bool too_large = false;  ///< More bytes or lines than anybody's mail has.

    /// The first of that name, empty when there is none.
    [[nodiscard]] std::string_view operator[](std::string_view name) const;
    [[nodiscard]] std::size_t count(std::string_view name) const;
};

inline constexpr std::size_t kMostHeaderBytes = 256U << 10U;
inline constexpr std::size_t kMostHeaderLines = 2000;

/// The name of the field that begins on this line, or nothing when none does.
std::string_view fieldName(std::string_view line);

/// Up to the first empty line. Lines that are no field are left out.
Header parseHeader(std::string_view bytes);

struct Mailbox {
    std::string name = {};     ///< One line, NFC.
    std::string address = {};  ///< Its domain in lower case.
};
/// Whatever has an address, groups opened, at most `most`.
std::vector<Mailbox> parseAddresses(std::string_view raw, std::size_t most);

/// The first address in it; empty when there is none.
std::string parseAddress(std::string_view raw);

/// Message ids without their brackets, in order.
std::vector<std::string> parseMessageIds(std::string_view raw);

/// Milliseconds since 1970 in UTC; nothing when it cannot be read or is before that.
std::optional<std::int64_t> parseDate(std::string_view raw);

}  // namespace pakn::decoder_process
