/// @file
/// out_webhook does what every plugin does.

#include "core/testing/conformance.hpp"
#include "test_paths.hpp"

namespace pakn::testing {
namespace {

PAKN_CONFORMANCE(out_webhook, {.file = PAKN_BINARY_DIR "/lib/paknhub/out_webhook.so",
                               .readme = PAKN_SOURCE_DIR "/connectors/out_webhook/README.md",
                               .prepare = [] {
                                   return Source{.settings = {{"url", "https://receiver.example/hook"},
                                                              {"secret", "canary-secret-of-more-than-24-bytes"}}};
                               }});

}  // namespace
}  // namespace pakn::testing
