/// @file
/// A sender that does nearly nothing, so that what is measured is the way to it.
#include <pakn/sdk/plugin.hpp>

namespace {
class Quick final : public pakn::Sender {
public:
    Quick(const pakn::Settings&, pakn::HostServices&) {}
    pakn::Result<pakn::Receipt> send(const pakn::Delivery& delivery, std::stop_token) override {
        return pakn::Receipt{.already = delivery.attempt > 1};
    }
};
}  // namespace

PAKN_PLUGIN(Quick, .name = "quick", .version = "1.0.0", .summary = "Sends nothing.")
