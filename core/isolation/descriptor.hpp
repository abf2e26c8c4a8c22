#pragma once
/// @file
/// A descriptor that closes itself.

#include <unistd.h>

#include <utility>

namespace pakn::isolation {

/// Movable, not copyable. -1: none.
class OwnedDescriptor {
public:
    explicit OwnedDescriptor(int number = -1) : number_{number} {}
    OwnedDescriptor(OwnedDescriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
    OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    OwnedDescriptor(const OwnedDescriptor&) = delete;
    OwnedDescriptor& operator=(const OwnedDescriptor&) = delete;
    ~OwnedDescriptor() {
        if (number_ >= 0) ::close(number_);
    }

    [[nodiscard]] int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    /// Whoever asks closes it from here on.
    [[nodiscard]] int release() { return std::exchange(number_, -1); }

private:
    int number_;
};

}  // namespace pakn::isolation
