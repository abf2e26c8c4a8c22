#pragma once
/// @file
/// Notices: whom the configuration has told of what, in which words, and which fields those words may name. And the
/// other texts made from templates: what officers pick for a refusal or an answer, and the official letter.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/catalogue.hpp"
#include "core/domain/text_template.hpp"
#include "core/domain/workflow.hpp"

namespace pakn::domain {

/// Tells somebody when something happens.
struct NoticeRule {
    EventKind on = EventKind::kDistributed;
    Audience audience = Audience::kNext;
    std::string notice = {};                ///< Name of its template.
    std::vector<std::string> to = {};       ///< Connector ids. Officers read it in the hub whatever stands here.
    std::vector<std::string> channel = {};  ///< Only petitions of these channels; empty: all.
    NoticeSending sending = NoticeSending::kUsually;
    Language language = Language::kVietnamese;
};

/// One text in both languages; English may be empty.
struct Wording {
    TextTemplate vi = {};
    TextTemplate en = {};

    [[nodiscard]] const TextTemplate& in(Language language) const {
        return language == Language::kEnglish && !en.empty() ? en : vi;
    }
};

struct NoticeTemplate {
    std::string id = {};
    Label label = {};
    Markup markup = Markup::kText;  ///< Of the message; a subject is plain text.
    Wording subject = {};
    Wording message = {};
};

/// A text that officers pick, and may change before they use it.
struct PreparedText {
    std::string id = {};
    Label label = {};
    std::vector<Effect> effects = {};  ///< Of the actions it is for.
    Wording text = {};
};

/// What a template is for, and so what it may say: never more than whoever reads it may know.
enum class Purpose : std::uint8_t { kForSender, kForOfficers, kPrepared, kLetter };

/// A field that templates may name.
struct TemplateField {
    std::string_view name;
    std::string_view help;           ///< One line of English, for the documentation.
    std::array<bool, 4> purposes{};  ///< By Purpose.

    [[nodiscard]] bool isFor(Purpose purpose) const { return purposes[static_cast<std::size_t>(purpose)]; }
};

/// All there are.
std::span<const TemplateField> templateFields();
/// Null when there is none.
const TemplateField* findTemplateField(std::string_view name);

constexpr Purpose purposeFor(Audience audience) {
    return audience == Audience::kPetitioner ? Purpose::kForSender : Purpose::kForOfficers;
}

/// Words that officers write to each other are not for the sender: `reason` is theirs only when one of these happens …
bool senderMayReadReason(EventKind on);
/// … and the answer is out only once it is released.
bool senderMayReadAnswer(EventKind on);

/// Stands in a notice to the sender where their name belongs: what is journalled, and what officers can read, does not
/// say who they are. A noncharacter, which is in no value.
inline constexpr std::string_view kSenderHere = "\uFDD0";
/// The same with the name, or with a polite word (Quý Ông/Bà) where it is not known.
std::string withSender(std::string_view text, Markup markup, std::string_view name);

}  // namespace pakn::domain
