/// @file
/// out_sms does what every plugin does, with each of its drivers.

#include "core/testing/conformance.hpp"

#include "loaded_sms.hpp"
#include "test_paths.hpp"

namespace pakn::testing {
namespace {

PAKN_CONFORMANCE(out_sms_vnpt, {.file = PAKN_BINARY_DIR "/lib/paknhub/out_sms.so",
                                .readme = PAKN_SOURCE_DIR "/connectors/out_sms/README.md",
                                .prepare = [] { return Source{.settings = out_sms::settingsOf("vnpt")}; }});
PAKN_CONFORMANCE(out_sms_viettel, {.file = PAKN_BINARY_DIR "/lib/paknhub/out_sms.so",
                                   .readme = PAKN_SOURCE_DIR "/connectors/out_sms/README.md",
                                   .prepare = [] { return Source{.settings = out_sms::settingsOf("viettel")}; }});
PAKN_CONFORMANCE(out_sms_esms, {.file = PAKN_BINARY_DIR "/lib/paknhub/out_sms.so",
                                .readme = PAKN_SOURCE_DIR "/connectors/out_sms/README.md",
                                .prepare = [] { return Source{.settings = out_sms::settingsOf("esms")}; }});

}  // namespace
}  // namespace pakn::testing
