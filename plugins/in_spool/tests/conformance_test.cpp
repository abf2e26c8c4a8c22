/// @file
/// in_spool does what every plugin does.

#include "core/testing/conformance.hpp"
#include "test_paths.hpp"

namespace pakn::testing {
namespace {

/// A spool folder of its own; `supply` leaves reports in it.
Source spool() {
    const auto folder = std::make_shared<TemporaryFolder>();
    return {.settings = {{"directory", folder->path().string()}},
            .supply =
                [folder, n = std::make_shared<int>(0)](int count) {
                    for (int i = 0; i < count; ++i)
                        folder->write(std::to_string(++*n) + ".txt", "report " + std::to_string(*n));
                },
            .keep = folder};
}

PAKN_CONFORMANCE(in_spool, {.file = PAKN_BINARY_DIR "/lib/paknhub/in_spool.so",
                            .readme = PAKN_SOURCE_DIR "/plugins/in_spool/README.md",
                            .prepare = &spool});

}  // namespace
}  // namespace pakn::testing
