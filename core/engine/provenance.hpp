#pragma once
/// @file
/// Where the values of a petition come from, and what of them is doubtful. Kept sealed with its sender; officers see
/// the words, never the values.
///
/// A value comes from the `sender`, an `operator` who wrote it down, a `connector` (or a portal with an API key), is
/// `derived:<from what>`, was `repaired:<flags>`, or is the `default`: nobody said otherwise.

#include <string>
#include <string_view>

#include "core/store/store.hpp"
#include "pakn/sdk/petition.hpp"

namespace pakn::engine {

/// Who hands a petition in. What cannot be right is refused to a sender, who can mend it at once.
enum class Origin : std::uint8_t { kSender, kOperator, kConnector };
std::string_view nameOf(Origin origin);

/// Attributes in which officers read what is doubtful; nobody else may set them.
inline constexpr std::string_view kCitizenIdWarning = "citizen_id_warning";
inline constexpr std::string_view kAreaWarning = "area_warning";
inline constexpr std::string_view kLocationWarning = "location_warning";

/// What is noted while a petition is taken in.
class Notes {
public:
    /// Of a petition as it came.
    Notes(const IncomingPetition& petition, Origin origin);

    [[nodiscard]] Origin origin() const { return origin_; }
    /// The hub itself made the value of a field, or changed it.
    void came(std::string_view field, std::string how) {
        provenance_.insert_or_assign(std::string{field}, std::move(how));
    }
    /// What was sent is no value of the field.
    void lost(std::string_view field);
    void warn(std::string_view attribute, std::string words) {
        warnings_.insert_or_assign(std::string{attribute}, std::move(words));
    }

    [[nodiscard]] const Attributes& provenance() const { return provenance_; }
    [[nodiscard]] const Attributes& warnings() const { return warnings_; }

private:
    Origin origin_;
    Attributes provenance_;
    Attributes warnings_;
};

/// How a channel's consents are proved.
struct ConsentProof {
    std::string by = {};  ///< As ConsentRecord::by.
    std::string channel = {};
    Instant at = {};
    std::string text_version = {};
    std::string proof = {};
};
/// One record for each consent that was given, and for the declaration that all is true.
std::vector<store::ConsentRecord> consentsOf(const IncomingPetition& petition, const ConsentProof& proof);

}  // namespace pakn::engine
