#include "json.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cstdint>
#include <vector>

#include "bounded_json.hpp"

namespace pakn::out_sms {
namespace {

namespace json = rapidjson;

constexpr std::size_t kMostBytes = 64U << 10U;
constexpr std::size_t kMostScalars = 500;
constexpr std::size_t kMostDepth = 8;

/// Follows where in the document the reader is. Returning false ends the reading.
class Collector {
public:
    explicit Collector(JsonScalars& found) : found_{found} {}

    bool Null() { return take({}, false); }
    bool Bool(bool value) { return take(value ? "true" : "false", true); }
    bool RawNumber(const char* text, json::SizeType size, bool) { return take({text, size}, true); }
    bool String(const char* text, json::SizeType size, bool) { return take({text, size}, true); }
    bool Key(const char* text, json::SizeType size, bool) {
        name_.assign(text, size);
        return true;
    }
    bool StartObject() { return enter(false); }
    bool StartArray() { return enter(true); }
    bool EndObject(json::SizeType) { return leave(); }
    bool EndArray(json::SizeType) { return leave(); }
    // Numbers come as text (kParseNumbersAsStringsFlag).
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }

    [[nodiscard]] bool tooMany() const { return count_ > kMostScalars; }

private:
    struct Level {
        std::string place;
        bool list;
    };

    [[nodiscard]] bool inList() const {
        for (const Level& level : levels_)
            if (level.list) return true;
        return false;
    }
    [[nodiscard]] std::string placeOf() const {
        if (levels_.empty()) return {};
        return levels_.back().place.empty() ? name_ : levels_.back().place + '/' + name_;
    }
    bool take(std::string_view value, bool present) {
        if (++count_ > kMostScalars) return false;
        if (present && !levels_.empty() && !inList()) found_.emplace(placeOf(), value);
        return true;
    }
    bool enter(bool list) {
        if (levels_.size() >= kMostDepth) return false;
        levels_.push_back({.place = placeOf(), .list = list});
        return true;
    }
    bool leave() {
        levels_.pop_back();
        return true;
    }

    JsonScalars& found_;
    std::vector<Level> levels_;
    std::string name_;
    std::size_t count_ = 0;
};

}  // namespace

Result<JsonScalars> readScalars(std::string_view text) {
    if (text.size() > kMostBytes) return Error{.code = Errc::kTooLarge, .message = "JSON of more than 64 KB"};
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    constexpr unsigned kFlags =
        json::kParseValidateEncodingFlag | json::kParseNumbersAsStringsFlag | json::kParseIterativeFlag;
    const std::optional<std::string> mended = bounded_json::mendedHalves(text);
    if (mended) text = *mended;
    JsonScalars found;
    Collector collector{found};
    json::MemoryStream stream{text.data(), text.size()};
    json::Reader reader;
    if (!reader.Parse<kFlags>(stream, collector).IsError()) return found;
    if (collector.tooMany()) return Error{.code = Errc::kTooLarge, .message = "JSON of more than 500 values"};
    return Error{.code = Errc::kInvalid, .message = "no JSON, or nested too deep"};
}

std::string scalarAt(const JsonScalars& scalars, std::string_view place) {
    const auto found = scalars.find(place);
    return found == scalars.end() ? std::string{} : found->second;
}

}  // namespace pakn::out_sms
