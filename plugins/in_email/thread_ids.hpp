#pragma once
/// @file
/// Message-IDs of what the hub sends: they say which petition and which delivery a mail belongs to, and prove to whom
/// it went. So an answer to such a mail is known by what it carries, and nothing has to be remembered.

#include <optional>
#include <string>
#include <string_view>

namespace pakn::in_email {

/// Reads and writes ids of the form <pa-CODE.DELIVERY.PROOF@domain>. Short on purpose: mailers that write them into
/// their References garble what does not fit into a line.
class ThreadIds {
public:
    /// `key`: random bytes that stay; `domain`: of the hub's own address.
    ThreadIds(std::string key, std::string domain);

    /// Without angle brackets. The same for every attempt at one delivery.
    [[nodiscard]] std::string idFor(std::string_view code, std::string_view delivery, std::string_view reader) const;

    struct Ours {
        std::string code = {};
        std::string delivery = {};
        std::string proof = {};
    };
    /// What an id says that looks like ours; nothing for any other. Only wentTo() proves anything, but nobody guesses
    /// the id of a delivery.
    [[nodiscard]] std::optional<Ours> read(std::string_view id) const;
    /// Whether the hub made this id, for a mail to that address.
    [[nodiscard]] bool wentTo(const Ours& id, std::string_view address) const;

    /// By which an address is known again, without being said.
    [[nodiscard]] std::string hashOf(std::string_view address) const;

    /// The code in a subject's tag "[PA-060326001]"; empty without one. Proves nothing.
    static std::string codeInSubject(std::string_view subject);
    static std::string tag(std::string_view code) { return "[PA-" + std::string{code} + ']'; }

private:
    [[nodiscard]] std::string proofOf(std::string_view code, std::string_view delivery, std::string_view address) const;

    const std::string key_;
    const std::string domain_;
};

}  // namespace pakn::in_email
