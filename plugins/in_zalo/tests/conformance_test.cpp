/// @file
/// in_zalo does what every plugin does.

#include "core/testing/conformance.hpp"
#include "test_paths.hpp"

namespace pakn::testing {
namespace {

PAKN_CONFORMANCE(in_zalo, {.file = PAKN_BINARY_DIR "/lib/paknhub/in_zalo.so",
                           .readme = PAKN_SOURCE_DIR "/plugins/in_zalo/README.md",
                           .prepare = [] {
                               return Source{.settings = {{"app_id", "1234567890123456789"},
                                                          {"oa_secret", "canary-oa-secret"},
                                                          {"previous_oa_secret", "canary-oa-secret-before"},
                                                          {"app_secret", "canary-app-secret"},
                                                          {"refresh_token", "canary-refresh-token"}}};
                           }});

}  // namespace
}  // namespace pakn::testing
