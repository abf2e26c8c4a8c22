/// @file
/// in_web does what every plugin does.

#include "core/testing/conformance.hpp"

#include "test_paths.hpp"

namespace pakn::testing {
namespace {

PAKN_CONFORMANCE(in_web, {.file = PAKN_BINARY_DIR "/lib/paknhub/in_web.so",
                          .readme = PAKN_SOURCE_DIR "/plugins/in_web/README.md"});

}  // namespace
}  // namespace pakn::testing
