#pragma once
/// @file
/// What a delivery says over Zalo: its texts and files as messages, its values as fields of a template. Pure.

#include <cstddef>
#include <string>
#include <vector>

#include "api.hpp"
#include "pakn/sdk/delivery.hpp"
#include "settings.hpp"

namespace pakn::in_zalo {

inline constexpr std::size_t kMostMessage = 2000;          ///< Code points of one text.
inline constexpr std::uint64_t kMostImage = 1U << 20U;     ///< Bytes.
inline constexpr std::uint64_t kMostDocument = 5U << 20U;  ///< Likewise.

/// One message of a delivery.
struct Part {
    enum class Kind : std::uint8_t { kText, kImage, kDocument };
    Kind kind = Kind::kText;
    std::string text = {};
    std::size_t attachment = 0;  ///< Index in Delivery::attachments.
};

/// In the order in which they are sent; the same for the same delivery and rules. At least one.
std::vector<Part> partsOf(const Delivery& delivery, const ReplyRules& rules, const std::string& link);
/// Tells two lists of parts apart.
std::string digestOf(const std::vector<Part>& parts, const Delivery& delivery);

/// The template of this delivery's kind, filled in. Nothing where the settings name none.
std::optional<TemplateMessage> templateOf(const Delivery& delivery, const TemplateRule& result,
                                          const TemplateRule& other, const std::string& link);

/// By which receipts of a template find back to their delivery: letters that are no secret and nobody's data.
std::string trackingIdOf(const std::string& idempotency_key);

/// "84912345678" of E.164; empty when it is no number that Zalo takes.
std::string zaloPhone(const std::string& e164);

}  // namespace pakn::in_zalo
