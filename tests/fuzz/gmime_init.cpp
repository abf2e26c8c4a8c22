/// @file
/// GMime keeps some lists of its own for good and lets go of their ends: no leak of ours, so it begins out of sight,
/// before a harness does. To begin it twice costs nothing.

#include <gmime/gmime.h>
#include <sanitizer/lsan_interface.h>

namespace {

[[maybe_unused]] const bool kBegun = [] {
    const __lsan::ScopedDisabler unseen;
    g_mime_init();
    return true;
}();

}  // namespace
