#pragma once
/// @file
/// A progress bar on stderr, for work that takes longer than a moment.

#include <cstdint>
#include <string>

#include "core/app/workplace.hpp"

namespace pakn::app {

/// May colours and cursor movements be written to this descriptor? Only to a terminal, and not with NO_COLOR set or
/// TERM=dumb.
bool styled(int descriptor);

/// Drawn only when stderr is a terminal and the answer is for people. One thread.
class Progress {
public:
    Progress(std::string what, const Common& common, std::int64_t total);
    ~Progress() { end(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void step() { show(done_ + 1); }
    void show(std::int64_t done);
    void show(std::int64_t done, std::int64_t total);
    /// Removes the bar. Idempotent.
    void end();

private:
    const std::string what_;
    const bool drawn_;
    std::int64_t done_ = 0;
    std::int64_t total_ = 0;
    int percent_ = -1;
};

}  // namespace pakn::app
