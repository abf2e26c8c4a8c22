/// @file
/// in_portal does what every plugin does: here with files in a folder.

#include "core/testing/conformance.hpp"
#include "test_paths.hpp"

namespace pakn::testing {
namespace {

/// A folder with a mapping; `supply` leaves reports in it.
Source folderOfFiles() {
    const auto folder = std::make_shared<TemporaryFolder>();
    const auto mapping = folder->write("mapping.yaml", "fields: { external_id: /id, content: /text }\n");
    return {.settings = {{"mapping", mapping.string()}, {"directory", folder->path().string()}, {"renamed", "true"}},
            .supply =
                [folder, n = std::make_shared<int>(0)](int count) {
                    for (int i = 0; i < count; ++i) {
                        const std::string id = std::to_string(++*n);
                        folder->write(id + ".jsonl", R"({"id": ")" + id + R"(", "text": "report"})");
                    }
                },
            .keep = folder};
}

PAKN_CONFORMANCE(in_portal, {.file = PAKN_BINARY_DIR "/lib/paknhub/in_portal.so",
                             .readme = PAKN_SOURCE_DIR "/plugins/in_portal/README.md",
                             .prepare = &folderOfFiles});

}  // namespace
}  // namespace pakn::testing
