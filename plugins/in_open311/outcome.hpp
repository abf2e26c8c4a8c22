#pragma once
/// @file
/// What a client is told when something is wrong with what it asks: one or several entries of the errors body, in
/// Vietnamese, as their reader is whoever uses the portal.

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "pakn/sdk/result.hpp"

namespace pakn::in_open311 {

struct Problem {
    int code = 400;                ///< As HTTP has it; that of the first entry becomes the answer's.
    std::string description = {};  ///< No personal data, no inner workings.
};
using Problems = std::vector<Problem>;

/// A value, or why there is none. As pakn::Result, but for people outside.
template <class T>
class [[nodiscard]] Outcome {
public:
    Outcome(T value) : content_{std::in_place_index<0>, std::move(value)} {}  // NOLINT(google-explicit-constructor)
    Outcome(Problems problems)                                                // NOLINT(google-explicit-constructor)
        : content_{std::in_place_index<1>, std::move(problems)} {}
    Outcome(Problem problem) : Outcome{Problems{std::move(problem)}} {}  // NOLINT(google-explicit-constructor)

    explicit operator bool() const { return content_.index() == 0; }
    T& operator*() & { return *std::get_if<0>(&content_); }
    const T& operator*() const& { return *std::get_if<0>(&content_); }
    T&& operator*() && { return std::move(*std::get_if<0>(&content_)); }
    T* operator->() { return std::get_if<0>(&content_); }
    const T* operator->() const { return std::get_if<0>(&content_); }
    [[nodiscard]] const Problems& problems() const { return *std::get_if<1>(&content_); }

private:
    std::variant<T, Problems> content_;
};

/// What a client hears of an error of the hub's that is not its fault: 503 or 500, nothing of the error itself.
inline Problem ofHub(const Error& error) {
    if (error.code == Errc::kUnavailable || error.code == Errc::kDeferred)
        return {503, "Hệ thống đang bận, xin thử lại sau ít phút."};
    return {500, "Hệ thống gặp lỗi, xin thử lại sau."};
}

}  // namespace pakn::in_open311
