#pragma once
/// @file
/// Literals in what an IMAP server says (RFC 3501, 4.3): "{17}" at the end of a line announces that many bytes.
/// libetpan 1.9.4 takes memory for whatever is announced, and reads a number that is too long as another one.

#include <cstdint>
#include <string>
#include <string_view>

namespace pakn::in_email {

/// Reads along, one thread.
class Literals {
public:
    explicit Literals(std::uint64_t most) : most_{most} {}

    /// The next bytes of the connection. False when they announce a literal of more than `most` bytes: then it is over.
    /// "{" and such a number is refused wherever it stands but in a literal: libetpan reads it as one in odd places,
    /// and no server has a reason to say it.
    bool sound(std::string_view bytes);

private:
    enum class Tail : unsigned char { kWords, kNumber, kClosed };
    void take(char c);
    /// Whether a line announces nothing: "* OK …", "a1 NO …", "+ …".
    [[nodiscard]] bool isForPeople() const;

    const std::uint64_t most_;
    std::string head_ = {};   ///< The beginning of a response, as far as it tells what it is.
    std::uint64_t left_ = 0;  ///< Of a literal.
    std::uint64_t number_ = 0;
    bool digits_ = false;
    Tail tail_ = Tail::kWords;
};

}  // namespace pakn::in_email
