#pragma once
/// @file
/// JSON from outside, within bounds. Numbers stay as they were written, so that a long id loses no digit.

#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdlib>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/result.hpp"

namespace pakn::in_portal {

/// rapidjson writes to what its allocator returns without a look at it: so this one never returns null for memory.
class JsonMemory {
public:
    static constexpr bool kNeedFree = true;
    static void* Malloc(std::size_t size) { return Realloc(nullptr, 0, size); }
    static void* Realloc(void* block, std::size_t /*old_size*/, std::size_t size) {
        if (size == 0) {
            Free(block);
            return nullptr;
        }
        void* const longer = std::realloc(block, size);
        if (longer == nullptr) throw std::bad_alloc{};
        return longer;
    }
    static void Free(void* block) { std::free(block); }
};

using JsonPool = rapidjson::MemoryPoolAllocator<JsonMemory>;
using Json = rapidjson::GenericValue<rapidjson::UTF8<>, JsonPool>;
using JsonDocument = rapidjson::GenericDocument<rapidjson::UTF8<>, JsonPool, JsonMemory>;
using JsonBuffer = rapidjson::GenericStringBuffer<rapidjson::UTF8<>, JsonMemory>;
using JsonWriter = rapidjson::Writer<JsonBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>, JsonMemory>;

inline constexpr std::size_t kMostJsonBytes = 64U << 20U;
inline constexpr int kMostJsonDepth = 32;
/// Values and names, of 16 bytes each however few bytes they have in the text: `[1,1,1,…]` would grow eightfold.
inline constexpr std::size_t kMostJsonValues = 8000000;

/// Duplicate names: the first counts. Errors: kInvalid "portal.json" with the place as "byte N", kTooLarge. Throws
/// std::bad_alloc. `allocator`: where the document's values live, if not in itself. `left`: how many values there may
/// be; less by as many afterwards.
Result<JsonDocument> parseJson(std::string_view text, JsonPool* allocator = nullptr, std::size_t* left = nullptr);

/// A scalar as text; nothing for null, lists and objects.
std::optional<std::string> textOf(const Json& value);
std::string_view viewOf(const Json& text);

/// The value in one line of JSON.
std::string writeJson(const Json& value);
/// `text` as it stands between the quotes of a JSON string.
std::string jsonEscaped(std::string_view text);

/// Where a value stands in an item: a JSON pointer (RFC 6901), or the name of a column or top-level member.
class Place {
public:
    Place() = default;
    /// Nothing when `text` begins like a pointer and is none, or holds a zero.
    static std::optional<Place> parse(std::string_view text);

    /// Null when there is nothing.
    [[nodiscard]] const Json* find(const Json& item) const;
    /// As it was written.
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
    rapidjson::GenericPointer<Json, JsonMemory> pointer_;
};

}  // namespace pakn::in_portal
