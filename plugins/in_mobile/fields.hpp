#pragma once
/// @file
/// The members of a JSON body, each with its type. The first that is wrong is remembered with its pointer; what comes
/// after it reads as absent.

#include <bounded_json.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/result.hpp"
#include "visit.hpp"

namespace pakn::in_mobile {

using bounded_json::Json;
using bounded_json::JsonDocument;

inline constexpr std::size_t kSmallBody = 64U << 10U;
/// With a few files in it; larger ones come in parts.
inline constexpr std::size_t kLargeBody = 2U << 20U;

/// kInvalid "request.json_malformed", "request.media_type"; kTooLarge "request.too_large". An empty body is an empty
/// object.
Result<JsonDocument> readBody(const Visit& visit, std::size_t most);

/// Unknown members are ignored, null is absence. The JSON outlives it. One thread.
class Fields {
public:
    explicit Fields(const Json& object);

    /// The first that was wrong: kInvalid "request.field_type" or "request.field_missing".
    [[nodiscard]] const std::optional<Error>& error() const { return *error_; }

    std::string text(std::string_view name);
    std::string neededText(std::string_view name);  ///< Not empty.
    bool flag(std::string_view name);
    std::optional<double> number(std::string_view name);
    std::optional<std::int64_t> integer(std::string_view name);
    std::optional<Instant> instant(std::string_view name);
    std::vector<std::string> texts(std::string_view name, std::size_t most);
    /// Empty where there is none: all of its members are absent.
    Fields object(std::string_view name);
    std::vector<Fields> objects(std::string_view name, std::size_t most);
    [[nodiscard]] bool has(std::string_view name) const { return member(name) != nullptr; }
    /// Nobody has said anything wrong yet: says that this member is. `problem` names why.
    void reject(std::string_view name, std::string_view problem = "request.field_type");

private:
    Fields(const Json* object, std::string place, std::shared_ptr<std::optional<Error>> error)
        : object_{object}, place_{std::move(place)}, error_{std::move(error)} {}
    [[nodiscard]] const Json* member(std::string_view name) const;

    const Json* object_;  ///< Null: absent.
    std::string place_ = {};
    std::shared_ptr<std::optional<Error>> error_;
};

}  // namespace pakn::in_mobile
