/// @file
/// out_push does what every plugin does.

#include "core/testing/conformance.hpp"

#include "invented.hpp"
#include "test_paths.hpp"

namespace pakn::testing {
namespace {

PAKN_CONFORMANCE(out_push, {.file = PAKN_BINARY_DIR "/lib/paknhub/out_push.so",
                            .readme = PAKN_SOURCE_DIR "/connectors/out_push/README.md",
                            .prepare = [] { return Source{.settings = out_push::bothSettings()}; }});

}  // namespace
}  // namespace pakn::testing
