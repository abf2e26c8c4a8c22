#pragma once
/// @file
/// A child process that runs one of the hub's own helper programs: started with an empty environment and no descriptor
/// but those it is given, watched and ended through a descriptor of its own, so that no signal handler is needed and no
/// number is mixed up.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "core/isolation/descriptor.hpp"
#include "core/isolation/frame.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::isolation {

/// How a process ended.
struct Exit {
    int status = 0;  ///< What it gave to exit(), or 0.
    int signal = 0;  ///< What killed it, or 0.
    /// "signal 11 (SIGSEGV)", "exit status 3".
    [[nodiscard]] std::string text() const;
};

/// One thread at a time. Killed and waited for when this goes.
class Child {
public:
    /// Starts `program` with these arguments; `descriptors` become its 3, 4, …; it has an empty standard input and
    /// nowhere to write to. The helper asks the kernel to be killed when the calling *thread* ends: start it from one
    /// that lives as long. kMisconfigured: there is no such program; kUnavailable: the system has no room for it.
    static Result<Child> start(const std::filesystem::path& program, std::span<const std::string> arguments,
                               std::span<const int> descriptors);

    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Readable once it has ended; to wait for together with other descriptors.
    [[nodiscard]] int descriptor() const { return watch_.number(); }
    /// Nothing when it still runs at the deadline.
    std::optional<Exit> wait(Steady::time_point deadline);
    void signal(int number) const;
    /// SIGTERM, and SIGKILL when it has not ended after `patience`.
    Exit end(std::chrono::milliseconds patience);

private:
    Child(pid_t pid, OwnedDescriptor watch) : pid_{pid}, watch_{std::move(watch)} {}

    pid_t pid_;
    OwnedDescriptor watch_;
    std::optional<Exit> exit_ = {};
};

}  // namespace pakn::isolation
