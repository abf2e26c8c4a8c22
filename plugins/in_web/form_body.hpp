#pragma once
/// @file
/// What a browser's form sends: application/x-www-form-urlencoded, and multipart/form-data (RFC 7578) as browsers write
/// it. Strict: a part that is cut off, a broken escape, bytes that are no UTF-8 make the whole body nothing. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pakn::in_web {

inline constexpr std::size_t kMostFields = 80;      ///< Of one form, files among them.
inline constexpr std::size_t kMostField = 100'000;  ///< Bytes of one plain field.
inline constexpr std::size_t kMostName = 64;        ///< Bytes of a field's name.
inline constexpr std::size_t kMostFileName = 200;   ///< Bytes that are kept of a file's name.

/// A file that somebody chose. The view is into the body.
struct SentFile {
    std::string name = {};  ///< The last part of what the browser said, without control characters.
    std::string content_type = {};
    std::string_view data = {};
};

/// Values and files in the order they came.
class FormBody {
public:
    /// The first value of that name; empty when there is none.
    [[nodiscard]] std::string_view value(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> values(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const;
    /// Files of that name. A file input in which nothing was chosen sends none.
    [[nodiscard]] std::vector<const SentFile*> files(std::string_view name) const;

    /// What a query or an urlencoded body says; nullopt when it is broken or beyond the limits.
    static std::optional<FormBody> ofUrlEncoded(std::string_view text);
    /// nullopt when it is broken or beyond the limits. Views into `body`.
    static std::optional<FormBody> ofMultipart(std::string_view content_type, std::string_view body);
    /// By the content type; nullopt for any other.
    static std::optional<FormBody> of(std::string_view content_type, std::string_view body);

private:
    bool add(std::string name, std::string value);
    bool addFile(std::string name, SentFile file);

    std::vector<std::pair<std::string, std::string>> values_;
    std::vector<std::pair<std::string, SentFile>> files_;
};

}  // namespace pakn::in_web
