#include "core/app/progress.hpp"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace pakn::app {

bool styled(int descriptor) {
    const char* no_color = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return ::isatty(descriptor) == 1 && (no_color == nullptr || *no_color == '\0') &&
           (terminal == nullptr || std::string_view{terminal} != "dumb");
}

Progress::Progress(std::string what, const Common& common, std::int64_t total)
    : what_{std::move(what)}, drawn_{!common.json && ::isatty(STDERR_FILENO) == 1}, total_{total} {}

void Progress::show(std::int64_t done) { show(done, total_); }

void Progress::show(std::int64_t done, std::int64_t total) {
    done_ = done;
    total_ = total;
    if (!drawn_ || total <= 0) return;
    const int percent = static_cast<int>(done * 100 / total);
    if (percent == percent_) return;
    percent_ = percent;
    constexpr int kWidth = 30;
    const auto filled = static_cast<std::size_t>(percent * kWidth / 100);
    std::cerr << '\r' << what_ << " [" << std::string(filled, '#') << std::string(kWidth - filled, '.') << "] "
              << percent << "% " << done << '/' << total << std::flush;
}

void Progress::end() {
    if (percent_ >= 0) std::cerr << '\r' << std::string(what_.size() + 70, ' ') << '\r' << std::flush;
    percent_ = -1;
}

}  // namespace pakn::app
