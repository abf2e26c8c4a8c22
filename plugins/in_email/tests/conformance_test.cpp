/// @file
/// in_email does what every plugin does: here with a mail server that is not there.

#include "core/testing/conformance.hpp"
#include "test_paths.hpp"

namespace pakn::testing {
namespace {

/// Nobody listens on port 1.
Source noServer() {
    return {.settings = {{"imap_host", "127.0.0.1"},
                         {"imap_port", "1"},
                         {"imap_security", "none"},
                         {"imap_user", "paht"},
                         {"imap_password", "canary-imap-secret"},
                         {"from", "paht@mau.example"},
                         {"smtp_host", "127.0.0.1"},
                         {"smtp_port", "1"},
                         {"smtp_security", "none"},
                         {"smtp_user", "paht"},
                         {"smtp_password", "canary-smtp-secret"}}};
}

PAKN_CONFORMANCE(in_email, {.file = PAKN_BINARY_DIR "/lib/paknhub/in_email.so",
                            .readme = PAKN_SOURCE_DIR "/plugins/in_email/README.md",
                            .prepare = &noServer});

}  // namespace
}  // namespace pakn::testing
