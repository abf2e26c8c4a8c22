/// @file
/// in_open311 does what every plugin does.

#include "core/testing/conformance.hpp"
#include "test_paths.hpp"

namespace pakn::testing {
namespace {

PAKN_CONFORMANCE(in_open311, {.file = PAKN_BINARY_DIR "/lib/paknhub/in_open311.so",
                              .readme = PAKN_SOURCE_DIR "/plugins/in_open311/README.md",
                              .prepare = [] {
                                  return Source{.settings = {{"contact", "Trung tâm"},
                                                             {"key_service", "Gửi công văn"},
                                                             {"api_keys", "portal-a:canary-key-0123456789"}}};
                              }});

}  // namespace
}  // namespace pakn::testing
