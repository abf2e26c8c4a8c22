#pragma once
/// @file
/// The right to do something that must not be done by two nodes at a time.

#include <chrono>
#include <string_view>

#include "pakn/sdk/host.hpp"

namespace pakn::in_zalo {

/// Gives back, when it goes, what was taken. For one thread at a time.
class Lease {
public:
    /// `services` and `name` outlive it. A node that dies keeps it for `hold`.
    Lease(HostServices& services, std::string_view name, std::chrono::seconds hold)
        : services_{services}, name_{name}, hold_{hold} {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() {
        // Best effort: one that cannot be given back runs out.
        if (held_) static_cast<void>(services_.release(name_).ok());
    }
    /// False while another node has it.
    Result<bool> take() {
        const Result<bool> taken = services_.lease(name_, hold_);
        held_ = taken && *taken;
        return taken;
    }

private:
    HostServices& services_;
    const std::string_view name_;
    const std::chrono::seconds hold_;
    bool held_ = false;
};

}  // namespace pakn::in_zalo
