/// @file
/// in_hotline1022 does what every plugin does. It brings no petitions, so there is nothing to supply.

#include "core/testing/conformance.hpp"
#include "test_paths.hpp"

namespace pakn::testing {
namespace {

Source callCentre() {
    const auto folder = std::make_shared<TemporaryFolder>();
    return {.settings = {{"webhook_secret", "canary-secret"},
                         {"webhook_previous_secret", "canary-before"},
                         {"cdr_directory", folder->path().string()},
                         {"recordings", "all"},
                         {"recording_auth", "bearer"},
                         {"recording_secret", "canary-token"}},
            .lists = {{"recording_hosts", {"tongdai.example"}}},
            .keep = folder};
}

PAKN_CONFORMANCE(in_hotline1022, {.file = PAKN_BINARY_DIR "/lib/paknhub/in_hotline1022.so",
                                  .readme = PAKN_SOURCE_DIR "/plugins/in_hotline1022/README.md",
                                  .prepare = &callCentre});

}  // namespace
}  // namespace pakn::testing
