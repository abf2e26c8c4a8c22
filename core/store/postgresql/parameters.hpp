#pragma once
/// @file
/// Values for PostgreSQL in its binary form: single ones, and whole columns of a batch as arrays.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/store/batch_rows.hpp"
#include "core/store/instants.hpp"
#include "core/store/storable_text.hpp"

namespace pakn::store::postgresql {

/// The types in use, by the numbers that PostgreSQL fixes for them (pg_type.dat).
enum class Type : unsigned {
    kBytes = 17,
    kInteger = 20,
    kText = 25,
    kBytesArray = 1001,
    kTextArray = 1009,
    kIntegerArray = 1016
};

namespace detail {

inline void appendBigEndian(std::string& bytes, std::uint64_t value, int size) {
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift & 0xFFU));
}

/// How a C++ value goes over: its type and its bytes, appended to `out`.
inline Type put(std::string& out, std::int64_t value) {
    appendBigEndian(out, static_cast<std::uint64_t>(value), 8);
    return Type::kInteger;
}
inline Type put(std::string& out, int value) { return put(out, std::int64_t{value}); }
inline Type put(std::string& out, Instant value) { return put(out, millis(value)); }
inline Type put(std::string& out, std::string_view value) {
    std::string buffer;
    out += storableText(value, buffer, Nul::kReplaced);
    return Type::kText;
}
inline Type put(std::string& out, const std::string& value) { return put(out, std::string_view{value}); }
inline Type put(std::string& out, const char* value) { return put(out, std::string_view{value}); }
inline Type put(std::string& out, Blob value) {
    out += value.bytes;
    return Type::kBytes;
}

template <class Value>
inline constexpr Type kTypeOf = Type::kText;
template <>
inline constexpr Type kTypeOf<std::int64_t> = Type::kInteger;
template <>
inline constexpr Type kTypeOf<int> = Type::kInteger;
template <>
inline constexpr Type kTypeOf<Instant> = Type::kInteger;
template <>
inline constexpr Type kTypeOf<Blob> = Type::kBytes;

}  // namespace detail

/// The values of $1, $2, … of one statement.
class Parameters {
public:
    struct One {
        Type type;
        bool null = false;
        std::string bytes;
    };

    Parameters() = default;
    template <class... Values>
    explicit Parameters(const Values&... values) {
        all_.reserve(sizeof...(values));
        (add(values), ...);
    }
    template <class Value>
    void add(const Value& value) {
        std::string bytes;
        const Type type = detail::put(bytes, value);
        all_.push_back({type, false, std::move(bytes)});
    }
    template <class Value>
    void add(const std::optional<Value>& value) {
        if (value) return add(*value);
        all_.push_back({detail::kTypeOf<Value>, true, {}});
    }
    void add(One one) { all_.push_back(std::move(one)); }
    [[nodiscard]] const std::vector<One>& all() const { return all_; }

private:
    std::vector<One> all_;
};

/// Rows gathered column by column: one statement writes them all with unnest($1, $2, …). At most some ten thousand.
class Batch {
public:
    /// One call a row, always with values of the same types.
    template <class... Values>
    void add(const Values&... values) {
        if (columns_.empty()) (columns_.emplace_back(detail::kTypeOf<typename Plain<Values>::Type>), ...);
        std::size_t column = 0;
        (columns_[column++].add(values), ...);
        ++rows_;
    }
    [[nodiscard]] bool empty() const { return rows_ == 0; }
    /// The arrays; the batch is used up.
    Parameters take();

private:
    template <class Value>
    struct Plain {
        using Type = Value;
    };
    template <class Value>
    struct Plain<std::optional<Value>> {
        using Type = Value;
    };

    class Column {
    public:
        explicit Column(Type element) : element_{element}, bytes_(kHeaderSize, '\0') {}
        template <class Value>
        void add(const Value& value) {
            const std::size_t at = bytes_.size();
            bytes_.append(4, '\0');
            detail::put(bytes_, value);
            setLength(at, bytes_.size() - at - 4);
        }
        template <class Value>
        void add(const std::optional<Value>& value) {
            if (value) return add(*value);
            bytes_.append(4, '\xff');
            has_null_ = true;
        }
        Parameters::One take(std::size_t rows);

    private:
        static constexpr std::size_t kHeaderSize = 20;
        void setLength(std::size_t at, std::size_t length);

        Type element_;
        bool has_null_ = false;
        std::string bytes_;
    };

    std::vector<Column> columns_;
    std::size_t rows_ = 0;
};

}  // namespace pakn::store::postgresql
