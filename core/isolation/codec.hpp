#pragma once
/// @file
/// The SDK's types as bytes, for frames: numbers big-endian, texts and lists with their length before them. Larger
/// bytes travel as descriptors of sealed files. What a Reader reads may be hostile: it never reads beyond the payload,
/// makes no more elements than there are bytes, and is `bad()` from the first mistake on.

#include <concepts>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/isolation/frame.hpp"
#include "pakn/sdk/content.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::isolation {

/// T, constant or not: one list of fields serves writing and reading.
template <class T, class Of>
concept Like = std::same_as<std::remove_const_t<T>, Of>;

/// Bytes up to this size are written where they stand; larger ones become a file.
inline constexpr std::size_t kMostBytesInline = 16U << 10U;
/// The most that is read out of one file of the other side into memory.
inline constexpr std::uint64_t kMostBytes = 64U << 20U;

class Writer {
public:
    template <class... T>
    void operator()(const T&... values) {
        (put(values), ...);
    }
    /// Bytes that may be many: a body, a recording.
    void large(const std::string& bytes);

    /// What was written, as a frame of this type. The first error, if there was one: kUnavailable, kTooLarge.
    Result<Frame> finish(std::uint8_t type) &&;

    template <class T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
    void put(T value) {
        if constexpr (std::is_same_v<T, double>) {
            std::uint64_t bits = 0;
            std::memcpy(&bits, &value, sizeof bits);
            number(bits);
        } else if constexpr (std::is_enum_v<T>) {
            number(static_cast<std::uint64_t>(static_cast<std::underlying_type_t<T>>(value)), sizeof(T));
        } else {
            number(static_cast<std::uint64_t>(value), sizeof(T));
        }
    }
    void put(std::string_view text) {
        number(text.size(), 4);
        bytes_.append(text);
    }
    void put(const std::string& text) { put(std::string_view{text}); }
    void put(const Content& content);
    template <class Clock, class Duration>
    void put(std::chrono::time_point<Clock, Duration> at) {
        put(static_cast<std::int64_t>(at.time_since_epoch().count()));
    }
    template <class Rep, class Period>
    void put(std::chrono::duration<Rep, Period> length) {
        put(static_cast<std::int64_t>(length.count()));
    }
    template <class T>
    void put(const std::optional<T>& value) {
        put(value.has_value());
        if (value) put(*value);
    }
    template <class T>
    void put(const std::vector<T>& list) {
        number(list.size(), 4);
        for (const T& one : list) put(one);
    }
    template <class K, class V, class C>
    void put(const std::map<K, V, C>& map) {
        number(map.size(), 4);
        for (const auto& [key, value] : map) {
            put(key);
            put(value);
        }
    }
    template <class T>
    void put(const Result<T>& result) {
        put(result.ok());
        if (result)
            put(*result);
        else
            put(result.error());
    }
    void put(Done) {}
    template <class T>
    requires requires(Writer& writer, const T& value) { fields(writer, value); }
    void put(const T& value) { fields(*this, value); }

private:
    void number(std::uint64_t value, std::size_t size = 8) {
        for (std::size_t i = size; i-- > 0;) bytes_.push_back(static_cast<char>(value >> (8 * i)));
    }
    void file(int descriptor, std::uint64_t size);

    std::string bytes_ = {};
    std::vector<OwnedDescriptor> descriptors_ = {};
    std::optional<Error> error_ = {};
};

class Reader {
public:
    /// Takes the frame's payload and descriptors.
    explicit Reader(Frame&& frame)
        : bytes_{std::move(frame.payload)}, descriptors_{std::move(frame.descriptors)}, rest_{bytes_} {}

    template <class... T>
    void operator()(T&... values) {
        (get(values), ...);
    }
    void large(std::string& bytes);

    /// Everything was there, was sound, and nothing is left.
    [[nodiscard]] bool good() const { return !bad_ && rest_.empty() && next_descriptor_ == descriptors_.size(); }
    [[nodiscard]] bool bad() const { return bad_; }

    template <class T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
    void get(T& value) {
        if constexpr (std::is_same_v<T, double>) {
            const std::uint64_t bits = number(8);
            std::memcpy(&value, &bits, sizeof bits);
        } else if constexpr (std::is_same_v<T, bool>) {
            const std::uint64_t read = number(1);
            if (read > 1) bad_ = true;
            value = read == 1;
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(static_cast<std::underlying_type_t<T>>(number(sizeof(T))));
        } else {
            value = static_cast<T>(number(sizeof(T)));
        }
    }
    void get(std::string& text) { text = bytes(length()); }
    void get(Content& content);
    template <class Clock, class Duration>
    void get(std::chrono::time_point<Clock, Duration>& at) {
        const std::int64_t count = bounded();
        at = std::chrono::time_point<Clock, Duration>{Duration{static_cast<typename Duration::rep>(count)}};
    }
    template <class Rep, class Period>
    void get(std::chrono::duration<Rep, Period>& span) {
        const std::int64_t count = bounded();
        span = std::chrono::duration<Rep, Period>{static_cast<Rep>(count)};
    }
    template <class T>
    void get(std::optional<T>& value) {
        bool there = false;
        get(there);
        value.reset();
        if (there && !bad_) get(value.emplace());
    }
    template <class T>
    void get(std::vector<T>& list) {
        list.clear();
        // Every element takes a byte at least, so a long list of nothing ends with the payload.
        for (std::size_t left = length(); left > 0 && !bad_; --left) get(list.emplace_back());
    }
    template <class K, class V, class C>
    void get(std::map<K, V, C>& map) {
        map.clear();
        for (std::size_t left = length(); left > 0 && !bad_; --left) {
            K key{};
            V value{};
            get(key);
            get(value);
            map.insert_or_assign(std::move(key), std::move(value));
        }
    }
    void get(Done&) {}
    template <class T>
    requires requires(Reader& reader, T& value) { fields(reader, value); }
    void get(T& value) { fields(*this, value); }

private:
    std::uint64_t number(std::size_t size);
    std::size_t length();
    /// A time in milliseconds, near enough to calculate with.
    std::int64_t bounded();
    std::string bytes(std::size_t count);
    /// The next descriptor that came along: a file of the size that stands here.
    Content file();

    const std::string bytes_;
    std::vector<OwnedDescriptor> descriptors_;
    std::string_view rest_;
    std::size_t next_descriptor_ = 0;
    bool bad_ = false;
};

template <Like<Error> T>
void fields(auto& archive, T& error) {
    archive(error.code, error.message, error.problem, error.field, error.retry_after, error.not_before);
}

/// All of `frame` as one T, or kInvalid.
template <class T>
Result<T> decode(Frame&& frame) {
    Reader reader{std::move(frame)};
    T value{};
    reader(value);
    if (reader.good()) return value;
    return Error{.code = Errc::kInvalid,
                 .message = "the process on the other side breaks the protocol: a payload that cannot be read"};
}

/// An answer: the T or the Error that the other side gave; nothing when it cannot be read.
template <class T>
std::optional<Result<T>> decodeResult(Frame&& frame) {
    Reader reader{std::move(frame)};
    bool ok = false;
    reader(ok);
    if (ok) {
        Result<T> result{T{}};
        reader(*result);
        return reader.good() ? std::optional{std::move(result)} : std::nullopt;
    }
    Error error;
    reader(error);
    if (error.code > Errc::kTooLarge) error.code = Errc::kInternal;  // A number of its own: there is no remedy by it.
    return reader.good() ? std::optional{Result<T>{std::move(error)}} : std::nullopt;
}

}  // namespace pakn::isolation
